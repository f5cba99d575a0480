"""A wait for the customer on screen: planned, shown, confirmed as an apply is; seen live, ended, followed into its run."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens.steps import apply_waits
from screens.to_wait import ToWait
from screens.waits import UNKNOWN, look
from screens.widgets.ask import Ask
from screens.widgets.typed_name import TypedName
from tests.screens.stage import Stage, StillDesk, Whole, finding, opened, settled, until
from tests.screens.test_apply_pane import NODE, VOLUME
from tests.screens.waits import a_wait, waits_here
from tests.verify import world
from tests.workspaces import run_in, with_examples
from wizard.blueprints.springtail.contracts import LinkOutputs
from wizard.deploy import acts, flow, store
from wizard.deploy.acts import Confirmed
from wizard.deploy.waiting import records, starting
from wizard.deploy.waiting.records import End, Look
from wizard.engine.plans import Change, PlanView
from wizard.errors import EngineError
from wizard.findings import Severity
from wizard.walk.steps import Step
from wizard.workspace import Workspace

PENDING = flow.Waiting("the owner of account 222222222222", "pcx-db: pending-acceptance", "have it accepted")


class Engine:
    """A link that waits; its plan is a value, and who waits is this process."""

    def __init__(self, *changes: Change) -> None:
        self.view = PlanView(changes)
        self.waiting: flow.Waiting | None = PENDING
        self.findings: tuple[Any, ...] = ()
        self.error: EngineError | None = None

    def install(self, stage: Stage) -> None:
        store.save_contract(stage.place("use1-a"), "shard", world.shard_outputs())
        store.save_contract(stage.place(), "instance", world.outputs("private"))
        site = SimpleNamespace(session=SimpleNamespace(method="env"))
        patch = stage.patch
        patch.setattr(StillDesk, "site", lambda _desk, _target: site)
        patch.setattr(flow, "waiting_on_customer", lambda *_: self.waiting)
        patch.setattr(flow, "prepare", lambda target, _stack, _site: target)
        patch.setattr(flow, "plan", self.plan)
        patch.setattr(flow, "start", lambda *_: pytest.fail("nothing may be applied before they have accepted"))
        patch.setattr("wizard.deploy.site.checked", lambda *_: SimpleNamespace(findings=self.findings))
        patch.setattr(starting, "launch", waits_here)

    def plan(self, ready: Any, **_: Any) -> Any:
        if self.error is not None:
            raise self.error
        made = SimpleNamespace(view=self.view, run=SimpleNamespace(id="P7"), digest="sha256:0123456789abcdef")
        return SimpleNamespace(target=ready, stack="link", plan=made)


class Session:
    """The apply step, and what was opened over it."""

    def __init__(self, stage: Stage, app: Whole, pilot: Pilot[Any], screen: Any) -> None:
        self.stage, self.app, self.pilot, self.below = stage, app, pilot, screen

    @property
    def waits(self) -> str:
        line = self.below.query_one("#apply-waits", Static)
        return str(line.content) if line.display else ""

    @property
    def said(self) -> str:
        return str(self.app.screen.query_one("#to-wait-said", Static).content)

    async def plan(self) -> ToWait:
        await self.pilot.press("w")
        await until(self.pilot, lambda: isinstance(self.app.screen, ToWait) and not self.app.screen.busy)
        await settled(self.pilot)
        assert isinstance(self.app.screen, ToWait)
        return self.app.screen

    async def asked(self) -> str:
        await until(self.pilot, lambda: isinstance(self.app.screen, Ask))
        return "\n".join(str(it.render()) for it in self.app.screen.query(Static))

    async def answer(self, key: str) -> None:
        await self.pilot.press(key)
        await until(self.pilot, lambda: not isinstance(self.app.screen, Ask))
        await settled(self.pilot)


@asynccontextmanager
async def at_apply(tmp_path: Path, patch: pytest.MonkeyPatch, engine: Engine) -> AsyncIterator[Session]:
    stage = Stage(tmp_path, patch)
    engine.install(stage)
    patch.setattr(apply_waits, "AGAIN_S", 0.2)
    app = stage.app("acme-prod", Step.APPLY)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await until(pilot, lambda: screen.pane.waits.left)
        await settled(pilot)
        yield Session(stage, app, pilot, screen)


async def test_what_waits_is_planned_shown_and_left_after_a_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_apply(tmp_path, monkeypatch, Engine(NODE)) as s:
        assert "w confirms now what is applied by itself once the customer has accepted" in s.waits
        screen = await s.plan()
        assert "link of acme-prod: 1 to add" in s.said
        assert "The customer has not accepted yet" in s.said
        assert NODE.address in screen.copy_text()

        await s.pilot.press("a")
        asked = await s.asked()
        assert "account 111111111111, us-east-1, by itself once the customer has accepted?" in asked
        assert "Exactly this: link, 1 to add, 0 to change, 0 to destroy; plan P7, digest sha256:0123456789ab…" in asked
        assert "UTC; with other answers, files or state it gives up" in asked
        assert "It goes on by itself when this is closed" in asked
        await s.answer("n")
        assert records.newest(s.stage.place()) is None

        await s.pilot.press("a")
        await s.asked()
        await s.answer("y")
        await until(s.pilot, lambda: not isinstance(s.app.screen, ToWait))
        wait = records.waiting(s.stage.place())
        assert wait is not None
        assert (wait.request.plan_run, wait.request.plan_digest) == ("P7", "sha256:0123456789abcdef")
        (act,) = acts.acts(s.stage.place())
        assert act.did == Confirmed("link", "P7", "sha256:0123456789abcdef", "asked")
        await until(s.pilot, lambda: "then applies plan P7" in s.waits)

        Look("2026-03-01T12:00:30+00:00", ("pcx-db is pending-acceptance",)).write(wait.path / "look.json")
        await until(s.pilot, lambda: "looked 2026-03-01 12:00 UTC: pcx-db is pending-acceptance" in s.waits)
        await s.pilot.press("w")
        assert not isinstance(s.app.screen, ToWait), "one waits at a time"


async def test_what_holds_data_takes_the_typed_name_before_the_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_apply(tmp_path, monkeypatch, Engine(VOLUME)) as s:
        screen = await s.plan()
        await s.pilot.press("a")
        assert isinstance(screen.focused, Input), "the name comes first"
        await s.pilot.press(*"acme", "enter")
        assert "refused" in str(screen.query_one(TypedName).query_one("#typed-hint", Static).content)
        assert s.app.screen is screen
        await s.pilot.press(*"-prod", "enter")
        assert f"{VOLUME.address} loses" in await s.asked()
        await s.answer("y")
        await until(s.pilot, lambda: s.app.screen is s.below)
        assert records.waiting(s.stage.place()) is not None


async def test_what_holds_an_apply_holds_a_wait_and_what_went_wrong_is_planned_again_on_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(NODE)
    engine.findings = (finding("zone_id", Severity.HIGH, "A_CODE", "what of it", "why", "remedy"),)
    async with at_apply(tmp_path, monkeypatch, engine) as s:
        screen = await s.plan()
        assert "A_CODE" in s.said
        assert screen.check_action("confirm", ()) is False
        engine.findings, engine.error = (), EngineError("no provider in the mirror", cause="x", action="y")
        await s.pilot.press("m")
        await until(s.pilot, lambda: "no provider in the mirror" in s.said)
        engine.error, engine.waiting = None, None
        await s.pilot.press("m")
        await until(s.pilot, lambda: "nothing waits for the customer" in s.said)
        engine.waiting, engine.view = PENDING, PlanView(())
        await s.pilot.press("m")
        await until(s.pilot, lambda: "no changes: there is nothing to wait with" in s.said)
        await s.pilot.press("a")
        assert s.app.screen is screen
    assert records.newest(s.stage.place()) is None


async def test_a_wait_is_ended_after_a_yes_and_its_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    async with at_apply(tmp_path, monkeypatch, Engine(NODE)) as s:
        wait = a_wait(s.stage.place())
        s.below.pane.wait_changed()
        await until(s.pilot, lambda: s.below.pane.waits.alive)
        monkeypatch.setattr("os.kill", lambda pid, _signal: killed.append(pid))
        await s.pilot.press("c")
        assert "Nothing is applied by itself then" in await s.asked()
        await s.answer("n")
        assert killed == []
        await s.pilot.press("c")
        await s.asked()
        await s.answer("y")
        await until(s.pilot, lambda: killed)
        assert killed == [os.getpid()]
        End("cancelled", "2026-03-01T12:01:00+00:00", "somebody said so").write(wait.path / "result.json")
        await until(s.pilot, lambda: "the wait has ended: cancelled" in s.waits)
        assert "why:  somebody said so" in s.waits
        assert s.below.pane.check_action("wait", ()) is True


async def test_a_wait_that_has_applied_shows_its_run_and_that_it_is_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_apply(tmp_path, monkeypatch, Engine(NODE)) as s:
        wait = a_wait(s.stage.place())
        s.below.pane.wait_changed()
        await until(s.pilot, lambda: s.below.pane.waits.alive)
        run = run_in(s.stage.place().runs)
        store.save_contract(s.stage.place(), "link", LinkOutputs(dns_resolution_peering_ids=["pcx-db"]))
        End("applied", "2026-03-01T12:01:00+00:00", run=run.id).write(wait.path / "result.json")
        await until(s.pilot, lambda: s.below.pane.view.run is not None and s.below.pane.view.run.id == run.id)
        news = s.below.query_one("#apply-news", Static)
        await until(s.pilot, lambda: "applied by itself, as it was confirmed, and handed over" in str(news.content))
        assert s.waits == ""


@pytest.mark.parametrize("answers", [": nonsense", "kind: deployment\n"])
def test_somebody_who_waits_is_seen_although_the_answers_cannot_be_opened(tmp_path: Path, answers: str) -> None:
    workspace = Workspace(with_examples(tmp_path))
    place = workspace.place("deployment", "acme-prod")
    assert look(workspace, place) == UNKNOWN
    wait = a_wait(place)
    place.answers.write_text(answers)

    seen = look(workspace, place)

    assert (seen.left, seen.alive, seen.wait) == (False, True, wait)
    assert "then applies plan P7 as olga@desk confirmed it" in " ".join(seen.said)
