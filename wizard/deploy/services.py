"""Springtail's services of a deployment: prepared, started, stopped, put back, one node after the other.

    answers, contract ─► tasks (pure) ─► a command to each node through Systems Manager ─► what it says ─► the journal

Each command may be given again: what is so already is left alone. The first node that fails stops the rest, and everything
before it is kept. No value goes to a node that is secret: it fetches those itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.blueprints.springtail.services import ROLES, Task, Verb, tasks, told
from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.deploy import store
from wizard.deploy.exclusive import exclusive
from wizard.deploy.journals import append
from wizard.deploy.session import nodes_of
from wizard.errors import InputError, PackageMissingError, PlanewrightError, ServiceError
from wizard.redact import Redactor
from wizard.verify.scripts import said, services

if TYPE_CHECKING:
    from wizard.aws.clock import Clock
    from wizard.aws.commands import ScriptResult
    from wizard.aws.session import AwsSession
    from wizard.deploy.target import Target

JOURNAL = "services.jsonl"
#: Seconds that a node is given until it is well, or until an FDW's connections have ended.
WAIT = 600


@dataclass(frozen=True, slots=True)
class Sent:
    """A command as it goes to a node: what `--dry-run` shows, letter by letter."""

    task: Task
    script: str


@dataclass(frozen=True, slots=True)
class Did:
    """What came of one step on one node."""

    node: str
    step: str
    did: str


#: Runs a command on a node: the edge that a test takes the place of.
Runs = Callable[[Sent], "ScriptResult"]


def commands(
    target: Target, verb: Verb, *, role: str | None = None, wait: int = WAIT, now: bool = False
) -> tuple[Sent, ...]:
    """Give every command, in the order in which they would be sent. Sends none.

    Raises BlockedError before the first apply, InputError for a role that is none or a shard, PackageMissingError when the
    answers name no package.
    """
    nodes_of(target)
    if role is not None and role not in ROLES:
        raise InputError(f"there is no role {role}", action=f"name one of {', '.join(ROLES)}")
    _require_package(target, verb)
    outputs = store.load_contract(target.place, INSTANCE)
    assert isinstance(outputs, InstanceOutputs)  # noqa: S101 - nodes_of has looked
    plan = json.dumps(told(target.deployment, outputs), sort_keys=True)
    found = tasks(verb, outputs, role=role, wait=wait, now=now)
    return tuple(Sent(task, services(task.verb.value, {**task.inputs, "PLAN": plan})) for task in found)


def carry_out(
    target: Target,
    sent: tuple[Sent, ...],
    runs: Runs,
    *,
    on_node: Callable[[Sent], None] = lambda _sent: None,
    on_step: Callable[[Did], None] = lambda _did: None,
) -> tuple[Did, ...]:
    """Give each command to its node, and tell and write down every step as soon as it is known.

    Raises ServiceError at the first step that fails, PackageMissingError when it was the package that is not there,
    BlockedError while another command works on the deployment.
    """
    done: list[Did] = []
    with exclusive(target.place):
        for one in sent:
            on_node(one)
            answer = _answer(target, one, runs(one))
            for step in answer["steps"]:
                did = Did(one.task.key, str(step["step"]), Redactor().text(str(step["did"])))
                _write_down(target, one.task.verb, did)
                done.append(did)
                on_step(did)
            if answer.get("failed"):
                error = _failed(target, one, answer["failed"])
                _write_down(target, one.task.verb, Did(one.task.key, str(answer["failed"]["step"]), "failed"))
                raise error
    return tuple(done)


def through_ssm(session: AwsSession, *, clock: Clock | None = None) -> Runs:
    """Run commands on the nodes through Systems Manager. What the clock's pause raises ends the waiting, not the command."""
    from wizard.aws.commands import run_script

    def run(one: Sent) -> ScriptResult:
        task = one.task
        return run_script(
            session,
            task.node.instance_id,
            one.script,
            timeout_seconds=task.seconds,
            comment=f"planewright {task.verb.value} {task.key}",
            clock=clock,
        )

    return run


