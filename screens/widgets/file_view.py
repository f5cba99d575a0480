"""Emitted files to look around in: the tree, and the file under its cursor as a whole or as its difference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from screens.widgets.file_tree import Fate, FileEntry, FileTree
from screens.widgets.source_view import Line, SourceView, difference, highlighted, plain


class Highlighted(Message):
    """A file's lines are ready to be drawn."""

    def __init__(self, entry: FileEntry, lines: tuple[Line, ...], *, whole: bool) -> None:
        super().__init__()
        self.entry = entry
        self.lines = lines
        self.whole = whole


class FileView(Horizontal):
    """Shows entries; their lines are taken apart in a worker."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "search", "Search", key_display="/", tooltip="Find a text in the file; > and < go on and back"
        ),
        Binding(
            "greater_than_sign", "match(1)", "Next found", key_display=">", show=False, tooltip="To the next line found"
        ),
        Binding(
            "less_than_sign",
            "match(-1)",
            "Found before",
            key_display="<",
            show=False,
            tooltip="To the line found before",
        ),
        Binding("escape", "leave_search", "Leave the search", show=False, tooltip="Give the search up"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._entry: FileEntry | None = None
        self._whole = False

    def compose(self) -> ComposeResult:
        """The tree, and the file beside or below it."""
        yield FileTree(id="file-tree")
        with Vertical(id="file"):
            yield Static(id="file-title", markup=False)
            yield SourceView(id="source")
            search = Input(placeholder="a text to find in the file", id="source-search", select_on_focus=False)
            search.display = False
            yield search

    def show(self, entries: Iterable[FileEntry]) -> None:
        """Show other files."""
        self.query_one(FileTree).show(entries)

    def draw_anew(self) -> None:
        """Draw the same again: what is masked has changed."""
        if self._entry is not None:
            self._colour(self._entry)

    @on(FileTree.Looked)
    def _file(self, message: FileTree.Looked) -> None:
        message.stop()
        if self._entry is None or (message.entry.stack, message.entry.path) != (self._entry.stack, self._entry.path):
            self._whole = message.entry.fate in {Fate.SAME, Fate.NEW}
        self._entry = message.entry
        self._colour(message.entry)

    def _colour(self, entry: FileEntry) -> None:
        """Have the file's lines taken apart. Masked before that: a name may be of several pieces."""
        mask = getattr(self.app, "mask", str)
        self._highlight(entry, mask(entry.text if self._whole else entry.diff), whole=self._whole)

    @work(thread=True, exclusive=True, group="highlight")
    def _highlight(self, entry: FileEntry, text: str, *, whole: bool) -> None:
        lines = highlighted(entry.path, text) if whole else difference(text)
        self.post_message(Highlighted(entry, lines, whole=whole))

    @on(Highlighted)
    def _highlighted(self, message: Highlighted) -> None:
        message.stop()
        entry = message.entry
        if entry != self._entry or message.whole != self._whole:
            return
        self._title(entry)
        nothing = plain("(the file would be removed)" if entry.fate is Fate.REMOVED else "(empty)")
        self.query_one(SourceView).show(message.lines or nothing, numbered=message.whole and bool(message.lines))

    def turn(self) -> None:
        """Show the whole of the file, or what would change in it."""
        if self._entry is None:
            return
        if not self._entry.diff:
            self.notify("This file is on disk as it would be written: there is no difference.", markup=False)
            return
        self._whole = not self._whole
        self._colour(self._entry)

    def _title(self, entry: FileEntry, found: str = "") -> None:
        mask = getattr(self.app, "mask", str)
        view = "whole file" if self._whole else "difference to the disk"
        title = f"{mask(entry.path)}  {entry.fate.symbol} {entry.fate.value}  · {view}{found}"
        self.query_one("#file-title", Static).update(title)

    # -- searching

    def action_search(self) -> None:
        """Open the search."""
        field = self.query_one("#source-search", Input)
        field.display = True
        field.focus()

    @on(Input.Changed, "#source-search")
    def _searching(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one(SourceView).find(event.value)
        self.action_match(1)

    @on(Input.Submitted, "#source-search")
    def _searched(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(SourceView).focus()

    def action_match(self, by: int) -> None:
        """Go to a line that has what is searched for, and say which of how many it is."""
        at, count = self.query_one(SourceView).go(by)
        searched = self.query_one("#source-search", Input).value
        found = f" · {at} of {count} found" if count else " · not found" if searched else ""
        if self._entry is not None:
            self._title(self._entry, found)

    def action_leave_search(self) -> None:
        """Give the search up."""
        field = self.query_one("#source-search", Input)
        field.value = ""
        field.display = False
        self.query_one(SourceView).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take Escape, and go on and back, only where there is a search."""
        del parameters
        if action in {"leave_search", "match"}:
            return self.query_one("#source-search").display
        return True
