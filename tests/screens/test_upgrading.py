"""An upgrade on screen: looked at, begun, carried step by step, held by gates and names, left and gone on with."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens import copying
from screens.deployments import Deployments
from screens.told import Said
from screens.upgrading import Upgrading
from screens.widgets.ask import Ask
from screens.widgets.ask_reason import AskReason
from screens.widgets.plan_tree import PlanRows
from screens.widgets.typed_name import TypedName
from screens.wizard import WizardScreen
from tests.deploy.objects import a_run, going
from tests.screens.runs import clock
from tests.screens.stage import Stage, Whole, finding, settled, until
from tests.screens.upgraded import FORMAT, NEW, OLD, PACKAGE, STEPS, Fleet
from tests.screens.waiting import palette_offers
from wizard.deploy.upgrading import record
from wizard.engine import runs
from wizard.engine.runs import Outcome
from wizard.errors import BlockedError, EditedFileError
from wizard.findings import Severity


class Session:
    """The upgrade of acme-prod on screen."""

    def __init__(self, app: Whole, pilot: Pilot[Any], fleet: Fleet) -> None:
        self.app, self.pilot, self.fleet = app, pilot, fleet

    @property
    def screen(self) -> Upgrading:
        return next(it for it in self.app.screen_stack if isinstance(it, Upgrading))

    @property
    def said(self) -> str:
        return str(self.screen.query_one("#told-said", Static).content)

    @property
    def told(self) -> str:
        return str(self.screen.query_one("#entry-told", Static).content)

    @property
    def ladder(self) -> list[str]:
        return [f"{it.symbol} {it.word}" for it in self.screen.list.entries if it.key.startswith("step ")]

    @property
    def upgrade(self) -> record.Upgrade | None:
        return record.load(self.fleet.stage.place())

    async def until(self, true: Any) -> None:
        await until(self.pilot, true)

    async def rests(self) -> None:
        """Until nobody is at it, and all is shown."""
        await self.until(lambda: self.screen.going is None and not self.screen.busy)
        await settled(self.pilot)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def reopen(self) -> None:
        """As somebody who comes back, or another one."""
        screen = on_screen(self.fleet)
        self.app.push_screen(screen)
        await self.until(lambda: screen.is_mounted)

    async def go_to(self, part: str) -> None:
        entries = self.screen.list
        entries.show(entries.entries, at=next(it.key for it in entries.entries if part in it.key))
        await settled(self.pilot)

    async def begin(self, key: str, reason: str = "new") -> None:
        await self.press(key)
        await self.until(lambda: isinstance(self.app.screen, AskReason))
        await self.press(*reason, "enter")

    async def shown(self, what: str = "") -> None:
        """Until a step's plan is on screen."""
        await self.until(lambda: self.screen.question is not None and what in self.screen.question.step.title)
        await settled(self.pilot)

    async def agree(self) -> None:
        await self.press("a")
        await self.until(lambda: isinstance(self.app.screen, Ask))
        await self.press("y")

    async def type_name(self, name: str = "acme-prod") -> None:
        await self.press("t")
        await self.until(lambda: isinstance(self.app.focused, Input))
        await self.press(*name, "enter")


def on_screen(fleet: Fleet) -> Upgrading:
    """The screen, by a clock that stands still."""
    return Upgrading(fleet.stage.desk, fleet.stage.place(), clock=clock)


@asynccontextmanager
async def shown(tmp_path: Path, patch: pytest.MonkeyPatch, **changed: Any) -> AsyncIterator[Session]:
    fleet = Fleet(Stage(tmp_path, patch))
    for name, value in changed.items():
        setattr(fleet, name, value)
    async with opened(fleet) as s:
        await s.rests()
        yield s


@asynccontextmanager
async def opened(fleet: Fleet) -> AsyncIterator[Session]:
    app = fleet.stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        app.push_screen(on_screen(fleet))
        await until(pilot, lambda: isinstance(app.screen, Upgrading) and app.screen.is_mounted)
        yield Session(app, pilot, fleet)


