"""Address blocks: what overlaps, what is too small, what cannot be routed."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations

from wizard.addressing.blocks import ROUTABLE, usable
from wizard.addressing.plan import peers
from wizard.addressing.reserved import RESERVED as MEANT_OTHERWISE
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.checks.codes import code
from wizard.findings import Finding, Severity

OVERLAP = code(
    "CIDR_OVERLAP",
    Severity.CRITICAL,
    Severity.WARN,
    why="AWS fails a peering of overlapping VPCs, and a route table sends an address one way only",
    remedy="choose a block that neither side uses; ask the customer for their whole address plan, not this VPC alone",
)
OUTSIDE = code(
    "CIDR_OUTSIDE_VPC",
    Severity.CRITICAL,
    why="a subnet is a part of its VPC's block; AWS refuses any other",
    remedy="choose the subnet's block inside the VPC's",
)
TOO_SMALL = code(
    "CIDR_TOO_SMALL",
    Severity.CRITICAL,
    Severity.WARN,
    why="AWS keeps the first four addresses and the last one of every subnet; a subnet cannot be resized later",
    remedy="choose a larger block: the nodes and endpoints of every deployment to come live in it",
)
RESERVED = code(
    "CIDR_RESERVED",
    Severity.CRITICAL,
    Severity.WARN,
    why="addresses of this block mean something else on the machines that should reach them",
    remedy="choose a block out of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
)
NOT_PRIVATE = code(
    "CIDR_NOT_PRIVATE",
    Severity.WARN,
    why="public addresses used inside a VPC hide the hosts on the internet that own them",
    remedy="choose a block out of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
)
NOT_ROUTABLE = code(
    "INBOUND_TARGET_NOT_ROUTABLE",
    Severity.CRITICAL,
    why="a network load balancer takes IP targets outside its VPC only from 10/8, 172.16/12, 192.168/16 and 100.64/10",
    remedy="reach the database in a VPC with private addresses; a database with public ones is the public topology",
)


def is_private(cidr: str) -> bool:
    """Whether a block holds addresses that never travel the internet."""
    network = IPv4Network(cidr)
    inner = (*ROUTABLE, *(reserved.block for reserved in MEANT_OTHERWISE if reserved.fatal))
    return any(network.subnet_of(block) for block in inner)


#: Addresses that stack `shard` and one deployment take in a subnet at the least, and what is comfortable.
_PRIVATE_SUBNET = (32, 256)
_PUBLIC_SUBNET = (16, 16)
_TRANSIT_SUBNET = (16, 16)


def shard(answers: ShardAnswers) -> Iterator[Finding]:
    """Check the shard's VPC and its two subnets."""
    net = answers.network
    blocks = {
        "network.vpc_cidr": net.vpc_cidr,
        "network.private_subnet_cidr": net.private_subnet_cidr,
        "network.public_subnet_cidr": net.public_subnet_cidr,
    }
    yield from _reserved({"network.vpc_cidr": net.vpc_cidr})
    yield from _not_private({"network.vpc_cidr": net.vpc_cidr})
    for path in ("network.private_subnet_cidr", "network.public_subnet_cidr"):
        yield from _outside(path, blocks[path], "network.vpc_cidr", net.vpc_cidr)
    yield from _overlaps(
        {path: blocks[path] for path in ("network.private_subnet_cidr", "network.public_subnet_cidr")},
        Severity.CRITICAL,
    )
    yield from _too_small("network.private_subnet_cidr", net.private_subnet_cidr, *_PRIVATE_SUBNET)
    yield from _too_small("network.public_subnet_cidr", net.public_subnet_cidr, *_PUBLIC_SUBNET)


