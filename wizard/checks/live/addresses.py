"""Whether address blocks fit those that are there: the account's VPCs, its peerings, the subnets of an existing shard."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from wizard.addressing.blocks import next_free, overlap
from wizard.addressing.plan import LIVE_PEERING, Block, Purpose, Surroundings, address_map, known, peers
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.blueprints.springtail.ownership import Whose, whose
from wizard.checks.codes import code
from wizard.checks.live import rooms
from wizard.checks.network import OVERLAP
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
from wizard.facts.network import Peerings, PeeringSide, Subnets, VpcFact, VpcPeering, Vpcs, tag
from wizard.findings import Finding, Severity

CANNOT_CHANGE = code(
    "CIDR_CANNOT_CHANGE",
    Severity.CRITICAL,
    why="AWS cannot change the block of a VPC or a subnet: an apply would destroy it and everything in it, and build anew",
    remedy="put the block back that is built; another block means another shard or deployment beside this one",
)


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask for the account's VPCs, subnets and peerings."""
    yield Vpcs(region=subject.region)
    if subject.shard_built is not None:
        yield Subnets(region=subject.region)
    if _is_private(subject):
        yield Peerings(region=subject.region)


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Compare the plan's blocks with what is there."""
    around = surroundings(subject, facts)
    yield from _changed(subject, around)
    if facts.value(Vpcs(region=subject.region)) is not None:
        yield from _existing(subject, around)
    yield from _peerings(subject, around)
    yield from rooms.check(subject, facts)


def surroundings(subject: Subject, facts: Facts) -> Surroundings:
    """Give what the account has, as far as it is known."""
    return Surroundings(
        vpcs=facts.value(Vpcs(region=subject.region)) or (),
        subnets=facts.value(Subnets(region=subject.region)) or (),
        peerings=facts.value(Peerings(region=subject.region)) or (),
        own_vpc_ids=_contract_ids(subject),
    )


def _is_private(subject: Subject) -> bool:
    return subject.deployment is not None and subject.deployment.peered


def _contract_ids(subject: Subject) -> frozenset[str]:
    ids = {subject.shard_built.vpc_id} if subject.shard_built else set()
    if subject.built and subject.built.private:
        ids.add(subject.built.private.transit_vpc_id)
    return frozenset(ids)


def _changed(subject: Subject, around: Surroundings) -> Iterator[Finding]:
    if subject.deployment is None:
        yield from _changed_shard(subject, around)
    elif subject.deployment.peered:
        yield from _changed_transit(subject, subject.deployment, around)


def _changed_shard(subject: Subject, around: Surroundings) -> Iterator[Finding]:
    net, built = subject.shard.network, subject.shard_built
    answered = {
        "network.vpc_cidr": net.vpc_cidr,
        "network.private_subnet_cidr": net.private_subnet_cidr,
        "network.public_subnet_cidr": net.public_subnet_cidr,
    }
    if built is not None:
        stands = [
            ("network.vpc_cidr", built.vpc_id, built.vpc_cidr),
            ("network.private_subnet_cidr", built.private_subnet_id, built.private_subnet_cidr),
            ("network.public_subnet_cidr", built.public_subnet_id, built.public_subnet_cidr),
        ]
    else:
        stands = [("network.vpc_cidr", vpc.id, vpc.cidrs[0]) for vpc in _tagged(subject, around, Whose.SHARD)]
    for path, resource, cidr in stands:
        yield from _differs(path, answered[path], resource, cidr)


def _changed_transit(subject: Subject, deployment: DeploymentAnswers, around: Surroundings) -> Iterator[Finding]:
    transit = deployment.transit
    if subject.built and subject.built.private:
        built = subject.built.private
        stands = [(built.transit_vpc_id, built.transit_vpc_cidr)]
    else:
        stands = [(vpc.id, vpc.cidrs[0]) for vpc in _tagged(subject, around, Whose.DEPLOYMENT)]
    for vpc_id, cidr in stands:
        yield from _differs("transit.vpc_cidr", transit.vpc_cidr, vpc_id, cidr)
        for subnet in around.subnets:
            if subnet.vpc_id == vpc_id and tag(subnet.tags, "Name") == f"{deployment.name}-transit":
                yield from _differs("transit.subnet_cidr", transit.subnet_cidr, subnet.id, subnet.cidr)


def _differs(path: str, answered: str, resource: str, cidr: str) -> Iterator[Finding]:
    if answered != cidr:
        yield CANNOT_CHANGE.at(
            path,
            f"{resource} is built with {cidr}; the answers say {answered}",
            remedy=f"set {path} back to {cidr}; another block means another shard or deployment beside this one",
        )


