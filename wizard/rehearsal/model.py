"""What the embedded AWS holds, as frozen values: both accounts in one picture.

`wizard.rehearsal.snapshot` reads it through boto3; reachability and DNS decide from it, purely. Only what decides a
connection is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network

ANYWHERE = "0.0.0.0/0"


@lru_cache(maxsize=4096)
def _network(cidr: str) -> IPv4Network:
    return IPv4Network(cidr, strict=False)


@lru_cache(maxsize=65536)
def contains(cidr: str, address: str) -> bool:
    """Whether the IPv4 address lies in the block. IPv6 blocks contain no IPv4 address."""
    return ":" not in cidr and IPv4Address(address) in _network(cidr)


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC and its CIDR blocks."""

    id: str
    account: str
    region: str
    cidrs: tuple[str, ...]
    dns_support: bool = True

    def holds(self, address: str) -> bool:
        """Whether the address is one of this VPC's."""
        return any(contains(cidr, address) for cidr in self.cidrs)


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet, in one zone."""

    id: str
    account: str
    vpc: str
    cidr: str
    zone_id: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `target` is `local` or an id (pcx-, nat-, igw-, eni-…)."""

    cidr: str
    target: str
    blackhole: bool = False


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table; a subnet without an explicit one follows the VPC's main table."""

    id: str
    account: str
    vpc: str
    main: bool
    subnets: tuple[str, ...]
    routes: tuple[Route, ...]

    def best(self, address: str) -> Route | None:
        """Pick the most specific route that holds the address."""
        fits = [route for route in self.routes if contains(route.cidr, address)]
        return max(fits, key=lambda route: _network(route.cidr).prefixlen, default=None)


@dataclass(frozen=True, slots=True)
class PeeringSide:
    """One side of a peering; `dns` says whether it lets the other side resolve its public names to private addresses."""

    account: str
    vpc: str
    region: str
    dns: bool = False


