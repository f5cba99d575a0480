"""A step's findings, worst first: a line each, and the one under the cursor in full. Enter goes to its field."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.copying import told
from screens.marks import severity
from screens.widgets.hanging import Pair, hung
from screens.widgets.notes import MUTED
from wizard.findings import Finding


class FindingsList(OptionList):
    """Takes no room while there is nothing to say; keeps its cursor on a finding that stays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "To the field", tooltip="Put the focus on the field that this finding is about"),
    ]

    class Chosen(Message):
        """Somebody wants to go where a finding points."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self.findings: tuple[Finding, ...] = ()
        self._waiting = 0
        self._said: tuple[str, ...] = ()
        self.display = False

    @property
    def under_cursor(self) -> Finding | None:
        """The finding that the cursor is on."""
        at = self.highlighted
        return self.findings[at] if at is not None and at < len(self.findings) else None

    def show(self, findings: tuple[Finding, ...], *, waiting: int = 0) -> None:
        """Show these; nothing is drawn anew when they are what is shown.

        The last `waiting` of them are an earlier check's, and being looked at again.
        """
        if findings != self.findings:
            was = self.under_cursor
            self.findings, self._waiting = findings, waiting
            self.display = bool(findings)
            self._draw(None if was is None else (was.code, was.path))
        elif waiting != self._waiting:
            self._waiting = waiting
            self._draw(None)
        else:
            self._draw_again()  # the mask may be another

    def on_resize(self) -> None:
        """Cut the lines to the new width."""
        self._draw_again()

    def on_focus(self) -> None:
        """Show the one under the cursor in full."""
        if self.highlighted is None and self.findings:
            self.highlighted = 0
        self._draw_again()

    def on_blur(self) -> None:
        """Back to a line each."""
        self._draw_again()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Open the one that the cursor came to, close the other."""
        event.stop()
        self._draw_again()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say which finding was chosen."""
        event.stop()
        self.post_message(self.Chosen(self.findings[event.option_index]))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A click takes the focus, which opens a finding: it must not choose the one that has moved under the mouse."""
        if not self.has_focus:
            event.stop()
            self.focus()

    def copy_text(self) -> str:
        """The finding under the cursor while the list has the focus."""
        return told([self.under_cursor]) if self.under_cursor is not None else ""

    def _draw(self, stay_on: tuple[str, str] | None) -> None:
        prompts = self._prompts()
        self._said = tuple(prompt.plain for prompt in prompts)
        self.set_options(Option(prompt) for prompt in prompts)
        if stay_on is not None:
            at = (n for n, finding in enumerate(self.findings) if (finding.code, finding.path) == stay_on)
            self.highlighted = next(at, None)

    def _draw_again(self) -> None:
        """Replace the prompts that would say something else now."""
        prompts = self._prompts()
        said = tuple(prompt.plain for prompt in prompts)
        for at, (before, now) in enumerate(zip(self._said, said, strict=True)):
            if before != now:
                self.replace_option_prompt_at_index(at, prompts[at])
        self._said = said

    def _prompts(self) -> list[Content]:
        settled = len(self.findings) - self._waiting
        return [
            self._prompt(finding, waiting=at >= settled, opened=self.has_focus and at == self.highlighted)
            for at, finding in enumerate(self.findings)
        ]

    def _prompt(self, finding: Finding, *, waiting: bool, opened: bool) -> Content:
        mask = getattr(self.app, "mask", str)
        width = self.scrollable_content_region.width or self.app.size.width
        head = Content.assemble(
            Content.styled("… looking again", MUTED) if waiting else severity(finding.severity),
            "  ",
            (finding.code, "bold"),
            f"  {mask(finding.path)}",
        )
        if opened:
            told_in_full = (
                Pair("  ", mask(finding.what)),
                Pair("  why:", mask(finding.why), MUTED, MUTED),
                Pair("  remedy:", mask(finding.remedy), MUTED),
            )
            return Content("\n").join([head, *(hung(it, width, column=10 if it.style else 2) for it in told_in_full)])
        line = Content.assemble(head, f"  {mask(finding.what)}")
        return line if line.cell_length <= width else line.truncate(width, ellipsis=True)
