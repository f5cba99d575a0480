"""Read what the embedded AWS holds, in both accounts, into one `Network`.

Through boto3, as anybody would. Only registrations of targets are read in place: the API tells them together with their
health, and health is derived from this very picture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from typing import Any

from wizard.rehearsal import model
from wizard.rehearsal.model import Kind, contains

#: Tag on the interface that holds a managed database's address: the database's identifier.
DATABASE_TAG = "rehearsal:database"


class Reader:
    """Reads both accounts. `accounts` maps an account to its word (`vendor`) and to the environment that leads to it."""

    def __init__(self, accounts: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
        self._owners = {account: word for account, (word, _) in accounts.items()}
        self._clients = {account: _Clients(environment) for account, (_, environment) in accounts.items()}

    def read(self, services: tuple[model.Service, ...] = ()) -> model.Network:
        """Take the picture; `services` is what listens where, which no API tells."""
        parts = [_Account(account, clients) for account, clients in self._clients.items()]
        peerings = {peering.id: peering for part in parts for peering in part.peerings()}
        zones = {zone.id: zone for part in parts for zone in part.zones()}
        return model.Network(
            vpcs=_all(part.vpcs() for part in parts),
            subnets=_all(part.subnets for part in parts),
            tables=_all(part.tables() for part in parts),
            peerings=tuple(peerings.values()),
            groups=_all(part.groups() for part in parts),
            acls=_all(part.acls() for part in parts),
            interfaces=_all(part.interfaces() for part in parts),
            instances=_all(part.instances() for part in parts),
            balancers=_all(part.balancers for part in parts),
            target_groups=_all(part.target_groups() for part in parts),
            endpoint_services=_all(part.endpoint_services() for part in parts),
            endpoints=_all(part.endpoints for part in parts),
            nats=_all(part.nats() for part in parts),
            gateways=_all(part.gateways() for part in parts),
            zones=tuple(zones.values()),
            databases=_all(part.databases() for part in parts),
            functions=_all(part.functions() for part in parts),
            services=services,
            owners=self._owners,
        )


class _Clients:
    """Clients of one account, made once: loading a service's model costs more than asking it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        from wizard.rehearsal.clients import client

        self.region = environment["AWS_REGION"]
        self.ec2 = client(environment, "ec2")
        self.elb = client(environment, "elbv2")
        self.dns = client(environment, "route53")
        self.functions = client(environment, "lambda")
        self.rds = client(environment, "rds")


