"""A look for drift: in nobody's way, not fooled by an apply, and kept for lists."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.drift.drifting import explained, volume
from tests.workspaces import with_examples
from wizard.deploy import overview
from wizard.deploy.drift import looking, reading, records
from wizard.deploy.drift.looking import Look, look
from wizard.deploy.exclusive import require_idle
from wizard.deploy.manifest import MANIFEST
from wizard.deploy.object_state import State
from wizard.deploy.target import Target, open_target
from wizard.engine import runs
from wizard.engine.locks import LockInfo
from wizard.engine.plans import PlanView
from wizard.errors import BlockedError, EngineError
from wizard.facts.trail import Trail
from wizard.workspace import Workspace


class Engine:
    """Plans as it is told, and notes how it was asked."""

    def __init__(self, target: Target, view: PlanView) -> None:
        self.target, self.view = target, view
        self.stack_dir, self.data_dir = target.place.stack("instance"), target.place.engine_data("instance")
        self.asked: list[dict[str, Any]] = []
        self.refuses = False

    def plan(self, runs_dir: Path, **asked: Any) -> Any:
        self.asked.append(asked)
        if self.refuses and asked.get("refresh_only"):
            raise EngineError("instance could not be refreshed", cause="Invalid index (outputs.tf:41)")
        plan_file = runs_dir / "plan.bin"
        plan_file.parent.mkdir(parents=True, exist_ok=True)
        plan_file.write_bytes(b"values in clear")
        run = type("Run", (), {"plan_file": plan_file, "id": "20261121T120000.000000Z-aaaa"})
        return type("Planned", (), {"run": run, "view": self.view})


class Site:
    session = None

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def stack_engine(self, *_: object) -> Engine:
        return self.engine


@pytest.fixture
def target(tmp_path: Path) -> Target:
    target = open_target(Workspace(with_examples(tmp_path)), "acme-prod")
    for path in (target.place.contract("instance"), target.place.stack("instance") / MANIFEST):
        path.parent.mkdir(parents=True)
        path.write_text("{}")
    (target.place.engine_data("instance") / "providers").mkdir(parents=True)
    return target


@pytest.fixture
def engine(target: Target, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Where nobody holds the lock, CloudTrail tells nothing, and one volume has drifted."""
    monkeypatch.setattr(looking, "held_lock", lambda *_: None)
    monkeypatch.setattr(looking, "state_version", lambda *_: "v1")
    monkeypatch.setattr(looking, "_trail", lambda *_: Trail())
    monkeypatch.setattr(reading, "strays", lambda *_: reading.Strays())
    return Engine(target, PlanView((), drift=(volume(iops=4000),)))


def test_a_look_takes_no_lock_leaves_no_plan_and_is_kept_with_its_time(target: Target, engine: Engine) -> None:
    found = look(target, "instance", Site(engine))  # type: ignore[arg-type]

    assert [one.id for one in found.drifted] == ["vol-0a"]
    assert [(one["refresh_only"], one["lock"]) for one in engine.asked] == [(True, False)]
    assert list(target.place.runs.glob("plan.bin")) == []
    row = overview.row(target.place)
    assert (row.state, row.drift_at) == (State.DRIFTED, found.at.replace(microsecond=0))
    assert json.loads((target.place.hidden / "drift-look-instance.json").read_bytes()) == found.as_dict()


def test_where_an_output_names_what_is_gone_a_whole_plan_tells_of_the_same_drift(
    target: Target, engine: Engine
) -> None:
    """A refresh alone then fails: the engine evaluates outputs of a configuration whose resources are not all there."""
    engine.refuses = True

    assert look(target, "instance", Site(engine)).drifted  # type: ignore[arg-type]
    assert [(one.get("refresh_only", False), one["lock"]) for one in engine.asked] == [(True, False), (False, False)]


def test_while_an_apply_holds_the_state_there_is_no_look(
    target: Target, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(operation: str) -> None:
        lock = LockInfo("1", "", operation, "dana@laptop", "1.11.4", datetime(2026, 11, 21, tzinfo=UTC))
        monkeypatch.setattr(looking, "held_lock", lambda *_: lock)

    held("OperationTypeApply")
    with pytest.raises(BlockedError, match="state is locked") as refused:
        look(target, "instance", Site(engine))  # type: ignore[arg-type]
    assert "dana@laptop holds it for apply" in refused.value.cause
    assert engine.asked == []

    held("OperationTypePlan")
    assert look(target, "instance", Site(engine)).drifted, "a plan changes nothing"  # type: ignore[arg-type]


def test_a_look_during_which_the_state_changed_is_made_again_and_then_given_up(
    target: Target, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = iter(["v1", "v2", "v2", "v2"])
    monkeypatch.setattr(looking, "state_version", lambda *_: next(versions))
    assert look(target, "instance", Site(engine)).drifted  # type: ignore[arg-type]
    assert len(engine.asked) == 2

    changing = iter(range(10))
    monkeypatch.setattr(looking, "state_version", lambda *_: str(next(changing)))
    with pytest.raises(BlockedError, match="changed while it was looked at"):
        look(target, "instance", Site(engine))  # type: ignore[arg-type]
    assert list(target.place.runs.glob("plan.bin")) == []


def test_what_was_never_applied_is_not_looked_at(target: Target, engine: Engine) -> None:
    found = look(target, "link", Site(engine))  # type: ignore[arg-type]

    assert "not applied from this workspace" in found.waiting
    assert engine.asked == []


def test_a_look_holds_no_apply_up_and_a_plan_does(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    def going(*argv: str) -> None:
        request = runs.Request(
            "20261121T120000.000000Z-aaaa", "deployment", "acme-prod", "instance", "refresh-plan", "tofu", "1.10.0",
            "/usr/bin/tofu", argv, str(target.place.stack("instance")), "dana@laptop", "2026-11-21T12:00:00+00:00", "0",
        )  # fmt: skip
        run = runs.Run(target.place.runs / request.id, request)
        monkeypatch.setattr(runs, "listed", lambda _: [run])
        monkeypatch.setattr(runs.Run, "alive", lambda _: True)

    going("tofu", "plan", "-refresh-only", "-lock=false")
    require_idle(target, "instance")
    going("tofu", "plan", "-refresh-only", "-lock-timeout=5s")
    with pytest.raises(BlockedError, match="has a run that is alive"):
        require_idle(target, "instance")


def test_a_clean_look_takes_drift_off_the_list(target: Target) -> None:
    records.save(target.place, Look("instance", datetime.now(UTC), drifted=explained(volume(iops=4000))))
    assert overview.row(target.place).state is State.DRIFTED
    records.save(target.place, Look("instance", datetime.now(UTC)))
    assert overview.row(target.place).drifted == ()
