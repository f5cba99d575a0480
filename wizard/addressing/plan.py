"""Every block that a target has to do with, as a value: a screen draws it, the command line prints it.

answers + the account's VPCs ─► blocks ─► where they meet, what is free
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network
from itertools import combinations

from wizard.addressing.blocks import next_free, overlap, usable
from wizard.addressing.reserved import RESERVED
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.ownership import Whose, whose
from wizard.facts.network import PeeringSide, SubnetFact, VpcFact, VpcPeering, tag

#: Statuses of a peering that leads somewhere, or may yet.
LIVE_PEERING = frozenset({"initiating-request", "pending-acceptance", "provisioning", "active"})


class Purpose(StrEnum):
    """What a block is for."""

    SHARD = "shard's VPC"
    TRANSIT = "transit VPC"
    DATABASE = "database's VPC"
    APPLICATION = "application's VPC"
    PRIVATE_SUBNET = "private subnet"
    PUBLIC_SUBNET = "public subnet"
    TRANSIT_SUBNET = "transit subnet"
    NEIGHBOUR = "another deployment's transit VPC"
    PLANEWRIGHT = "another VPC of Planewright's"
    EXISTING = "VPC of the account"


@dataclass(frozen=True, slots=True)
class Block:
    """A block with its purpose and owner.

    `path` is the answer that sets it, empty for what is there already; `free` how many addresses AWS has left in it,
    -1 where nobody knows; `inside` are the subnets in it.
    """

    cidr: str
    purpose: Purpose
    owner: str
    path: str = ""
    vpc_id: str = ""
    free: int = -1
    inside: tuple[Block, ...] = ()

    @property
    def usable(self) -> int:
        """Addresses that it has to give: a VPC gives what its subnets do, so this is what one subnet of it all would."""
        return usable(self.cidr)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two blocks with addresses in common. `conflict`: some route table would need a route to both."""

    one: Block
    other: Block
    conflict: bool


@dataclass(frozen=True, slots=True)
class AddressMap:
    """All blocks, largest owner first as they are listed, where they meet, and free blocks for a transit VPC."""

    blocks: tuple[Block, ...]
    meetings: tuple[Meeting, ...]
    free_transit: tuple[str, ...]

    def meets(self, block: Block) -> tuple[Meeting, ...]:
        """Give the meetings that a block is part of."""
        return tuple(meeting for meeting in self.meetings if block in {meeting.one, meeting.other})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the account has: its VPCs, subnets and peerings, and the ids of those VPCs that contracts say are ours."""

    vpcs: tuple[VpcFact, ...] = ()
    subnets: tuple[SubnetFact, ...] = ()
    peerings: tuple[VpcPeering, ...] = ()
    own_vpc_ids: frozenset[str] = frozenset()


NOTHING_KNOWN = Surroundings()
#: How many free blocks are proposed.
_PROPOSALS = 3


def address_map(
    shard: ShardAnswers,
    deployment: DeploymentAnswers | None = None,
    others: tuple[DeploymentAnswers, ...] = (),
    around: Surroundings = NOTHING_KNOWN,
) -> AddressMap:
    """Lay out a shard, or a deployment on its shard beside the others, among what the account has."""
    planned = [_shard(shard, around)]
    if deployment is not None and deployment.peered:
        planned += [_transit(deployment), *peers(deployment)]
    blocks = (*planned, *_neighbours(others), *_existing(shard, deployment, around))
    shared = _shared_peers(deployment, others)
    meetings = tuple(
        Meeting(one, other, conflict=_conflict(one, other, shared))
        for one, other in combinations(blocks, 2)
        if overlap(one.cidr, other.cidr) and not _same_vpc(one, other)
    )
    prefixlen = IPv4Network(deployment.transit.vpc_cidr).prefixlen if deployment else 24
    return AddressMap(blocks, meetings, tuple(_proposals(prefixlen, known(blocks, around))))


def known(blocks: Iterable[Block], around: Surroundings) -> frozenset[str]:
    """Give every block that a new one must not meet: those of the map, the account's, those behind its peerings."""
    return frozenset(
        {
            *(block.cidr for block in blocks),
            *(cidr for vpc in around.vpcs for cidr in vpc.cidrs),
            *(cidr for side in _sides(around.peerings) for cidr in side.cidrs),
            *(str(reserved.block) for reserved in RESERVED),
        }
    )


