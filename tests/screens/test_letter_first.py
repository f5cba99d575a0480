"""A letter first: it is painted before what follows from it is shown, and is kept before either."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from screens.messages import Typed
from screens.wizard import WizardScreen
from tests.screens.shell import FakeDesk, Shell, desk
from tests.screens.waiting import until
from tests.workspaces import with_examples
from wizard.walk.steps import Step

#: A check that comes back shows everything as well: none begins while a test looks.
LONG_S = 60.0


class Noting(Shell):
    """Notes in which order a letter is painted and what follows from it is shown."""

    def __init__(self, at: FakeDesk, notes: list[str]) -> None:
        super().__init__(at, "acme-prod", Step.DATABASE)
        self._notes = notes

    def _display(self, screen: Any, renderable: Any) -> None:
        super()._display(screen, renderable)
        if renderable is not None and isinstance(self.focused, Input) and self.focused.value.endswith("xyz"):
            self._notes.append("painted")


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happened, in its order."""
    monkeypatch.setattr("screens.checking.PAUSE_S", LONG_S)
    found: list[str] = []
    shown = WizardScreen._show_step

    def changed(screen: WizardScreen) -> None:
        found.append(f"shown {screen.walk.draft.text('database.host')[-3:]}")
        shown(screen)

    monkeypatch.setattr(WizardScreen, "_show_step", changed)
    return found


async def test_a_letter_is_painted_before_what_follows_from_it_is_shown(tmp_path: Path, notes: list[str]) -> None:
    app = Noting(desk(with_examples(tmp_path)), notes)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WizardScreen) and app.screen.pane is not None)
        screen = app.screen
        assert isinstance(screen, WizardScreen)
        line = screen.query_one("#database-host", Input)
        line.focus()
        await until(pilot, lambda: not screen.walk.checking)
        await pilot.pause()
        notes.clear()
        with line.prevent(Input.Changed):  # told here and now, and not whenever the message arrives
            line.value += "xyz"
        screen._answered(Typed("database.host", line.value))
        await until(pilot, lambda: "shown xyz" in notes)
        assert "painted" in notes[: notes.index("shown xyz")]


async def test_several_changes_before_a_paint_are_shown_in_one_go(tmp_path: Path, notes: list[str]) -> None:
    app = Noting(desk(with_examples(tmp_path)), notes)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WizardScreen) and app.screen.pane is not None)
        screen = app.screen
        assert isinstance(screen, WizardScreen)
        await until(pilot, lambda: not screen.walk.checking)
        await pilot.pause()
        notes.clear()
        for letters in ("x", "xy", "xyz"):
            screen._answered(Typed("database.host", f"db.acme.example.{letters}"))
        assert screen.walk.draft.text("database.host").endswith("xyz")
        await until(pilot, lambda: "shown xyz" in notes)
        assert [note for note in notes if note.startswith("shown")] == ["shown xyz"]
