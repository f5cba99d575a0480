"""Which of the later steps are done, by what lies on disk: and that they are not any more once something is newer."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from tests.verify import world
from tests.workspaces import with_examples
from wizard.blueprints.springtail.contracts import LinkOutputs
from wizard.deploy import flow, store
from wizard.engine import runs
from wizard.engine.runs import Action, Outcome, Request, Result, Run
from wizard.engine.saved import PlanRecord
from wizard.files import to_json
from wizard.walk.finished import Progress, Seeded, Stand, applied_before, finished, read, saved_target
from wizard.walk.steps import Step
from wizard.workspace import Place, Workspace

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
Name = Literal["use1-a", "acme-prod", "globex-prod"]


class Bench:
    """An object of a workspace to which things happen, a minute after each other."""

    def __init__(self, workspace: Workspace, name: str) -> None:
        self.workspace = workspace
        self.place: Place = workspace.find(name)
        self.minutes = 0

    def run(self, stack: str, action: Action, *, plan: Run | None = None, outcome: Outcome | None = "succeeded") -> Run:
        self.minutes += 1
        moment = START + timedelta(minutes=self.minutes)
        request = Request(
            id=runs.new_id(moment),
            object_kind=self.place.kind,
            object_name=self.place.name,
            stack=stack,
            action=action,
            engine_kind="tofu",
            engine_version="1.10.0",
            engine_path="/usr/bin/tofu",
            argv=("tofu",),
            stack_dir="",
            who="operator@laptop",
            created_at=moment.isoformat(),
            planewright="0.1.0",
            plan_run=plan.id if plan is not None else None,
        )
        made = runs.create(runs.directory(self.place.runs, request.id), request)
        if outcome is not None:
            Result(outcome, 0, (moment + timedelta(seconds=30)).isoformat()).write(made.path / "result.json")
        return made

    def plan(self, stack: str, *, steps: int = 3, action: Action = "plan") -> Run:
        """Plan: the files are written as the answers are."""
        target = saved_target(self.workspace, self.place)
        assert target is not None
        flow.write(target, stack)
        made = self.run(stack, action)
        PlanRecord("sha256:0", steps).write(made.path / "plan.json")
        return made

    def apply(self, stack: str, *, outcome: Outcome = "succeeded", hands_over: bool = True) -> Run:
        made = self.run(stack, "apply", plan=self.plan(stack), outcome=outcome)
        if hands_over and outcome == "succeeded":
            self.hand_over(stack)
        return made

    def hand_over(self, stack: str) -> None:
        store.save_contract(self.place, stack, OUTPUTS[stack, self.place.name])
        later = (START + timedelta(minutes=self.minutes, seconds=45)).timestamp()
        os.utime(self.place.contract(stack), (later, later))

    def verified(self, *, passes: bool = True) -> None:
        self.minutes += 1
        hop = {"state": "passed" if passes else "waiting", "waiting_on": "" if passes else "the customer"}
        ended = (START + timedelta(minutes=self.minutes)).isoformat()
        value = {"ended_at": ended, "verified": passes, "hops": [hop], "counts": {"failed": 0}}
        path = self.place.reports / f"verification-{self.minutes:04}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value))
        path.with_suffix(".md").write_text("# a report")

    def seeded(self, **did: str) -> None:
        self.minutes += 1
        at = (START + timedelta(minutes=self.minutes)).isoformat()
        with (self.place.hidden / "seeding.jsonl").open("a") as journal:
            for name, what in did.items():
                journal.write(json.dumps({"at": at, "name": NAMES[name], "which": name, "did": what}) + "\n")

    @property
    def now(self) -> Progress:
        return read(self.workspace, self.place)

    @property
    def done(self) -> set[Step]:
        return {step for step, done in finished(self.now).items() if done}


OUTPUTS = {
    ("shard", "use1-a"): world.shard_outputs(),
    ("instance", "acme-prod"): world.outputs("private"),
    ("instance", "globex-prod"): world.outputs("public"),
    ("link", "acme-prod"): LinkOutputs(dns_resolution_peering_ids=["pcx-db"]),
}
NAMES: Mapping[str, str] = {
    "database": OUTPUTS["instance", "acme-prod"].database_secret_name,  # type: ignore[attr-defined]
    "redis": OUTPUTS["instance", "acme-prod"].redis_secret_name,  # type: ignore[attr-defined]
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(with_examples(tmp_path))


@pytest.fixture
def acme(workspace: Workspace) -> Bench:
    Bench(workspace, "use1-a").apply("shard")
    bench = Bench(workspace, "acme-prod")
    bench.minutes = 10
    return bench


def test_nothing_is_done_of_what_was_only_answered(workspace: Workspace) -> None:
    bench = Bench(workspace, "acme-prod")
    assert bench.done == set()
    assert not bench.now.shard_applied
    assert set(bench.now.stands.values()) == {Stand.TO_PLAN}
    assert not (bench.place.path / ".planewright").exists()  # looking makes nothing


def test_a_shard_is_done_once_it_is_applied(workspace: Workspace) -> None:
    shard = Bench(workspace, "use1-a")
    shard.plan("shard")
    assert shard.done == set()
    shard.apply("shard")
    assert shard.done == {Step.PLAN, Step.APPLY}


def test_a_plan_that_waits_to_be_applied_is_a_step_done(acme: Bench) -> None:
    acme.apply("instance")
    assert finished(acme.now)[Step.PLAN] is False
    assert finished(acme.now, offered="link")[Step.PLAN] is True
    assert finished(acme.now, offered="link")[Step.APPLY] is False


def test_a_private_deployment_is_applied_once_its_link_is_too(acme: Bench) -> None:
    acme.apply("instance")
    assert acme.done == set()
    acme.apply("link")
    assert acme.done == {Step.PLAN, Step.APPLY}


def test_a_public_deployment_has_no_link_to_wait_for(workspace: Workspace) -> None:
    Bench(workspace, "use1-a").apply("shard")
    globex = Bench(workspace, "globex-prod")
    globex.apply("instance")
    assert globex.done == {Step.PLAN, Step.APPLY}


def test_the_path_is_verified_and_reported_until_something_is_applied_again(acme: Bench) -> None:
    acme.apply("instance")
    acme.apply("link")
    acme.verified()
    assert acme.done == {Step.PLAN, Step.APPLY, Step.HANDOFF, Step.VERIFY, Step.REPORT}
    acme.apply("instance")
    assert acme.done == {Step.PLAN, Step.APPLY}


def test_an_apply_of_the_shard_makes_a_verification_old_as_well(acme: Bench) -> None:
    acme.apply("instance")
    acme.apply("link")
    acme.verified()
    shard = Bench(acme.workspace, "use1-a")
    shard.minutes = acme.minutes + 1
    shard.apply("shard")
    assert acme.done == {Step.PLAN, Step.APPLY}


def test_what_waits_on_the_customer_is_neither_handed_off_nor_verified(acme: Bench) -> None:
    acme.apply("instance")
    acme.apply("link")
    acme.verified(passes=False)
    assert acme.done == {Step.PLAN, Step.APPLY}


def test_a_report_that_is_gone_is_no_report(acme: Bench) -> None:
    acme.apply("instance")
    acme.apply("link")
    acme.verified()
    next(acme.place.reports.glob("*.md")).unlink()
    assert acme.done == {Step.PLAN, Step.APPLY, Step.HANDOFF, Step.VERIFY}


def test_other_answers_make_a_stack_one_that_is_not_as_answered(acme: Bench) -> None:
    acme.apply("instance")
    acme.apply("link")
    text = acme.place.answers.read_text()
    acme.place.answers.write_text(text.replace("port: 5432", "port: 5433"))
    assert acme.now.stands["instance"] is Stand.CHANGED
    assert acme.done == set()
    acme.apply("instance")
    assert acme.now.stands["instance"] is Stand.APPLIED


def test_files_of_a_plan_that_was_never_applied_are_not_what_is_there(acme: Bench) -> None:
    acme.apply("instance")
    acme.plan("instance", steps=1)
    assert acme.now.stands["instance"] is Stand.CHANGED


def test_a_plan_that_would_change_nothing_changes_nothing_here(acme: Bench) -> None:
    acme.apply("instance")
    acme.plan("instance", steps=0)
    assert acme.now.stands["instance"] is Stand.APPLIED


def test_an_apply_that_failed_is_told_though_an_earlier_one_had_handed_over(acme: Bench) -> None:
    acme.apply("instance")
    acme.apply("instance", outcome="failed")
    assert acme.now.stands["instance"] is Stand.FAILED
    acme.apply("instance")
    assert acme.now.stands["instance"] is Stand.APPLIED


def test_an_apply_whose_outputs_nobody_took_over_is_told(acme: Bench) -> None:
    acme.apply("instance", hands_over=False)
    assert acme.now.stands["instance"] is Stand.LEFT
    acme.hand_over("instance")
    assert acme.now.stands["instance"] is Stand.APPLIED


def test_settling_after_an_apply_is_no_apply_of_anybodys(acme: Bench) -> None:
    acme.apply("instance")
    settling = acme.plan("instance", action="refresh-plan")
    acme.run("instance", "apply", plan=settling, outcome="failed")
    assert acme.now.stands["instance"] is Stand.APPLIED


def test_what_was_destroyed_is_to_be_planned_and_its_secrets_are_unknown_again(acme: Bench) -> None:
    acme.apply("instance")
    acme.seeded(database="stored", redis="stored")
    assert acme.now.seeded is Seeded.COMPLETE
    acme.run("instance", "apply", plan=acme.plan("instance", action="destroy-plan"))
    store.remove_contract(acme.place, "instance")
    assert acme.now.stands["instance"] is Stand.TO_PLAN
    acme.apply("instance")
    assert acme.now.seeded is Seeded.UNKNOWN


def test_a_secret_that_lacks_its_value_is_told(acme: Bench) -> None:
    acme.apply("instance")
    assert acme.now.seeded is Seeded.UNKNOWN
    acme.seeded(database="missing", redis="stored")
    assert acme.now.seeded is Seeded.MISSING
    with (acme.place.hidden / "seeding.jsonl").open("a") as journal:
        journal.write('{"at": "2026-')  # a crash left half a line
    acme.seeded(database="kept")
    assert acme.now.seeded is Seeded.MISSING  # glued to that half: nothing is believed of it
    acme.seeded(database="kept")
    assert acme.now.seeded is Seeded.COMPLETE


def test_an_object_of_another_machine_counts_by_its_contracts_and_files(acme: Bench) -> None:
    acme.apply("instance")
    acme.apply("link")
    for run in list(runs.listed(acme.place.runs)):
        for file in run.path.iterdir():
            file.unlink()
        run.path.rmdir()
    assert acme.done == {Step.PLAN, Step.APPLY}
    assert applied_before(acme.place)


def test_an_apply_that_goes_on_is_told_and_is_no_step_done(acme: Bench) -> None:
    from tests.screens.runs import going

    run = acme.run("instance", "apply", plan=acme.plan("instance"), outcome=None)
    going(run)
    assert acme.now.stands["instance"] is Stand.RUNNING
    assert acme.now.running == "instance"
    assert Step.APPLY not in acme.done


def test_what_was_ever_applied_can_be_looked_at(workspace: Workspace) -> None:
    bench = Bench(workspace, "acme-prod")
    assert not applied_before(bench.place)
    bench.plan("instance")
    assert not applied_before(bench.place)
    bench.run("instance", "apply", outcome="failed")
    assert applied_before(bench.place)


def test_what_cannot_be_read_is_an_error_and_no_step_done(acme: Bench) -> None:
    from wizard.errors import PlanewrightError

    acme.apply("instance")
    acme.place.contract("instance").write_text(to_json({"nodes": 1}))
    with pytest.raises(PlanewrightError):
        read(acme.workspace, acme.place)
