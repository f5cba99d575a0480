"""Emitted files as a tree of stacks and folders, each with what an emission would do to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode


class Fate(StrEnum):
    """What becomes of a file when it is emitted (`wizard.deploy.differences`). Always shown as symbol, word and colour."""

    SAME = "same"
    ADDED = "new"
    MODIFIED = "changed"
    REMOVED = "removed"
    EDITED = "edited by hand"

    @property
    def symbol(self) -> str:
        """One character, never alone."""
        return {"same": "=", "new": "+", "changed": "~", "removed": "-", "edited by hand": "✗"}[self.value]


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file. `text` is what would be written (empty for one that is removed), `diff` what that changes on disk."""

    stack: str
    path: str
    fate: Fate
    text: str
    diff: str


class FileTree(Tree[FileEntry]):
    """The files of each stack. Says which one is looked at."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"file--{fate.name.lower()}" for fate in Fate}
    DEFAULT_CSS = """
    FileTree {
        & > .file--same { color: $text-muted; }
        & > .file--added { color: $text-success; }
        & > .file--modified { color: $text-warning; }
        & > .file--removed { color: $text-error; }
        & > .file--edited { color: $text-error; text-style: bold; }
    }
    """

    class Looked(Message):
        """Somebody looks at a file."""

        def __init__(self, entry: FileEntry) -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__("files", id=id)
        self.show_root = False
        self.guide_depth = 2
        self._entries: tuple[FileEntry, ...] = ()
        self._aim: TreeNode[FileEntry] | None = None

    def show(self, entries: Iterable[FileEntry]) -> None:
        """Show other files. The cursor stays on the file it was on."""
        entries = tuple(entries)
        if entries == self._entries:
            return
        at = self.cursor_node.data if self.cursor_node is not None else None
        self._entries = entries
        self.clear()
        places: dict[tuple[str, str], TreeNode[FileEntry]] = {}
        leaves = []
        for entry in entries:
            folder = self._folder(places, entry.stack, PurePosixPath(entry.path).parent)
            leaves.append(folder.add_leaf(PurePosixPath(entry.path).name, entry))
        self._aim = min(leaves, key=lambda leaf: _rank(leaf.data, at), default=None)
        self.call_after_refresh(self._reach)

    def on_show(self) -> None:
        """Reach the file that could not be reached while the tree had no room."""
        self.call_after_refresh(self._reach)

    def _reach(self) -> None:
        # A tree without room would scroll to the wrong place.
        if self._aim is not None and self.size.height:
            self.move_cursor(self._aim)
            self._aim = None

    def _folder(
        self, places: dict[tuple[str, str], TreeNode[FileEntry]], stack: str, folder: PurePosixPath
    ) -> TreeNode[FileEntry]:
        key = (stack, str(folder))
        if key not in places:
            top = str(folder) == "."
            above = self.root if top else self._folder(places, stack, folder.parent)
            places[key] = above.add(f"stack {stack}" if top else folder.name, expand=True)
        return places[key]

    def render_label(self, node: TreeNode[FileEntry], base_style: Style, style: Style) -> Text:
        """Draw a file with its fate."""
        label = super().render_label(node, base_style, style)
        entry = node.data
        if entry is None:
            return label
        fate = entry.fate
        return Text.assemble(
            label, "  ", (f"{fate.symbol} {fate.value}", self.get_component_rich_style(f"file--{fate.name.lower()}"))
        )

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[FileEntry]) -> None:
        """Say which file the cursor is on."""
        if event.node.data is not None:
            self.post_message(self.Looked(event.node.data))


def entries_of(
    stack: str, fates: Mapping[str, Fate], files: Mapping[str, bytes], diffs: Mapping[str, str]
) -> tuple[FileEntry, ...]:
    """Join each file's fate, what would be written of it, and what that changes."""
    return tuple(
        FileEntry(stack, path, fates[path], _text(files.get(path)), diffs.get(path, ""))
        for path in sorted(fates, key=lambda path: (PurePosixPath(path).parent.parts, path))
    )


def _text(data: bytes | None) -> str:
    try:
        return (data or b"").decode()
    except UnicodeDecodeError:
        return f"(binary, {len(data or b'')} bytes)\n"


def _rank(entry: FileEntry | None, before: FileEntry | None) -> tuple[bool, ...]:
    """Order files by where the cursor should be: where it was, what somebody edited, what changes, the way in."""
    if entry is None:
        return (True,)
    here = before is not None and (entry.stack, entry.path) == (before.stack, before.path)
    changes = entry.fate in {Fate.MODIFIED, Fate.REMOVED}
    return (not here, entry.fate is not Fate.EDITED, not changes, entry.path != "main.tf")
