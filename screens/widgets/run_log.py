"""The raw log of a run: its journal as it lies on disk, read where somebody looks, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.segment import Segment
from textual import work
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.worker import get_current_worker

from screens.widgets.search import marked
from wizard.redact import Redactor
from wizard.walk.journal import WIDEST, Index, grown, lines_at

_AROUND = 64  # lines read at once: a page, and some of what scrolling will want next


class RunLog(ScrollView, can_focus=True):
    """Stays at its end while the journal grows, unless somebody has scrolled away from there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False, tooltip="A line up"),
        Binding("down,j", "scroll_down", "Down", show=False, tooltip="A line down"),
        Binding("end", "scroll_end", "End", show=False, tooltip="To the end, and stay there while it grows"),
    ]
    DEFAULT_CSS = """
    RunLog { height: 1fr; overflow: scroll; scrollbar-size-horizontal: 1; }
    """

    class _Grown(Message):
        def __init__(self, path: Path, index: Index) -> None:
            super().__init__()
            self.path = path
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._path: Path | None = None
        self.index = Index()
        self._page: tuple[int, list[str]] = (0, [])
        self._looking = False
        self._again = False
        self._redactor = Redactor()
        self._needle = ""
        #: The line that a search has gone to; -1 for none.
        self.marked_line = -1

    class Grew(Message):
        """The journal has gone on, or is another one."""

    @property
    def path(self) -> Path | None:
        """The journal that is shown."""
        return self._path

    def mark(self, needle: str, line: int = -1) -> None:
        """Mark a text wherever it stands, and go to a line that has it."""
        self._needle, self.marked_line = needle, line
        if line >= 0:
            self.scroll_to(y=max(line - 2, 0), animate=False)
        self.refresh()

    def show(self, path: Path) -> None:
        """Show a journal; called again, it shows what has come since."""
        if path != self._path:
            self._path, self.index, self._page = path, Index(), (0, [])
            self._looking = False
            self.virtual_size = Size(0, 0)
        if self._looking:
            self._again = True
            return
        self._looking = True
        self._look(path, self.index)

    @work(thread=True, exclusive=True, group="index")
    def _look(self, path: Path, index: Index) -> None:
        worker = get_current_worker()
        try:
            self.post_message(self._Grown(path, grown(path, index, stop=lambda: worker.is_cancelled)))
        except OSError:  # the run's directory was taken away; what is shown stays
            self.post_message(self._Grown(path, index))

    def on_run_log__grown(self, message: _Grown) -> None:
        """Show what the file holds now."""
        message.stop()
        if message.path != self._path:
            return
        self._looking = False
        at_end = self.scroll_offset.y >= self.max_scroll_y - 1
        self.index, self._page = message.index, (0, [])
        self.virtual_size = Size(max(self.virtual_size.width, self.size.width), self.index.lines)
        if at_end:
            self.call_after_refresh(self.scroll_end, animate=False, x_axis=False)
        self.refresh()
        self.post_message(self.Grew())
        if self._again:
            self._again = False
            self.show(message.path)

    def render_line(self, y: int) -> Strip:
        """Draw one line, redacted and masked like everything that people see."""
        number, left = y + int(self.scroll_offset.y), int(self.scroll_offset.x)
        width = self.scrollable_content_region.width
        text = self._line(number)
        if len(text) > self.virtual_size.width:
            self.call_after_refresh(self._widen, min(len(text), WIDEST))
        style = self.rich_style
        if not self._needle:
            return Strip([Segment(text[left : left + width].ljust(width), style)], width)
        strip = marked(Strip([Segment(text, style)]), self._needle, here=number == self.marked_line)
        return strip.crop_extend(left, left + width, style)

    def _widen(self, width: int) -> None:
        if width > self.virtual_size.width:
            self.virtual_size = Size(width, self.virtual_size.height)

    def _line(self, number: int) -> str:
        if self._path is None or number >= self.index.lines:
            return ""
        first, page = self._page
        if not first <= number < first + len(page):
            first = max(number - _AROUND // 2, 0)
            try:
                page = lines_at(self._path, self.index, first, _AROUND + self.size.height)
            except OSError as error:
                return f"the journal cannot be read: {error}"
            self._page = first, page
        text = page[number - first] if number - first < len(page) else ""
        return self.shown(text)

    def shown(self, text: str) -> str:
        """Give a line as it is shown: redacted, and masked before an audience."""
        return str(getattr(self.app, "mask", str)(self._redactor.text(_visible(text))))


def _visible(text: str) -> str:
    """Leave nothing in that a terminal would act on: what is not JSON is a dying engine's own words."""
    return "".join(char if char.isprintable() else " " for char in text)
