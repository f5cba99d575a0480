"""Narrow reads of what a data path is made of, each giving a frozen fact.

What does not exist is None, or missing from the answer: never an error. What AWS refuses is an AwsError that names
the permission.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from wizard.aws import network_reads
from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef


@dataclass(frozen=True, slots=True)
class InstanceFact:
    """An EC2 instance. `imds_tokens` is `required` where only IMDSv2 is answered; `zone_id` is the zone's ID."""

    id: str
    state: str
    instance_type: str
    image_id: str
    private_ip: str
    subnet_id: str
    zone: str
    zone_id: str
    imds_tokens: str
    imds_hop_limit: int
    launched_at: datetime | None


@dataclass(frozen=True, slots=True)
class VolumeFact:
    """An EBS volume. `attached_to` is an instance's id, empty for none; `attachment` its state there."""

    id: str
    state: str
    attached_to: str
    attachment: str
    device: str
    encrypted: bool
    size_gib: int


@dataclass(frozen=True, slots=True)
class EndpointFact:
    """An interface endpoint. `state` is lower case: pendingacceptance, pending, available, rejected, failed, expired, …"""

    id: str
    state: str
    service_name: str
    dns_names: tuple[str, ...]
    subnet_ids: tuple[str, ...]
    zone_ids: tuple[str, ...]
    private_ips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceFact:
    """An endpoint service of this account."""

    name: str
    state: str
    acceptance_required: bool
    zones: tuple[str, ...]
    load_balancer_arns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadBalancerFact:
    """A load balancer. `reason` is AWS's, when it is not active; `public_ips` are the fixed ones of its zones."""

    arn: str
    state: str
    reason: str
    scheme: str
    dns_name: str
    zones: tuple[str, ...]
    public_ips: tuple[str, ...]
    security_group_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetFact:
    """A registered target. `state`: initial, healthy, unhealthy, unused, draining, unavailable."""

    address: str
    port: int
    state: str
    reason: str
    description: str


@dataclass(frozen=True, slots=True)
class PeeringFact:
    """A VPC peering. The DNS options say whether that side resolves the other's names; False until it is active."""

    id: str
    status: str
    message: str
    expires_at: datetime | None
    requester_dns: bool
    accepter_dns: bool


def instances(session: AwsSession, ids: Sequence[str]) -> dict[str, InstanceFact]:
    """Read instances by id."""
    found: dict[str, InstanceFact] = {}
    if not ids:  # a filter without values would let everything through
        return found
    # By filter, because one unknown id would fail the whole call if ids were named.
    with session.call("read the instances"):
        ec2 = session.client("ec2")
        for page in ec2.get_paginator("describe_instances").paginate(Filters=_filter("instance-id", ids)):
            for reservation in page["Reservations"]:
                for instance in reservation["Instances"]:
                    metadata = instance.get("MetadataOptions", {})
                    placement = instance.get("Placement", {})
                    found[instance["InstanceId"]] = InstanceFact(
                        id=instance["InstanceId"],
                        state=instance["State"]["Name"],
                        instance_type=instance["InstanceType"],
                        image_id=instance["ImageId"],
                        private_ip=instance.get("PrivateIpAddress", ""),
                        subnet_id=instance.get("SubnetId", ""),
                        zone=placement.get("AvailabilityZone", ""),
                        zone_id=placement.get("AvailabilityZoneId", ""),
                        imds_tokens=metadata.get("HttpTokens", ""),
                        imds_hop_limit=metadata.get("HttpPutResponseHopLimit", 0),
                        launched_at=instance.get("LaunchTime"),
                    )
    return {name: found[name] for name in ids if name in found}


def volumes(session: AwsSession, ids: Sequence[str]) -> tuple[VolumeFact, ...]:
    """Read volumes, in the order asked; those that do not exist are left out."""
    found: dict[str, VolumeFact] = {}
    if not ids:
        return ()
    with session.call("read the volumes"):
        pages = session.client("ec2").get_paginator("describe_volumes")
        for page in pages.paginate(Filters=_filter("volume-id", ids)):
            for volume in page["Volumes"]:
                attachments = volume.get("Attachments", [])
                first: Mapping[str, Any] = attachments[0] if attachments else {}
                found[volume["VolumeId"]] = VolumeFact(
                    id=volume["VolumeId"],
                    state=volume["State"],
                    attached_to=first.get("InstanceId", ""),
                    attachment=first.get("State", ""),
                    device=first.get("Device", ""),
                    encrypted=volume.get("Encrypted", False),
                    size_gib=volume.get("Size", 0),
                )
    return tuple(found[name] for name in ids if name in found)


