"""Nodes: running, online, booted; the volumes of ingestion; the deployment's Redis user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from wizard.blueprints.springtail.contracts import NodeOutput
from wizard.verify.outcome import Known, Outcome, failed, passed, unprovable, waiting
from wizard.verify.path import PlannedHop
from wizard.verify.probes.command import ask
from wizard.verify.reads import Instance, ManagedNode, RedisUser, Volume
from wizard.verify.scene import Scene

#: How long a new node may take to register with SSM, and to finish its boot script (packages, ZFS).
REGISTERS_WITHIN = timedelta(minutes=10)
BOOTS_WITHIN = timedelta(minutes=20)

#: The marker that the boot scripts of this Planewright write.
MARKER_VERSION = 1


def running(scene: Scene, planned: PlannedHop, _known: Known) -> Outcome:
    """The instance runs."""
    node = scene.outputs.nodes[planned.about]
    return judge_running(node, scene.instances().get(node.instance_id), scene.deployment.name)


def judge_running(node: NodeOutput, instance: Instance | None, deployment: str) -> Outcome:
    """Judge an instance's state."""
    if instance is None or instance.state in ("terminated", "shutting-down"):
        return failed(
            f"{node.instance_id} is {instance.state if instance else 'not there'}",
            f"planewright plan {deployment} shows what is missing, planewright apply {deployment} builds it again",
        )
    if instance.state == "running":
        return passed(f"{instance.type} in {instance.zone}, {instance.private_ip}, running")
    if instance.state == "pending":
        return waiting("AWS", f"{node.instance_id} is starting", "verify again in a minute")
    return failed(
        f"{node.instance_id} is {instance.state}",
        f"somebody stopped it; start it again: aws ec2 start-instances --instance-ids {node.instance_id}",
    )


def online(scene: Scene, planned: PlannedHop, _known: Known) -> Outcome:
    """The node's SSM agent is online."""
    node = scene.outputs.nodes[planned.about]
    managed = scene.managed_nodes().get(node.instance_id)
    if managed is not None and managed.ping == "Online":
        return passed(f"SSM agent {managed.agent or 'of unknown version'}, online")
    return judge_offline(node, managed, _age(scene, node))


def judge_offline(node: NodeOutput, managed: ManagedNode | None, age: timedelta | None) -> Outcome:
    """Judge a node that SSM does not hear: too young to tell, or lost."""
    if age is not None and age < REGISTERS_WITHIN:
        return waiting(
            "AWS",
            f"launched {_minutes(age)} ago, not registered with SSM yet",
            f"a node registers within {_minutes(REGISTERS_WITHIN)}: verify again",
        )
    reason = f"SSM has lost its agent ({managed.ping})" if managed else "it has never registered with SSM"
    return failed(
        reason,
        "the agent needs a way out (route to the NAT gateway, egress on 443) and AmazonSSMManagedInstanceCore on the "
        f"node's role: compare with planewright plan; then aws ec2 get-console-output --instance-id {node.instance_id}",
    )


def boot(scene: Scene, planned: PlannedHop, _known: Known) -> Outcome:
    """The node's boot script has finished, in the version that this Planewright emits."""
    node = scene.outputs.nodes[planned.about]
    answer = ask(scene.reads, node, "marker")
    if isinstance(answer, Outcome):
        return answer
    return judge_marker(node, answer, _age(scene, node))


def judge_marker(node: NodeOutput, answer: Mapping[str, Any], age: timedelta | None) -> Outcome:
    """Judge what the boot marker says."""
    log = f"aws ssm start-session --target {node.instance_id}, then sudo less /var/log/cloud-init-output.log"
    if not answer.get("found"):
        if age is not None and age < BOOTS_WITHIN:
            return waiting(
                "AWS",
                f"launched {_minutes(age)} ago, still booting",
                f"a node boots within {_minutes(BOOTS_WITHIN)}: verify again",
            )
        return failed("the boot script has left no marker: it did not come to its end", f"read its log: {log}")
    marker = answer.get("marker")
    if not isinstance(marker, dict):
        return failed("the boot marker cannot be read", f"read its log: {log}", str(answer.get("problem") or ""))
    return _judge_booted(node, marker)