async def test_it_tells_the_ladder_and_where_everything_stands_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        assert s.ladder == ["· to come", "· to come", "! one way"]
        assert "3 steps to what the answers want. n does the first one, g all of them; each asks." in s.said
        everything = s.screen.copy_text()
        assert "· not begun  upgrade of acme-prod  3 steps" in everything
        assert "~ differs  where it stands  0 of 3 as wanted" in everything
        assert f"~ differs  fdw-0  image {OLD} → {NEW}" in everything
        await s.go_to("step format")
        assert "one way: nothing older than 2.0 reads what is written in it; it takes the typed name" in s.told
        assert "pins: format: v1 → v3" in s.told
        await s.go_to("step replace-fdw-0")
        assert "before: stop fdw-0" in s.told
        assert "after: prepare fdw-0, start fdw-0" in s.told
        assert f"gate: · fdw-0 runs {NEW}" in s.told
        assert f"back: answer nodes.fdw.ami.id: {OLD}" in s.told
        await s.go_to("thing fdw-0")
        assert f"image: runs {OLD}, wanted {NEW}" in s.told
        assert f"by step: 1. {STEPS[0].title}" in s.told
        assert s.upgrade is None
        assert s.fleet.did == ["steps"]
        await s.press("escape")
        await s.until(lambda: isinstance(s.app.screen, Deployments))


async def test_steps_are_carried_each_shown_and_agreed_to_and_the_one_way_one_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch, held=True) as s:
        await s.begin("g")
        await s.shown("fdw-0")
        assert s.app.focused is s.screen.query_one(PlanRows)
        assert 'aws_instance.node["fdw-0"]' in s.screen.copy_text()
        assert "a applies exactly this plan" in s.said
        assert not s.screen.query_one(TypedName).display
        await s.agree()
        await s.until(lambda: len(s.fleet.runs) == 1)
        s.fleet.end(s.fleet.runs[0], "failed")
        await s.rests()
        assert "✗" in s.said
        await s.until(lambda: s.screen.view.ended is not None)
        assert s.screen.view.ended is not None
        s.screen.view.post_message(s.screen.view.ended)  # however late the run is heard to have ended
        await settled(s.pilot)
        assert "✗" in s.said, "why it failed stays to be read"
        assert s.ladder == ["● begun", "· to come", "! one way"]

        # Planned and asked for again; between two steps it is stopped, and gone on with.
        s.fleet.held = False
        await s.press("g")
        await s.shown("fdw-0")
        await s.press("b")
        await s.until(lambda: "then no further step" in s.said)
        await s.agree()
        await s.until(lambda: "1 of 3 steps done. n does the next one" in s.said)
        await s.rests()
        assert s.screen.question is None
        assert s.ladder == ["✓ done", "· to come", "! one way"]
        assert "✓ as wanted  fdw-0" in s.screen.copy_text()
        await s.press("g")
        await s.shown("fdw-1")
        await s.agree()

        await s.shown("WAL v3")
        ladder = s.screen.list.copy_text()
        assert f"· earlier  where it stood  as of {clock():%H:%M} UTC, before step 2" in ladder
        assert f"· earlier  fdw-1  image {OLD} → {NEW}" in ladder
        assert "~ differs" not in ladder, "what was seen before the step is not told as true"
        assert "it takes the name" in s.said
        assert "one way: nothing older than 2.0" in str(s.screen.query_one("#lost", Static).content)
        await s.press("a")
        assert s.app.screen is s.screen, "a yes is not enough"
        await s.until(lambda: isinstance(s.app.focused, Input))
        await s.press(*"acme", "enter")
        hint = s.screen.query_one("#typed-hint", Static)
        await s.until(lambda: "refused: that is not acme-prod" in str(hint.content))
        assert s.screen.question is not None, "a wrong name applies nothing"
        await s.press(*"-prod", "enter")
        await s.until(lambda: "The upgrade has ended" in s.said)
        await s.rests()

        deeds = [deed for deed in s.fleet.did if deed != "steps"]
        tried = ["write replace-fdw-0", "plan", "stop fdw-0", "apply, asked, new"]
        again = ["write replace-fdw-0", "plan", "apply, asked", "conclude", "prepare fdw-0", "start fdw-0"]
        second = [
            "write replace-fdw-1",
            "plan",
            "stop fdw-1",
            "apply, asked",
            "conclude",
            "prepare fdw-1",
            "start fdw-1",
        ]
        assert deeds == [*tried, *again, *second, "write format", "plan", "apply, by its name", "conclude"]
        assert s.fleet.true == {"fdw-0": NEW, "fdw-1": NEW, "format": "v3"}
        upgrade = s.upgrade
        assert upgrade is not None
        assert (upgrade.outcome, upgrade.done, upgrade.reason) == ("ended", 3, "new")
        assert "✓ as wanted  upgrade of acme-prod" in s.screen.copy_text()


