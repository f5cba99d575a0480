"""A high finding is let through: the person reads it once more and says why it is all right here."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from screens.widgets.ask_reason import AskReason
from screens.widgets.masked import Mask, Masked
from wizard.findings import Finding


class Acknowledge(AskReason):
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
        & .problem { color: $text-error; }
    }
    """

    def __init__(self, finding: Finding) -> None:
        why = "Why is it all right here? The reason is recorded with your name and the time."
        super().__init__(f"‼ high  {finding.code}", self._told, asked=why)
        self.finding = finding

    def compose(self) -> ComposeResult:
        """The finding, and a field for the reason."""
        with Vertical() as frame:
            frame.border_title = Content(self._title)
            with VerticalScroll(can_focus=False):
                yield Masked(self._body)
            yield Static(Content(f"\n{self._asked}"))
            yield Input(placeholder="a reason", id="reason")
            yield Static(Content("Enter records it and goes on · Esc goes back"), id="reason-hint")

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
