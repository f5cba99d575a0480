"""What every step has in common."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from screens.desk import Desk
from screens.pane import Pane
from tests.screens.asking import walk_in
from wizard.walk.steps import Step


class Counting(Pane):
    step: ClassVar[Step] = Step.PLAN
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f7", "count", "Count")]
    counted = 0

    def compose(self) -> ComposeResult:
        yield Input()

    def action_count(self) -> None:
        self.counted += 1


class One(App[None]):
    def __init__(self, pane: Pane) -> None:
        super().__init__()
        self._pane = pane

    def compose(self) -> ComposeResult:
        yield self._pane


async def test_a_steps_keys_work_although_what_had_the_focus_is_hidden(tmp_path: Path) -> None:
    walk = walk_in(tmp_path, "acme-prod")
    pane = Counting(walk, Desk(walk.workspace, {}))
    app = One(pane)
    async with app.run_test() as pilot:
        field = app.query_one(Input)
        field.focus()
        await pilot.pause()
        field.display = False
        await pilot.pause()
        await pilot.press("f7")

        assert pane.counted == 1
