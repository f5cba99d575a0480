"""Springtail's course: what runs is read from AWS and the nodes, what a step sets is kept among the pinned images."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from wizard.aws.deployed import DeployedNode, deployed_nodes, protected
from wizard.blueprints.springtail import surveyed
from wizard.blueprints.springtail.answers import Storage
from wizard.blueprints.springtail.contracts import InstanceOutputs, LinkOutputs, ShardOutputs
from wizard.blueprints.springtail.facts import Pin, Pins
from wizard.blueprints.springtail.services import told
from wizard.blueprints.springtail.stacks import INSTANCE, LINK, SHARD
from wizard.blueprints.springtail.upgrades import (
    GONE,
    Fleet,
    Role,
    Running,
    apart_of,
    images_of,
    role_of,
    running,
    steps,
)
from wizard.deploy import store
from wizard.deploy.answered import last_applied
from wizard.deploy.differing import StackDiffers, differing
from wizard.deploy.site import Site
from wizard.deploy.target import Target
from wizard.deploy.upgrading.course import Seen
from wizard.errors import BlockedError
from wizard.sizing.images import parameter_of
from wizard.sizing.roles import ROLES, node_of
from wizard.upgrades.steps import Gate, Step
from wizard.upgrades.survey import Survey, Thing
from wizard.verify.edge import AwsReads
from wizard.verify.hops import Hop
from wizard.verify.path import PlannedHop, deployment_path
from wizard.verify.probes.table import deployment_probe
from wizard.verify.scene import Scene
from wizard.verify.scripts import said, services
from wizard.verify.verify import now
from wizard.verify.walk import walk

#: Seconds that a node has to say which package it runs.
_ASKED = 90
#: Answers that have steps of their own, node by node: any other one is applied in the first step.
_BY_NODE = ("instance_type", "ami", "count")


class SpringtailCourse:
    """Upgrades of one Springtail deployment."""

    def steps(self, target: Target, site: Site) -> tuple[Step, ...]:
        """Work the steps out from what AWS and the nodes have now. Images are looked up anew unless some stand apart."""
        return steps(self._fleet(target, site)[0])

    def survey(self, target: Target, site: Site) -> Survey:
        """Give the steps, each node's versions, and those of the emitted modules and the locked providers."""
        fleet, stack = self._fleet(target, site)
        return surveyed.survey(fleet, store.load_pins(target.place), tuple(_emitted(stack)))

    def _fleet(self, target: Target, site: Site) -> tuple[Fleet, StackDiffers]:
        from wizard.aws.pins import resolve_pins

        outputs = _built(target)
        previous = store.load_pins(target.place)
        begun = previous is not None and bool(previous.nodes)
        pins = resolve_pins(site.session, target.deployment, previous, refresh=not begun)
        [stack] = differing(target, (INSTANCE,)).stacks
        protects = target.shard.governance.deletion_protection and _keeps_protection(stack)
        fleet = Fleet(
            nodes=_nodes(target, site, outputs, pins, ask_protection=protects),
            roles={role: _role(target, role, pins) for role in ROLES},
            rest=tuple(_rest(target, stack)),
            package=target.deployment.package.sha256,
            protects=protects,
            blank=target.deployment.nodes.ingestion.storage is Storage.NVME,
        )
        return fleet, stack

    def write(self, target: Target, step: Step) -> Target:
        """Pin the images of the roles, and the nodes that stand apart."""
        previous = store.load_pins(target.place)
        roles = {}
        for role, (ami_id, architecture) in images_of(step.sets).items():
            old: Pin | None = getattr(previous, role) if previous else None
            kept = old is not None and (old.ami_id, old.architecture) == (ami_id, architecture)
            roles[role] = old if kept else _pin(target, role, ami_id, architecture)
        # Through JSON, as every contract: an architecture is one of few words.
        raw: dict[str, Any] = {role: pin.model_dump(mode="json") for role, pin in roles.items() if pin}
        apart = {key: node.model_dump(mode="json") for key, node in apart_of(step.sets).items()}
        store.save_pins(target.place, Pins.model_validate_json(json.dumps({**raw, "nodes": apart})))
        return target

    def observe(self, target: Target, site: Site, gate: Gate) -> Seen:
        """Look at instances and their images, or at hops of the path."""
        return _observed_nodes(target, site, gate) if gate.kind == "nodes_run" else _observed_hops(target, site, gate)


def _built(target: Target) -> InstanceOutputs:
    outputs = store.load_contract(target.place, INSTANCE)
    if not isinstance(outputs, InstanceOutputs):
        raise BlockedError(
            f"{target.name} has nothing to upgrade",
            cause=f"its stack {INSTANCE} has not been applied from this workspace",
            action=f"planewright apply {target.name}",
        )
    return outputs


def _role(target: Target, role: str, pins: Pins) -> Role:
    node, pin = node_of(target.deployment, role), getattr(pins, role)
    return Role(node.ami.id or pin.ami_id, pin.architecture, node.instance_type, getattr(node, "count", 1))


