"""Nodes: running, online, booted; the volumes of ingestion; the deployment's Redis user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from wizard.blueprints.springtail.contracts import NodeOutput
from wizard.verify.outcome import Known, Outcome, failed, passed, unprovable, waiting
from wizard.verify.path import PlannedHop
from wizard.verify.probes.command import ask
from wizard.verify.reads import RedisUser
from wizard.verify.scene import Scene

if TYPE_CHECKING:
    from wizard.aws.commands import NodePing
    from wizard.aws.reads import InstanceFact, VolumeFact

#: How long a new node may take to register with SSM, and to finish its boot script (packages, ZFS).
REGISTERS_WITHIN = timedelta(minutes=10)
BOOTS_WITHIN = timedelta(minutes=20)

#: The marker that the boot scripts of this Planewright write.
MARKER_VERSION = 1


def running(scene: Scene, planned: PlannedHop, _known: Known) -> Outcome:
    """The instance runs."""
    node = scene.outputs.nodes[planned.about]
    return judge_running(node, scene.instances().get(node.instance_id), scene.deployment.name)


def judge_running(node: NodeOutput, instance: InstanceFact | None, deployment: str) -> Outcome:
    """Judge an instance's state."""
    if instance is None or instance.state in ("terminated", "shutting-down"):
        return failed(
            f"{node.instance_id} is {instance.state if instance else 'not there'}",
            f"planewright plan {deployment} shows what is missing, planewright apply {deployment} builds it again",
        )
    if instance.state == "running":
        return passed(f"{instance.instance_type} in {instance.zone}, {instance.private_ip}, running")
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
    if managed is not None and managed.status == "Online":
        return passed(f"SSM agent {managed.agent_version or 'of unknown version'}, online")
    return judge_offline(node, managed, _age(scene, node))


def judge_offline(node: NodeOutput, managed: NodePing | None, age: timedelta | None) -> Outcome:
    """Judge a node that SSM does not hear: too young to tell, or lost."""
    if managed is None and age is not None and age < REGISTERS_WITHIN:
        return waiting(
            "AWS",
            f"launched {_minutes(age)} ago, not registered with SSM yet",
            f"a node registers within {_minutes(REGISTERS_WITHIN)}: verify again",
        )
    needs = (
        "the agent needs a way out (route to the NAT gateway, egress on 443) and AmazonSSMManagedInstanceCore on the "
        f"node's role: compare with planewright plan; then aws ec2 get-console-output --instance-id {node.instance_id}"
    )
    if managed is None:
        return failed("it has never registered with SSM", needs)
    # It had all of that once. Nobody can log in to look, since a session goes through the agent.
    again = f"aws ec2 reboot-instances --instance-ids {node.instance_id}"
    return failed(
        f"SSM has lost its agent ({managed.status})",
        f"start the node anew, and its agent with it: {again}. Else {needs}",
    )


def boot(scene: Scene, planned: PlannedHop, _known: Known) -> Outcome:
    """The node's boot script has finished, in the version that this Planewright emits."""
    node = scene.outputs.nodes[planned.about]
    answer = ask(scene.reads, node, "marker")
    if isinstance(answer, Outcome):
        return answer
    return judge_marker(node, answer, _age(scene, node))


def judge_marker(node: NodeOutput, answer: Mapping[str, Any], age: timedelta | None) -> Outcome:
    """Judge what the boot marker says. It has a `version` only when the boot script has come to its end."""
    log = f"aws ssm start-session --target {node.instance_id}, then journalctl -u planewright-boot"
    marker = answer.get("marker")
    if answer.get("found") and not isinstance(marker, dict):
        return failed("the boot marker cannot be read", f"read the log: {log}", str(answer.get("problem") or ""))
    if isinstance(marker, dict) and (marker.get("version") is not None or marker.get("simulated") is True):
        return _judge_booted(node, marker)
    fault = marker.get("failed") if isinstance(marker, dict) else None
    if isinstance(fault, dict):
        return failed(
            f"the boot script failed at {fault.get('step')}: {fault.get('reason')}",
            f"mend what it names: it tries again by itself; its log: {log}",
            *_steps(marker),
        )
    at = f"at {marker.get('running')}" if isinstance(marker, dict) else "and has left no marker yet"
    if age is not None and age < BOOTS_WITHIN:
        return waiting(
            "AWS",
            f"launched {_minutes(age)} ago, still booting, {at}",
            f"a node boots within {_minutes(BOOTS_WITHIN)}: verify again",
            *_steps(marker),
        )
    return failed(f"the boot script has not come to its end, {at}", f"read its log: {log}", *_steps(marker))


def _steps(marker: Any) -> tuple[str, ...]:
    steps = marker.get("steps") if isinstance(marker, dict) else None
    return tuple(f"{step}: {outcome}" for step, outcome in steps.items()) if isinstance(steps, dict) else ()


def _judge_booted(node: NodeOutput, marker: Mapping[str, Any]) -> Outcome:
    evidence = (*(f"{key}: {marker[key]}" for key in _TOLD if marker.get(key) not in (None, "")), *_steps(marker))
    if marker.get("simulated") is True:
        return unprovable(
            "the marker says that the boot was simulated", "boot scripts are proven on a real node only", *evidence
        )
    again = "planewright plan shows how the node gets the emitted boot script; on the node: systemctl restart planewright-boot"
    wanted = {"version": MARKER_VERSION, "role": node.role, "instance_id": node.instance_id}
    # A marker that came with an image or a copied disk speaks of another instance.
    wrong = [f"{key} {marker[key]}, not {value}" for key, value in wanted.items() if marker.get(key, value) != value]
    if wrong:
        return failed(f"the boot marker says {'; '.join(wrong)}", again, *evidence)
    return passed(*evidence)


_TOLD = ("version", "role", "package", "finished_at")


def volumes(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """Every volume is attached to ingestion, and encrypted."""
    ids = scene.outputs.volume_ids
    return judge_volumes(ids, scene.reads.volumes(ids), scene.ingestion.instance_id, scene.deployment.name)


def judge_volumes(ids: Sequence[str], found: Sequence[VolumeFact], instance_id: str, deployment: str) -> Outcome:
    """Judge volumes against the instance that should hold them."""
    missing = sorted(set(ids) - {volume.id for volume in found})
    evidence = tuple(
        f"{volume.id}: {volume.size_gib} GiB, {'encrypted' if volume.encrypted else 'NOT encrypted'}, "
        + (f"{volume.attachment} to {volume.attached_to} as {volume.device}" if volume.attached_to else volume.state)
        for volume in found
    )
    moving = [volume.id for volume in found if (volume.attached_to, volume.attachment) == (instance_id, "attaching")]
    wrong = [
        *(f"{name} is not there" for name in missing),
        *(f"{volume.id} is not encrypted" for volume in found if not volume.encrypted),
        *(
            f"{volume.id} is attached to {volume.attached_to or 'nothing'}"
            for volume in found
            if volume.attached_to != instance_id
        ),
        *(
            f"{volume.id} is {volume.attachment}"
            for volume in found
            if volume.attached_to == instance_id and volume.attachment not in ("attached", "attaching")
        ),
    ]
    if wrong:
        return failed(
            "; ".join(wrong),
            f"planewright plan {deployment} shows the way back; a volume that holds data is attached again, "
            "never made anew",
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
