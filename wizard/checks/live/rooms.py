"""Whether the shard's subnets have addresses left for what is still to come. Part of the check of addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.addressing.blocks import usable
from wizard.addressing.footprint import FREE_FOR_A_LOAD_BALANCER, Footprint, of_deployment, of_shard, still_to_come
from wizard.blueprints.springtail.answers import DeploymentAnswers, Topology
from wizard.checks.codes import code
from wizard.checks.subject import Subject
from wizard.facts.asking import Facts
from wizard.facts.network import Subnets
from wizard.findings import Finding, Severity

FULL = code(
    "SUBNET_FULL",
    Severity.CRITICAL,
    Severity.WARN,
    why="every node, endpoint and load balancer takes an address, and a subnet cannot grow: the apply would fail half way",
    remedy="fewer nodes, or build on another shard with a larger subnet",
)


@dataclass(frozen=True, slots=True)
class _Room:
    """A subnet of the shard: what is free in it, and what this deployment adds."""

    path: str
    called: str
    free: int
    adds: int
    whole: int
    of: str


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Compare what is free with what is added; of a shard that is not built, with what its blocks will have."""
    if subject.deployment is None:
        return
    adds = still_to_come(subject.deployment, subject.built)
    whole = of_deployment(subject.deployment)
    free = _free_now(subject, facts) if subject.shard_built else _free_at_first(subject)
    for room in _rooms(subject.deployment, subject, free, adds, whole):
        yield from _room(subject, room)


def _rooms(
    deployment: DeploymentAnswers, subject: Subject, free: dict[str, int], adds: Footprint, whole: Footprint
) -> Iterator[_Room]:
    net = subject.shard.network
    nodes = 1 + deployment.nodes.proxy.count + deployment.nodes.fdw.count
    beside = ", an endpoint and a load balancer" if deployment.topology is Topology.PRIVATE else ""
    if "private" in free:
        called = f"the shard's private subnet {net.private_subnet_cidr}"
        yield _Room("nodes.fdw.count", called, free["private"], adds.private, whole.private, f"{nodes} nodes{beside}")
    if "public" in free:
        called = f"the shard's public subnet {net.public_subnet_cidr}"
        yield _Room("topology", called, free["public"], adds.public, whole.public, "a load balancer")


def _free_now(subject: Subject, facts: Facts) -> dict[str, int]:
    subnets = facts.value(Subnets(region=subject.region)) or ()
    built = subject.shard_built
    names = {built.private_subnet_id: "private", built.public_subnet_id: "public"} if built else {}
    return {names[subnet.id]: subnet.free_addresses for subnet in subnets if subnet.id in names}


def _free_at_first(subject: Subject) -> dict[str, int]:
    net, shard = subject.shard.network, of_shard(subject.shard)
    taken = [shard, *map(of_deployment, subject.others)]
    return {
        "private": usable(net.private_subnet_cidr) - sum(it.private for it in taken),
        "public": usable(net.public_subnet_cidr) - sum(it.public for it in taken),
    }


def _room(subject: Subject, room: _Room) -> Iterator[Finding]:
    if room.adds == 0:
        return
    left = room.free - room.adds
    added = f"{subject.name} adds {room.adds} (of its {room.whole}: {room.of})"
    if left < 0:
        yield FULL.at(room.path, f"{room.called} has {max(0, room.free)} addresses free; {added}: {-left} too many")
    elif left < max(room.whole, FREE_FOR_A_LOAD_BALANCER):
        yield FULL.at(
            room.path,
            f"{room.called} has {room.free} addresses free; {added}, which leaves {left}",
            severity=Severity.WARN,
            remedy="nothing for this deployment; another one like it needs a shard of its own",
        )
