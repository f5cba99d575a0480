"""A check that comes back: what it found stays where it stood, what is as it was is not drawn, a key goes first."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.messages import Layout
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from screens.app import Planewright
from screens.deployments import Deployments
from screens.messages import Typed
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.notes import PROBLEM
from screens.widgets.rail import Rail
from screens.wizard import WizardScreen
from tests.screens.shell import FakeDesk, desk
from tests.screens.test_shell import Session
from tests.screens.waiting import rested, until
from tests.workspaces import with_examples
from wizard.checks import run
from wizard.facts.asking import Facts
from wizard.findings import Finding, Severity
from wizard.walk.steps import Step

AT = "database.port"
FOUND = Finding(
    code="A_CODE", severity=Severity.WARN, path=AT, what="three are asked for", why="two are left", remedy="ask for two"
)
MORE = FOUND.model_copy(update={"code": "B_CODE", "severity": Severity.INFO})


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDesk:
    monkeypatch.setattr("screens.checking.PAUSE_S", 0.05)
    found = desk(with_examples(tmp_path))
    found.look.findings = (FOUND, MORE)
    return found


@asynccontextmanager
async def database(at: FakeDesk) -> AsyncIterator[Session]:
    """The step Database with its own form, checked."""
    app: Any = Planewright(at, place=at.workspace.find("acme-prod"), step=Step.DATABASE)
    async with app.run_test(size=(120, 40)) as pilot:
        session = Session(app, pilot)
        await session.until(lambda: isinstance(app.screen, WizardScreen) and app.screen.pane is not None)
        await session.checked()
        await session.until(lambda: len(field(session).said.notes) == 2)
        field(session).focus()
        await rested(pilot)
        yield session
    at.close()


def field(s: Session) -> Field:
    return s.screen.query_one(Form).field(AT)


async def test_what_was_found_of_an_answer_stays_at_its_field_marked_while_it_is_looked_at_again(at: FakeDesk) -> None:
    async with database(at) as s:
        assert [note.heading for note in field(s).said.notes] == ["! warn A_CODE", "· info B_CODE"]
        rows = field(s).size.height
        at.look.open.clear()
        at.look.findings = (MORE,)
        await s.press("end", "1")
        assert [note.heading for note in field(s).said.notes] == ["… warn A_CODE", "… info B_CODE"]
        assert field(s).size.height == rows
        at.look.open.set()
        await s.checked()
        await s.until(lambda: [note.heading for note in field(s).said.notes] == ["· info B_CODE"])


async def test_what_was_found_of_an_answer_goes_when_what_stands_there_is_none(at: FakeDesk) -> None:
    async with database(at) as s:
        await s.press("end", "x")
        assert s.screen.walk.target is None
        assert [note.word for note in field(s).said.notes] == [PROBLEM]
        await s.press("backspace")
        await s.checked()
        await s.until(lambda: [note.code for note in field(s).said.notes] == ["A_CODE", "B_CODE"])


async def test_a_letter_and_the_check_that_finds_the_same_lay_nothing_out(
    at: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid: list[str] = []
    theirs = Screen._on_layout

    async def asking(self: Screen[None], message: Layout) -> None:
        laid.append(type(message.widget).__name__)
        await theirs(self, message)

    async with database(at) as s:
        monkeypatch.setattr(Screen, "_on_layout", asking)
        asked = at.look.asked
        await s.press("end", "backspace")
        await s.until(lambda: at.look.asked > asked)
        await s.checked()
        await rested(s.pilot)
    assert laid == []


async def test_a_return_that_says_what_is_shown_has_nothing_drawn(
    at: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    theirs = Widget._set_dirty
    async with database(at) as s:
        watched = s.screen

        def dirty(widget: Widget, *regions: Region) -> None:
            if watched in widget.ancestors_with_self:
                drawn.append(type(widget).__name__)
            theirs(widget, *regions)

        monkeypatch.setattr(Widget, "_set_dirty", dirty)
        s.screen._changed()
        await rested(s.pilot)
        assert drawn == []
        at.look.findings = (FOUND,)
        assert s.screen.walk.took(s.screen.walk._generation, (FOUND,))
        s.screen._changed()
        assert "Field" in drawn


async def test_a_mark_that_changes_has_its_line_of_the_rail_drawn_and_no_other(
    at: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database(at) as s:
        rail = s.screen.query_one(Rail)
        before = rail.standings
        asked: list[tuple[Region, ...]] = []
        monkeypatch.setattr(rail, "refresh", lambda *regions, **how: asked.append(regions))
        changed = before[3].__class__(before[3].step, before[3].mark, before[3].findings + 1, before[3].lacking)
        rail.standings = (*before[:3], changed, *before[4:])
        assert asked == [(Region(0, 3, rail.size.width, 1),)]
        rail.standings = before[1:]
        assert asked[1:] == [()]


async def test_what_stands_behind_the_wizard_has_nothing_painted_and_is_whole_when_one_comes_back(
    at: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database(at) as s:
        behind = s.app.screen_stack[0]
        assert isinstance(behind, Deployments)
        painted: list[Any] = []
        theirs = type(s.app)._display

        def display(self: Any, screen: Any, renderable: Any) -> None:
            painted.extend([screen] if isinstance(renderable, LayoutUpdate) else [])  # of all of it
            theirs(self, screen, renderable)

        monkeypatch.setattr(type(s.app), "_display", display)
        filtering = behind.query_one("#filter", Input)
        filtering.value = "acme"
        await s.until(lambda: not behind._compositor._dirty_regions and not behind._dirty_widgets)
        await s.pilot.pause()
        assert painted == []
        s.screen.dismiss()
        await until(s.pilot, lambda: s.app.screen is behind and painted)
        await s.pilot.pause()
        assert "acme" in "\n".join(strip.text for strip in behind._compositor.render_strips())


async def test_a_key_on_its_way_acts_before_a_return_is_shown_and_nothing_old_is_drawn_over_it(
    at: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_its_way = False
    async with database(at) as s:
        monkeypatch.setattr(Planewright, "typing", property(lambda self: on_its_way))
        at.look.findings = (MORE,)
        on_its_way = True
        s.screen.action_check_again()
        await s.until(lambda: FOUND not in s.screen.walk.findings)
        await s.pilot.pause()
        assert [note.heading for note in field(s).said.notes] == ["! warn A_CODE", "· info B_CODE"]
        at.look.open.clear()
        s.screen.post_message(Typed(AT, "5431"))
        await s.until(lambda: s.screen.walk.draft.text(AT) == "5431")
        on_its_way = False
        await s.until(lambda: [note.heading for note in field(s).said.notes] == ["… info B_CODE"])
        at.look.open.set()


async def test_a_return_is_never_shown_between_a_key_and_what_it_does(
    at: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.in_order.PATIENCE_S", 60.0)
    shown: list[bool] = []
    sent: list[bool] = []
    async with database(at) as s:
        theirs, sends = WizardScreen._changed, Planewright._send

        def changed(screen: WizardScreen) -> None:
            shown.append(screen.app.typing)  # type: ignore[attr-defined]
            theirs(screen)

        async def send(app: Planewright, event: Any) -> None:
            await sends(app, event)
            sent.append(app.typing)
            behind = app.screen._behind  # type: ignore[attr-defined]
            behind.soon()
            behind._look(behind._asked, behind._parts)

        monkeypatch.setattr(s.screen._behind, "_parts", (lambda: changed(s.screen),))
        monkeypatch.setattr(Planewright, "_send", send)
        await s.press("end", "backspace", "1")
        await s.until(lambda: len(shown) > 0)
    assert sent == [True, True, True]
    assert not any(shown)


async def test_a_key_that_never_acts_holds_no_return_for_ever(at: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.in_order.PATIENCE_S", 0.1)
    async with database(at) as s:
        await s.press("end")
        s.app._sent_at, s.app._busy = time.monotonic(), s.app
        at.look.findings = (MORE,)
        s.screen.action_check_again()
        await s.until(lambda: [note.code for note in field(s).said.notes] == ["B_CODE"])


def test_a_check_lets_a_key_go_first_between_its_parts() -> None:
    turns: list[int] = []
    asked: list[str] = []

    class Part:
        def __init__(self, name: str) -> None:
            self.name = name

        def asks(self, subject: Any) -> tuple[Any, ...]:
            asked.append(f"{self.name} after {len(turns)}")
            return ()

        def check(self, subject: Any, facts: Any) -> tuple[Any, ...]:
            return self.asks(subject)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "LIVE", (Part("one"), Part("two")))
        subject: Any = None
        run.asks_of(subject, turn=lambda: turns.append(1))
        run.check_facts(subject, frozenset(), Facts(), turn=lambda: turns.append(1))
    assert asked == ["one after 1", "two after 2", "one after 3", "two after 4"]
