"""A screen that owns a walk and shows one widget of it, as the wizard's screen does, for tests of fields and panes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Footer

from screens.messages import CheckAgain, GroupAdded, GroupRemoved, Typed
from screens.pane import Pane
from screens.styles import DARK
from screens.widgets.form import Form
from tests.workspaces import with_examples
from wizard.findings import Finding, Severity
from wizard.walk.walk import Walk
from wizard.workspace import Kind, Workspace

ASSETS = Path(__file__).parents[2] / "screens" / "assets"


def walk_in(root: Path, name: str, kind: Kind = "deployment") -> Walk:
    """Open an object of a workspace with the examples, or a new one."""
    return Walk(Workspace(with_examples(root)), Workspace(root).place(kind, name), keep=lambda draft: None)


def finding(path: str, severity: Severity = Severity.HIGH, code: str = "A_CODE") -> Finding:
    """A finding at a path."""
    return Finding(
        code=code, severity=severity, path=path,
        what="three are asked for, two are left", why="AWS refuses the third", remedy="ask for two",
    )  # fmt: skip


class Asking(App[None]):
    """Shows what `making` gives, takes what it posts into the walk, and tells it."""

    CSS_PATH: ClassVar = [ASSETS / "theme.tcss", ASSETS / "form.tcss"]

    def __init__(self, walk: Walk, making: Callable[[Walk], Widget]) -> None:
        super().__init__()
        self.animation_level = "none"
        self.walk = walk
        self.shown = making(walk)
        self.said: list[Message] = []
        self.deaf = False
        self.presenter = False
        self.masks: Callable[[str], str] = str

    def mask(self, text: str) -> str:
        """What a shared screen shows of a text."""
        return self.masks(text)

    def compose(self) -> ComposeResult:
        """The widget alone; a pane scrolls by itself."""
        if isinstance(self.shown, Form):
            with VerticalScroll(can_focus=False):
                yield self.shown
        else:
            yield self.shown
        yield Footer()

    def on_mount(self) -> None:
        """The wizard's own look."""
        self.register_theme(DARK)
        self.theme = DARK.name
        if isinstance(self.shown, Pane):
            self.call_after_refresh(self.shown.shown)

    @property
    def form(self) -> Form:
        """The form on screen."""
        return self.query_one(Form)

    def tell(self) -> None:
        """Say that the walk has changed."""
        shown: Any = self.shown
        shown.walk_changed()

    def check(self, *findings: Finding) -> None:
        """Let a check be back."""
        check = self.walk.begin_check()
        assert check is not None
        assert self.walk.took(check.generation, findings)
        self.tell()

    @on(Typed)
    def _typed(self, message: Typed) -> None:
        self.said.append(message)
        if not self.deaf:
            self.walk.typed(message.key, message.text)
            self.tell()

    @on(GroupAdded)
    def _added(self, message: GroupAdded) -> None:
        self.said.append(message)
        self.walk.add_group(message.key)
        self.tell()

    @on(GroupRemoved)
    def _removed(self, message: GroupRemoved) -> None:
        self.said.append(message)
        self.walk.remove_group(message.key, message.index)
        self.tell()

    @on(CheckAgain)
    def _again(self, message: CheckAgain) -> None:
        self.said.append(message)
