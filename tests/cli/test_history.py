"""The history tells who did what when, with which plan, confirmed how, and why."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.conftest import Run as Command
from tests.deploy.objects import a_run
from tests.deploy.record.told import BEFORE, PLAN_DIGEST, after_a_call, runs_of, well
from wizard import cli
from wizard.cli.history import moment
from wizard.deploy import acts, flow, journals
from wizard.deploy.acts import Confirmed, SetAside
from wizard.deploy.target import Target, open_target
from wizard.deploy.waiting.records import End, Request, Wait
from wizard.engine.processes import me
from wizard.engine.saved import PlanRecord
from wizard.errors import UsageError
from wizard.workspace import Workspace

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return after_a_call(tmp_path, well())


@pytest.fixture
def history(target: Target, capsys: pytest.CaptureFixture[str]) -> Any:
    def ask(*arguments: str, name: str = "acme-prod") -> Any:
        capsys.readouterr()
        assert cli.run(["history", name, *arguments, "--workspace", str(target.workspace.root)]) == 0
        told = capsys.readouterr().out
        return json.loads(told)["events"] if "--json" in arguments else told

    return ask


def of_kind(events: list[dict[str, str]], kind: str) -> dict[str, str]:
    (found,) = (event for event in events if event["kind"] == kind and event["object"] == "acme-prod")
    return found


def test_all_that_was_done_is_told_in_the_order_of_time(history: Any) -> None:
    events = history("--json")
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert {event["kind"] for event in events} == {"plan", "apply", "acknowledgement", "secret", "verification"}
    assert of_kind(events, "verification")["who"].startswith("arn:aws:")
    assert {event["object"] for event in events if event["kind"] == "apply"} == {"use1-a", "acme-prod"}


def test_an_apply_has_its_plan_its_engine_and_the_yes_that_was_given_to_exactly_that_plan(
    target: Target, history: Any
) -> None:
    plan = next(run for run in runs_of(target) if run.request.action == "plan")
    PlanRecord(PLAN_DIGEST, 3).write(plan.path / "plan.json")
    acts.keep(target.place, Confirmed("instance", plan.id, "sha256:another", "--yes", "of another plan"))
    assert of_kind(history("--json"), "apply")["confirmed"] == ""

    acts.keep(target.place, Confirmed("instance", plan.id, PLAN_DIGEST, "--yes", "the database moves tonight"))

    applied, planned = of_kind(history("--json"), "apply"), of_kind(history("--json"), "plan")
    assert applied["digest"] == planned["digest"] == PLAN_DIGEST
    assert (applied["engine"], applied["outcome"]) == ("tofu 1.10.0", "succeeded")
    assert applied["confirmed"] == f"{me()}, --yes"
    assert applied["reason"] == "the database moves tonight"
    assert planned["confirmed"] == ""
    told = history()
    assert f"    confirmed: {me()}, --yes\n    why:       the database moves tonight\n" in told
    assert f"    plan:      {PLAN_DIGEST}\n" in told


def test_a_destroy_is_told_as_one(target: Target, history: Any) -> None:
    plan = a_run(target.place, BEFORE + timedelta(hours=1), action="destroy-plan")
    a_run(target.place, BEFORE + timedelta(hours=1, minutes=5), of=plan)
    assert of_kind(history("--json"), "destroy")["what"].startswith("stack instance destroyed: succeeded")


def test_taking_drift_into_a_state_is_not_told_as_a_change_of_anything(target: Target, history: Any) -> None:
    plan = a_run(target.place, BEFORE + timedelta(hours=1), action="refresh-plan")
    taken_in = a_run(target.place, BEFORE + timedelta(hours=1, minutes=5), of=plan)
    told = [event["what"] for event in history("--json") if event["run"] == taken_in.id]
    assert told[0].startswith("stack instance had its state brought up to AWS: succeeded")


def test_a_wait_has_who_confirmed_it_and_how_it_ended(target: Target, history: Any) -> None:
    at = BEFORE + timedelta(hours=1)
    folder = target.place.hidden / "waits" / "20260301T110000.000000Z-aaaa"
    folder.mkdir(parents=True)
    request = Request(
        id=folder.name, workspace=str(target.workspace.root), object_name="acme-prod", stack="link", plan_run="P1",
        plan_digest=PLAN_DIGEST, answers_digest="sha256:2", who="olga@desk", created_at=at.isoformat(),
        until=(at + timedelta(days=8)).isoformat(),
    )  # fmt: skip
    request.write(Wait(folder, request).path / "request.json")
    left = of_kind(history("--json"), "wait")
    assert (left["confirmed"], left["digest"], left["run"]) == ("olga@desk", PLAN_DIGEST, "P1")
    applied = a_run(target.place, at + timedelta(hours=1), stack="link")
    replace(applied.request, plan_run="P1", plan_digest=PLAN_DIGEST).write(applied.path / "request.json")
    carried_out = next(event for event in history("--json") if event["run"] == applied.id)
    assert carried_out["confirmed"] == "olga@desk, before the wait"
    End("given up", (at + timedelta(days=8)).isoformat(), why="nobody accepted").write(folder / "result.json")
    assert "stack link: the wait for the customer has ended: given up: nobody accepted" in history()


def test_a_lock_that_was_removed_and_whatever_else_was_done_to_a_state_is_told(target: Target, history: Any) -> None:
    about = {"stack": "instance", "at": BEFORE.isoformat()}
    for said in (
        {"what": "unlock", "lock": "L-1", "of": "eve@laptop", "sure": True, "reason": "eve said so"},
        {"what": "restore", "from": "version 3", "outcome": "done", "digest": "sha256:3"},
        {"what": "of a later version"},
        {"what": "backup"},  # not whole: passed over
    ):
        journals.append(target.place, "state.jsonl", {**about, **said})
    events = [event for event in history("--json") if event["kind"] in {"unlock", "state"}]
    assert {(event["kind"], event["what"], event["who"], event["reason"]) for event in events} == {
        ("unlock", "state of instance: the lock L-1 of eve@laptop was removed", me(), "eve said so"),
        ("state", "state of instance: restored from version 3: done", me(), ""),
        ("state", "state of instance: of a later version", me(), ""),
    }


def test_edits_that_were_emitted_over_are_told_with_the_reason(
    workspace: Path, run: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    target = open_target(Workspace(workspace), "acme-prod")
    flow.write(target, "instance")
    main = target.place.stack("instance") / "main.tf"
    main.write_text("# mine\n")

    assert run("generate", "acme-prod", "--stack", "instance", "--force", "--reason", " ") == 2
    assert list(acts.acts(target.place)) == []
    assert run("generate", "acme-prod", "--stack", "instance", "--force", "--reason", "a trial that is over") == 0

    (act,) = acts.acts(target.place)
    assert act.did == SetAside("instance", ("main.tf.edited-1",), "a trial that is over")
    assert act.who == me()
    capsys.readouterr()
    assert run("history", "acme-prod") == 0
    told = capsys.readouterr().out
    assert "acme-prod: stack instance: edits by hand were set aside as main.tf.edited-1\n" in told
    assert "    why:       a trial that is over\n" in told
    assert run("generate", "acme-prod", "--force", "--reason", "nothing is edited now") == 0
    assert len(list(acts.acts(target.place))) == 1


def test_an_apply_that_is_started_keeps_how_its_plan_was_confirmed(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "require_account", lambda *_: None)
    monkeypatch.setattr(flow, "require_effective", lambda *_: None)
    monkeypatch.setattr(flow, "require_lifetime", lambda *_, **__: None)
    plan = SimpleNamespace(run=SimpleNamespace(id="P9"), digest="sha256:9", view=None)
    engine = SimpleNamespace(
        start_apply=lambda *_: pytest.fail("started before it was on record") if not done() else "run"
    )
    site: Any = SimpleNamespace(session=SimpleNamespace(identity=lambda: None), credentials=SimpleNamespace(ends=None))

    def done() -> list[Any]:
        return [act.did for act in acts.acts(target.place)]

    started: Any = flow.start(flow.Planned(target, "instance", engine, plan, None), site, how="asked", reason="why")  # type: ignore[arg-type]

    assert started == "run"
    assert done() == [Confirmed("instance", "P9", "sha256:9", "asked", "why")]


def test_what_cannot_be_read_of_the_answers_hides_nothing_of_the_history(target: Target, history: Any) -> None:
    target.place.answers.write_text("kind: [")
    told = history()
    assert "stack instance applied" in told
    assert "use1-a" not in told


def test_only_what_is_not_older_is_told_when_a_time_is_named(history: Any) -> None:
    at = BEFORE + timedelta(minutes=5)
    told = history("--since", at.isoformat())
    assert "stack instance applied" in told
    assert "stack instance planned" not in told
    assert "nothing is on record of acme-prod since then" in history("--since", "2099-01-01")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("90m", NOW - timedelta(minutes=90)),
        ("12h", NOW - timedelta(hours=12)),
        ("7d", NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(weeks=2)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T04:00", datetime(2026, 11, 20, 4, 0, tzinfo=UTC)),
        ("2026-11-20T04:00+02:00", datetime(2026, 11, 20, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_a_date_an_hour_or_so_long_ago(text: str, wanted: datetime) -> None:
    assert moment(text, NOW) == wanted


@pytest.mark.parametrize("text", ["yesterday", "7 moons", "999999w", "2026-13-01"])
def test_what_is_no_time_is_said_to_be_none(text: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        moment(text, NOW)


def test_a_secret_that_stands_in_a_reason_is_masked(target: Target, history: Any) -> None:
    acts.keep(target.place, SetAside("instance", ("main.tf.edited-1",), "password=hunter2hunter2"))
    assert "hunter2" not in history()
    assert "hunter2" not in json.dumps(history("--json"))


def test_the_newest_yes_counts(target: Target, history: Any) -> None:
    plan = next(run for run in runs_of(target) if run.request.action == "plan")
    for how in ("asked", "--yes"):
        acts.keep(target.place, replace(Confirmed("instance", plan.id, PLAN_DIGEST, ""), how=how))
    assert of_kind(history("--json"), "apply")["confirmed"] == f"{me()}, --yes"