def endpoint(session: AwsSession, endpoint_id: str) -> EndpointFact | None:
    """Read an interface endpoint with the addresses and zones of its network interfaces."""
    with session.call(f"read endpoint {endpoint_id}"):
        ec2 = session.client("ec2")
        try:
            found = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"]
        except ClientError as error:
            if error_code(error) == "InvalidVpcEndpointId.NotFound":
                return None
            raise
        if not found:
            return None
        it = found[0]
        subnet_ids = it.get("SubnetIds", [])
        subnets = ec2.describe_subnets(Filters=_filter("subnet-id", subnet_ids))["Subnets"] if subnet_ids else []
        ids = it.get("NetworkInterfaceIds", [])
        interfaces = (
            ec2.describe_network_interfaces(Filters=_filter("network-interface-id", ids))["NetworkInterfaces"]
            if ids
            else []
        )
    return EndpointFact(
        id=it["VpcEndpointId"],
        state=it["State"].lower(),
        service_name=it["ServiceName"],
        dns_names=tuple(entry["DnsName"] for entry in it.get("DnsEntries", []) if "DnsName" in entry),
        subnet_ids=tuple(subnet_ids),
        zone_ids=tuple(sorted(subnet.get("AvailabilityZoneId", "") for subnet in subnets)),
        private_ips=tuple(sorted(interface.get("PrivateIpAddress", "") for interface in interfaces)),
    )


def endpoint_service(session: AwsSession, name: str) -> ServiceFact | None:
    """Read an endpoint service of this account by its service name (`com.amazonaws.vpce.…`)."""
    with session.call(f"read endpoint service {name}"):
        pages = session.client("ec2").get_paginator("describe_vpc_endpoint_service_configurations")
        for page in pages.paginate(Filters=_filter("service-name", [name])):
            for it in page["ServiceConfigurations"]:
                # Asked again here: the filter is the service's affair, the answer ours.
                if it.get("ServiceName") == name:
                    return ServiceFact(
                        name=name,
                        state=it.get("ServiceState", ""),
                        acceptance_required=it.get("AcceptanceRequired", False),
                        zones=tuple(it.get("AvailabilityZones", [])),
                        load_balancer_arns=tuple(it.get("NetworkLoadBalancerArns", [])),
                    )
    return None


def load_balancer(session: AwsSession, arn: str) -> LoadBalancerFact | None:
    """Read a load balancer."""
    with session.call(f"read load balancer {arn}"):
        try:
            found = session.client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
        except ClientError as error:
            if error_code(error) == "LoadBalancerNotFound":
                return None
            raise
    if not found:
        return None
    it = found[0]
    zones = it.get("AvailabilityZones", [])
    return LoadBalancerFact(
        arn=arn,
        state=it.get("State", {}).get("Code", ""),
        reason=it.get("State", {}).get("Reason", ""),
        scheme=it.get("Scheme", ""),
        dns_name=it.get("DNSName", ""),
        zones=tuple(zone.get("ZoneName", "") for zone in zones),
        public_ips=tuple(
            address["IpAddress"]
            for zone in zones
            for address in zone.get("LoadBalancerAddresses", [])
            if "IpAddress" in address
        ),
        security_group_ids=tuple(it.get("SecurityGroups", [])),
    )


def target_health(session: AwsSession, target_group_arn: str) -> tuple[TargetFact, ...]:
    """Read the targets of a target group and their health; none for a group that does not exist."""
    with session.call(f"read the targets of {target_group_arn}"):
        try:
            answer = session.client("elbv2").describe_target_health(TargetGroupArn=target_group_arn)
        except ClientError as error:
            if error_code(error) == "TargetGroupNotFound":
                return ()
            raise
    return tuple(
        TargetFact(
            address=it["Target"]["Id"],
            port=it["Target"].get("Port", 0),
            state=it.get("TargetHealth", {}).get("State", ""),
            reason=it.get("TargetHealth", {}).get("Reason", ""),
            description=it.get("TargetHealth", {}).get("Description", ""),
        )
        for it in answer["TargetHealthDescriptions"]
    )


def peering(session: AwsSession, peering_id: str) -> PeeringFact | None:
    """Read a peering. AWS forgets deleted and expired ones after a while: None then."""
    with session.call(f"read peering {peering_id}"):
        it = network_reads.peering(session, peering_id)
    if it is None:
        return None
    status = it.get("Status", {})
    return PeeringFact(
        id=peering_id,
        status=status.get("Code", ""),
        message=status.get("Message", ""),
        expires_at=it.get("ExpirationTime"),
        requester_dns=_resolves(it.get("RequesterVpcInfo", {})),
        accepter_dns=_resolves(it.get("AccepterVpcInfo", {})),
    )


def _resolves(side: Mapping[str, Any]) -> bool:
    return bool(side.get("PeeringOptions", {}).get("AllowDnsResolutionFromRemoteVpc", False))


def _filter(name: str, values: Sequence[str]) -> list[FilterTypeDef]:
    return [{"Name": name, "Values": list(values)}]
