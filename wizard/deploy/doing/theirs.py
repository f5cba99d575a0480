"""What the customer's side is, as values: all that decides what is left to be done there. Nothing here asks AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

#: The tags by which the script and this know what either of them made, and what was there before.
TAG = "planewright:handoff"
BEFORE = "planewright:before"

#: Whose a parameter group is.
Kind = Literal["instance", "cluster"]


@dataclass(frozen=True, slots=True)
class Peered:
    """A peering. `our_cidr` is empty where AWS does not tell it."""

    id: str
    status: str
    vpc_id: str
    our_account_id: str
    our_vpc_id: str
    our_cidr: str
    dns: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A route table: whether it is its VPC's main one, its subnets, and each route's destination, target and state."""

    id: str
    vpc_id: str
    main: bool
    subnets: tuple[str, ...]
    routes: tuple[tuple[str, str, str], ...]

    def leads(self, destination: str) -> tuple[str, str] | None:
        """Give where a destination leads to, and how that route is; None where it leads nowhere."""
        return next(((to, state) for where, to, state in self.routes if where == destination), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a security group that lets somebody in. `ours` is the deployment that it was made for."""

    id: str
    group_id: str
    protocol: str
    first: int
    last: int
    cidr: str
    ours: str

    def admits(self, cidr: str, port: int) -> bool:
        """Whether it lets this block in to a TCP port."""
        ports = self.protocol == "-1" or (self.protocol == "tcp" and self.first <= port <= self.last)
        return ports and self.cidr == cidr


@dataclass(frozen=True, slots=True)
class Instance:
    """A database instance of RDS. `cluster` is empty where it stands alone."""

    id: str
    cluster: str
    host: str
    port: int
    vpc_id: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    parameter_group: str
    applied: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of RDS; `writer` is the instance that writes, and `applied` how its parameter group stands there."""

    id: str
    host: str
    parameter_group: str
    writer: str
    applied: str


@dataclass(frozen=True, slots=True)
class ParameterGroup:
    """A parameter group that matters, with its `tags` and `values` as they are."""

    kind: Kind
    name: str
    tags: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]

    def tag(self, key: str) -> str:
        """Give a tag's value; empty for none."""
        return dict(self.tags).get(key, "")

    def value(self, name: str) -> str:
        """Give a parameter's value; empty where it is not set."""
        return dict(self.values).get(name, "")


@dataclass(frozen=True, slots=True)
class Theirs:
    """One account and region of the customer's, as far as the steps there touch it.

    `zones` are pairs of VPC and hosted zone. `unread` says, in words, what could not be read and why.
    """

    peerings: tuple[Peered, ...] = ()
    tables: tuple[Table, ...] = ()
    rules: tuple[Rule, ...] = ()
    zones: tuple[tuple[str, str], ...] = ()
    instances: tuple[Instance, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    parameter_groups: tuple[ParameterGroup, ...] = ()
    unread: tuple[tuple[str, str], ...] = field(default=())

    def peering(self, peering_id: str) -> Peered | None:
        """Give a peering."""
        return next((one for one in self.peerings if one.id == peering_id), None)

    def table(self, table_id: str) -> Table | None:
        """Give a route table."""
        return next((one for one in self.tables if one.id == table_id), None)

    def group(self, kind: str, name: str) -> ParameterGroup | None:
        """Give a parameter group."""
        return next((one for one in self.parameter_groups if (one.kind, one.name) == (kind, name)), None)


@dataclass(frozen=True, slots=True)
class Named:
    """What a person who knows names, where AWS does not tell it, as the script's options do. Empty for what is found."""

    route_tables: tuple[str, ...] = ()
    security_group: str = ""
    instance: str = ""
    cluster: str = ""
    parameter_group: str = ""
