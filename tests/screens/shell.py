"""An application with two plain panes, for tests of what is around the steps."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Input

from screens.app import Planewright
from screens.desk import Desk
from screens.messages import Typed
from screens.pane import Pane
from screens.way import Panes
from screens.wizard import WizardScreen
from wizard.walk.steps import ASKING, Step
from wizard.workspace import Workspace

KEYS = {
    Step.ACCOUNT: ("shard", "identifiers.organization"),
    Step.DATABASE: ("database.host", "database.port"),
    Step.TOPOLOGY: ("proxy.client_cidrs",),
    Step.SIZING: ("nodes.fdw.count",),
}


class Plain(Pane):
    """One input for each of a few keys."""

    changes = 0

    def compose(self) -> ComposeResult:
        for key in KEYS.get(self.step, ()):
            yield Input(self.walk.draft.text(key), id=key.replace(".", "-"), name=key)

    def on_input_changed(self, event: Input.Changed) -> None:
        self.post_message(Typed(str(event.input.name), event.value))

    def walk_changed(self) -> None:
        self.changes += 1

    def focus_on(self, key: str) -> bool:
        found = self.query(f"#{key.replace('.', '-')}").results(Input)
        for field in found:
            field.focus()
            return True
        return False


def plain(of: Step) -> type[Plain]:
    class OfStep(Plain):
        step: ClassVar[Step] = of

    return OfStep


def panes() -> Panes:
    return {step: (lambda step=step: plain(step)) for step in (*ASKING, Step.REVIEW, Step.PLAN)}


class Shell(Planewright):
    """Opens one deployment with plain panes."""

    def __init__(self, desk: Desk, name: str, step: Step | None = None) -> None:
        super().__init__(desk)
        self.name_of = name
        self.step_of = step

    def on_mount(self) -> None:
        place = self.desk.workspace.find(self.name_of)
        self.push_screen(WizardScreen(self.desk, place, step=self.step_of, panes=panes()))


def desk(root: Path) -> Desk:
    return Desk(Workspace(root), {})
