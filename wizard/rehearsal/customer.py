"""The customer's account: the database's network, the applications' network, and what the customer does about us.

Everything goes through boto3 with the customer's credentials. Actions are idempotent, and each has an opposite, which
is what faults and tests use.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wizard.errors import RehearsalError
from wizard.rehearsal.clients import client
from wizard.rehearsal.own_service import Before, OwnService
from wizard.rehearsal.snapshot import DATABASE_TAG

#: `service` is the private topology through an endpoint service of the customer's.
Topology = Literal["private", "service", "public"]
Role = Literal["database", "application"]

DATABASE_ADDRESS = "10.20.1.10"
DATABASE_PORT = 5432
_IDENTIFIER = "primary"
_ANYWHERE = "0.0.0.0/0"
_SETTLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC of the customer's with its one subnet and its route table."""

    id: str
    cidr: str
    subnet_id: str
    route_table_id: str


@dataclass(frozen=True, slots=True)
class Premises:
    """What the customer had before we came. `public_ip` is empty in the private topology.

    `service_name` is their endpoint service before the database, where there is one.
    """

    topology: Topology
    account_id: str
    region: str
    host: str
    database: Vpc
    application: Vpc
    security_group_id: str
    interface_id: str
    public_ip: str
    service_name: str = ""


class Customer:
    """The customer, as somebody with their own credentials.

    `host` is the database's DNS name; a private database is reachable inside its VPC alone.
    """

    def __init__(self, environment: Mapping[str, str], account_id: str, vendor: str = "") -> None:
        self._ec2 = client(environment, "ec2")
        self._dns = client(environment, "route53")
        self._rds = client(environment, "rds")
        self._region = environment["AWS_REGION"]
        self._account_id = account_id
        self._premises: Premises | None = None
        #: What they do where no network is peered. `vendor` is the account that they allow.
        self.service = OwnService(environment, vendor)

    @property
    def premises(self) -> Premises:
        """What was built."""
        if self._premises is None:
            raise RehearsalError("The customer's account is still empty", action="build it first")
        return self._premises

    def build(self, topology: Topology, host: str, zone_id: str, *, publicly_accessible: bool = False) -> Premises:
        """Build both networks and the database. In the public topology the database has a public address anyway."""
        database = self._vpc("database", "10.20.0.0/16", "10.20.1.0/24", zone_id)
        application = self._vpc("application", "10.30.0.0/16", "10.30.1.0/24", zone_id)
        group = self._ec2.create_security_group(GroupName="database", Description="The database", VpcId=database.id)
        interface = self._ec2.create_network_interface(
            SubnetId=database.subnet_id,
            PrivateIpAddress=DATABASE_ADDRESS,
            Groups=[group["GroupId"]],
            Description="RDSNetworkInterface",
            TagSpecifications=_tags("network-interface", {DATABASE_TAG: _IDENTIFIER}),
        )["NetworkInterface"]["NetworkInterfaceId"]
        public_ip = ""
        if topology == "public" or publicly_accessible:
            public_ip = self._publish(database, interface)
        name = self._managed_database(database, group["GroupId"], public=bool(public_ip))
        self._name(host, name)
        self._premises = Premises(
            topology,
            self._account_id,
            self._region,
            host,
            database,
            application,
            group["GroupId"],
            interface,
            public_ip,
            self._serve(database) if topology == "service" else "",
        )
        return self._premises

    # What a customer does

    def accept_peerings(self) -> list[str]:
        """Accept every request that waits for this account; give the ids of all that are active afterwards."""
        for peering in self._peerings("pending-acceptance"):
            self._ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])
        return [peering["VpcPeeringConnectionId"] for peering in self._peerings("active")]

    def add_routes(self) -> list[str]:
        """Route each active peering's other side to it, in the VPC that is its side here; give the blocks."""
        routed = []
        for peering in self._peerings("active"):
            table, block = self._table_of(peering["AccepterVpcInfo"]["VpcId"]), peering["RequesterVpcInfo"]["CidrBlock"]
            self._remove(table, block)
            self._ec2.create_route(
                RouteTableId=table,
                DestinationCidrBlock=block,
                VpcPeeringConnectionId=peering["VpcPeeringConnectionId"],
            )
            routed.append(block)
        return routed

    def allow_database_port(self, cidrs: list[str] | None = None) -> list[str]:
        """Let these blocks reach the database's port; without any, the peers of the database's VPC."""
        wanted = cidrs if cidrs is not None else self._peers_of_the_database()
        missing = self.not_allowed(list(dict.fromkeys(wanted)))
        if missing:
            self._ec2.authorize_security_group_ingress(
                GroupId=self.premises.security_group_id, IpPermissions=[_port(missing)]
            )
        return wanted

    def set_peering_dns(self, *, allow: bool = True) -> list[str]:
        """Let, or not, the other side of each active peering resolve our public names to private addresses."""
        peerings = [peering["VpcPeeringConnectionId"] for peering in self._peerings("active")]
        for peering in peerings:
            self._ec2.modify_vpc_peering_connection_options(
                VpcPeeringConnectionId=peering,
                AccepterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": allow},
            )
        return peerings

    def associate_zone(self, zone_id: str) -> None:
        """Associate the application's VPC with the vendor's private zone, for which the vendor has authorized it."""
        # The zone is the vendor's: what the customer may ask is which zones their own VPC is associated with.
        if self.unassociated([zone_id]):
            self._dns.associate_vpc_with_hosted_zone(HostedZoneId=zone_id, VPC=self._application_vpc())

    # What they are asked for, and have not done

    def awaited_peerings(self) -> list[str]:
        """Give the requests that wait for this account."""
        return [peering["VpcPeeringConnectionId"] for peering in self._peerings("pending-acceptance")]

    def unassociated(self, zone_ids: list[str]) -> list[str]:
        """Give those of the zones that the application's VPC is not associated with."""
        known = self._associated_zones()
        return [zone for zone in zone_ids if _zone(zone) not in known]

    def not_allowed(self, cidrs: list[str]) -> list[str]:
        """Give those of the blocks that do not reach the database's port."""
        allowed = self._allowed()
        return [block for block in cidrs if block not in allowed]

    # And the opposites

    def remove_route(self, role: Role = "database") -> None:
        """Take the route to our transit VPC away again; in the public topology the way back to the internet."""
        vpc = self.premises.database if role == "database" else self.premises.application
        blocks = [peering["RequesterVpcInfo"]["CidrBlock"] for peering in self._peerings()]
        for block in blocks if self.premises.topology == "private" else [_ANYWHERE]:
            self._remove(vpc.route_table_id, block)

    def restore_route(self) -> None:
        """Undo `remove_route`."""
        if self.premises.topology == "private":
            self.add_routes()
            return
        gateways = self._ec2.describe_internet_gateways()["InternetGateways"]
        table = self.premises.database.route_table_id
        self._remove(table, _ANYWHERE)
        self._ec2.create_route(
            RouteTableId=table, DestinationCidrBlock=_ANYWHERE, GatewayId=gateways[0]["InternetGatewayId"]
        )

    def close_security_group(self) -> None:
        """Let nobody reach the database's port."""
        allowed = self._allowed()
        if allowed:
            self._ec2.revoke_security_group_ingress(
                GroupId=self.premises.security_group_id, IpPermissions=[_port(allowed)]
            )

    def deny_in_network_acl(self) -> None:
        """Deny the database's port to everybody outside its subnet, above all other entries of the network ACL."""
        if not self._denied():
            self._ec2.create_network_acl_entry(
                **self._first_entry(),
                Protocol="6",
                RuleAction="deny",
                CidrBlock=_ANYWHERE,
                PortRange={"From": DATABASE_PORT, "To": DATABASE_PORT},
            )

    def allow_in_network_acl(self) -> None:
        """Undo `deny_in_network_acl`."""
        if self._denied():
            self._ec2.delete_network_acl_entry(**self._first_entry())

    def publish(self) -> None:
        """Make the database publicly accessible: its name then means a public address wherever ours does not count."""
        if not self._public_addresses():
            self._publish(self.premises.database, self.premises.interface_id)

    def withdraw(self) -> None:
        """Make a database that was published private again."""
        for address in self._public_addresses():
            self._ec2.disassociate_address(AssociationId=address["AssociationId"])
            self._ec2.release_address(AllocationId=address["AllocationId"])
            self._remove(self.premises.database.route_table_id, _ANYWHERE)
            attached = [{"Name": "attachment.vpc-id", "Values": [self.premises.database.id]}]
            for gateway in self._ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]:
                held = gateway["InternetGatewayId"]
                self._ec2.detach_internet_gateway(InternetGatewayId=held, VpcId=self.premises.database.id)
                self._ec2.delete_internet_gateway(InternetGatewayId=held)

    def delete_peerings(self) -> None:
        """Delete the peerings of the database's VPC: they cannot be un-accepted."""
        for peering in self._peerings("active"):
            self._ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])

    def reject_peerings(self) -> None:
        """Reject every request that waits."""
        for peering in self._peerings("pending-acceptance"):
            self._ec2.reject_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])

    def disassociate_zone(self, zone_id: str) -> None:
        """Take the application's VPC out of the private zone."""
        self._dns.disassociate_vpc_from_hosted_zone(HostedZoneId=zone_id, VPC=self._application_vpc())

    # Building

    def _vpc(self, name: str, cidr: str, subnet: str, zone_id: str) -> Vpc:
        vpc = self._ec2.create_vpc(CidrBlock=cidr, TagSpecifications=_tags("vpc", {"Name": name}))["Vpc"]["VpcId"]
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            self._ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
        subnet_id = self._ec2.create_subnet(VpcId=vpc, CidrBlock=subnet, AvailabilityZoneId=zone_id)["Subnet"][
            "SubnetId"
        ]
        return Vpc(vpc, cidr, subnet_id, self._table_of(vpc))

    def _serve(self, database: Vpc) -> str:
        return self.service.build(Before(database.id, database.subnet_id, DATABASE_ADDRESS, DATABASE_PORT))

    def _publish(self, database: Vpc, interface: str) -> str:
        gateway = self._ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self._ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=database.id)
        self._ec2.create_route(RouteTableId=database.route_table_id, DestinationCidrBlock=_ANYWHERE, GatewayId=gateway)
        address = self._ec2.allocate_address(Domain="vpc")
        self._ec2.associate_address(AllocationId=address["AllocationId"], NetworkInterfaceId=interface)
        return str(address["PublicIp"])

    def _managed_database(self, vpc: Vpc, group: str, *, public: bool) -> str:
        self._rds.create_db_subnet_group(
            DBSubnetGroupName=_IDENTIFIER, DBSubnetGroupDescription="The database", SubnetIds=[vpc.subnet_id]
        )
        self._rds.create_db_instance(
            DBInstanceIdentifier=_IDENTIFIER,
            DBInstanceClass="db.r6g.large",
            Engine="postgres",
            AllocatedStorage=100,
            MasterUsername="postgres",
            ManageMasterUserPassword=True,
            DBSubnetGroupName=_IDENTIFIER,
            VpcSecurityGroupIds=[group],
            PubliclyAccessible=public,
            Port=DATABASE_PORT,
        )
        deadline = time.monotonic() + _SETTLE_SECONDS
        while time.monotonic() < deadline:
            described = self._rds.describe_db_instances(DBInstanceIdentifier=_IDENTIFIER)["DBInstances"][0]
            if (described.get("Endpoint") or {}).get("Address"):
                return str(described["Endpoint"]["Address"])
            time.sleep(0.1)
        raise RehearsalError("The embedded AWS never gave the database an address")

    def _name(self, host: str, target: str) -> None:
        parent = host.partition(".")[2]
        zone = self._dns.create_hosted_zone(Name=parent, CallerReference=f"rehearsal-{parent}")["HostedZone"]["Id"]
        record = {"Name": host, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": target}]}
        self._dns.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        )

    # Looking

    def _peerings(self, *states: str) -> list[dict[str, Any]]:
        found = self._ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
        mine = (self.premises.database.id, self.premises.application.id)
        return [
            peering
            for peering in found
            if peering["AccepterVpcInfo"]["VpcId"] in mine and (not states or peering["Status"]["Code"] in states)
        ]

    def _peers_of_the_database(self) -> list[str]:
        return [
            peering["RequesterVpcInfo"]["CidrBlock"]
            for peering in self._peerings("active")
            if peering["AccepterVpcInfo"]["VpcId"] == self.premises.database.id
        ]

    def _allowed(self) -> list[str]:
        group = self._ec2.describe_security_groups(GroupIds=[self.premises.security_group_id])["SecurityGroups"][0]
        ranges = [r for permission in group["IpPermissions"] for r in permission.get("IpRanges", ())]
        return [str(entry["CidrIp"]) for entry in ranges]

    def _public_addresses(self) -> list[dict[str, Any]]:
        of = [{"Name": "network-interface-id", "Values": [self.premises.interface_id]}]
        found: list[dict[str, Any]] = self._ec2.describe_addresses(Filters=of)["Addresses"]
        return found

    def _acl(self) -> dict[str, Any]:
        of = [{"Name": "association.subnet-id", "Values": [self.premises.database.subnet_id]}]
        found: dict[str, Any] = self._ec2.describe_network_acls(Filters=of)["NetworkAcls"][0]
        return found

    def _denied(self) -> bool:
        return any(entry["RuleNumber"] == 1 and not entry["Egress"] for entry in self._acl()["Entries"])

    def _first_entry(self) -> dict[str, Any]:
        return {"NetworkAclId": self._acl()["NetworkAclId"], "RuleNumber": 1, "Egress": False}

    def _table_of(self, vpc: str) -> str:
        tables = self._ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
        return str(tables[0]["RouteTableId"])

    def _remove(self, table: str, block: str) -> None:
        routes = self._ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        if any(route.get("DestinationCidrBlock") == block for route in routes):
            self._ec2.delete_route(RouteTableId=table, DestinationCidrBlock=block)

    def _application_vpc(self) -> dict[str, str]:
        return {"VPCRegion": self._region, "VPCId": self.premises.application.id}

    def _associated_zones(self) -> frozenset[str]:
        found = self._dns.list_hosted_zones_by_vpc(**self._application_vpc())["HostedZoneSummaries"]
        return frozenset(_zone(zone["HostedZoneId"]) for zone in found)


def _zone(zone_id: str) -> str:
    return zone_id.removeprefix("/hostedzone/")


def _port(blocks: list[str]) -> dict[str, Any]:
    return {
        "IpProtocol": "tcp",
        "FromPort": DATABASE_PORT,
        "ToPort": DATABASE_PORT,
        "IpRanges": [{"CidrIp": block, "Description": "Springtail"} for block in blocks],
    }


def _tags(kind: str, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]