def _judge_booted(node: NodeOutput, marker: Mapping[str, Any]) -> Outcome:
    evidence = tuple(f"{key}: {marker[key]}" for key in _TOLD if marker.get(key) not in (None, ""))
    if marker.get("simulated") is True:
        return unprovable(
            "the marker says that the boot was simulated", "boot scripts are proven on a real node only", *evidence
        )
    if marker.get("version") != MARKER_VERSION:
        return failed(
            f"booted by version {marker.get('version')} of the boot script, wanted is {MARKER_VERSION}",
            "replace the node, or run the emitted boot script on it again: it is idempotent and formats nothing",
            *evidence,
        )
    if marker.get("role") != node.role:
        return failed(
            f"booted as {marker.get('role')}, wanted is {node.role}",
            "replace the node: planewright plan shows how",
            *evidence,
        )
    return passed(*evidence)


_TOLD = ("version", "role", "finished_at", "package")


def volumes(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """Every volume is attached to ingestion, and encrypted."""
    ids = [*scene.outputs.data_volume_ids, scene.outputs.slog_volume_id]
    return judge_volumes(ids, scene.reads.volumes(ids), scene.ingestion.instance_id, scene.deployment.name)


def judge_volumes(ids: Sequence[str], found: Mapping[str, Volume], instance_id: str, deployment: str) -> Outcome:
    """Judge volumes against the instance that should hold them."""
    wrong, moving, evidence = [], [], []
    for volume_id in ids:
        volume = found.get(volume_id)
        if volume is None:
            wrong.append(f"{volume_id} is not there")
            continue
        states = {attachment.instance_id: attachment.state for attachment in volume.attachments}
        evidence.append(
            f"{volume_id}: {volume.size_gib} GiB, {'encrypted' if volume.encrypted else 'NOT encrypted'}, "
            + (", ".join(f"{state} to {instance}" for instance, state in states.items()) or volume.state)
        )
        if not volume.encrypted:
            wrong.append(f"{volume_id} is not encrypted")
        if states.get(instance_id) == "attaching":
            moving.append(volume_id)
        elif states.get(instance_id) != "attached":
            elsewhere = next(iter(states), None)
            wrong.append(f"{volume_id} is {f'attached to {elsewhere}' if elsewhere else 'not attached'}")
    if wrong:
        return failed(
            "; ".join(wrong),
            f"planewright plan {deployment} shows the way back; a volume that holds data is attached again, never made anew",
            *evidence,
        )
    if moving:
        return waiting("AWS", f"attaching {', '.join(moving)}", "verify again in a minute", *evidence)
    return passed(*evidence)


def redis_user(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The deployment's own Redis user is switched on."""
    user_id = scene.outputs.redis_user_id
    return judge_redis_user(user_id, scene.reads.redis_users([user_id]).get(user_id), scene.deployment.name)


def judge_redis_user(user_id: str, user: RedisUser | None, deployment: str) -> Outcome:
    """Judge a Redis user. It is made switched off; seeding its password switches it on."""
    if user is None:
        return failed(f"there is no Redis user {user_id}", f"planewright apply {deployment} makes it")
    evidence = f"{user.name}: {user.access} ({user.status})"
    if user.status not in ("active", ""):
        return waiting("AWS", f"the user is {user.status}", "verify again in a minute", evidence)
    if user.access.split()[:1] == ["on"]:
        return passed(evidence)
    return waiting(
        "the operator",
        "the user is off: its password has not been seeded",
        f"planewright seed-secrets {deployment}",
        evidence,
    )


def _age(scene: Scene, node: NodeOutput) -> timedelta | None:
    instance = scene.instances().get(node.instance_id)
    launched: datetime | None = instance.launched_at if instance else None
    return scene.clock() - launched if launched else None


def _minutes(age: timedelta) -> str:
    return f"{max(0, round(age.total_seconds() / 60))} min"
