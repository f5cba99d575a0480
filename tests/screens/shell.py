"""An application with two plain panes, for tests of what is around the steps."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.widgets import Input

from screens.app import Planewright
from screens.desk import Desk
from screens.messages import Typed
from screens.pane import Pane
from screens.way import Panes
from screens.wizard import WizardScreen
from wizard.answers.catalogue import by_key
from wizard.checks.answered import check_answers
from wizard.checks.subject import Subject
from wizard.deploy.checking import Checked, Checker
from wizard.deploy.target import Target
from wizard.facts.asking import Facts
from wizard.findings import Finding, worst_first
from wizard.walk.steps import Step
from wizard.workspace import Place, Workspace

KEYS = {
    Step.ACCOUNT: ("shard", "identifiers.organization"),
    Step.DATABASE: ("database.host", "database.port"),
    Step.TOPOLOGY: ("proxy.client_cidrs",),
    Step.SIZING: ("nodes.fdw.count",),
}


class Plain(Pane):
    """One input for each of a few keys."""

    changes = 0
    focused_on = ""

    def compose(self) -> ComposeResult:
        asked = by_key(self.walk.draft.model)
        for key in (key for key in KEYS.get(self.step, ()) if key in asked):
            yield Input(self.walk.draft.text(key), id=key.replace(".", "-"), name=key)

    def on_input_changed(self, event: Input.Changed) -> None:
        self.post_message(Typed(str(event.input.name), event.value))

    def walk_changed(self) -> None:
        self.changes += 1

    def focus_on(self, key: str) -> bool:
        self.focused_on = key
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
    return {step: (lambda step=step: plain(step)) for step in Step}


class Shell(Planewright):
    """Opens objects with plain panes, and `name` at once."""

    def __init__(self, desk: Desk, name: str, step: Step | None = None) -> None:
        super().__init__(desk, place=desk.workspace.find(name), step=step)

    def wizard(self, place: Place, step: Step | None) -> WizardScreen:
        return WizardScreen(self.desk, place, step=step, panes=panes())


class Look:
    """What AWS would say: findings by what was checked last, and a gate to hold an answer at."""

    def __init__(self) -> None:
        self.findings: tuple[Finding, ...] = ()
        self.asked = 0
        self.open = threading.Event()
        self.open.set()

    def check(self, subject: Subject) -> Checked:
        self.asked += 1
        findings = self.findings
        self.open.wait(120)
        return Checked(worst_first((*check_answers(subject), *findings)), Facts(), 0)


class FakeDesk(Desk):
    """A desk whose checker asks nobody."""

    look: Look
    lock: threading.Lock

    def checker(self, target: Target) -> tuple[Checker, threading.Lock]:
        return cast("Checker", self.look), self.lock


def desk(root: Path) -> FakeDesk:
    made = FakeDesk(Workspace(root), {})
    made.look, made.lock = Look(), threading.Lock()
    return made
