"""Whether the network ACLs of the database's subnets let connections in and answers out. Pure.

The entry with the lowest number that fits decides; what no entry fits is denied. An ACL knows no connections: what came in
to the database's port goes out to a port of the ephemeral range, and needs an entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from wizard.verify.customer.blocks import meet, minus
from wizard.verify.customer.model import EPHEMERAL, EVERY, TCP, Acl, AclEntry, Ground, Way
from wizard.verify.outcome import Outcome, failed, passed, unseen, waiting


@dataclass(frozen=True, slots=True)
class Part:
    """Addresses and ports of TCP, ports inclusive."""

    block: IPv4Network
    from_port: int
    to_port: int


@dataclass(frozen=True, slots=True)
class Denied:
    """What is denied, and the entry's number that does it; None where no entry fits."""

    part: Part
    by: int | None


def denied(entries: Iterable[AclEntry], part: Part, *, egress: bool) -> tuple[Denied, ...]:
    """Give all that a part loses to the entries of one way."""
    left, lost = [part], []
    for entry in sorted((one for one in entries if one.egress == egress), key=lambda one: one.number):
        if entry.protocol not in {TCP, EVERY}:
            continue
        rest: list[Part] = []
        for one in left:
            held = _meet(one, entry)
            if held is None:
                rest.append(one)
                continue
            if not entry.allow:
                lost.append(Denied(held, entry.number))
            rest.extend(_minus(one, held))
        left = rest
    return (*lost, *(Denied(one, None) for one in left))


def judge_acls(acls: Sequence[Acl], way: Way, ground: Ground) -> Outcome:
    """Judge the ACL of each subnet of the database; where these are not known, every ACL of the VPC."""
    acls = [acl for acl in acls if acl.vpc_id == way.vpc_id]
    if not acls:
        return unseen(f"nothing is known of the network ACLs of {way.vpc_id}", "look at them in the VPC's own region")
    now = [acl for acl in acls if set(acl.subnets) & set(ground.now)] if ground.now else [a for a in acls if a.subnets]
    if not now:
        return unseen(
            f"no network ACL is told of {', '.join(ground.now) or 'any subnet'}", "look at all of the VPC's ACLs"
        )
    later = [acl for acl in acls if acl not in now and set(acl.subnets) & set(ground.later)]
    bad = {acl.id: problems for acl in now if (problems := tuple(_problems(acl, way)))}
    evidence = tuple(_said(acl, way) for acl in now)
    reason = "; ".join(problem for problems in bad.values() for problem in problems)
    orders = (_order(way),)
    if bad and not ground.now and len(bad) < len(now):
        return unseen(
            f"{len(bad)} of the VPC's {len(now)} network ACLs stop it, and which one stands before the database is not known",
            "tell which subnet the database is in, then judge again",
            *evidence,
            reason,
        )
    if bad:
        return failed(reason, _REMEDY, *evidence, commands=orders)
    coming = "; ".join(problem for acl in later for problem in _problems(acl, way))
    if coming:
        why = f"the database is reached where it is now; after a failover it would not be: {coming}"
        return waiting("the customer", why, _REMEDY, *evidence, *(_said(acl, way) for acl in later), commands=orders)
    return passed(*evidence)


_REMEDY = (
    "the customer adds entries, or changes the one that denies: in, TCP to the database's port from the transit VPC; out, TCP "
    f"to the ports {EPHEMERAL[0]}-{EPHEMERAL[1]} of the transit VPC"
)


def _problems(acl: Acl, way: Way) -> Iterator[str]:
    for egress, ports in ((False, (way.port, way.port)), (True, EPHEMERAL)):
        lost = denied(acl.entries, Part(way.ours, *ports), egress=egress)
        if lost:
            first = lost[0]
            by = f"entry {first.by} denies it" if first.by is not None else "no entry allows it"
            what = (
                f"answers to ports {first.part.from_port}-{first.part.to_port} of {first.part.block} do not come out"
                if egress
                else f"TCP {way.port} from {first.part.block} does not come in"
            )
            yield f"network ACL {acl.id}: {what}, {by}"


def _said(acl: Acl, way: Way) -> str:
    before = ", ".join(acl.subnets)
    return f"{acl.id} before {before}: {'; '.join(_problems(acl, way)) or 'in and out are open'}"


def _order(way: Way) -> str:
    return (
        f"aws ec2 describe-network-acls --region {way.region} --filters Name=vpc-id,Values={way.vpc_id} --output json"
    )


def _meet(part: Part, entry: AclEntry) -> Part | None:
    block = meet(part.block, entry.block)
    low, high = (0, 65535) if entry.protocol == EVERY else (entry.from_port, entry.to_port)
    low, high = max(part.from_port, low), min(part.to_port, high)
    return Part(block, low, high) if block is not None and low <= high else None


def _minus(part: Part, hole: Part) -> Iterator[Part]:
    """Give what is left of a part without another that lies in it: other addresses, then other ports of the same."""
    for block in minus(part.block, hole.block):
        yield Part(block, part.from_port, part.to_port)
    if part.from_port < hole.from_port:
        yield Part(hole.block, part.from_port, hole.from_port - 1)
    if hole.to_port < part.to_port:
        yield Part(hole.block, hole.to_port + 1, part.to_port)
