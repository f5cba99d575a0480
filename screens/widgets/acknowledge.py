"""A high finding is let through: the person reads it once more and says why it is all right here."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from screens.widgets.masked import Mask, Masked
from wizard.findings import Finding


class Acknowledge(ModalScreen[str | None]):
    """Asks for the reason. Closes with it, or with None when the person goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Go back; nothing is recorded"),
    ]
    DEFAULT_CSS = """
    Acknowledge {
        align: center middle;
        & > Vertical {
            width: 90%; max-width: 96; height: auto; max-height: 90%;
            border: round $warning; background: $surface; padding: 0 1;
        }
        & VerticalScroll { height: auto; max-height: 12; }
        & .refused { color: $text-error; }
        & Static { height: auto; }
    }
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding

    def compose(self) -> ComposeResult:
        """The finding, and a field for the reason."""
        finding = self.finding
        with Vertical() as frame:
            frame.border_title = Content(f"‼ high  {finding.code}")
            with VerticalScroll(can_focus=False):
                yield Masked(self._told)
            yield Static(Content("\nWhy is it all right here? The reason is recorded with your name and the time."))
            yield Input(placeholder="a reason", id="reason")
            yield Static(Content("Enter records it and goes on · Esc goes back"), id="hint")

    def _told(self, mask: Mask) -> Content:
        it = self.finding
        return Content.assemble(
            (f"{mask(it.path)}\n" if it.path else "", "bold"),
            mask(it.what),
            ("\n\nwhy:    ", "bold"),
            mask(it.why),
            ("\nremedy: ", "bold"),
            mask(it.remedy),
        )

    def on_mount(self) -> None:
        """The reason is what is asked for."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        event.stop()
        reason = event.value.strip()
        if reason:
            self.dismiss(reason)
            return
        hint = self.query_one("#hint", Static)
        hint.add_class("refused")
        hint.update(Content("✗ refused: a reason is needed, in your own words"))

    def action_back(self) -> None:
        """Record nothing."""
        self.dismiss(None)