class _Account:
    """One account's part of the picture, while it is taken."""

    def __init__(self, account: str, clients: _Clients) -> None:
        self.id = account
        self.aws = clients
        self.subnets = tuple(self._subnets())
        self.balancers = tuple(self._balancers())
        endpoints = _pages(self.aws.ec2, "describe_vpc_endpoints", "VpcEndpoints")
        self._interface_endpoints = [e for e in endpoints if e.get("VpcEndpointType") == "Interface"]
        self.endpoints = tuple(self._endpoint(raw) for raw in self._interface_endpoints)
        self._raw_interfaces = _pages(self.aws.ec2, "describe_network_interfaces", "NetworkInterfaces")

    def vpcs(self) -> Iterable[model.Vpc]:
        for raw in _pages(self.aws.ec2, "describe_vpcs", "Vpcs"):
            blocks = [entry["CidrBlock"] for entry in raw.get("CidrBlockAssociationSet", ())] or [raw["CidrBlock"]]
            support = self.aws.ec2.describe_vpc_attribute(VpcId=raw["VpcId"], Attribute="enableDnsSupport")
            yield model.Vpc(
                raw["VpcId"], self.id, self.aws.region, tuple(blocks), bool(support["EnableDnsSupport"]["Value"])
            )

    def _subnets(self) -> Iterable[model.Subnet]:
        for raw in _pages(self.aws.ec2, "describe_subnets", "Subnets"):
            zone = raw.get("AvailabilityZoneId", "")
            yield model.Subnet(raw["SubnetId"], self.id, raw["VpcId"], raw["CidrBlock"], zone)

    def tables(self) -> Iterable[model.RouteTable]:
        for raw in _pages(self.aws.ec2, "describe_route_tables", "RouteTables"):
            links = raw.get("Associations", ())
            yield model.RouteTable(
                raw["RouteTableId"],
                self.id,
                raw["VpcId"],
                any(link.get("Main") for link in links),
                tuple(link["SubnetId"] for link in links if link.get("SubnetId")),
                tuple(_route(route) for route in raw["Routes"] if route.get("DestinationCidrBlock")),
            )

    def peerings(self) -> Iterable[model.Peering]:
        for raw in _pages(self.aws.ec2, "describe_vpc_peering_connections", "VpcPeeringConnections"):
            yield model.Peering(
                raw["VpcPeeringConnectionId"],
                raw["Status"]["Code"],
                _side(raw["RequesterVpcInfo"], self.aws.region),
                _side(raw["AccepterVpcInfo"], self.aws.region),
            )

    def groups(self) -> Iterable[model.SecurityGroup]:
        for raw in _pages(self.aws.ec2, "describe_security_groups", "SecurityGroups"):
            yield model.SecurityGroup(
                raw["GroupId"],
                self.id,
                raw.get("VpcId", ""),
                raw["GroupName"],
                tuple(_rules(raw["IpPermissions"])),
                tuple(_rules(raw["IpPermissionsEgress"])),
            )

    def acls(self) -> Iterable[model.Acl]:
        for raw in _pages(self.aws.ec2, "describe_network_acls", "NetworkAcls"):
            yield model.Acl(
                raw["NetworkAclId"],
                self.id,
                raw["VpcId"],
                raw["IsDefault"],
                tuple(link["SubnetId"] for link in raw.get("Associations", ()) if link.get("SubnetId")),
                tuple(_acl_entry(entry) for entry in raw["Entries"] if entry.get("CidrBlock")),
            )

    def interfaces(self) -> Iterable[model.Interface]:
        endpoints = {eni: raw for raw in self._interface_endpoints for eni in raw.get("NetworkInterfaceIds", ())}
        cidrs = {subnet.id: subnet.cidr for subnet in self.subnets}
        for raw in self._raw_interfaces:
            eni, subnet = raw["NetworkInterfaceId"], raw.get("SubnetId", "")
            kind, owner = self._owner(raw, endpoints)
            groups = tuple(group["GroupId"] for group in raw.get("Groups", ()))
            if kind is Kind.ENDPOINT:
                groups = tuple(group["GroupId"] for group in endpoints[eni].get("Groups", ())) or groups
            elif kind is Kind.BALANCER:
                # One without groups filters nothing, though its interface has to be in some group.
                groups = next(balancer.groups for balancer in self.balancers if balancer.arn == owner)
            address = raw["PrivateIpAddress"]
            if subnet in cidrs and not contains(cidrs[subnet], address):
                # moto gives some interfaces an address of nowhere.
                address = address_in(cidrs[subnet], eni)
            public = raw.get("Association", {}).get("PublicIp", "")
            yield model.Interface(
                eni, self.id, raw.get("VpcId", ""), subnet, address, groups, public or "", kind, owner
            )

    def _owner(self, raw: dict[str, Any], endpoints: Mapping[str, Any]) -> tuple[Kind, str]:
        if raw["NetworkInterfaceId"] in endpoints:
            return Kind.ENDPOINT, endpoints[raw["NetworkInterfaceId"]]["VpcEndpointId"]
        description = raw.get("Description") or ""
        for balancer in self.balancers:
            if description == f"ELB {balancer.arn.split(':loadbalancer/', 1)[1]}":
                return Kind.BALANCER, balancer.arn
        tags = {tag["Key"]: tag["Value"] for tag in raw.get("TagSet", ())}
        if DATABASE_TAG in tags:
            return Kind.DATABASE, tags[DATABASE_TAG]
        instance = (raw.get("Attachment") or {}).get("InstanceId")
        return (Kind.INSTANCE, instance) if instance else (Kind.OTHER, "")

    def instances(self) -> Iterable[model.Instance]:
        for reservation in _pages(self.aws.ec2, "describe_instances", "Reservations"):
            for raw in reservation["Instances"]:
                yield model.Instance(
                    raw["InstanceId"],
                    self.id,
                    next((tag["Value"] for tag in raw.get("Tags", ()) if tag["Key"] == "Name"), ""),
                    raw["State"]["Name"],
                    raw.get("PrivateIpAddress", ""),
                    raw.get("VpcId", ""),
                    raw.get("IamInstanceProfile", {}).get("Arn", ""),
                )

    def _balancers(self) -> Iterable[model.LoadBalancer]:
        for raw in _pages(self.aws.elb, "describe_load_balancers", "LoadBalancers"):
            if raw["Type"] == "network":
                arn = raw["LoadBalancerArn"]
                listeners = self.aws.elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
                yield model.LoadBalancer(
                    arn,
                    self.id,
                    raw["LoadBalancerName"],
                    raw["VpcId"],
                    raw["DNSName"].lower(),
                    raw["Scheme"] == "internal",
                    raw["State"]["Code"],
                    tuple(raw.get("SecurityGroups", ())),
                    tuple(model.Listener(entry["Port"], _forwards_to(entry)) for entry in listeners),
                    raw.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "on") != "off",
                )

    def target_groups(self) -> Iterable[model.TargetGroup]:
        for raw in _pages(self.aws.elb, "describe_target_groups", "TargetGroups"):
            arn = raw["TargetGroupArn"]
            attributes = self.aws.elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
            values = {entry["Key"]: entry["Value"] for entry in attributes}
            by_instance = raw.get("TargetType", "instance") == "instance"
            # AWS's default: instances see the client, addresses behind a TCP listener do not.
            keeps = values.get("preserve_client_ip.enabled", str(by_instance)).lower() == "true"
            port = raw.get("HealthCheckPort", "traffic-port")
            yield model.TargetGroup(
                arn,
                self.id,
                raw["TargetGroupName"],
                raw["VpcId"],
                by_instance,
                keeps,
                int(port) if str(port).isdigit() else None,
                _registered(self.id, self.aws.region, arn),
            )

    def endpoint_services(self) -> Iterable[model.EndpointService]:
        for raw in _pages(self.aws.ec2, "describe_vpc_endpoint_service_configurations", "ServiceConfigurations"):
            balancers = tuple(raw.get("NetworkLoadBalancerArns", ()))
            yield model.EndpointService(raw["ServiceName"], self.id, balancers, raw.get("ServiceState", "Available"))

    def _endpoint(self, raw: dict[str, Any]) -> model.Endpoint:
        return model.Endpoint(
            raw["VpcEndpointId"],
            self.id,
            raw["VpcId"],
            raw["ServiceName"],
            raw["State"],
            tuple(entry["DnsName"].lower() for entry in raw.get("DnsEntries", ()) if entry.get("DnsName")),
            bool(raw.get("PrivateDnsEnabled")),
        )

    def nats(self) -> Iterable[model.NatGateway]:
        for raw in _pages(self.aws.ec2, "describe_nat_gateways", "NatGateways"):
            public = next((a["PublicIp"] for a in raw.get("NatGatewayAddresses", ()) if a.get("PublicIp")), "")
            yield model.NatGateway(raw["NatGatewayId"], self.id, raw["VpcId"], raw["SubnetId"], raw["State"], public)

    def gateways(self) -> Iterable[model.InternetGateway]:
        for raw in _pages(self.aws.ec2, "describe_internet_gateways", "InternetGateways"):
            attached = tuple(entry["VpcId"] for entry in raw.get("Attachments", ()))
            yield model.InternetGateway(raw["InternetGatewayId"], self.id, attached)

    def zones(self) -> Iterable[model.Zone]:
        for raw in _pages(self.aws.dns, "list_hosted_zones", "HostedZones"):
            zone = self.aws.dns.get_hosted_zone(Id=raw["Id"])
            records = _pages(self.aws.dns, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=raw["Id"])
            yield model.Zone(
                raw["Id"].rsplit("/", 1)[-1],
                self.id,
                _plain(raw["Name"]),
                bool(raw.get("Config", {}).get("PrivateZone")),
                tuple(vpc["VPCId"] for vpc in zone.get("VPCs", ())),
                tuple(record for entry in records if (record := _record(entry))),
            )

    def databases(self) -> Iterable[model.Database]:
        held = {
            tag["Value"]: raw["NetworkInterfaceId"]
            for raw in self._raw_interfaces
            for tag in raw.get("TagSet", ())
            if tag["Key"] == DATABASE_TAG
        }
        for raw in _pages(self.aws.rds, "describe_db_instances", "DBInstances"):
            name, endpoint = raw["DBInstanceIdentifier"], raw.get("Endpoint") or {}
            if name in held and endpoint.get("Address"):
                yield model.Database(name, self.id, endpoint["Address"].lower(), endpoint["Port"], held[name])

    def functions(self) -> Iterable[model.Function]:
        for raw in _pages(self.aws.functions, "list_functions", "Functions"):
            place = raw.get("VpcConfig") or {}
            if place.get("SubnetIds"):
                yield model.Function(
                    raw["FunctionName"],
                    self.id,
                    self._vpc_of(place["SubnetIds"][0]),  # moto makes up the VpcId it tells
                    tuple(place["SubnetIds"]),
                    tuple(place.get("SecurityGroupIds", ())),
                )

    def _vpc_of(self, subnet_id: str) -> str:
        return next((subnet.vpc for subnet in self.subnets if subnet.id == subnet_id), "")


