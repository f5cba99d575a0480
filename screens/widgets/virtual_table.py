"""A table of any length: only the lines that are seen are made. The header stays; the cursor keeps its row by key.

It scrolls by itself: a scroll view lays the whole screen out anew whenever its rows become more or fewer, which at
every key of a filter is what one would wait for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

#: Between columns, where there is room for it, and where there is not; the last column needs so much at least.
_GAP, _NARROW_GAP = "  ", " "
_LAST = 10


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its title; figures stand to the right."""

    title: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: what identifies it, its cells, and whether it is drawn as what cannot be had.

    `tint` is a column, and the component class that colours its cell.
    """

    key: str
    cells: tuple[str, ...]
    dim: bool = False
    tint: tuple[int, str] | None = None


class VirtualTable(Widget, can_focus=True):
    """Rows under a header, with a cursor. Posts `Highlighted` as the cursor moves and `Chosen` on Enter or a click."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "virtual-table--header",
        "virtual-table--row",
        "virtual-table--dim",
        "virtual-table--cursor",
        "virtual-table--cursor-dim",
        "virtual-table--bar",
    }
    DEFAULT_CSS: ClassVar[str] = """
    VirtualTable {
        & > .virtual-table--bar { color: $text-muted; }
        & > .virtual-table--header { color: $text-accent; text-style: bold; }
        & > .virtual-table--dim { color: $text-disabled; }
        & > .virtual-table--cursor { background: $surface-lighten-2; text-style: bold; }
        & > .virtual-table--cursor-dim { background: $surface-lighten-2; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor(-1)", "Up", show=False, tooltip="To the row above"),
        Binding("down", "cursor(1)", "Down", show=False, tooltip="To the row below"),
        Binding("pageup", "page(-1)", "Page up", show=False, tooltip="A page of rows up"),
        Binding("pagedown", "page(1)", "Page down", show=False, tooltip="A page of rows down"),
        Binding("home", "edge(0)", "First", show=False, tooltip="To the first row"),
        Binding("end", "edge(-1)", "Last", show=False, tooltip="To the last row"),
        Binding("enter", "choose", "Choose", tooltip="Take the row under the cursor"),
    ]

    class Highlighted(Message):
        """The cursor is on another row."""

        def __init__(self, table: VirtualTable, key: str) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> VirtualTable:
            """The table, to select by."""
            return self.table

    class Chosen(Highlighted):
        """The row was taken."""

    def __init__(self, *columns: Column, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._columns = columns
        self._widths = [len(column.title) for column in columns]
        self._rows: Sequence[TableRow] = ()
        self._cursor = 0
        self._top = 0

    @property
    def rows(self) -> Sequence[TableRow]:
        """The rows as they are now."""
        return self._rows

    @property
    def current(self) -> TableRow | None:
        """The row under the cursor, if there is one."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    def measure(self, rows: Iterable[TableRow]) -> None:
        """Make columns as wide as these rows need, so that nothing moves when some of them are left out later."""
        cells = zip(*(row.cells for row in rows), strict=True)
        widest = [max(map(len, column)) for column in cells] or [0] * len(self._columns)
        self._widths = [max(len(it.title), wide) for it, wide in zip(self._columns, widest, strict=True)]
        self.refresh()

    def entitle(self, *columns: Column) -> None:
        """Give the columns other titles, of no other length than there is room for."""
        self._columns = columns
        self.refresh()

    def fill(self, rows: Sequence[TableRow], *, cursor: str | None = None, still: bool = False) -> None:
        """Show other rows; the cursor goes to the row of this key, or stays with its own, or goes to the first.

        `still`: they are the same ones as they are now, and what is seen stays where it is.
        """
        wanted = cursor if cursor is not None else (self.current.key if self.current else "")
        changed = len(rows) != len(self._rows)
        self._rows = rows
        self._cursor = next((at for at, row in enumerate(rows) if row.key == wanted), 0)
        self._top = self._top if still else 0
        self._reveal()
        self.refresh(layout=changed and self.styles.is_auto_height)
        self._tell()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All the room that there is."""
        del viewport
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each row and one for the header."""
        del container, viewport, width
        return len(self._rows) + 1

    def action_cursor(self, by: int) -> None:
        """Move the cursor by rows."""
        self._move(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by pages."""
        self._move(self._cursor + by * max(1, self._seen - 1))

    def action_edge(self, row: int) -> None:
        """Move the cursor to the first row, or to the last."""
        self._move(row if row >= 0 else len(self._rows) - 1)

    def action_choose(self) -> None:
        """Take the row under the cursor."""
        if self.current is not None:
            self.post_message(self.Chosen(self, self.current.key))

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._reveal()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down; the cursor stays where it is."""
        event.stop()
        self._scroll(self._top + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up; the cursor stays where it is."""
        event.stop()
        self._scroll(self._top - 3)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row that was clicked; a second click takes it."""
        row = event.y + self._top - 1
        if event.y == 0 or not 0 <= row < len(self._rows):
            return
        again = row == self._cursor and event.chain > 1
        self._move(row)
        if again:
            self.action_choose()

    def render_line(self, y: int) -> Strip:
        """Make one line that is seen."""
        width = self.size.width
        if y == 0:
            return self._strip(tuple(column.title for column in self._columns), "virtual-table--header", width)
        at = self._top + y - 1
        if at >= len(self._rows):
            return Strip.blank(width, self.get_component_rich_style("virtual-table--row"))
        row = self._rows[at]
        style = "-".join(filter(None, ("cursor" if at == self._cursor else "", "dim" if row.dim else ""))) or "row"
        bar = self._bar(y - 1)
        if not bar:
            return self._strip(row.cells, f"virtual-table--{style}", width, row.tint)
        line = self._strip(row.cells, f"virtual-table--{style}", width - 1, row.tint)
        return Strip([*line, Segment(bar, self.get_component_rich_style("virtual-table--bar"))], width)

    def _bar(self, line: int) -> str:
        """Give the scroll bar's piece beside a line; nothing where all rows are seen."""
        seen, there = self._seen, len(self._rows)
        if there <= seen:
            return ""
        length = max(1, seen * seen // there)
        begin = self._top * (seen - length) // (there - seen)
        return "┃" if begin <= line < begin + length else "│"

    @property
    def _seen(self) -> int:
        """How many rows there is room for."""
        return max(1, self.size.height - 1)

    def _strip(self, cells: tuple[str, ...], style: str, width: int, tint: tuple[int, str] | None = None) -> Strip:
        last = len(cells) - 1
        wide_enough = sum(self._widths[:-1]) + last * len(_GAP) + min(_LAST, self._widths[-1]) <= width
        gap = _GAP if wide_enough else _NARROW_GAP
        text = gap.join(
            cell.rjust(wide) if column.right else cell if at == last else cell.ljust(wide)
            for at, (cell, column, wide) in enumerate(zip(cells, self._columns, self._widths, strict=True))
        )
        shown = text if len(text) <= width else text[: max(0, width - 1)] + "…"
        line, plain = shown.ljust(width), self.get_component_rich_style(style)
        if tint is None:
            return Strip([Segment(line, plain)], width)
        column, colour = tint
        start = sum(self._widths[:column]) + column * len(gap)
        end = start + self._widths[column]
        tinted = plain + Style(color=self.get_component_rich_style(colour).color)
        pieces = ((line[:start], plain), (line[start:end], tinted), (line[end:], plain))
        return Strip([Segment(piece, its) for piece, its in pieces if piece], width)

    def _move(self, row: int) -> None:
        row = max(0, min(row, len(self._rows) - 1))
        if row == self._cursor or not self._rows:
            return
        before, self._cursor = self._cursor, row
        if not self._reveal():
            width = self.size.width
            self.refresh(*(Region(0, at - self._top + 1, width, 1) for at in (before, row) if at >= self._top))
        self._tell()

    def _reveal(self) -> bool:
        """Scroll so that the cursor's row is seen, and no room is left empty; tell whether that moved anything."""
        lowest = self._cursor - self._seen + 1
        return self._scroll(max(lowest, min(self._top, self._cursor)))

    def _scroll(self, top: int) -> bool:
        top = max(0, min(top, len(self._rows) - self._seen))
        if top == self._top:
            return False
        self._top = top
        self.refresh()
        return True

    def _tell(self) -> None:
        if self.current is not None:
            self.post_message(self.Highlighted(self, self.current.key))
