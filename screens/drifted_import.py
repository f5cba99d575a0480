"""Asking which resource of AWS is taken into the state, and as which address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from screens.widgets.line import Line
from screens.widgets.masked import Masked
from wizard.errors import UsageError


class AskImport(ModalScreen[tuple[str, str] | None]):
    """Closes with address and id, or with None. What is typed is read as the command reads it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", tooltip="Go back; nothing is imported"),
    ]

    def __init__(self, stack: str, start: str, said: Iterable[str]) -> None:
        super().__init__()
        self._stack = stack
        self._start = start
        self._said = tuple(said)

    def compose(self) -> ComposeResult:
        """What is known of it, and the line."""
        with Vertical(classes="dialog"):
            yield Static(Content(f"Import into the state of {self._stack}"), classes="title")
            for line in self._said:
                yield Masked(line)
            yield Line(placeholder="ADDRESS=ID")
            yield Static(Content(""), id="import-problem", classes="problem")
            yield Static(
                Content("ADDRESS=ID · Enter plans it, which is shown before anything is imported · Esc goes back"),
                classes="hint",
            )

    def on_mount(self) -> None:
        """Propose what is known."""
        line = self.query_one(Line)
        line.value = self._start
        line.focus()

    def presenter_changed(self) -> None:
        """Show the line masked, or not."""
        self.query_one(Line).refresh()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        from wizard.deploy.drift.ways import import_of

        event.stop()
        try:
            self.dismiss(import_of(event.value.strip()))
        except UsageError as error:
            mask = getattr(self.app, "mask", str)
            self.query_one("#import-problem", Static).update(Content(f"✗ {mask(error.title)}; {mask(error.action)}"))

    def action_leave(self) -> None:
        """Import nothing."""
        self.dismiss(None)
