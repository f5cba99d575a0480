"""Networks that the account has: VPCs, subnets, zones, endpoints and their services, peerings, private zones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from wizard.facts.asking import Ask

#: A resource's tags, by key.
Tags = tuple[tuple[str, str], ...]

#: Where services are changes with AWS's own announcements, not with what anybody does here.
_CATALOGUE = timedelta(days=1)


def tag(tags: Tags, key: str) -> str:
    """Give a tag's value, or an empty text where there is no such tag."""
    return next((value for name, value in tags if name == key), "")


@dataclass(frozen=True, slots=True)
class VpcFact:
    """A VPC with every IPv4 block that is associated with it."""

    id: str
    cidrs: tuple[str, ...]
    is_default: bool
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class Vpcs(Ask[tuple[VpcFact, ...]]):
    """All VPCs of the account in a region."""

    kind: ClassVar[str] = "vpcs"
    unchecks: ClassVar[str] = "whether an address block meets a VPC that the account has"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeVpcs",)

    region: str


@dataclass(frozen=True, slots=True)
class SubnetFact:
    """A subnet. `free_addresses` is AWS's own count, without the five that it keeps."""

    id: str
    vpc_id: str
    cidr: str
    zone_id: str
    free_addresses: int
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class Subnets(Ask[tuple[SubnetFact, ...]]):
    """All subnets of the account in a region."""

    kind: ClassVar[str] = "subnets"
    unchecks: ClassVar[str] = "whether the shard's subnets have addresses left"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeSubnets",)

    region: str


@dataclass(frozen=True, slots=True)
class PeeringSide:
    """One end of a peering. `cidrs` is empty where AWS does not tell them, as before the accepter has accepted."""

    vpc_id: str
    account_id: str
    region: str
    cidrs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VpcPeering:
    """A peering. `status`: initiating-request, pending-acceptance, active, deleted, rejected, failed, expired, …"""

    id: str
    status: str
    requester: PeeringSide
    accepter: PeeringSide
    expires_at: datetime | None
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class Peerings(Ask[tuple[VpcPeering, ...]]):
    """All peerings that the account has a side of, in a region."""

    kind: ClassVar[str] = "peerings"
    unchecks: ClassVar[str] = "whether a peering that is there already takes the transit VPC's route"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeVpcPeeringConnections",)

    region: str


@dataclass(frozen=True, slots=True)
class VpcEndpoint:
    """A VPC endpoint. `kind` is Interface, Gateway, GatewayLoadBalancer, …; `state` is lower case."""

    id: str
    vpc_id: str
    kind: str
    service: str
    state: str
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class Endpoints(Ask[tuple[VpcEndpoint, ...]]):
    """All VPC endpoints of the account in a region."""

    kind: ClassVar[str] = "endpoints"
    unchecks: ClassVar[str] = "how many endpoints the VPCs have"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeVpcEndpoints",)

    region: str


@dataclass(frozen=True, slots=True)
class ZoneFact:
    """A zone. `kind`: availability-zone, local-zone, wavelength-zone; `opt_in`: opt-in-not-required, opted-in, not-opted-in.

    `name` is the account's own: the same name is another zone in another account.
    """

    id: str
    name: str
    state: str
    kind: str
    opt_in: str


@dataclass(frozen=True, slots=True)
class Zones(Ask[tuple[ZoneFact, ...]]):
    """All zones of a region, those that are not opted in included."""

    kind: ClassVar[str] = "zones"
    unchecks: ClassVar[str] = "whether the zone exists and can be used"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeAvailabilityZones",)

    region: str


@dataclass(frozen=True, slots=True)
class EndpointServiceFact:
    """A service that can have endpoints. One that AWS does not have `exists` not, and is nowhere."""

    name: str
    exists: bool
    kinds: tuple[str, ...]
    zone_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndpointServices(Ask[tuple[EndpointServiceFact, ...]]):
    """Which of these services exist in a region, and in which of its zones; one answer for each name."""

    kind: ClassVar[str] = "endpoint_services"
    unchecks: ClassVar[str] = "whether the zone has the endpoint services that the nodes need"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeVpcEndpointServices", "ec2:DescribeAvailabilityZones")
    keep: ClassVar[timedelta] = _CATALOGUE

    region: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceSeen:
    """An endpoint service of somebody's own, as this account sees it: not at all where it `exists` not, or does not admit us.

    `zone_ids` are those that both sides have.
    """

    exists: bool
    owner: str = ""
    kinds: tuple[str, ...] = ()
    zone_ids: tuple[str, ...] = ()
    acceptance_required: bool = False


@dataclass(frozen=True, slots=True)
class OwnedService(Ask[ServiceSeen]):
    """The endpoint service of a name, whose owner says who may see it."""

    kind: ClassVar[str] = "owned_service"
    unchecks: ClassVar[str] = "whether the customer's endpoint service is there, admits us and has our zone"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeVpcEndpointServices", "ec2:DescribeAvailabilityZones")

    region: str
    name: str