def _require_package(target: Target, verb: Verb) -> None:
    package = target.deployment.package
    if verb in {Verb.STOP, Verb.UNDO} or (package.s3_uri and package.sha256):
        return
    raise PackageMissingError(
        f"{target.name} cannot {verb.value}: Springtail's package is not at hand",
        cause="the answers name none (package.s3_uri, package.sha256). What is built and proven stays as it is",
        action=f"put the package into a bucket that the nodes may read, answer both, and planewright apply {target.name}",
    )


def _write_down(target: Target, verb: Verb, did: Did) -> None:
    append(target.place, JOURNAL, {"verb": verb.value, **asdict(did)})


def _answer(target: Target, one: Sent, result: ScriptResult) -> dict[str, Any]:
    """Read what a node said; ServiceError, with the end of its output, when it did not come to say anything."""
    answer = said(result.stdout)
    if result.status == "Success" and answer is not None and isinstance(answer.get("steps"), list):
        return answer
    tail = " / ".join((result.stderr or result.stdout).strip().splitlines()[-3:])
    raise ServiceError(
        f"{one.task.verb.value} did not come to its end on {one.task.key} ({one.task.node.instance_id})",
        cause=Redactor().text(f"SSM says {result.status}, exit code {result.exit_code}. {tail or 'It said nothing'}"),
        action=f"planewright verify {target.name} tells whether the node is online; then give the command again",
    )


def _failed(target: Target, one: Sent, failed: Mapping[str, Any]) -> PlanewrightError:
    task, kind = one.task, str(failed.get("kind"))
    title = f"{failed['step']} failed on {task.key} ({task.node.instance_id})"
    cause = Redactor().text(str(failed["reason"]))
    action = _remedy(target, task, kind)
    if kind == "package":
        kept = f"{cause}. Everything before this step is kept"
        return PackageMissingError(f"Springtail's package is not at hand: {title}", cause=kept, action=action)
    return ServiceError(title, cause=cause, action=action)


def _remedy(target: Target, task: Task, kind: str) -> str:
    """Say what to do about a step that failed; the command may then be given again as it was."""
    name, role = target.name, task.node.role
    again = f"then planewright {task.verb.value} {name} again"
    remedies = {
        "package": f"put the package where package.s3_uri says, or answer another place and planewright apply {name}; {again}",
        "refused": f"compare package.sha256 with the package that Springtail gave you; planewright apply {name}; {again}",
        "unprepared": f"planewright prepare {name}; a node that is still booting: planewright verify {name} tells",
        "secrets": f"planewright seed-secrets {name}; {again}",
        "redis": f"planewright verify {name} tells whether the Redis user is on; planewright seed-secrets {name} switches "
        f"it on; {again}",
        "runtime": f"name a machine image that has what Springtail needs (nodes.{role}.ami), planewright apply {name}; {again}",
        "busy": f"let the applications' connections end, {again}; --now stops without waiting",
    }
    look = f"planewright session {name} {task.key}, then journalctl -u springtail-coordinator; {again}"
    return remedies.get(kind, look)


def as_json(verb: Verb, sent: tuple[Sent, ...], done: tuple[Did, ...] | None) -> dict[str, Any]:
    """Give it for programs: what was done, or, for a dry run, what would be sent."""
    if done is not None:
        return {"verb": verb.value, "steps": [asdict(did) for did in done]}
    nodes = [
        {
            "node": one.task.key,
            "instance_id": one.task.node.instance_id,
            "seconds": one.task.seconds,
            "script": one.script,
        }
        for one in sent
    ]
    return {"verb": verb.value, "dry_run": True, "commands": nodes}


#: What no step of these can know.
NOT_PROVEN = (
    "publication and replication slot of each database: Springtail's own scripts make them, and nothing here looks at them",
)
