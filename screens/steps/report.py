"""Report: the newest verification as it is written down, and where it lies."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from screens.pane import Pane
from screens.widgets.report_text import styled
from screens.widgets.search import Found, Searched, lit
from wizard.deploy.last_verification import newest
from wizard.redact import Redactor
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.walk.walk import Walk


class ReportPane(Pane, Searched):
    """Reads the report anew whenever the step is shown."""

    step: ClassVar[Step] = Step.REPORT
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "copy_path", "Copy path", tooltip="Put the report's path into the terminal's clipboard"),
    ]

    class _Read(Message):
        def __init__(self, path: Path | None, text: str, problem: str = "") -> None:
            super().__init__()
            self.path = path
            self.text = text
            self.problem = problem

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(walk, desk)
        self.path: Path | None = None
        self._text = ""
        self._problem = ""
        self._read = False
        self._content = Content("")
        self._found = Found()

    def compose(self) -> ComposeResult:
        """Where it lies, and what it says."""
        yield Static(id="report-path")
        with VerticalScroll(id="report-box"):
            yield Static(id="report")

    def shown(self) -> None:
        """Read what is there now."""
        self._look_for_it()

    def walk_changed(self) -> None:
        """Names may be masked now, or shown again."""
        if self.is_mounted and self._read:
            self._tell()
            self._show(self._text)

    @work(thread=True, exclusive=True, group="report")
    def _look_for_it(self) -> None:
        try:
            path = newest(self.walk.place.reports)
            text = path.read_text(encoding="utf-8") if path is not None else ""
        except OSError as error:
            self.post_message(self._Read(None, "", str(error)))
            return
        self.post_message(self._Read(path, text))

    @on(_Read)
    def _took(self, message: _Read) -> None:
        message.stop()
        self.path, self._text, self._problem, self._read = message.path, message.text, message.problem, True
        self._tell()
        self._show(message.text)
        self.refresh_bindings()

    def _tell(self) -> None:
        """Say where it lies, or why there is none."""
        if self.path is not None:
            said = Content.assemble(("report: ", "bold"), self._mask(self.walk.place.within(self.path)))
        elif self._problem:
            said = Content.styled(f"✗ the report cannot be read: {self._mask(self._problem)}", "bold $text-error")
        else:
            said = Content.styled("· there is no report yet: the step Verify writes one", "$text-muted")
        self.query_one("#report-path", Static).update(said)

    def _show(self, text: str) -> None:
        self._content = styled(self._mask(Redactor().text(text)))
        self._found = Found.of(self._content.plain.split("\n"), self.needle)
        self._light(layout=True)
        if self.needle:
            self.go(1)

    # -- searching

    @property
    def text_view(self) -> VerticalScroll:
        """The report."""
        return self.query_one("#report-box", VerticalScroll)

    def searchable(self) -> bool:
        """Whether there is a report."""
        return bool(self._text)

    def find(self, needle: str) -> None:
        """Look for a text in the report, as it is shown."""
        self._found = Found.of(self._content.plain.split("\n"), needle, begin=self._found.line)
        self.go(1)

    def go(self, by: int) -> None:
        """Go to a line that has what is searched for, and say which of how many it is."""
        box = self.text_view
        tops = self._tops()
        self._found = self._found.gone(by, top=bisect_left(tops, box.scroll_offset.y))
        self._light()
        self.tell(self._found.at + 1, len(self._found.lines))
        if self._found.lines:
            box.scroll_to(y=max(tops[self._found.line] - 2, 0), animate=False)

    def _light(self, *, layout: bool = False) -> None:
        self.query_one("#report", Static).update(lit(self._content, self.needle, self._found), layout=layout)

    def _tops(self) -> list[int]:
        """Give the row in which each line begins: a long line takes several."""
        width = max(self.query_one("#report", Static).content_size.width, 1)
        heights = (line.get_height({}, width) for line in self._content.split("\n", allow_blank=True))
        return list(accumulate(heights, initial=0))

    def action_copy_path(self) -> None:
        """Copy where the report lies."""
        if self.path is not None:
            self.app.copy_to_clipboard(str(self.path))
            self.notify("The report's path is in the clipboard.", markup=False)

    def copy_text(self) -> str:
        """Give the report."""
        return self._text

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        return self.path is not None if action == "copy_path" else super().check_action(action, parameters)

    def _mask(self, text: str) -> str:
        return str(getattr(self.app, "mask", str)(text))