def _tagged(subject: Subject, around: Surroundings, as_whose: Whose) -> Iterator[VpcFact]:
    """Give what an apply has made of which this workspace has no contract: it failed half way, or ran elsewhere."""
    name = subject.deployment.name if subject.deployment else ""
    for vpc in around.vpcs:
        if whose(vpc.tags, shard=subject.shard.name, deployment=name) is as_whose:
            yield vpc


def _existing(subject: Subject, around: Surroundings) -> Iterator[Finding]:
    """Warn of a VPC of the account that the new one could never be connected with."""
    layout = address_map(subject.shard, subject.deployment, subject.others, around)
    mine = Purpose.SHARD if subject.deployment is None else Purpose.TRANSIT
    stands = Whose.SHARD if subject.deployment is None else Whose.DEPLOYMENT
    new = next((block for block in layout.blocks if block.purpose is mine), None)
    if new is None or _stands(subject, around, stands):
        return
    met = [
        other
        for meeting in layout.meets(new)
        for other in (meeting.one, meeting.other)
        if other.purpose is Purpose.EXISTING
    ]
    if met:
        where = "; ".join(f"{block.vpc_id} ({block.owner}) has {block.cidr}" for block in met)
        yield OVERLAP.at(
            new.path,
            f"{new.cidr} overlaps with VPCs of {subject.account.id}: {where}",
            severity=Severity.WARN,
            remedy=_instead(new, layout.blocks, around),
        )


def _stands(subject: Subject, around: Surroundings, as_whose: Whose) -> bool:
    """Whether the VPC is there already: then its block is what it is."""
    if as_whose is Whose.SHARD:
        return subject.shard_built is not None or any(_tagged(subject, around, as_whose))
    built = subject.built is not None and subject.built.private is not None
    return built or any(_tagged(subject, around, as_whose))


def _instead(block: Block, blocks: tuple[Block, ...], around: Surroundings) -> str:
    others = [other for other in blocks if other is not block]
    free = next_free(IPv4Network(block.cidr).prefixlen, known(others, around))
    if free is None:
        return "no free block of this size is left in the private address space: choose a smaller one"
    return f"{block.path}: {free} overlaps with nothing that is known; `planewright network NAME` shows all blocks"


def _peerings(subject: Subject, around: Surroundings) -> Iterator[Finding]:
    if subject.deployment is None or not _is_private(subject):
        return
    transit = subject.deployment.transit.vpc_cidr
    customers = {block.vpc_id: block for block in peers(subject.deployment)}
    ours = around.own_vpc_ids | {vpc.id for vpc in _tagged(subject, around, Whose.DEPLOYMENT)}
    layout = address_map(subject.shard, subject.deployment, subject.others, around)
    new = next(block for block in layout.blocks if block.purpose is Purpose.TRANSIT)
    for peering in around.peerings:
        if peering.status not in LIVE_PEERING or _is_ours(subject, peering):
            continue
        for near, far in ((peering.requester, peering.accepter), (peering.accepter, peering.requester)):
            if far.vpc_id in customers and near.vpc_id not in customers and near.vpc_id not in ours:
                for cidr in _cidrs(near, around):
                    if overlap(cidr, transit):
                        yield OVERLAP.at(
                            "transit.vpc_cidr",
                            f"{transit} overlaps with {cidr} of {near.vpc_id}, which {peering.id} ({peering.status}) "
                            f"connects with {far.vpc_id} already: its route tables have one route for these addresses",
                            remedy=_instead(new, layout.blocks, around),
                        )
            if near.vpc_id in ours and far.vpc_id not in customers:
                yield from _from_transit(peering, far, tuple(customers.values()))


def _from_transit(peering: VpcPeering, far: PeeringSide, customers: tuple[Block, ...]) -> Iterator[Finding]:
    """A peering that somebody has added to our transit VPC: its one route table has a route for it as well."""
    for block in customers:
        if any(overlap(cidr, block.cidr) for cidr in far.cidrs):
            yield OVERLAP.at(
                block.path,
                f"{block.cidr} overlaps with {', '.join(far.cidrs)} of {far.vpc_id}, which {peering.id} connects "
                "with the transit VPC already",
                remedy=f"have {peering.id} deleted, if nothing uses it, or the VPC's block corrected in the answers",
            )


def _is_ours(subject: Subject, peering: VpcPeering) -> bool:
    owner = whose(peering.tags, shard=subject.shard.name, deployment=subject.name)
    built = subject.built.private if subject.built else None
    if built is None:
        return owner is Whose.DEPLOYMENT
    ids = {built.database_peering.id, *(item.id for item in built.application_peerings.values())}
    return owner is Whose.DEPLOYMENT or peering.id in ids


def _cidrs(side: PeeringSide, around: Surroundings) -> tuple[str, ...]:
    """Give a side's blocks: from its VPC where it is the account's own, since a peering tells them only when active."""
    return next((vpc.cidrs for vpc in around.vpcs if vpc.id == side.vpc_id), side.cidrs)
