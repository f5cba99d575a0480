"""Searching what is shown: the line in which the text is typed, its keys, and what was found. One for all long texts.

/  opens the line ── each letter ──► find ── found ──► to the first from here on; > and < go on and back
Enter keeps what was found and goes to the text; Esc gives the search up
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static


def spans(text: str, needle: str) -> Iterator[tuple[int, int]]:
    """Give where a text stands in another, however it is written."""
    if needle:
        yield from (found.span() for found in re.finditer(re.escape(needle), text, re.IGNORECASE))


@dataclass(frozen=True, slots=True)
class Found:
    """Lines that have what is searched for, and which of them one is at; -1 before the first.

    `begin` is the line that one was at when a letter was typed on: what stands there still is not left.
    """

    lines: tuple[int, ...] = ()
    at: int = -1
    begin: int = -1

    @classmethod
    def of(cls, texts: Iterable[str], needle: str, *, begin: int = -1) -> Found:
        """Look through lines of text."""
        return cls(tuple(number for number, text in enumerate(texts) if any(spans(text, needle))), begin=begin)

    def gone(self, by: int, *, top: int) -> Found:
        """Go on or back, and round; at first to the one that comes first from the line `top` on."""
        if not self.lines:
            return self
        if self.at < 0:
            begin = self.begin if self.begin >= 0 else top
            return Found(self.lines, next((at for at, number in enumerate(self.lines) if number >= begin), 0))
        return Found(self.lines, (self.at + by) % len(self.lines))

    @property
    def line(self) -> int:
        """The line one is at; -1 for none."""
        return self.lines[self.at] if self.at >= 0 else -1


def marked(strip: Strip, needle: str, *, here: bool = False) -> Strip:
    """Turn the colours of what was found round: that is seen without colour, too. In the line one is at it is bold."""
    cuts = [cell_len(strip.text[:at]) for span in spans(strip.text, needle) for at in span]
    look = Style(reverse=True, bold=here or None, underline=here or None)
    pieces = strip.divide([*cuts, strip.cell_length])
    segments: list[Segment] = []
    for number, piece in enumerate(pieces):
        segments += piece.apply_style(look if number % 2 else Style())
    return Strip(segments, strip.cell_length)


class SearchLine(Horizontal):
    """Where the text is typed, and beside it which of how many was gone to."""

    DEFAULT_CSS = """
    SearchLine { height: 1; dock: bottom; }
    SearchLine Input, SearchLine Input:focus { width: 1fr; height: 1; border: none; padding: 0 1; }
    SearchLine Static { width: auto; height: 1; padding: 0 1; }
    """

    class Wanted(Message):
        """Another text is searched for."""

        def __init__(self, needle: str) -> None:
            super().__init__()
            self.needle = needle

    class Kept(Message):
        """The text is typed."""

    def compose(self) -> ComposeResult:
        """The field, and what is found."""
        yield Input(placeholder="a text to find; Enter goes on with > and <, Esc ends it", select_on_focus=False)
        yield Static(id="search-found", markup=False)

    @property
    def field(self) -> Input:
        """Where the text is typed."""
        return self.query_one(Input)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Wanted(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Kept())


class Searched(Widget):
    """Base, beside another, of what holds a long text: give `find`, `go` and `text_view`, and call `tell`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/", tooltip="Find a text in this; > and < go on and back"),
        Binding(
            "greater_than_sign", "match(1)", "Next found", key_display=">", show=False, tooltip="To the next line found"
        ),
        Binding(
            "less_than_sign", "match(-1)", "Found before", key_display="<", show=False,
            tooltip="To the line found before",
        ),
        Binding("escape", "leave_search", "Leave the search", show=False, tooltip="Give the search up"),
    ]  # fmt: skip

    def find(self, needle: str) -> None:
        """Look for a text, and go to where it first stands from here on; nothing is looked for without one."""
        raise NotImplementedError

    def go(self, by: int) -> None:
        """Go to the next line that has it, or the one before."""
        raise NotImplementedError

    @property
    def text_view(self) -> Widget:
        """What is searched: it has the focus when the text is typed, and the line stands below it."""
        raise NotImplementedError

    def searchable(self) -> bool:
        """Whether there is anything to be searched."""
        return True

    @property
    def needle(self) -> str:
        """What is searched for."""
        line = self._line
        return line.field.value if line is not None and line.display else ""

    def tell(self, at: int, count: int, *, going: bool = False) -> None:
        """Say which of how many one is at, counted from 1; `going` while more may be found."""
        line = self._line
        if line is None:
            return
        which = f"{at} of {count}" if at else f"{count}"
        said = f"{which} found" if count else "not found"
        if going:
            said = f"… {which} so far" if count else "… searching"
        line.query_one("#search-found", Static).update(said if self.needle else "")

    @property
    def _line(self) -> SearchLine | None:
        return next(iter(self.query(SearchLine)), None)

    async def action_search(self) -> None:
        """Open the search."""
        line = self._line
        if line is None:
            line = SearchLine()
            await self.mount(line)
        line.display = True
        line.field.focus()

    def action_match(self, by: int) -> None:
        """Go on, or back."""
        if self.needle:
            self.go(by)

    def action_leave_search(self) -> None:
        """Give the search up."""
        line = self._line
        if line is not None:
            line.field.value = ""
            line.display = False
            self.find("")
            self.text_view.focus()

    @on(SearchLine.Wanted)
    def _wanted(self, message: SearchLine.Wanted) -> None:
        message.stop()
        self.find(message.needle)

    @on(SearchLine.Kept)
    def _kept(self, message: SearchLine.Kept) -> None:
        message.stop()
        self.text_view.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take Escape, and go on and back, only where there is a search."""
        if action == "search":
            return self.searchable()
        if action in {"leave_search", "match"}:
            line = self._line
            return line is not None and line.display
        return super().check_action(action, parameters)


def lit(content: Content, needle: str, found: Found) -> Content:
    """Mark what was found in a styled text."""
    at = 0
    for number, line in enumerate(content.plain.split("\n")):
        if number in found.lines:
            look = "bold underline reverse" if number == found.line else "reverse"
            for start, end in spans(line, needle):
                content = content.stylize(look, at + start, at + end)
        at += len(line) + 1
    return content