async def test_a_plan_that_is_stopped_or_declined_applies_nothing_and_the_upgrade_is_given_up_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch, planning=threading.Event()) as s:
        await s.press("x")
        assert s.app.screen is s.screen, "nothing is half-way"
        await s.begin("n", "")
        await s.until(lambda: "planning: " in s.said)
        await s.press("c")
        await s.rests()
        assert "Left where it is" in s.said
        assert "plan" not in s.fleet.did
        assert record.require_going(s.fleet.stage.place()).reason == ""

        s.fleet.planning = None
        s.fleet.did.clear()
        await s.press("n")
        await s.shown()
        await s.press("a")
        await s.until(lambda: isinstance(s.app.screen, Ask))
        await s.press("n")
        await s.until(lambda: s.app.screen is s.screen)
        assert s.screen.question is not None, "it is still shown"
        await s.press("d")
        await s.rests()
        assert "Left where it is" in s.said
        assert [deed for deed in s.fleet.did if deed != "steps"] == ["write replace-fdw-0", "plan"]

        await s.press("x")
        await s.until(lambda: isinstance(s.app.screen, AskReason))
        await s.press("enter")
        hint = s.app.screen.query_one("#reason-hint", Static)
        await s.until(lambda: "a reason is needed" in str(hint.content))
        await s.press(*"later", "enter")
        await s.until(lambda: "Given up; what is done stays. 0 of 3 steps done; begun and not applied" in s.said)
        assert s.upgrade is not None
        assert (s.upgrade.outcome, s.upgrade.reason) == ("abandoned", "later")


async def test_a_gate_that_is_not_green_says_what_of_it_is_left_and_gone_on_with_until_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch, red={"well-fdw-0": "fdw-0 has not booted"}) as s:
        apart = "wizard.deploy.upgrading.carrying.APART_S"
        monkeypatch.setattr(apart, 3600.0)  # who leaves waits for no other look
        await s.begin("n")
        await s.shown()
        await s.agree()
        await s.until(lambda: "at a gate: fdw-0 is online and has booted: fdw-0 has not booted" in s.said)
        assert "Waited 0s of at most 15m00s" in s.said
        s.screen._clock = lambda: clock() + timedelta(seconds=75)
        await s.until(lambda: "Waited 1m15s of at most 15m00s" in s.said)
        assert s.ladder[0] == "… at a gate"
        await s.until(lambda: s.app.focused is s.screen.query_one("#entry-list"))
        await s.go_to("replace-fdw-0")
        assert f"gate: ✓ fdw-0 runs {NEW}: as it is wanted" in s.told
        assert "gate: … fdw-0 is online and has booted: fdw-0 has not booted" in s.told
        await s.press("escape")
        await s.until(lambda: isinstance(s.app.screen, Deployments))
        half = record.require_going(s.fleet.stage.place()).current
        assert half is not None
        assert half.applied

        # Opened anew: its gates are looked at, and the step is where it was.
        await s.reopen()
        await s.rests()
        assert s.ladder[0] == "… at a gate"
        assert "Half-way: step 1 of 3 is next (applied, not yet seen)" in s.said
        assert "gate: … fdw-0 is online and has booted: fdw-0 has not booted" in s.screen.copy_text()
        s.fleet.did.clear()
        monkeypatch.setattr(apart, 0.2)
        await s.press("n")
        await s.until(lambda: "Waited 0s" in s.said)
        s.fleet.red = {}
        await s.until(lambda: "1 of 3 steps done" in s.said)
        await s.rests()
        assert s.ladder == ["✓ done", "· to come", "! one way"]
        assert [deed for deed in s.fleet.did if deed != "steps"] == ["prepare fdw-0", "start fdw-0"], (
            "not applied again"
        )


