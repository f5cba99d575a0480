"""Objects of a workspace in every state that a list tells, as they lie on disk: for the list, the commands, the screen."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from tests.verify.world import outputs, shard_outputs
from tests.workspaces import with_examples
from wizard.deploy import store
from wizard.deploy.target import Target, open_target
from wizard.engine import runs
from wizard.engine.processes import host, identify
from wizard.engine.runs import Action, Outcome, Processes, Request, Result, Run
from wizard.files import write_atomic
from wizard.workspace import Place, Workspace

APPLIED = datetime(2026, 11, 21, 3, 59, tzinfo=UTC)


def an_object(root: Path, name: str, *, draft: bool = False, saved: bool = True) -> Place:
    """A deployment that is saved, being typed, or both."""
    place = Workspace(root).place("deployment", name)
    place.path.mkdir(parents=True)
    if saved:
        place.answers.write_text("")
    if draft:
        place.draft.write_text("{}")
    return place


def a_run(
    place: Place,
    at: datetime = APPLIED,
    *,
    stack: str = "instance",
    action: Action = "apply",
    outcome: Outcome | None = "succeeded",
    of: Run | None = None,
) -> Run:
    """A run, at an hour; an apply takes the plan of another run."""
    run_id = f"{at:%Y%m%dT%H%M%S.%f}Z-9f3a"
    request = Request(
        id=run_id,
        object_kind=place.kind,
        object_name=place.name,
        stack=stack,
        action=action,
        engine_kind="tofu",
        engine_version="1.10.0",
        engine_path="/usr/bin/tofu",
        argv=("tofu",),
        stack_dir=str(place.stack(stack)),
        who="operator@laptop",
        created_at=at.isoformat(),
        planewright="0.1.0",
        plan_run=of.id if of is not None else None,
    )
    run = runs.create(runs.directory(place.runs, run_id), request)
    if outcome is not None:
        Result(outcome, 0 if outcome == "succeeded" else 1, at.isoformat()).write(run.path / "result.json")
    return run


def going(run: Run) -> None:
    """Let the run's processes be alive: this very one."""
    me = identify(os.getpid())
    assert me is not None
    Processes(host(), me.pid, me.started, me.pid, me.started).write(run.path / "process.json")


def handed_over(place: Place, stack: str = "instance", topology: str = "public") -> None:
    """A stack's contract; the instance's says which topology it has."""
    text = outputs(topology).model_dump_json() if stack == "instance" else "{}"
    write_atomic(place.contract(stack), text)


def applied(root: Path, name: str) -> Place:
    place = an_object(root, name)
    a_run(place)
    handed_over(place)
    return place


def drifted(root: Path, name: str) -> Place:
    place = applied(root, name)
    write_atomic(place.path / ".planewright" / "drift-instance.json", json.dumps(["aws_security_group.proxy"]))
    return place


def failed(root: Path, name: str) -> Place:
    place = an_object(root, name)
    a_run(place, outcome="failed")
    return place


def running(root: Path, name: str) -> Place:
    place = applied(root, name)
    going(a_run(place, APPLIED.replace(hour=5), outcome=None))
    return place


def without_link(root: Path, name: str) -> Place:
    """A private one whose peering the customer has yet to accept."""
    place = an_object(root, name)
    a_run(place)
    handed_over(place, topology="private")
    return place


def half_destroyed(root: Path, name: str) -> Place:
    """Its link is destroyed and forgotten, and then nobody went on."""
    place = without_link(root, name)
    plan = a_run(place, APPLIED.replace(hour=6), stack="link", action="destroy-plan")
    a_run(place, APPLIED.replace(hour=7), stack="link", of=plan)
    return place


def destroyed(root: Path, name: str) -> Place:
    place = an_object(root, name)
    plan = a_run(place, APPLIED.replace(hour=6), action="destroy-plan")
    a_run(place, APPLIED.replace(hour=7), of=plan)
    return place


def looked_at(
    place: Place, at: datetime, *, waiting_on: tuple[str, ...] = (), verified: bool | None = None, hops: int = 0
) -> None:
    """A verification's report, as far as a list reads it; with so many hops that have passed, as long as they are."""
    passed = {"state": "passed", "waiting_on": "", "evidence": ["what was seen, and a little more of it" * 4] * 2}
    told = [{"state": "waiting", "waiting_on": on} for on in waiting_on] + [passed] * hops
    report = {
        "ended_at": at.isoformat(),
        "verified": not waiting_on if verified is None else verified,
        "counts": {"failed": 0},
        "hops": told,
    }
    write_atomic(place.reports / f"verification-{at:%Y%m%dT%H%M%SZ}.json", json.dumps(report))
    write_atomic(place.reports / f"verification-{at:%Y%m%dT%H%M%SZ}.md", "# a report\n")


def built_private(root: Path) -> Target:
    """The private example whose first stack is built, as the shard is, and its customer asked; the public one beside it."""
    workspace = Workspace(with_examples(root))
    store.save_contract(workspace.place("shard", "use1-a"), "shard", shard_outputs())
    for name, topology in (("acme-prod", "private"), ("globex-prod", "public")):
        handed_over(workspace.place("deployment", name), topology=topology)
    return open_target(workspace, "acme-prod")


def in_every_state(root: Path) -> Path:
    """One of each, their names by the alphabet."""
    shard = Workspace(root).place("shard", "use1-a")
    shard.path.mkdir(parents=True)
    shard.answers.write_text("")
    a_run(shard, stack="shard")
    handed_over(shard, "shard")
    looked_at(applied(root, "acme-prod"), APPLIED.replace(hour=8))
    an_object(root, "acme-next", saved=False, draft=True)
    over = applied(root, "acme-test")
    over.draft.write_text("{}")
    drifted(root, "globex-prod")
    running(root, "hooli-prod")
    failed(root, "initech-prod")
    without_link(root, "stark-prod")
    half_destroyed(root, "umbrella-old")
    destroyed(root, "umbrella-test")
    broken = an_object(root, "wayne-prod")
    (broken.path / ".planewright").mkdir()
    (broken.path / ".planewright" / "runs").symlink_to("runs")
    return root
