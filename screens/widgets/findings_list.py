"""A step's findings, worst first: a line each, and the one under the cursor in full. Enter goes to its field."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from screens.copying import told
from screens.fitting import Fitting
from screens.marks import severity
from screens.widgets.hanging import Pair, hung
from screens.widgets.notes import MUTED
from wizard.findings import Finding


class FindingsList(OptionList, Fitting):
    """Takes no room while there is nothing to say; keeps its cursor on a finding that stays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "To the field", tooltip="Put the focus on the field that this finding is about"),
    ]

    class Chosen(Message):
        """Somebody wants to go where a finding points."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    #: Its height follows from the findings, which `show` knows: what is seen of them when they are drawn lays nothing out.
    virtual_size = Reactive(Size(0, 0))

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self.findings: tuple[Finding, ...] = ()
        self._waiting = 0
        self._looking = True
        self._said: tuple[str, ...] = ()
        self._width = 0
        self._masked = False
        self.display = False

    @property
    def under_cursor(self) -> Finding | None:
        """The finding that the cursor is on."""
        at = self.highlighted
        return self.findings[at] if at is not None and at < len(self.findings) else None

    def show(self, findings: tuple[Finding, ...], *, waiting: int = 0, looking: bool = True) -> None:
        """Show these; nothing is drawn anew when they are what is shown.

        The last `waiting` of them are an earlier check's: they are being looked at again, or will be (`looking`).
        """
        if self._as_shown(findings, waiting, looking=looking):
            return
        was, before = self.under_cursor, self.findings
        self.findings, self._waiting, self._looking = findings, waiting, looking
        if len(findings) != len(before):
            self.display = bool(findings)
            self._draw()
        else:
            self._draw_again()  # something else may be said of them, and the mask may be another
        if findings != before and was is not None:
            same = (n for n, it in enumerate(findings) if (it.code, it.path) == (was.code, was.path))
            self.highlighted = next(same, None)

    def _as_shown(self, findings: tuple[Finding, ...], waiting: int, *, looking: bool) -> bool:
        """Whether these are shown already, in this width. What is masked may be masked otherwise now."""
        same = (findings, waiting, looking) == (self.findings, self._waiting, self._looking)
        masked = bool(getattr(self.app, "presenter", False))
        unmasked, self._masked = self._masked and not masked, masked
        return same and self._width == self._width_now and not masked and not unmasked

    def fit(self) -> None:
        """Cut the lines to the new width, if it is one."""
        if self._width_now == self._width:
            return
        before = self._said
        self._draw_again()
        if self._said != before:  # what was too wide took a line more
            self.refresh(layout=True)

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

    def _draw(self) -> None:
        prompts = self._prompts()
        self._said = tuple(prompt.plain for prompt in prompts)
        self.set_options(Option(prompt) for prompt in prompts)

    def _draw_again(self) -> None:
        """Replace the prompts that would say something else now."""
        prompts = self._prompts()
        before, self._said = self._said, tuple(prompt.plain for prompt in prompts)
        for at, (then, now) in enumerate(zip(before, self._said, strict=True)):
            if then != now:
                self.replace_option_prompt_at_index(at, prompts[at])
        if _rows(before) != _rows(self._said):
            self.refresh(layout=True)

    def _prompts(self) -> list[Content]:
        settled = len(self.findings) - self._waiting
        self._width = self._width_now
        return [
            self._prompt(finding, waiting=at >= settled, opened=self.has_focus and at == self.highlighted)
            for at, finding in enumerate(self.findings)
        ]

    @property
    def _width_now(self) -> int:
        """How wide a line is; how wide it will be, while the list takes no room yet."""
        width = self.scrollable_content_region.width
        if width:
            return width
        room = self.parent.content_size.width if isinstance(self.parent, Widget) else 0
        return (room or self.app.size.width) - self.gutter.width

    @property
    def _again(self) -> str:
        return "… looking again" if self._looking else "… to check again"

    def _prompt(self, finding: Finding, *, waiting: bool, opened: bool) -> Content:
        mask = getattr(self.app, "mask", str)
        width = self._width
        head = Content.assemble(
            Content.styled(self._again, MUTED) if waiting else severity(finding.severity),
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


def _rows(said: tuple[str, ...]) -> int:
    return sum(text.count("\n") + 1 for text in said)