async def test_what_stops_services_is_asked_for_though_nothing_is_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch, wanted=(PACKAGE,)) as s:
        await s.begin("n")
        await s.shown()
        acts = "stop fdw-0, prepare fdw-0, start fdw-0"
        assert f"nothing is to be applied. Nothing is given to the nodes yet: {acts}; a gives them." in s.said
        await s.press("a")
        await s.until(lambda: isinstance(s.app.screen, Ask))
        question = s.app.screen
        assert "Stop and start services of acme-prod" in str(question.query_one(".title", Static).content)
        assert "stop fdw-0\nprepare fdw-0\nstart fdw-0" in str(question.query_one("#ask-body Static", Static).visual)
        await s.press("n")
        await s.press("d")
        await s.rests()
        assert "stop fdw-0" not in s.fleet.did

        await s.press("n")
        await s.shown()
        await s.agree()
        await s.until(lambda: "The upgrade has ended" in s.said)
        assert s.fleet.did.index("conclude") < s.fleet.did.index("stop fdw-0")


async def test_an_apply_goes_on_when_the_screen_is_left_and_nobody_overtakes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch, held=True) as s:
        await s.begin("n")
        await s.shown()
        await s.agree()
        await s.until(lambda: s.screen.view.run is not None and s.screen.view.display)
        await s.press("s")
        await s.until(lambda: s.screen.list.display and not s.screen.view.display)
        assert s.ladder[0] == "● now"
        await s.press("escape")
        await s.until(lambda: isinstance(s.app.screen, Deployments))
        [run] = s.fleet.runs
        assert run.alive()

        await s.reopen()
        await s.until(lambda: s.screen.view.run is not None and s.screen.view.run.id == run.id)
        s.fleet.did.clear()
        await s.press("n")
        await s.until(lambda: "has a run that is alive" in s.said)
        assert s.fleet.did == ["steps"], "nothing was begun beside it"

        s.fleet.end(run)
        await s.until(lambda: "The run that was under way has ended" in s.said)
        await s.rests()
        await s.press("n")
        await s.until(lambda: "1 of 3 steps done" in s.said)
        assert len(s.fleet.runs) == 1, "it was applied once"
        assert [deed for deed in s.fleet.did if deed != "steps"] == ["plan", "conclude", "prepare fdw-0", "start fdw-0"]


@pytest.mark.parametrize(
    ("outcome", "says"), [("failed", "✗ The run that was under way has failed"), ("interrupted", "■ The run that was")]
)
async def test_a_run_that_was_found_under_way_and_did_not_succeed_is_told_so_and_stays_to_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, says: str
) -> None:
    fleet = Fleet(Stage(tmp_path, monkeypatch))
    run = a_run(fleet.stage.place(), outcome=None)
    going(run)
    async with opened(fleet) as s:
        await s.until(lambda: s.screen.view.run is not None and s.screen.view.run.id == run.id)
        fleet.written = {}
        fleet.end(run, outcome)
        await s.until(lambda: says in s.said)
        await s.rests()
        assert s.screen.view.display, "why it did not succeed stands there"
        assert "s goes to the steps" in s.said
        fleet.blind = BlockedError("AWS cannot be asked", cause="no network", action="try again")
        s.screen.action_look()
        await s.until(lambda: "AWS cannot be asked" in s.said)
        assert s.screen.view.display, "a look that fails takes it from nobody's eyes"
        await s.press("s")
        await s.until(lambda: s.screen.list.display)


async def test_left_while_a_dialog_stands_over_it_it_goes_when_that_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch, planning=threading.Event()) as s:
        screen = s.screen
        await s.begin("n")
        await s.until(lambda: "planning: " in s.said)
        dialog = Ask("Of something else", Content(""), yes="Yes")
        screen.action_back()
        s.app.push_screen(dialog)
        await s.until(lambda: screen.going is None)
        await settled(s.pilot)
        assert s.app.screen is dialog
        await s.press("escape")
        await s.until(lambda: isinstance(s.app.screen, Deployments))


async def test_however_it_is_closed_its_thread_waits_for_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        await s.begin("n")
        await s.shown()
        going = s.screen.going
        assert going is not None
        s.screen.dismiss()
        await s.until(going.leave.is_set)