def peers(deployment: DeploymentAnswers) -> tuple[Block, ...]:
    """Give the customer's VPCs that a private deployment's transit VPC is peered with."""
    if not deployment.peered:
        return ()
    found = [
        Block(app.cidr, Purpose.APPLICATION, f"{app.account_id} ({app.name})", f"applications[{i}].cidr", app.vpc_id)
        for i, app in enumerate(deployment.applications)
    ]
    vpc = deployment.database.vpc
    if vpc is not None:
        found.insert(0, Block(vpc.cidr, Purpose.DATABASE, vpc.account_id, "database.vpc.cidr", vpc.vpc_id))
    return tuple(found)


def _shard(shard: ShardAnswers, around: Surroundings) -> Block:
    net = shard.network
    free = {subnet.cidr: subnet.free_addresses for subnet in around.subnets if subnet.vpc_id in around.own_vpc_ids}
    inside = tuple(
        Block(cidr, purpose, shard.name, path, free=free.get(cidr, -1))
        for cidr, purpose, path in (
            (net.private_subnet_cidr, Purpose.PRIVATE_SUBNET, "network.private_subnet_cidr"),
            (net.public_subnet_cidr, Purpose.PUBLIC_SUBNET, "network.public_subnet_cidr"),
        )
    )
    return Block(net.vpc_cidr, Purpose.SHARD, shard.name, "network.vpc_cidr", inside=inside)


def _transit(deployment: DeploymentAnswers) -> Block:
    subnet = Block(deployment.transit.subnet_cidr, Purpose.TRANSIT_SUBNET, deployment.name, "transit.subnet_cidr")
    return Block(deployment.transit.vpc_cidr, Purpose.TRANSIT, deployment.name, "transit.vpc_cidr", inside=(subnet,))


def _neighbours(others: tuple[DeploymentAnswers, ...]) -> Iterator[Block]:
    for other in others:
        if other.peered:
            yield Block(other.transit.vpc_cidr, Purpose.NEIGHBOUR, other.name)


def _existing(shard: ShardAnswers, deployment: DeploymentAnswers | None, around: Surroundings) -> Iterator[Block]:
    planned = {block.vpc_id for block in peers(deployment)} if deployment else set()
    name = deployment.name if deployment else ""
    for vpc in around.vpcs:
        owner = whose(vpc.tags, shard=shard.name, deployment=name)
        if vpc.id in around.own_vpc_ids or vpc.id in planned or owner in {Whose.SHARD, Whose.DEPLOYMENT}:
            continue
        purpose = Purpose.PLANEWRIGHT if owner is Whose.PLANEWRIGHT else Purpose.EXISTING
        called = "default" if vpc.is_default else tag(vpc.tags, "Name") or vpc.id
        for cidr in vpc.cidrs:
            yield Block(cidr, purpose, called, vpc_id=vpc.id)


def _shared_peers(deployment: DeploymentAnswers | None, others: tuple[DeploymentAnswers, ...]) -> frozenset[str]:
    """Give the names of the deployments that some VPC is peered with as well as with this one."""
    if deployment is None:
        return frozenset()
    ours = {block.vpc_id for block in peers(deployment)}
    return frozenset(other.name for other in others if ours & {block.vpc_id for block in peers(other)})


def _conflict(one: Block, other: Block, shared: frozenset[str]) -> bool:
    customers = {Purpose.DATABASE, Purpose.APPLICATION}
    if {one.purpose, other.purpose} <= {*customers, Purpose.TRANSIT}:
        return True
    return {one.purpose, other.purpose} == {Purpose.TRANSIT, Purpose.NEIGHBOUR} and bool(
        {one.owner, other.owner} & shared
    )


def _same_vpc(one: Block, other: Block) -> bool:
    return bool(one.vpc_id) and one.vpc_id == other.vpc_id


def _sides(peerings: tuple[VpcPeering, ...]) -> Iterator[PeeringSide]:
    for peering in peerings:
        if peering.status in LIVE_PEERING:
            yield peering.requester
            yield peering.accepter


def _proposals(prefixlen: int, taken: frozenset[str]) -> Iterator[str]:
    busy = set(taken)
    for _ in range(_PROPOSALS):
        block = next_free(prefixlen, busy)
        if block is None:
            return
        busy.add(block)
        yield block
