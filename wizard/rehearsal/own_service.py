"""The customer who wants no peering: their load balancer and endpoint service, and their endpoints to ours.

As `customer.py`: everything goes through boto3 with the customer's credentials, and can be done again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.rehearsal.clients import client

_PRIVATELINK = ".vpce-svc-"
_WAITING = ("pendingAcceptance", "rejected")


@dataclass(frozen=True, slots=True)
class Before:
    """What the service stands before: the database's address and port, and where it is."""

    vpc_id: str
    subnet_id: str
    address: str
    port: int


class OwnService:
    """An endpoint service of the customer's, which asks for acceptance and allows the vendor's account."""

    def __init__(self, environment: Mapping[str, str], vendor: str) -> None:
        self._ec2 = client(environment, "ec2")
        self._elb = client(environment, "elbv2")
        self._dns = client(environment, "route53")
        self._region = environment["AWS_REGION"]
        self._vendor = vendor
        self._id = ""

    def build(self, before: Before) -> str:
        """Build load balancer and service as the bundle's templates do; give the service's name."""
        balancer = self._elb.create_load_balancer(
            Name="database", Type="network", Scheme="internal", Subnets=[before.subnet_id]
        )["LoadBalancers"][0]["LoadBalancerArn"]
        group = self._elb.create_target_group(
            Name="database", Protocol="TCP", Port=before.port, VpcId=before.vpc_id, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        self._elb.register_targets(TargetGroupArn=group, Targets=[{"Id": before.address, "Port": before.port}])
        self._elb.create_listener(
            LoadBalancerArn=balancer,
            Protocol="TCP",
            Port=before.port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        made = self._ec2.create_vpc_endpoint_service_configuration(
            AcceptanceRequired=True, NetworkLoadBalancerArns=[balancer]
        )["ServiceConfiguration"]
        self._id = made["ServiceId"]
        self.allow()
        return str(made["ServiceName"])

    def allow(self) -> None:
        """Let the vendor's account see the service and ask for endpoints."""
        ours = f"arn:aws:iam::{self._vendor}:root"
        self._ec2.modify_vpc_endpoint_service_permissions(ServiceId=self._id, AddAllowedPrincipals=[ours])

    def awaiting(self) -> list[str]:
        """Give the endpoints that wait to be accepted."""
        return [it["VpcEndpointId"] for it in self._connections() if it["VpcEndpointState"] in _WAITING]

    def accept(self) -> None:
        """Accept every endpoint that waits, and those that were rejected."""
        if waiting := self.awaiting():
            self._ec2.accept_vpc_endpoint_connections(ServiceId=self._id, VpcEndpointIds=waiting)

    def reject(self) -> None:
        """Reject every endpoint."""
        if found := [it["VpcEndpointId"] for it in self._connections()]:
            self._ec2.reject_vpc_endpoint_connections(ServiceId=self._id, VpcEndpointIds=found)

    def unconnected(self, vpc_id: str) -> list[str]:
        """Give the vendor's services that admit us and that a VPC has no endpoint to."""
        return [name for name in self._offered() if not self._endpoints(vpc_id, name)]

    def connect(self, vpc_id: str, cidr: str, subnet_id: str, host: str) -> None:
        """Make an endpoint to each service that the vendor offers, and have the proxy's name lead to it."""
        for name in self.unconnected(vpc_id):
            group = self._ec2.create_security_group(
                GroupName=f"to-{name.rpartition('.')[2]}", Description="To the proxies", VpcId=vpc_id
            )["GroupId"]
            rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": cidr}]}
            self._ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
            endpoint = self._ec2.create_vpc_endpoint(
                VpcEndpointType="Interface",
                VpcId=vpc_id,
                ServiceName=name,
                SubnetIds=[subnet_id],
                SecurityGroupIds=[group],
            )["VpcEndpoint"]
            self._name(vpc_id, host, endpoint["DnsEntries"][0])

    def disconnect(self, vpc_id: str) -> None:
        """Take the endpoints to the vendor's services away again, so that these can be deleted."""
        if found := [endpoint for name in self._offered() for endpoint in self._endpoints(vpc_id, name)]:
            self._ec2.delete_vpc_endpoints(VpcEndpointIds=found)

    def _name(self, vpc_id: str, host: str, entry: Mapping[str, Any]) -> None:
        zone = self._dns.create_hosted_zone(
            Name=host, CallerReference=f"proxy-{host}", VPC={"VPCRegion": self._region, "VPCId": vpc_id}
        )["HostedZone"]["Id"]
        target = {"DNSName": entry["DnsName"], "HostedZoneId": entry["HostedZoneId"], "EvaluateTargetHealth": False}
        change = {"Action": "UPSERT", "ResourceRecordSet": {"Name": host, "Type": "A", "AliasTarget": target}}
        self._dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})

    def _connections(self) -> list[dict[str, Any]]:
        of = [{"Name": "service-id", "Values": [self._id]}]
        found: list[dict[str, Any]] = self._ec2.describe_vpc_endpoint_connections(Filters=of)["VpcEndpointConnections"]
        return found

    def _offered(self) -> list[str]:
        services = self._ec2.describe_vpc_endpoint_services()["ServiceDetails"]
        return [
            it["ServiceName"] for it in services if it["Owner"] == self._vendor and _PRIVATELINK in it["ServiceName"]
        ]

    def _endpoints(self, vpc_id: str, name: str) -> list[str]:
        of = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "service-name", "Values": [name]}]
        return [it["VpcEndpointId"] for it in self._ec2.describe_vpc_endpoints(Filters=of)["VpcEndpoints"]]