async def test_a_forbidden_jump_is_explained_with_the_path_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch, climbs={"version": "1.1.32", "no_pg": "on"}) as s:
        assert "✗ Nothing leads to the version 1.1.32, no-PG on: no-PG is never on before 2.0" in s.said
        await s.go_to("way 0")
        assert "✗ no way" in s.told
        assert "why: no-PG is never on before 2.0: a known bug on 1.1.32" in s.told
        way = next(it for it in s.screen.list.entries if it.title == "no-PG on")
        await s.go_to(way.key)
        assert "! in steps" in s.told
        assert "why not at once: no-PG is never on before 2.0" in s.told
        assert "what works: 1. WAL v1\n  2. 2.0 together with WAL v3\n  3. no-PG" in s.told
        assert "one way: once enabled for an object type" in s.told
        await s.press("n", "g")
        assert s.app.screen is s.screen
        assert s.upgrade is None

        s.fleet.climbs, s.fleet.wanted = None, ()
        await s.press("l")
        await s.rests()
        assert "All is as the answers want it" in s.said
        await s.press("n", "g")
        assert s.app.screen is s.screen, "there is nothing to begin"


async def test_a_finding_an_edited_file_or_a_run_holds_it_and_p_leads_to_where_findings_are_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    high = finding("zone_id", Severity.HIGH, "A_CODE", "what of it", "why", "remedy")
    async with shown(tmp_path, monkeypatch, findings=(high,)) as s:
        await s.begin("n")
        await s.until(lambda: "A_CODE" in s.said)
        await s.rests()
        assert s.upgrade is None, "nothing was begun"
        assert s.said.startswith("■ Nothing was begun.\n✗ ")

        s.fleet.findings, s.fleet.error = (
            (),
            EditedFileError("main.tf was edited", {}, cause="by hand", action="--force"),
        )
        await s.begin("n", "")  # the reason that was typed is still there
        await s.until(lambda: "main.tf was edited" in s.said)
        await s.rests()
        assert "Nothing was begun" not in s.said
        assert record.require_going(s.fleet.stage.place()).reason == "new"
        assert "plan" not in s.fleet.did
        await s.press("v")
        await s.shown()
        await s.press("d")
        await s.rests()

        s.fleet.error = None
        s.fleet.did.clear()
        going(a_run(s.fleet.stage.place(), outcome=None))
        await s.press("n")
        await s.until(lambda: "has a run that is alive" in s.said)
        await s.rests()
        assert [deed for deed in s.fleet.did if deed != "steps"] == []
        await s.press("p")
        await s.until(lambda: isinstance(s.app.screen, WizardScreen))


async def test_why_there_is_no_look_is_told_and_what_is_on_record_stays_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path, monkeypatch)
    fleet = Fleet(stage)
    record.begin(stage.place(), STEPS, reason="new image")
    fleet.error = BlockedError("AWS cannot be asked", cause="no network", action="try again")
    async with opened(fleet) as s:
        await s.until(lambda: "AWS cannot be asked" in s.said)
        assert "● half-way  upgrade of acme-prod  0 of 3 steps done" in s.screen.copy_text()
        assert "why: new image" in s.screen.copy_text()
        fleet.error = None
        await s.press("l")
        await s.rests()
        assert "Half-way: step 1 of 3 is next" in s.said


async def test_an_error_that_is_longer_than_its_room_is_read_and_copied_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hops = "; ".join(f"fdw-{number}: no coordinator runs on it, and its log says nothing" for number in range(20))
    async with shown(tmp_path, monkeypatch) as s:
        box = s.screen.query_one(Said)
        assert not box.can_focus, "what is read at a glance is no stop for Tab"
        s.fleet.error = BlockedError("not seen", cause=f"last seen: {hops}. THE END", action="try again")
        await s.press("l")
        await s.rests()
        await s.until(lambda: box.can_focus)
        while s.app.focused is not box:
            await s.press("shift+tab")
            await settled(s.pilot)
        await s.press("end")
        await s.until(lambda: "THE END" in painted(s.screen))
        assert "THE END" in copying.of(s.screen)
        assert "where it stands" not in copying.of(s.screen)
        await s.press("l")
        await s.until(lambda: box.scroll_offset.y == 0)


