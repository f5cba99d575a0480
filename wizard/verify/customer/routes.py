"""Whether answers find their way back: route tables of the customer's VPC, judged. Pure.

AWS takes the most specific route; a route whose target is gone (blackhole) is taken all the same, and drops.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses
from typing import Protocol, TypeVar

from wizard.verify.customer.model import Ground, Route, RouteTable, Way
from wizard.verify.outcome import Outcome, failed, passed, unseen, waiting


@dataclass(frozen=True, slots=True)
class Taken:
    """Part of a block, and the route that is taken for it; None for no route at all."""

    block: IPv4Network
    route: Route | None


def taken(block: IPv4Network, routes: Sequence[Route]) -> tuple[Taken, ...]:
    """Give the route that is taken for each part of a block, parts in the order of addresses and as few as possible."""
    parts: dict[Route | None, list[IPv4Network]] = {}
    for part in _taken(block, routes):
        parts.setdefault(part.route, []).append(part.block)
    merged = [Taken(one, route) for route, held in parts.items() for one in collapse_addresses(held)]
    return tuple(sorted(merged, key=lambda part: part.block))


def _taken(block: IPv4Network, routes: Sequence[Route]) -> Iterator[Taken]:
    pairs = [(held, route) for route in routes for held in route.blocks or () if held.overlaps(block)]
    if any(held != block and held.subnet_of(block) for held, _ in pairs):
        for half in block.subnets():
            yield from _taken(half, routes)
        return
    # Of two of the same length AWS takes the one that names its block, before one of a prefix list.
    best = max(pairs, key=lambda pair: (pair[0].prefixlen, str(pair[0]) == pair[1].destination), default=None)
    yield Taken(block, best[1] if best else None)


class _Table(Protocol):
    """What tells whether a route table counts for a subnet."""

    @property
    def main(self) -> bool: ...

    @property
    def subnets(self) -> tuple[str, ...]: ...


_AnyTable = TypeVar("_AnyTable", bound=_Table)


def table_of(subnet: str, tables: Sequence[_AnyTable]) -> _AnyTable | None:
    """Give the table that counts for a subnet: its own, or else the VPC's main one."""
    own = next((table for table in tables if subnet in table.subnets), None)
    return own or next((table for table in tables if table.main), None)


def wrong(table: RouteTable, way: Way) -> tuple[str, ...]:
    """Say what is wrong with a table, a sentence for each part of our block that does not come back to us."""
    found: dict[str, None] = {}
    for part in taken(way.ours, table.routes):
        route = part.route
        where = f"{way.destination}" if part.block == way.ours else str(part.block)
        if route is None:
            found[f"{table.name} has no route to {where}"] = None
        elif route.target != way.peering_id:
            of = "" if part.block == way.ours else f" is taken for {part.block}, and"
            found[
                f"{table.name}: the route to {route.destination}{of} leads to {route.target}, not to {way.peering_id}"
            ] = None
        elif route.blackhole:
            found[f"{table.name}: the route to {route.destination} over {route.target} is a blackhole"] = None
    return tuple(found)


def judge_routes(tables: Sequence[RouteTable], way: Way, ground: Ground, *, every: bool = False) -> Outcome:
    """Judge the tables of the database's subnets; with `every`, or where these are not known, those of the whole VPC."""
    tables = [table for table in tables if table.vpc_id == way.vpc_id]
    if not tables:
        return unseen(f"nothing is known of the route tables of {way.vpc_id}", "look at them in the VPC's own region")
    if every or not ground.now:
        return _all(tables, way, every=every, why=ground.why)
    return _of_subnets(tables, way, ground)


def _of_subnets(tables: Sequence[RouteTable], way: Way, ground: Ground) -> Outcome:
    now = {subnet: table_of(subnet, tables) for subnet in ground.now}
    later = {subnet: table_of(subnet, tables) for subnet in ground.later if subnet not in now}
    evidence = tuple(_said(subnet, table, way) for subnet, table in {**now, **later}.items())
    if unread := _unread(table for table in (*now.values(), *later.values()) if table is not None):
        return _undecided(unread, evidence)
    for found, failing in ((now, True), (later, False)):
        bad = {subnet: table for subnet, table in found.items() if table is None or wrong(table, way)}
        if not bad:
            continue
        reasons = dict.fromkeys(
            reason for table in bad.values() for reason in (wrong(table, way) if table else ("no table is associated",))
        )
        reason, orders = "; ".join(reasons), _orders(filter(None, bad.values()), way)
        if failing:
            return failed(reason, _REMEDY, *evidence, commands=orders)
        return waiting(
            "the customer",
            f"the database is reached where it is now; after a failover to {', '.join(bad)} it would not be: {reason}",
            _REMEDY,
            *evidence,
            commands=orders,
        )
    return passed(*evidence)


def _all(tables: Sequence[RouteTable], way: Way, *, every: bool, why: str) -> Outcome:
    bad = [table for table in tables if wrong(table, way)]
    evidence = tuple(_said(", ".join(table.subnets), table, way) for table in tables)
    if unread := _unread(tables):
        return _undecided(unread, evidence)
    if not bad:
        return passed(*evidence)
    reason, orders = "; ".join(dict.fromkeys(r for table in bad for r in wrong(table, way))), _orders(bad, way)
    if len(bad) == len(tables):
        return failed(reason, _REMEDY, *evidence, commands=orders)
    if every:
        some = f"{len(tables) - len(bad)} of the VPC's {len(tables)} route tables lead back: {reason}"
        return waiting("the customer", some, _REMEDY, *evidence, commands=orders)
    return unseen(
        f"{len(bad)} of the VPC's {len(tables)} route tables do not lead back, and which one counts for the database is not "
        f"known{f': {why}' if why else ''}",
        "tell which subnet the database is in, then judge again",
        *evidence,
        reason,
    )


_REMEDY = "the customer sets the route; the handoff's step database.routes has the values"


def _orders(tables: Iterable[RouteTable], way: Way) -> tuple[str, ...]:
    """Give the line that mends each table, once."""
    lines: dict[str, None] = {}
    for table in tables:
        there = any(route.destination == way.destination for route in table.routes)
        verb = "replace-route" if there else "create-route"
        lines[
            f"aws ec2 {verb} --region {way.region} --route-table-id {table.id} "
            f"--destination-cidr-block {way.destination} --vpc-peering-connection-id {way.peering_id}"
        ] = None
    return tuple(lines)


def _unread(tables: Iterable[RouteTable]) -> tuple[str, ...]:
    """Prefix lists of routes that nobody could read. Those of gateway endpoints are AWS's own, and never hold us."""
    return tuple(
        dict.fromkeys(
            route.destination
            for table in tables
            for route in table.routes
            if route.blocks is None and not route.target.startswith("vpce-")
        )
    )


def _undecided(unread: tuple[str, ...], evidence: tuple[str, ...]) -> Outcome:
    return unseen(
        f"a route is for prefix list {', '.join(unread)}, which could not be read",
        "allow ec2:GetManagedPrefixListEntries, or look whether the list holds the transit VPC's block",
        *evidence,
    )


def _said(subnet: str, table: RouteTable | None, way: Way) -> str:
    of = f"{subnet}: " if subnet else ""
    if table is None:
        return f"{of}no route table"
    parts = [
        f"{part.block} to {part.route.target}{' (blackhole)' if part.route.blackhole else ''}"
        if part.route is not None
        else f"{part.block} nowhere"
        for part in taken(way.ours, table.routes)
    ]
    return f"{of}{table.name}: {', '.join(parts)}"