def _pin(target: Target, role: str, ami_id: str, architecture: Any) -> Pin:
    node = node_of(target.deployment, role)
    return Pin(
        ami_id=ami_id,
        architecture=architecture,
        instance_type=node.instance_type,
        parameter=parameter_of(node, architecture),
        resolved_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _nodes(
    target: Target, site: Site, outputs: InstanceOutputs, pins: Pins, *, ask_protection: bool
) -> dict[str, Running]:
    """Give what runs under each key. Of two under one key the one that is on its way out counts: its turn is not over."""
    there: dict[str, DeployedNode] = {}
    for node in deployed_nodes(site.session, target.name):
        there.setdefault(node.key, node)
    images = {role: _role(target, role, pins) for role in ROLES}
    releases = _releases(target, site, outputs, there)
    found = {}
    for key, node in there.items():
        same = role_of(key) in images and images[role_of(key)].ami_id == node.image_id
        counted = key in outputs.nodes and int(key.rpartition("-")[2]) < images[role_of(key)].count
        # Whether a node may be terminated is asked for those alone that are about to be.
        guarded = protected(site.session, node.id) if ask_protection and not (same and counted) else True
        found[key] = Running(node.image_id, node.instance_type, guarded, *releases.get(key, ("", False, False)))
    return found


def _releases(
    target: Target, site: Site, outputs: InstanceOutputs, there: dict[str, DeployedNode]
) -> dict[str, tuple[str, bool, bool]]:
    """Ask each node which package it is turned to, whether its services are started, and whether they are up.

    None is asked without a package.
    """
    if not target.deployment.package.sha256:
        return {}
    reads, plan = AwsReads(site.session), json.dumps(told(target.deployment, outputs), sort_keys=True)

    def ask(key: str) -> tuple[str, tuple[str, bool, bool]]:
        script = services("status", {"KEY": key, "ROLE": role_of(key), "PLAN": plan})
        ran = reads.run(there[key].id, script, seconds=_ASKED)
        status = (said(ran.output) or {}).get("status") if ran.status == "success" else None
        status = status if isinstance(status, dict) else {}
        return key, (str(status.get("package") or ""), status.get("active") is True, status.get("up") is True)

    with ThreadPoolExecutor(max_workers=8) as pool:
        return dict(pool.map(ask, there))


def _keeps_protection(stack: StackDiffers) -> bool:
    """Whether the provider terminates no protected instance: 6 does not, 5.100 lifts the protection first, by itself."""
    return any(int(version.partition(".")[0]) > 5 for version in stack.locked.values())


def _emitted(stack: StackDiffers) -> Iterator[Thing]:
    """Give the versions of what is emitted: the modules by their checksum, each provider by the lock file."""
    three = (stack.modules.on_disk, stack.modules.emitted, stack.modules.now)
    yield Thing("modules", "checksum", *(checksum.removeprefix("sha256:")[:12] for checksum in three))
    for name, locked in stack.locked.items():
        yield Thing(f"provider {name}", "version", locked, _version(stack.pinned, name), _version(stack.pins, name))


def _version(pins: Mapping[str, tuple[str, ...]], name: str) -> str:
    return next((it for it in pins.get(name, ()) if it[:1].isdigit()), "")


def _rest(target: Target, stack: StackDiffers) -> Iterator[str]:
    """Say what an apply would change beside images, types and counts of nodes."""
    applied = last_applied(target.place, INSTANCE)
    result = applied.run.recorded() if applied else None
    if result is not None and result.outcome != "succeeded":
        yield "the last apply did not come to its end"
    for one in (stack.answers.changed if stack.answers else None) or ():
        if not (one.key.startswith("nodes.") and one.key.split(".")[2] in _BY_NODE):
            yield f"{one.key} {one.word}"
    code = [one.name for one in stack.differing if not one.name.endswith(".json")]
    if code:
        yield f"files are emitted anew, which Planewright {stack.emitted_by or 'of no version'} emitted: {', '.join(code)}"


def _observed_nodes(target: Target, site: Site, gate: Gate) -> Seen:
    there = deployed_nodes(site.session, target.name)
    told_of, ok = [], True
    for key, wanted in gate.wanted:
        nodes = [node for node in there if node.key == key]
        runs = [running(Running(node.image_id, node.instance_type, protected=False)) for node in nodes]
        ok &= not nodes if wanted == GONE else runs == [wanted] and nodes[0].state == "running"
        told_of += [f"{key}: {node.id}, {run}, {node.state}" for node, run in zip(nodes, runs, strict=True)] or [
            f"{key}: {GONE}"
        ]
    return Seen(ok, "; ".join(told_of))


def _observed_hops(target: Target, site: Site, gate: Gate) -> Seen:
    hops = {hop.key: hop for hop in _look(target, site, {key for key, _ in gate.wanted})}
    wanted = {key: states.split(" or ") for key, states in gate.wanted}
    missing = [key for key in wanted if key not in hops]
    bad = [hop for key, states in wanted.items() if (hop := hops.get(key)) and hop.state.value not in states]
    words = [f"{hop.title}: {hop.state.word}{f' ({hop.reason})' if hop.reason else ''}" for hop in bad]
    words += [f"{key} is no hop of this path" for key in missing]
    return Seen(
        not words, "; ".join(words) or "; ".join(f"{hops[key].title}: {hops[key].state.word}" for key in wanted)
    )


def _look(target: Target, site: Site, keys: set[str]) -> tuple[Hop, ...]:
    """Walk the named hops, and what they stand on."""
    outputs, shard = _built(target), store.load_contract(target.shard_place, SHARD)
    link = store.load_contract(target.place, LINK)
    if not isinstance(shard, ShardOutputs):
        raise TypeError(SHARD)
    by_key = {planned.key: planned for planned in deployment_path(target.deployment, outputs)}
    path: dict[str, PlannedHop] = {}
    queue = [by_key[key] for key in keys if key in by_key]
    while queue:
        planned = queue.pop()
        path[planned.key] = planned
        queue += [by_key[key] for key in planned.after if key not in path]
    scene = Scene(
        target.deployment,
        target.shard,
        outputs,
        shard,
        link if isinstance(link, LinkOutputs) else None,
        AwsReads(site.session),
        now,
    )
    ordered = tuple(planned for key, planned in by_key.items() if key in path)
    return walk(ordered, deployment_probe(scene), on_hop=lambda _hop: None, clock=now)
