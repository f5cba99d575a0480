"""A step's findings, worst first, each with what it says and what to do. Enter goes to the field that it is about."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.marks import severity
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
        self._said: tuple[str, ...] = ()
        self.display = False

    @property
    def under_cursor(self) -> Finding | None:
        """The finding that the cursor is on."""
        return None if self.highlighted is None else self.findings[self.highlighted]

    def show(self, findings: tuple[Finding, ...], *, waiting: int = 0) -> None:
        """Show these; nothing is drawn anew when they are what is shown.

        The last `waiting` of them are an earlier check's, and being looked at again.
        """
        settled = len(findings) - waiting
        prompts = [self._prompt(finding, waiting=at >= settled) for at, finding in enumerate(findings)]
        said = tuple(prompt.plain for prompt in prompts)
        if said == self._said:
            return
        was = self.under_cursor
        self.findings, self._said = findings, said
        self.set_options(Option(prompt) for prompt in prompts)
        self.display = bool(findings)
        if was is not None:
            same = (n for n, f in enumerate(findings) if (f.code, f.path) == (was.code, was.path))
            self.highlighted = next(same, None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say which finding was chosen."""
        event.stop()
        self.post_message(self.Chosen(self.findings[event.option_index]))

    def _prompt(self, finding: Finding, *, waiting: bool) -> Content:
        mask = getattr(self.app, "mask", str)
        return Content.assemble(
            Content.styled("… looking again", "$text-muted") if waiting else severity(finding.severity),
            "  ",
            (finding.code, "bold"),
            f"  {mask(finding.path)}\n  {mask(finding.what)}\n  ",
            (f"remedy: {mask(finding.remedy)}", "$text-muted"),
        )