def deployment(
    answers: DeploymentAnswers, on: ShardAnswers, others: tuple[DeploymentAnswers, ...]
) -> Iterator[Finding]:
    """Check the transit VPC against every VPC that it is peered with. Without a peering there is none of them."""
    if not answers.peered:
        return
    transit = answers.transit
    yield from _outside("transit.subnet_cidr", transit.subnet_cidr, "transit.vpc_cidr", transit.vpc_cidr)
    yield from _too_small("transit.subnet_cidr", transit.subnet_cidr, *_TRANSIT_SUBNET)

    customers = peers(answers)
    cidrs = {block.path: block.cidr for block in customers}
    if "database.vpc.cidr" in cidrs:
        yield from _not_routable(cidrs["database.vpc.cidr"])
    yield from _reserved({"transit.vpc_cidr": transit.vpc_cidr, **cidrs})
    yield from _not_private({"transit.vpc_cidr": transit.vpc_cidr})
    for path, cidr in cidrs.items():
        yield from _overlaps({"transit.vpc_cidr": transit.vpc_cidr, path: cidr}, Severity.CRITICAL)
    # The transit VPC's one route table holds a route to each peer, unless two entries are the same VPC.
    for one, other in combinations(customers, 2):
        if one.vpc_id != other.vpc_id:
            yield from _overlaps({one.path: one.cidr, other.path: other.cidr}, Severity.CRITICAL)
    yield from _shared_peers(answers, others)
    # Never routed to each other: PrivateLink stands between. Worth knowing when somebody reads a flow log.
    yield from _overlaps({"transit.vpc_cidr": transit.vpc_cidr, "the shard's VPC": on.network.vpc_cidr}, Severity.WARN)


def _shared_peers(answers: DeploymentAnswers, others: tuple[DeploymentAnswers, ...]) -> Iterator[Finding]:
    """A VPC that is peered with two transit VPCs has one route for each: their blocks must differ."""
    ours = IPv4Network(answers.transit.vpc_cidr)
    for other in others:
        theirs = IPv4Network(other.transit.vpc_cidr)
        shared = sorted({block.vpc_id for block in peers(answers)} & {block.vpc_id for block in peers(other)})
        if shared and ours.overlaps(theirs):
            yield OVERLAP.at(
                "transit.vpc_cidr",
                f"{ours} overlaps with {other.name}'s transit VPC {theirs}, and {', '.join(shared)} is peered with both",
                remedy="give this deployment's transit VPC another block",
            )


def _overlaps(blocks: dict[str, str], severity: Severity) -> Iterator[Finding]:
    for (path, cidr), (other, second) in combinations(blocks.items(), 2):
        if IPv4Network(cidr).overlaps(IPv4Network(second)):
            yield OVERLAP.at(
                other if "." in other else path, f"{path} {cidr} overlaps with {other} {second}", severity=severity
            )


def _outside(path: str, cidr: str, vpc_path: str, vpc: str) -> Iterator[Finding]:
    if not IPv4Network(cidr).subnet_of(IPv4Network(vpc)):
        yield OUTSIDE.at(path, f"{cidr} is no part of {vpc_path} {vpc}")


def _too_small(path: str, cidr: str, least: int, comfortable: int) -> Iterator[Finding]:
    size = IPv4Network(cidr).num_addresses
    if size < comfortable:
        yield TOO_SMALL.at(
            path,
            f"{cidr} has {usable(cidr)} addresses to give",
            severity=Severity.CRITICAL if size < least else Severity.WARN,
            remedy=f"choose at least a /{32 - (comfortable - 1).bit_length()}: a subnet cannot grow later",
        )


def _reserved(blocks: dict[str, str]) -> Iterator[Finding]:
    for path, cidr in blocks.items():
        for reserved in MEANT_OTHERWISE:
            if IPv4Network(cidr).overlaps(reserved.block):
                yield RESERVED.at(
                    path,
                    f"{cidr} meets {reserved.block}: {reserved.use}",
                    severity=Severity.CRITICAL if reserved.fatal else Severity.WARN,
                )


def _not_private(blocks: dict[str, str]) -> Iterator[Finding]:
    for path, cidr in blocks.items():
        network = IPv4Network(cidr)
        taken = any(network.overlaps(reserved.block) for reserved in MEANT_OTHERWISE)
        if not taken and not any(network.subnet_of(block) for block in ROUTABLE):
            yield NOT_PRIVATE.at(path, f"{cidr} is public address space")


def _not_routable(cidr: str) -> Iterator[Finding]:
    if not any(IPv4Network(cidr).subnet_of(block) for block in ROUTABLE):
        yield NOT_ROUTABLE.at("database.vpc.cidr", f"{cidr} lies outside what a load balancer can target")
