"""Asking for a file's name."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from screens.widgets.line import Line


class AskPath(ModalScreen[str | None]):
    """Asks for a path; gives it as typed, or None after Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", tooltip="Do nothing"),
    ]

    def __init__(self, title: str, hint: str, *, start: str = "") -> None:
        super().__init__()
        self._title = title
        self._hint = hint
        self._start = start

    def compose(self) -> ComposeResult:
        """What it is for, and the line."""
        with Vertical(id="ask-path"):
            yield Static(Content(self._title), id="ask-path-title")
            yield Static(Content(self._hint), id="ask-path-hint")
            yield Line(placeholder="a file's path")
            yield Static(Content("Enter goes on · Esc goes back"), id="ask-path-keys")

    def on_mount(self) -> None:
        """Propose the path."""
        line = self.query_one(Line)
        line.value = self._start
        line.focus()

    def presenter_changed(self) -> None:
        """Show the path masked, or not."""
        self.query_one(Line).refresh()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """Go back without a path."""
        self.dismiss(None)