def painted(screen: Upgrading) -> str:
    """What is to be read on it."""
    return "\n".join(strip.text for strip in screen._compositor.render_strips())


async def test_a_workspace_that_cannot_be_written_is_told_and_ends_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    async with shown(tmp_path, monkeypatch) as s:
        with monkeypatch.context() as disk:
            disk.setattr("wizard.deploy.journals.append", full)
            await s.begin("n")
            await s.until(lambda: "the workspace cannot be read or written" in s.said)
            assert "No space left on device. What was started goes on by itself" in s.said
            await s.rests()
            assert s.ladder[0] == "· to come"
            await s.press("x")
            await s.until(lambda: isinstance(s.app.screen, AskReason))
            await s.press(*"later", "enter")
            await s.rests()
            assert "the workspace cannot be read or written" in s.said
            await s.press("x")
            await s.until(lambda: isinstance(s.app.screen, AskReason))
            assert s.app.screen.query_one(Input).value == "later"
            await s.press("escape")
        with monkeypatch.context() as disk:
            disk.setattr("wizard.deploy.upgrading.record.load", full)
            await s.press("l")
            await s.rests()
            assert "the workspace cannot be read or written" in s.said
        await s.press("l")
        await s.rests()
        assert "cannot be read or written" not in s.said


async def test_what_was_done_is_told_beside_a_look_that_failed_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch, wanted=(PACKAGE,)) as s:
        await s.begin("n")
        await s.shown()
        s.fleet.blind = BlockedError("AWS cannot be asked", cause="no network", action="try again")
        await s.agree()
        await s.until(lambda: "AWS cannot be asked" in s.said)
        assert s.said.startswith("✓ The upgrade has ended: all of it is done and seen.")
        assert s.screen.looked is not None
        assert s.screen.looked.half is None, "it has ended"
        assert s.ladder == ["✓ done"]
        s.fleet.blind = None
        await s.press("l")
        await s.rests()
        assert "The upgrade has ended" not in s.said, "that was told already"

        s.fleet.wanted = STEPS
        await s.press("l")
        await s.rests()
        await s.begin("n")
        await s.shown()
        await s.press("d")
        await s.rests()
        s.fleet.blind = BlockedError("AWS cannot be asked", cause="no network", action="try again")
        await s.press("x")
        await s.until(lambda: isinstance(s.app.screen, AskReason))
        await s.press(*"later", "enter")
        await s.until(lambda: "AWS cannot be asked" in s.said)
        assert s.said.startswith("■ Given up; what is done stays.")
        assert not s.screen.check_action("give_up", ()), "it is given up"


async def test_one_that_somebody_else_ended_is_half_way_no_more_though_the_look_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet = Fleet(Stage(tmp_path, monkeypatch))
    record.begin(fleet.stage.place(), STEPS, reason="new image")
    async with opened(fleet) as s:
        await s.rests()
        assert s.screen.check_action("give_up", ())
        record.abandon(fleet.stage.place(), reason="elsewhere")
        fleet.blind = BlockedError("AWS cannot be asked", cause="no network", action="try again")
        await s.press("l")
        await s.rests()
        assert "AWS cannot be asked" in s.said
        assert not s.screen.check_action("give_up", ())


async def test_a_name_is_asked_for_anew_when_presenter_mode_comes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch, wanted=(FORMAT,)) as s:
        await s.begin("n")
        await s.shown()
        await s.press("t")
        await s.until(lambda: isinstance(s.app.focused, Input))
        await s.press(*"acme-prod")
        await s.until(lambda: s.screen.query_one(TypedName).confirmed)
        await s.press("f7")
        field = s.screen.query_one(TypedName).query_one(Input)
        await s.until(lambda: field.value == "" and field.password)
        assert "acme-prod" not in str(s.screen.query_one("#typed-hint", Static).content)
        await s.press("escape")
        await s.until(lambda: s.app.focused is s.screen.query_one(PlanRows))


async def test_it_is_one_of_the_actions_in_the_list_and_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path, monkeypatch)
    Fleet(stage)
    runs.listed(stage.place().runs)
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press(*"acme", "ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"Upgrade acme")
        await palette_offers(pilot, "Upgrade acme-prod")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Upgrading))
