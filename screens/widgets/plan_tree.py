"""The rows of a plan's tree. Only the visible ones are drawn, so ten thousand are as quick as ten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wizard.changes.classes import ChangeClass
from wizard.walk.plan_tree import ACTING, SYMBOLS, ChangeRow, GroupRow, Row

_INDENT: Final = 2
#: From this width on a class is said in full.
_WIDE: Final = 70
#: Longest word of a kind, so that addresses stand in one column.
_WORD: Final = max(len(kind) for kind in ACTING)


class PlanRows(ScrollView, can_focus=True):
    """A list of rows with a cursor. Which groups are open is kept by whoever makes the rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("enter,space", "switch", "Open or close", tooltip="Open or close the module under the cursor"),
        Binding("right", "open", "Open", show=False),
        Binding("left", "close", "Close, or up to the module", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "plan-rows--group",
        "plan-rows--muted",
        "plan-rows--cursor",
        *(f"plan-rows--{kind}" for kind in ACTING),
        *(f"plan-rows--{cls.name.lower()}" for cls in ChangeClass),
    }
    DEFAULT_CSS = """
    PlanRows {
        overflow-x: hidden;
        & > .plan-rows--group { text-style: bold; color: $foreground; }
        & > .plan-rows--muted { color: $text-muted; }
        & > .plan-rows--safe { color: $text-success; }
        & > .plan-rows--interrupts { color: $text-warning; }
        & > .plan-rows--replaces { color: $text-accent; }
        & > .plan-rows--ignored { color: $text-error; }
        & > .plan-rows--destroys { color: $text-error; text-style: bold; }
        & > .plan-rows--cursor { background: $block-cursor-blurred-background; }
        &:focus > .plan-rows--cursor { background: $primary-muted; }
        & > .plan-rows--create { color: $text-success; }
        & > .plan-rows--update { color: $text-warning; }
        & > .plan-rows--replace { color: $text-accent; }
        & > .plan-rows--delete { color: $text-error; }
        & > .plan-rows--forget { color: $text-muted; }
    }
    """

    cursor: reactive[int] = reactive(0)

    class Looked(Message):
        """The cursor came to a row; None when there is no row at all."""

        def __init__(self, row: Row | None) -> None:
            super().__init__()
            self.row = row

    class Toggled(Message):
        """A group should be open, or closed."""

        def __init__(self, id: str, *, open: bool) -> None:  # noqa: A002 - what it is called everywhere
            super().__init__()
            self.id = id
            self.open = open

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown now."""
        return self._rows

    @property
    def row(self) -> Row | None:
        """What the cursor is on."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def show(self, rows: Sequence[Row]) -> None:
        """Show other rows. The cursor stays on the row it was on, or near it."""
        before = self.row
        self._rows = tuple(rows)
        self.virtual_size = Size(0, len(self._rows))
        at = None
        if before is not None:
            at = next((index for index, row in enumerate(self._rows) if row.id == before.id), None)
        self.cursor = min(self.cursor, max(len(self._rows) - 1, 0)) if at is None else at
        self._reveal()
        self.refresh()
        self.post_message(self.Looked(self.row))

    def render_line(self, y: int) -> Strip:
        """Draw one row of the visible part."""
        number = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if number >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        here = number == self.cursor
        base = self.rich_style
        if here:
            base += self.get_component_rich_style("plan-rows--cursor")
        row = self._rows[number]
        # The mark too, not the background alone: without colours it is all there is.
        pieces = [("❯ " if here else "  ") + " " * (_INDENT * row.depth)]
        segments = [Segment(pieces[0], base)]
        if isinstance(row, GroupRow):
            return _fit([*segments, *self._group(row, base)], width, base)
        classed = self._class(row, base)
        # The class has a column of its own at the right: a long address is cut before it, and not with it.
        room = width - sum(segment.cell_length for segment in classed)
        left = _fit([*segments, *self._change(row, base)], room, base)
        return Strip.join([left, Strip(classed)]).adjust_cell_length(width, base)

    def _group(self, row: GroupRow, base: Style) -> list[Segment]:
        mask = getattr(self.app, "mask", str)
        segments = [
            Segment("▾ " if row.open else "▸ ", base + self._style("muted")),
            Segment(mask(row.label), base + self._style("group")),
        ]
        for kind, count in row.tally.told:
            segments.append(Segment(f"  {SYMBOLS[kind]} {count} {kind}", base + self._style(kind)))
        return segments

    def _change(self, row: ChangeRow, base: Style) -> list[Segment]:
        mask = getattr(self.app, "mask", str)
        kind = row.change.kind
        told = ("! drifted", "update") if row.drifted else (f"{SYMBOLS[kind]} {kind:{_WORD}}", kind)
        if kind == "noop" and row.classed is not None:
            told = (f"{row.classed.cls.symbol} {'asked':{_WORD}}", "ignored")
        return [Segment(f"{told[0]} ", base + self._style(told[1])), Segment(mask(row.label), base)]

    def _class(self, row: ChangeRow, base: Style) -> list[Segment]:
        if row.classed is None:
            return []
        cls = row.classed.cls
        word = cls.value if self.scrollable_content_region.width >= _WIDE else cls.name.lower()
        named = ", loses a name" if row.loses and not row.classed.data else ""
        return [Segment(f" {cls.symbol} {word}{named}", base + self._style(cls.name.lower()))]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"plan-rows--{name}", partial=True)

    def watch_cursor(self, before: int, after: int) -> None:
        """Draw the two rows anew, and say where it is."""
        if before == after:
            return
        top, width = self.scroll_offset.y, self.size.width
        self._reveal()
        if self.scroll_offset.y == top:
            self.refresh(Region(0, before - top, width, 1), Region(0, after - top, width, 1))
        self.post_message(self.Looked(self.row))

    def validate_cursor(self, cursor: int) -> int:
        """Keep it on a row."""
        return max(0, min(cursor, len(self._rows) - 1))

    def _reveal(self) -> None:
        height = self.scrollable_content_region.height
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif height and self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True)

    def on_click(self, event: events.Click) -> None:
        """Go to the row that was clicked; a group opens or closes."""
        number = self.scroll_offset.y + event.y
        if number < len(self._rows):
            self.cursor = number
            self.action_switch()

    def action_move(self, by: int) -> None:
        """Go up or down."""
        self.cursor += by

    def action_page(self, pages: int) -> None:
        """Go up or down by what is visible."""
        self.cursor += pages * max(self.scrollable_content_region.height - 1, 1)

    def action_first(self) -> None:
        """Go to the first row."""
        self.cursor = 0

    def action_last(self) -> None:
        """Go to the last row."""
        self.cursor = len(self._rows) - 1

    def action_switch(self) -> None:
        """Open or close the group under the cursor."""
        if isinstance(self.row, GroupRow):
            self.post_message(self.Toggled(self.row.id, open=not self.row.open))

    def action_open(self) -> None:
        """Open the group under the cursor."""
        if isinstance(self.row, GroupRow) and not self.row.open:
            self.post_message(self.Toggled(self.row.id, open=True))

    def action_close(self) -> None:
        """Close the group under the cursor, or go up to the one that the row is in."""
        row = self.row
        if isinstance(row, GroupRow) and row.open:
            self.post_message(self.Toggled(row.id, open=False))
        elif row is not None:
            above = (i for i in range(self.cursor - 1, -1, -1) if self._rows[i].depth < row.depth)
            self.cursor = next(above, self.cursor)


def _fit(segments: list[Segment], width: int, base: Style) -> Strip:
    """Cut a row to the width; what was cut is told by an ellipsis."""
    strip = Strip(segments)
    if strip.cell_length > width > 1:
        strip = Strip.join([strip.crop(0, width - 1), Strip([Segment("…", base)])])
    return strip.adjust_cell_length(width, base)