def address_in(cidr: str, key: str) -> str:
    """Choose an address of the block, always the same one for a key, past the four that AWS keeps."""
    network = IPv4Network(cidr)
    usable = network.num_addresses - 5
    return str(network[4 + int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % usable])


def _all(parts: Iterable[Iterable[Any]]) -> tuple[Any, ...]:
    return tuple(thing for part in parts for thing in part)


def _pages(client: Any, operation: str, key: str, **request: Any) -> list[Any]:
    if not client.can_paginate(operation):
        return list(getattr(client, operation)(**request)[key])
    return [thing for page in client.get_paginator(operation).paginate(**request) for thing in page.get(key, ())]


_TARGETS = ("VpcPeeringConnectionId", "NatGatewayId", "GatewayId", "NetworkInterfaceId", "TransitGatewayId")


def _route(raw: dict[str, Any]) -> model.Route:
    target = next((raw[key] for key in _TARGETS if raw.get(key)), "nothing")
    return model.Route(raw["DestinationCidrBlock"], target, raw.get("State") == "blackhole")


def _side(raw: dict[str, Any], region: str) -> model.PeeringSide:
    options = raw.get("PeeringOptions") or {}
    return model.PeeringSide(
        raw.get("OwnerId", ""),
        raw["VpcId"],
        raw.get("Region") or region,
        bool(options.get("AllowDnsResolutionFromRemoteVpc")),
    )


