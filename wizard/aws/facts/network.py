"""Networks that the account has: VPCs, subnets, zones, endpoints and their services, peerings. Readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from wizard.aws.errors import error_code
from wizard.aws.facts.tags import tags_of
from wizard.aws.session import AwsSession
from wizard.facts.network import (
    Endpoints,
    EndpointServiceFact,
    EndpointServices,
    OwnedService,
    Peerings,
    PeeringSide,
    ServiceSeen,
    SubnetFact,
    Subnets,
    VpcEndpoint,
    VpcFact,
    VpcPeering,
    Vpcs,
    ZoneFact,
    Zones,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

#: States in which an associated block carries no traffic.
_BLOCK_GONE = frozenset({"disassociating", "disassociated", "failing", "failed"})


def vpcs(session: AwsSession, ask: Vpcs) -> tuple[VpcFact, ...]:
    """List the VPCs (ec2:DescribeVpcs)."""
    pages = session.client("ec2", ask.region).get_paginator("describe_vpcs")
    return tuple(
        VpcFact(
            id=vpc["VpcId"],
            cidrs=tuple(
                block["CidrBlock"]
                for block in vpc.get("CidrBlockAssociationSet", [])
                if block.get("CidrBlockState", {}).get("State", "") not in _BLOCK_GONE
            )
            or (vpc["CidrBlock"],),
            is_default=vpc.get("IsDefault", False),
            tags=tags_of(vpc.get("Tags", [])),
        )
        for page in pages.paginate()
        for vpc in page["Vpcs"]
    )


def subnets(session: AwsSession, ask: Subnets) -> tuple[SubnetFact, ...]:
    """List the subnets (ec2:DescribeSubnets)."""
    pages = session.client("ec2", ask.region).get_paginator("describe_subnets")
    return tuple(
        SubnetFact(
            id=subnet["SubnetId"],
            vpc_id=subnet["VpcId"],
            cidr=subnet["CidrBlock"],
            zone_id=subnet["AvailabilityZoneId"],
            free_addresses=subnet["AvailableIpAddressCount"],
            tags=tags_of(subnet.get("Tags", [])),
        )
        for page in pages.paginate()
        for subnet in page["Subnets"]
    )


def peerings(session: AwsSession, ask: Peerings) -> tuple[VpcPeering, ...]:
    """List the peerings (ec2:DescribeVpcPeeringConnections)."""
    pages = session.client("ec2", ask.region).get_paginator("describe_vpc_peering_connections")
    return tuple(
        VpcPeering(
            id=peering["VpcPeeringConnectionId"],
            status=peering.get("Status", {}).get("Code", ""),
            requester=_side(peering.get("RequesterVpcInfo", {})),
            accepter=_side(peering.get("AccepterVpcInfo", {})),
            expires_at=peering.get("ExpirationTime"),
            tags=tags_of(peering.get("Tags", [])),
        )
        for page in pages.paginate()
        for peering in page["VpcPeeringConnections"]
    )


def endpoints(session: AwsSession, ask: Endpoints) -> tuple[VpcEndpoint, ...]:
    """List the endpoints (ec2:DescribeVpcEndpoints)."""
    pages = session.client("ec2", ask.region).get_paginator("describe_vpc_endpoints")
    return tuple(
        VpcEndpoint(
            id=endpoint["VpcEndpointId"],
            vpc_id=endpoint.get("VpcId", ""),
            kind=endpoint.get("VpcEndpointType", ""),
            service=endpoint.get("ServiceName", ""),
            # The API's model says PendingAcceptance, its answers say pendingAcceptance.
            state=endpoint.get("State", "").lower(),
            tags=tags_of(endpoint.get("Tags", [])),
        )
        for page in pages.paginate()
        for endpoint in page["VpcEndpoints"]
    )


def zones(session: AwsSession, ask: Zones) -> tuple[ZoneFact, ...]:
    """List the zones, those that are not opted in as well (ec2:DescribeAvailabilityZones)."""
    return _zones(session.client("ec2", ask.region))


def endpoint_services(session: AwsSession, ask: EndpointServices) -> tuple[EndpointServiceFact, ...]:
    """Look services up, and where they are, by zone id (ec2:DescribeVpcEndpointServices)."""
    ec2 = session.client("ec2", ask.region)
    ids = {zone.name: zone.id for zone in _zones(ec2)}
    found: dict[str, EndpointServiceFact] = {}
    # By filter: an unknown name in ServiceNames is an error of the call.
    pages = ec2.get_paginator("describe_vpc_endpoint_services").paginate(
        Filters=[{"Name": "service-name", "Values": list(ask.names)}],
    )
    for page in pages:
        for service in page["ServiceDetails"]:
            name, before = service["ServiceName"], found.get(service["ServiceName"])
            # S3 and DynamoDB come twice, as gateway and as interface.
            found[name] = EndpointServiceFact(
                name=name,
                exists=True,
                kinds=_together(before.kinds if before else (), [it["ServiceType"] for it in service["ServiceType"]]),
                zone_ids=_together(
                    before.zone_ids if before else (),
                    [ids[zone] for zone in service.get("AvailabilityZones", []) if zone in ids],
                ),
            )
    return tuple(
        found.get(name) or EndpointServiceFact(name, exists=False, kinds=(), zone_ids=()) for name in ask.names
    )


def owned_service(session: AwsSession, ask: OwnedService) -> ServiceSeen:
    """Look a service of somebody's own up (ec2:DescribeVpcEndpointServices). One that does not admit us has no name for us."""
    ec2 = session.client("ec2", ask.region)
    try:
        found = ec2.describe_vpc_endpoint_services(ServiceNames=[ask.name])["ServiceDetails"]
    except ClientError as error:
        if error_code(error) != "InvalidServiceName":
            raise
        found = []
    service = next((service for service in found if service.get("ServiceName") == ask.name), None)
    if service is None:
        return ServiceSeen(exists=False)
    names = service.get("AvailabilityZones", [])
    ids = {zone.name: zone.id for zone in _zones(ec2)} if names else {}
    return ServiceSeen(
        exists=True,
        owner=service.get("Owner", ""),
        kinds=_together((), [it["ServiceType"] for it in service.get("ServiceType", [])]),
        zone_ids=_together(service.get("AvailabilityZoneIds", []), [ids[name] for name in names if name in ids]),
        acceptance_required=service.get("AcceptanceRequired", False),
    )


def _zones(ec2: EC2Client) -> tuple[ZoneFact, ...]:
    return tuple(
        ZoneFact(
            id=zone["ZoneId"],
            name=zone["ZoneName"],
            state=zone.get("State", ""),
            kind=zone.get("ZoneType", ""),
            opt_in=zone.get("OptInStatus", ""),
        )
        for zone in ec2.describe_availability_zones(AllAvailabilityZones=True)["AvailabilityZones"]
    )


def _side(info: Mapping[str, Any]) -> PeeringSide:
    blocks = tuple(block["CidrBlock"] for block in info.get("CidrBlockSet", []))
    if not blocks and info.get("CidrBlock"):
        blocks = (info["CidrBlock"],)
    return PeeringSide(info.get("VpcId", ""), info.get("OwnerId", ""), info.get("Region", ""), blocks)


def _together(before: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({*before, *more}))


READERS = {
    Endpoints: endpoints,
    EndpointServices: endpoint_services,
    OwnedService: owned_service,
    Peerings: peerings,
    Subnets: subnets,
    Vpcs: vpcs,
    Zones: zones,
}
