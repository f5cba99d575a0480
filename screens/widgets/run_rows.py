"""The resources of a run, row by row, drawn only where somebody looks. Clocks of what is in flight are the caller's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wizard.engine.events import Diagnostic, Failed, Finished, InFlight
from wizard.walk.run_rows import Key, Note, Row, Rows, clock_of, key_of, said

_WORDS = 18  # symbol and words, the longest is `✗ failed destroying`
_CLOCK = 8
_LOOKS = ("failed", "flying", "done", "note")


class RunRows(ScrollView, can_focus=True):
    """Keeps its cursor on a resource while that goes from in flight to done."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "run-rows--failed",
        "run-rows--flying",
        "run-rows--done",
        "run-rows--note",
        "run-rows--cursor",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, tooltip="The resource above"),
        Binding("down,j", "move(1)", "Down", show=False, tooltip="The resource below"),
        Binding("pageup", "page(-1)", "Page up", show=False, tooltip="A page up"),
        Binding("pagedown", "page(1)", "Page down", show=False, tooltip="A page down"),
        Binding("home", "end(0)", "First", show=False, tooltip="What failed, or the longest in flight"),
        Binding("end", "end(1)", "Last", show=False, tooltip="The oldest that is done"),
    ]
    DEFAULT_CSS = """
    RunRows {
        height: 1fr;
        overflow-x: hidden;
        & > .run-rows--failed { color: $text-error; text-style: bold; }
        & > .run-rows--flying { color: $text-accent; }
        & > .run-rows--done { color: $text-success; }
        & > .run-rows--note { color: $text-muted; }
        & > .run-rows--cursor { background: $block-cursor-blurred-background; text-style: bold; }
        &:focus > .run-rows--cursor { background: $block-cursor-background; text-style: bold; }
    }
    """

    class Chosen(Message):
        """The cursor went to another row."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    def __init__(self, clock: Callable[[], datetime], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._clock = clock
        self.rows = Rows()
        self.cursor: int | None = None
        self._key: Key | None = None
        self._looks: dict[str, Style] = {}
        self._cursor_look = Style()

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor; None until somebody has moved it."""
        return None if self.cursor is None or self.cursor >= len(self.rows) else self.rows.at(self.cursor)

    def show(self, rows: Rows) -> None:
        """Show these rows; the cursor stays with its resource."""
        self.rows = rows
        if self._key is not None and self.cursor is not None:
            found = rows.find(self._key)
            was = self.cursor
            self.cursor = min(was, len(rows) - 1) if found is None and len(rows) else found
            if self.cursor is not None and found is None:
                self._key = key_of(rows.at(self.cursor))
            if self.cursor is not None and self.cursor != was:
                self._reveal()
        self.virtual_size = Size(self.scrollable_content_region.width, len(rows))
        self.refresh()

    def forget(self) -> None:
        """Show another run: the cursor is nowhere again."""
        self.cursor = self._key = None
        self.scroll_home(animate=False)

    def tick(self) -> None:
        """Let the clocks of what is in flight go on."""
        if self.rows.flying:
            self.refresh()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        start = -1 if self.cursor is None and by > 0 else self.cursor or 0
        self._go(start + by)

    def action_page(self, by: int) -> None:
        """Move by a page."""
        self._go((self.cursor or 0) + by * max(self.size.height - 1, 1))

    def action_end(self, last: int) -> None:
        """Move to the first or the last row."""
        self._go(len(self.rows) - 1 if last else 0)

    def on_click(self, event: events.Click) -> None:
        """Choose what is under the mouse."""
        self._go(event.y + int(self.scroll_offset.y))

    def _go(self, to: int) -> None:
        if not len(self.rows):
            return
        was, self.cursor = self.cursor, min(max(to, 0), len(self.rows) - 1)
        row = self.rows.at(self.cursor)
        self._key = key_of(row)
        self._reveal()
        for number in (self.cursor, self.cursor if was is None else was):  # two lines, and not the whole list
            self.refresh_line(number)
        self.post_message(self.Chosen(row))

    def _reveal(self) -> None:
        if self.cursor is not None:
            self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines, their styles looked up once for all of them."""
        base = self.rich_style
        self._looks = {"": base} | {
            name: base + self.get_component_rich_style(f"run-rows--{name}", partial=True) for name in _LOOKS
        }
        self._cursor_look = self.get_component_rich_style("run-rows--cursor", partial=True)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        number, width = y + int(self.scroll_offset.y), self.scrollable_content_region.width
        if number >= len(self.rows):
            return Strip.blank(width, self._looks[""])
        row = self.rows.at(number)
        here = number == self.cursor
        look = self._looks[_look(row)]
        plain = look if isinstance(row, Note) else self._looks[""]
        if here:
            look, plain = look + self._cursor_look, plain + self._cursor_look
        return Strip(self._cells(row, width, look, plain, here=here), width)

    def _cells(self, row: Row, width: int, look: Style, plain: Style, *, here: bool) -> list[Segment]:
        mask = getattr(self.app, "mask", str)
        symbol, word = said(row)
        head = f"{'›' if here else ' '}{symbol} {word}"
        clock = clock_of(row, self._clock())
        if isinstance(row, Note):
            return [Segment(_fit(f"{head}{row.text}", width), plain)]
        what = row.summary if isinstance(row, Diagnostic) else row.address
        if isinstance(row, Diagnostic) and row.address:
            what = f"{row.address}: {row.summary}"
        room = max(width - _WORDS - 3 - _CLOCK, 8)
        return [
            Segment(_fit(head, _WORDS + 2), look),
            Segment(
                " " + _fit(mask(" ".join(what.split())), room, end=isinstance(row, Failed | InFlight | Finished)), plain
            ),
            Segment(clock.rjust(max(width - _WORDS - 3 - room, 0)), look),
        ]


def _look(row: Row) -> str:
    match row:
        case Failed() | Diagnostic():
            return "failed"
        case InFlight():
            return "flying"
        case Finished():
            return "done"
        case Note():
            return "note"


def _fit(text: str, width: int, *, end: bool = False) -> str:
    """Cut or fill to a width; of an address the `end` tells more than the beginning."""
    if len(text) <= width:
        return text.ljust(width)
    return f"…{text[len(text) - width + 1 :]}" if end else f"{text[: width - 1]}…"
