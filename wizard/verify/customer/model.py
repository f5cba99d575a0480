"""What the customer's VPC holds, as far as it decides. IPv4 only: the path knows nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

#: Ports from which a load balancer connects, and to which answers go.
EPHEMERAL: Final = (1024, 65535)
TCP: Final = "6"
EVERY: Final = "-1"


@dataclass(frozen=True, slots=True)
class Route:
    """A route: to a block, or to a prefix list (`blocks` is then what the list holds, where anybody could read it).

    `target` is an id, `local`, or `something else` for what has no id that could be told.
    """

    destination: str
    target: str
    blackhole: bool
    blocks: tuple[IPv4Network, ...] | None


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table; the main one counts for every subnet that no other is associated with."""

    id: str
    vpc_id: str
    main: bool
    subnets: tuple[str, ...]
    routes: tuple[Route, ...]

    @property
    def name(self) -> str:
        """The table's id, and that it is the main one."""
        return f"{self.id} (the main table)" if self.main else self.id


@dataclass(frozen=True, slots=True)
class Rule:
    """An inbound rule of a security group: from one of a block, a prefix list, or another group."""

    id: str
    group_id: str
    protocol: str
    from_port: int
    to_port: int
    block: IPv4Network | None = None
    prefix_list: str = ""
    other_group: str = ""

    def covers(self, port: int) -> bool:
        """Whether TCP on this port falls under the rule."""
        if self.protocol == EVERY:
            return True
        return self.protocol in {TCP, "tcp"} and self.from_port <= port <= self.to_port

    @property
    def source(self) -> str:
        """From where."""
        return str(self.block) if self.block is not None else self.prefix_list or self.other_group


@dataclass(frozen=True, slots=True)
class AclEntry:
    """An entry of a network ACL. The lowest number that fits decides."""

    number: int
    egress: bool
    allow: bool
    protocol: str
    block: IPv4Network
    from_port: int = 0
    to_port: int = 65535


@dataclass(frozen=True, slots=True)
class Acl:
    """A network ACL and the subnets that it stands before. It knows no connections: answers need an entry of their own."""

    id: str
    vpc_id: str
    subnets: tuple[str, ...]
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface of the database. `id` and `subnet_id` are empty where only RDS told of its groups."""

    id: str
    vpc_id: str
    subnet_id: str
    addresses: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the database is: its interfaces now, and the subnets that a failover may move it to. `why` says why none is known."""

    interfaces: tuple[Interface, ...] = ()
    later: tuple[str, ...] = ()
    why: str = ""

    @property
    def now(self) -> tuple[str, ...]:
        """The subnets that it is in."""
        return tuple(dict.fromkeys(one.subnet_id for one in self.interfaces if one.subnet_id))

    @property
    def groups(self) -> tuple[str, ...]:
        """The security groups of its interfaces."""
        return tuple(dict.fromkeys(group for one in self.interfaces for group in one.groups))


@dataclass(frozen=True, slots=True)
class Way:
    """What the customer's side has to let through: `ours` is where our load balancer's addresses are, on their TCP `port`.

    `destination` is the block that the customer was asked for (the transit VPC), `ours` the part of it that counts.
    """

    account_id: str
    region: str
    vpc_id: str
    vpc_block: str
    peering_id: str
    destination: str
    ours: IPv4Network
    port: int
