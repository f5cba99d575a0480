"""A step that takes a reason in the operator's own words, which goes on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from screens.widgets.masked import Mask, Masked


class AskReason(ModalScreen[str | None]):
    """Closes with the reason, or with None. There is no yes without one, unless it is not `needed`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Go back; nothing is done"),
    ]
    DEFAULT_CSS = "AskReason VerticalScroll { height: auto; max-height: 12; } AskReason Static { height: auto; }"

    def __init__(
        self, title: str, body: Callable[[Mask], Content], *, asked: str, needed: bool = True, given: str = ""
    ) -> None:
        """Ask; `given` is the reason that stands in the field already."""
        super().__init__()
        self._title = title
        self._body = body
        self._asked = asked
        self._needed = needed
        self._reason = given

    def compose(self) -> ComposeResult:
        """What it is about, and a field for the reason."""
        with Vertical(classes="dialog"):
            yield Masked(self._title, classes="title")
            with VerticalScroll(can_focus=False):
                yield Masked(self._body)
            yield Static(Content(f"\n{self._asked}"))
            yield Input(self._reason, placeholder="a reason", id="reason")
            yield Static(Content("Enter goes on, and the reason goes on record · Esc goes back"), id="reason-hint")

    def on_mount(self) -> None:
        """The reason is what is asked for."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        event.stop()
        reason = event.value.strip()
        if reason or not self._needed:
            self.dismiss(reason)
            return
        hint = self.query_one("#reason-hint", Static)
        hint.add_class("problem")
        hint.update(Content("✗ refused: a reason is needed, in your own words"))

    def action_back(self) -> None:
        """Do nothing."""
        self.dismiss(None)