@dataclass(frozen=True, slots=True)
class Peering:
    """A VPC peering connection and its status code."""

    id: str
    status: str
    requester: PeeringSide
    accepter: PeeringSide

    def other(self, vpc: str) -> PeeringSide | None:
        """Give the side that is not this VPC, or None when the VPC is no side of it."""
        if vpc == self.requester.vpc:
            return self.accepter
        return self.requester if vpc == self.accepter.vpc else None

    def side(self, vpc: str) -> PeeringSide | None:
        """Give the side that is this VPC."""
        return next((side for side in (self.requester, self.accepter) if side.vpc == vpc), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """A security-group rule: from or to a block, or a group. `protocol` "-1" is everything; ports are inclusive."""

    protocol: str
    from_port: int
    to_port: int
    cidr: str = ""
    group: str = ""

    def covers(self, port: int) -> bool:
        """Whether TCP on this port falls under the rule."""
        return self.protocol == "-1" or (self.protocol in ("tcp", "6") and self.from_port <= port <= self.to_port)


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group: what is not allowed is dropped."""

    id: str
    account: str
    vpc: str
    name: str
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AclEntry:
    """An entry of a network ACL; the lowest number that matches decides."""

    number: int
    egress: bool
    protocol: str
    allow: bool
    cidr: str
    from_port: int = 0
    to_port: int = 65535

    def matches(self, *, egress: bool, address: str, port: int) -> bool:
        """Whether the entry speaks of TCP to or from this address on this port."""
        speaks = self.protocol == "-1" or (self.protocol == "6" and self.from_port <= port <= self.to_port)
        return self.egress == egress and speaks and contains(self.cidr, address)


@dataclass(frozen=True, slots=True)
class Acl:
    """A network ACL: stateless, so that answers need an entry of their own."""

    id: str
    account: str
    vpc: str
    default: bool
    subnets: tuple[str, ...]
    entries: tuple[AclEntry, ...]

    def allows(self, *, egress: bool, address: str, port: int) -> bool:
        """Whether the first entry that matches allows it; no match denies."""
        for entry in sorted(self.entries, key=lambda entry: entry.number):
            if entry.matches(egress=egress, address=address, port=port):
                return entry.allow
        return False


class Kind(StrEnum):
    """What a network interface belongs to."""

    INSTANCE = "instance"
    ENDPOINT = "endpoint"
    BALANCER = "load balancer"
    DATABASE = "database"
    OTHER = "interface"


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface. `owner` is the instance, endpoint, load balancer or database that it belongs to.

    No group at all (an NLB made without any) means that nothing is filtered.
    """

    id: str
    account: str
    vpc: str
    subnet: str
    private_ip: str
    groups: tuple[str, ...]
    public_ip: str = ""
    kind: Kind = Kind.OTHER
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """An EC2 instance. `profile` is its instance profile's ARN, or empty."""

    id: str
    account: str
    name: str
    state: str
    private_ip: str
    vpc: str
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener of an NLB: TCP on a port, to a target group."""

    port: int
    target_group: str


@dataclass(frozen=True, slots=True)
class LoadBalancer:
    """A network load balancer. Its addresses are interfaces whose owner is its ARN."""

    arn: str
    account: str
    name: str
    vpc: str
    dns_name: str
    internal: bool
    state: str
    groups: tuple[str, ...]
    listeners: tuple[Listener, ...]
    filters_private_link: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """A registered target: an address or an instance id, and a port."""

    id: str
    port: int


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """A target group. `health_port` is None for the traffic port."""

    arn: str
    account: str
    name: str
    vpc: str
    by_instance: bool
    preserve_client_ip: bool
    health_port: int | None
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class EndpointService:
    """An endpoint service and the load balancers behind it."""

    name: str
    account: str
    balancers: tuple[str, ...]
    state: str = "Available"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An interface endpoint. Its addresses are interfaces whose owner is its id."""

    id: str
    account: str
    vpc: str
    service: str
    state: str
    dns_names: tuple[str, ...]
    private_dns: bool = False


@dataclass(frozen=True, slots=True)
class NatGateway:
    """A NAT gateway and its fixed public address."""

    id: str
    account: str
    vpc: str
    subnet: str
    state: str
    public_ip: str


@dataclass(frozen=True, slots=True)
class InternetGateway:
    """An internet gateway and the VPCs that it is attached to."""

    id: str
    account: str
    vpcs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A record set: addresses of an A record, or the one name of a CNAME or an alias."""

    name: str
    kind: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """A hosted zone; a private one answers only the VPCs that it is associated with."""

    id: str
    account: str
    name: str
    private: bool
    vpcs: tuple[str, ...]
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Database:
    """A managed database (RDS): its own name, and the interface that holds its address."""

    id: str
    account: str
    name: str
    port: int
    interface: str


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function that runs in a VPC."""

    name: str
    account: str
    vpc: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """Something that listens: on an address of a VPC, or on the internet when `vpc` is empty."""

    vpc: str
    address: str
    port: int
    name: str


@dataclass(frozen=True, slots=True)
class Network:
    """Everything that decides a connection. `owners` gives an account a word: `customer`, `vendor`."""

    vpcs: tuple[Vpc, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    tables: tuple[RouteTable, ...] = ()
    peerings: tuple[Peering, ...] = ()
    groups: tuple[SecurityGroup, ...] = ()
    acls: tuple[Acl, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    instances: tuple[Instance, ...] = ()
    balancers: tuple[LoadBalancer, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    endpoint_services: tuple[EndpointService, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    nats: tuple[NatGateway, ...] = ()
    gateways: tuple[InternetGateway, ...] = ()
    zones: tuple[Zone, ...] = ()
    databases: tuple[Database, ...] = ()
    functions: tuple[Function, ...] = ()
    services: tuple[Service, ...] = ()
    owners: dict[str, str] = field(default_factory=dict)

    def vpc(self, vpc: str) -> Vpc | None:
        """Find a VPC by id."""
        return next((v for v in self.vpcs if v.id == vpc), None)

    def subnet(self, subnet: str) -> Subnet | None:
        """Find a subnet by id."""
        return next((s for s in self.subnets if s.id == subnet), None)

    def table_of(self, subnet: Subnet) -> RouteTable | None:
        """Find the route table that a subnet follows: its own, or its VPC's main one."""
        own = next((t for t in self.tables if subnet.id in t.subnets), None)
        return own or next((t for t in self.tables if t.vpc == subnet.vpc and t.main), None)

    def acl_of(self, subnet: Subnet) -> Acl | None:
        """Find the network ACL of a subnet: its own, or its VPC's default one."""
        own = next((a for a in self.acls if subnet.id in a.subnets), None)
        return own or next((a for a in self.acls if a.vpc == subnet.vpc and a.default), None)

    def interface_at(self, vpc: str, address: str) -> Interface | None:
        """Find who holds a private address of a VPC."""
        return next((i for i in self.interfaces if i.vpc == vpc and i.private_ip == address), None)

    def interfaces_of(self, owner: str) -> tuple[Interface, ...]:
        """Interfaces of an instance, endpoint, load balancer or database."""
        return tuple(i for i in self.interfaces if i.owner == owner)

    def service_at(self, vpc: str, address: str, port: int) -> Service | None:
        """Find what listens there."""
        return next((s for s in self.services if (s.vpc, s.address, s.port) == (vpc, address, port)), None)

    def group(self, group: str) -> SecurityGroup | None:
        """Find a security group by id."""
        return next((g for g in self.groups if g.id == group), None)

    def peering(self, peering: str) -> Peering | None:
        """Find a peering by id."""
        return next((p for p in self.peerings if p.id == peering), None)

    def balancer(self, arn: str) -> LoadBalancer | None:
        """Find a load balancer by ARN."""
        return next((b for b in self.balancers if b.arn == arn), None)

    def target_group(self, arn: str) -> TargetGroup | None:
        """Find a target group by ARN."""
        return next((t for t in self.target_groups if t.arn == arn), None)

    def instance(self, instance: str) -> Instance | None:
        """Find an instance by id."""
        return next((i for i in self.instances if i.id == instance), None)

    def owner(self, account: str) -> str:
        """Name an account for people: `customer 222222222222`."""
        return f"{self.owners.get(account, 'account')} {account}"
