"""What may be asked of the customer's side, and the answers remembered for a walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from ipaddress import IPv4Network
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from wizard.facts.database import RdsFact
from wizard.verify.customer.model import Acl, Ground, Interface, RouteTable, Rule

if TYPE_CHECKING:
    from wizard.aws.reads import PeeringFact

_Value = TypeVar("_Value")


class Look(StrEnum):
    """What can be looked at on a side."""

    DNS = "dns"
    ROUTES = "routes"
    RULES = "rules"
    ACLS = "acls"
    PARAMETERS = "parameters"
    ZONE = "zone"


class CustomerReads(Protocol):
    """Read-only questions to one account and region of the customer's; as `wizard.verify.reads.Reads`."""

    @property
    def tells(self) -> frozenset[Look]:
        """What can be answered at all."""

    def peering(self, peering_id: str) -> PeeringFact | None:
        """One peering, as its accepter sees it."""

    def rds(self, host: str) -> RdsFact:
        """What RDS knows of a host's name."""

    def interfaces(self, vpc_id: str, addresses: Sequence[str]) -> tuple[Interface, ...]:
        """The interfaces of a VPC that have one of these addresses."""

    def route_tables(self, vpc_id: str) -> tuple[RouteTable, ...]:
        """All route tables of a VPC."""

    def rules(self, group_ids: Sequence[str]) -> tuple[Rule, ...]:
        """Inbound rules of security groups."""

    def prefix_lists(self, ids: Sequence[str]) -> dict[str, tuple[IPv4Network, ...]]:
        """What prefix lists hold; one that could not be read is missing."""

    def acls(self, vpc_id: str) -> tuple[Acl, ...]:
        """All network ACLs of a VPC."""

    def zones(self, vpc_id: str) -> tuple[str, ...]:
        """Ids of the private zones that a VPC is associated with."""


class Side:
    """One account of the customer's during one walk: hops look side by side, and each thing is read once."""

    def __init__(self, reads: CustomerReads) -> None:
        self._reads = reads
        self._lock = RLock()
        self._kept: dict[tuple[object, ...], Any] = {}

    @property
    def tells(self) -> frozenset[Look]:
        """What can be looked at."""
        return self._reads.tells

    def peering(self, peering_id: str) -> PeeringFact | None:
        """One peering."""
        return self._once(("peering", peering_id), lambda: self._reads.peering(peering_id))

    def rds(self, host: str) -> RdsFact:
        """What RDS knows of a host's name."""
        return self._once(("rds", host), lambda: self._reads.rds(host))

    def zones(self, vpc_id: str) -> tuple[str, ...]:
        """The private zones of a VPC."""
        return self._once(("zones", vpc_id), lambda: self._reads.zones(vpc_id))

    def acls(self, vpc_id: str) -> tuple[Acl, ...]:
        """The network ACLs of a VPC."""
        return self._once(("acls", vpc_id), lambda: self._reads.acls(vpc_id))

    def route_tables(self, vpc_id: str) -> tuple[RouteTable, ...]:
        """The route tables of a VPC, prefix lists read into their blocks."""
        return self._once(("tables", vpc_id), lambda: self._resolved(self._reads.route_tables(vpc_id)))

    def rules(self, group_ids: Sequence[str]) -> tuple[Rule, ...]:
        """Inbound rules of security groups."""
        return self._once(("rules", *group_ids), lambda: self._reads.rules(group_ids))

    def prefix_lists(self, ids: Iterable[str]) -> dict[str, tuple[IPv4Network, ...]]:
        """What prefix lists hold, as far as it can be read."""
        wanted = sorted(set(ids))
        return self._once(("lists", *wanted), lambda: self._reads.prefix_lists(wanted)) if wanted else {}

    def ground(self, vpc_id: str, addresses: Sequence[str], host: str) -> Ground:
        """Find where the database is: by the addresses that its name led us to, and by RDS."""
        return self._once(("ground", vpc_id, *addresses, host), lambda: self._ground(vpc_id, addresses, host))

    def _ground(self, vpc_id: str, addresses: Sequence[str], host: str) -> Ground:
        from wizard.errors import AwsError

        found = self._reads.interfaces(vpc_id, addresses) if addresses else ()
        try:
            rds = self.rds(host)
        except AwsError:
            if not found:
                raise
            return Ground(found)  # where it is now is known all the same
        if not found and rds.found:
            # No address yet: of its interfaces RDS tells the groups. It may be in any of its subnets.
            found = tuple(Interface("", vpc_id, subnet, (), rds.groups) for subnet in rds.subnets)
        why = f"no interface of {vpc_id} has an address of {host}, and RDS does not know the name"
        return Ground(found, rds.subnets if rds.found else (), "" if found else why)

    def _resolved(self, tables: tuple[RouteTable, ...]) -> tuple[RouteTable, ...]:
        named = [
            route.destination
            for table in tables
            for route in table.routes
            if route.blocks is None and not route.target.startswith("vpce-")
        ]
        lists = self.prefix_lists(named)
        return tuple(
            replace(
                table,
                routes=tuple(
                    replace(route, blocks=lists.get(route.destination)) if route.blocks is None else route
                    for route in table.routes
                ),
            )
            for table in tables
        )

    def _once(self, key: tuple[object, ...], read: Callable[[], _Value]) -> _Value:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = read()
            return cast("_Value", self._kept[key])
