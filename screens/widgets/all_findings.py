"""All findings of all steps, worst first: each with why and remedy, and whether somebody has let it through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.copying import told
from screens.fitting import Fitting
from screens.marks import severity
from screens.widgets.hanging import Pair, hung
from screens.widgets.notes import MUTED
from wizard.findings import Finding, Severity

if TYPE_CHECKING:
    from wizard.deploy.gate import Acknowledgement


#: Longer than this, what a finding says would push its remedy off the screen.
_LONGEST = 280
#: Where why and remedy begin.
_COLUMN = 10


class AllFindings(OptionList, Fitting):
    """Says what should be done about the finding under the cursor: nothing is done here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Deal with it", tooltip="A high finding: acknowledge it; any other: to its field"),
        Binding("g", "go", "To the field", tooltip="Go to the field that this finding is about"),
        Binding("a", "acknowledge", "Acknowledge", tooltip="Let a high finding through, with a reason"),
    ]

    class GoWanted(Message):
        """Somebody wants to go to the field of a finding."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    class AcknowledgeWanted(Message):
        """Somebody wants to let a finding through."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, markup=False)
        self._findings: tuple[Finding, ...] = ()
        self._passed: dict[tuple[str, str], Acknowledgement] = {}
        self._said: tuple[str, ...] = ()
        self._width = 0

    @property
    def under_cursor(self) -> Finding | None:
        """The finding that the cursor is on."""
        at = self.highlighted
        return self._findings[at] if at is not None and at < len(self._findings) else None

    def show(self, findings: Iterable[Finding], passed: Iterable[Acknowledgement]) -> None:
        """Show these; nothing is drawn anew when they are what is shown. The cursor stays on a finding that stays."""
        self._passed = {(entry.code, entry.path): entry for entry in passed}
        self._draw(tuple(findings))

    def fit(self) -> None:
        """Break what is said into lines of the new width."""
        if self.scrollable_content_region.width != self._width:
            self._draw(self._findings)

    def _draw(self, findings: tuple[Finding, ...]) -> None:
        self._width = self.scrollable_content_region.width
        prompts = [self._prompt(finding) for finding in findings]
        said = tuple(prompt.plain for prompt in prompts)
        if said == self._said:
            return
        was, top, here = self.under_cursor, self.scroll_offset.y, None
        # On the first one it stays there: worse ones that come are what should be seen.
        if was is not None and self.highlighted:
            here = (was.code, was.path)
        self._findings, self._said = findings, said
        self.set_options(Option(prompt) for prompt in prompts)
        known = [(f.code, f.path) for f in findings]
        at = known.index(here) if here in known else None
        self.highlighted = at if at is not None else (0 if findings else None)
        self.scroll_to(y=0 if at is None else top, animate=False)

    def copy_text(self) -> str:
        """Give all findings, as the command line tells them."""
        return told(self._findings)

    def is_passed(self, finding: Finding) -> bool:
        """Whether somebody has let it through."""
        return finding.severity is Severity.HIGH and (finding.code, finding.path) in self._passed

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Deal with it in the way that its severity asks for."""
        event.stop()
        finding = self._findings[event.option_index]
        if finding.severity is Severity.HIGH and not self.is_passed(finding):
            self.post_message(self.AcknowledgeWanted(finding))
        else:
            self.post_message(self.GoWanted(finding))

    def action_go(self) -> None:
        """Go to the field of the finding under the cursor."""
        if self.under_cursor is not None:
            self.post_message(self.GoWanted(self.under_cursor))

    def action_acknowledge(self) -> None:
        """Let the finding under the cursor through."""
        if self.under_cursor is not None:
            self.post_message(self.AcknowledgeWanted(self.under_cursor))

    def _prompt(self, finding: Finding) -> Content:
        mask = getattr(self.app, "mask", str)
        width = self._width or self.app.size.width
        head = Content.assemble(severity(finding.severity), "  ", (finding.code, "bold"), f"  {mask(finding.path)}")
        lines = [
            head,
            hung(Pair("  ", _short(mask(finding.what))), width, column=2),
            hung(Pair("  why:", mask(finding.why), MUTED, MUTED), width, column=_COLUMN),
            hung(Pair("  remedy:", mask(finding.remedy), MUTED), width, column=_COLUMN),
        ]
        passed = self._passed.get((finding.code, finding.path)) if finding.severity is Severity.HIGH else None
        if passed is not None:
            said = f"  ✓ acknowledged by {mask(passed.who)}: {mask(passed.reason)}"
            lines.append(Content.styled(said, "$text-success"))
        elif finding.severity is Severity.HIGH:
            lines.append(Content.styled("  ✗ holds: Enter acknowledges it with a reason, g goes to the field", "bold"))
        elif finding.severity is Severity.CRITICAL:
            lines.append(Content.styled("  ✗ blocks: Enter goes to the field", "bold"))
        return Content("\n").join(lines)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()} … (all of it: ^y copies, its step shows)"