def _rules(permissions: Iterable[dict[str, Any]]) -> Iterable[model.Rule]:
    for raw in permissions:
        protocol = str(raw["IpProtocol"])
        ports = (raw.get("FromPort", 0), raw.get("ToPort", 65535))
        for block in raw.get("IpRanges", ()):
            yield model.Rule(protocol, *ports, cidr=block["CidrIp"])
        for pair in raw.get("UserIdGroupPairs", ()):
            yield model.Rule(protocol, *ports, group=pair["GroupId"])


def _acl_entry(raw: dict[str, Any]) -> model.AclEntry:
    ports = raw.get("PortRange") or {}
    return model.AclEntry(
        int(raw["RuleNumber"]),
        bool(raw["Egress"]),
        str(raw["Protocol"]),
        raw["RuleAction"] == "allow",
        raw["CidrBlock"],
        int(ports.get("From", 0)),
        int(ports.get("To", 65535)),
    )


def _forwards_to(listener: dict[str, Any]) -> str:
    for action in listener.get("DefaultActions", ()):
        groups = action.get("ForwardConfig", {}).get("TargetGroups", ())
        arn = action.get("TargetGroupArn") or next((group["TargetGroupArn"] for group in groups), "")
        if arn:
            return str(arn)
    return ""


def _plain(name: str) -> str:
    return name.rstrip(".").replace("\\052", "*").lower()


def _record(raw: dict[str, Any]) -> model.Record | None:
    name = _plain(raw["Name"])
    alias = raw.get("AliasTarget")
    if raw["Type"] == "A" and alias:
        return model.Record(name, "ALIAS", (_plain(alias["DNSName"]),))
    if raw["Type"] in ("A", "CNAME"):
        values = tuple(entry["Value"] for entry in raw.get("ResourceRecords", ()))
        return model.Record(name, raw["Type"], values) if values else None
    return None


def _registered(account: str, region: str, arn: str) -> tuple[model.Target, ...]:
    from moto.elbv2.models import elbv2_backends

    group = elbv2_backends[account][region].target_groups.get(arn)
    targets = list(group.targets.values()) if group else []
    return tuple(model.Target(str(target["Id"]), int(target["Port"])) for target in targets)
