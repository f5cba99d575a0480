"""Emitted files to look around in: the tree, and the file under its cursor as a whole or as its difference."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from screens.widgets.file_tree import Fate, FileEntry, FileTree
from screens.widgets.search import Searched
from screens.widgets.source_view import Line, SourceView, difference, highlighted, plain


class Highlighted(Message):
    """A file's lines are ready to be drawn."""

    def __init__(self, entry: FileEntry, lines: tuple[Line, ...], *, whole: bool) -> None:
        super().__init__()
        self.entry = entry
        self.lines = lines
        self.whole = whole


class FileView(Horizontal, Searched):
    """Shows entries; their lines are taken apart in a worker."""

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
            self._whole = message.entry.fate in {Fate.SAME, Fate.ADDED}
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
        if self.needle:
            self.go(1)

    def turn(self) -> None:
        """Show the whole of the file, or what would change in it."""
        if self._entry is None:
            return
        if not self._entry.diff:
            self.notify("This file is on disk as it would be written: there is no difference.", markup=False)
            return
        self._whole = not self._whole
        self._colour(self._entry)

    def _title(self, entry: FileEntry) -> None:
        mask = getattr(self.app, "mask", str)
        view = "whole file" if self._whole else "difference to the disk"
        title = f"{mask(entry.path)}  {entry.fate.symbol} {entry.fate.value}  · {view}"
        self.query_one("#file-title", Static).update(title)

    # -- searching

    @property
    def text_view(self) -> SourceView:
        """The file."""
        return self.query_one(SourceView)

    def find(self, needle: str) -> None:
        """Look for a text in the file."""
        self.text_view.find(needle)
        self.go(1)

    def go(self, by: int) -> None:
        """Go to a line that has what is searched for, and say which of how many it is."""
        self.tell(*self.text_view.go(by))
