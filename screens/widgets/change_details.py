"""One change in full: what becomes of each attribute, and what the whole of it loses."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.widgets.notes import MUTED
from wizard.changes.classes import ChangeClass
from wizard.engine.plans import UNKNOWN, Change, ChangeKind, Difference
from wizard.walk.plan_tree import SYMBOLS, ChangeRow, GroupRow, Row

KIND_STYLES: Final[dict[ChangeKind, str]] = {
    "create": "$text-success",
    "update": "$text-warning",
    "replace": "$text-accent",
    "delete": "$text-error",
    "read": "$text-muted",
    "forget": "$text-muted",
    "noop": "$text-muted",
}
CLASS_STYLES: Final[dict[ChangeClass, str]] = {
    ChangeClass.SAFE: "$text-success",
    ChangeClass.INTERRUPTS: "$text-warning",
    ChangeClass.REPLACES: "$text-accent",
    ChangeClass.IGNORED: "$text-error",
    ChangeClass.DESTROYS: "bold $text-error",
}
#: A value longer than this is cut: whole documents are read in the files.
_LONGEST: Final = 2000
_MOST: Final = 400

Mask = Callable[[str], str]


class ChangeDetails(VerticalScroll):
    """Shows the row that the cursor of the tree is on."""

    DEFAULT_CSS = """
    ChangeDetails { & > Static { height: auto; } }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._text = Content("")

    def compose(self) -> ComposeResult:
        """A text."""
        yield Static(self._text, markup=False)

    def show(self, row: Row | None) -> None:
        """Show another row."""
        mask: Mask = getattr(self.app, "mask", str)
        self._text = describe(row, mask)
        self.query_one(Static).update(self._text)
        self.scroll_home(animate=False)

    def copy_text(self) -> str:
        """Give what is shown."""
        return self._text.plain


def describe(row: Row | None, mask: Mask = str) -> Content:
    """Tell everything about a row."""
    if row is None:
        return Content("")
    if isinstance(row, GroupRow):
        lines = [Content.styled(mask(row.label), "bold")]
        lines += [
            Content.styled(f"{SYMBOLS[kind]} {count} {kind}", KIND_STYLES[kind]) for kind, count in row.tally.told
        ]
        return Content("\n").join(lines)
    return Content("\n").join(_of_change(row, mask))


def _of_change(row: ChangeRow, mask: Mask) -> Iterator[Content]:
    change = row.change
    yield Content.styled(mask(change.address), "bold")
    if row.drifted:
        yield Content.styled("! drifted: AWS no longer has it as it was left", "$text-warning")
    elif change.kind == "noop":
        yield Content("asked for, and not in the plan")
    else:
        yield Content.styled(f"{SYMBOLS[change.kind]} {change.kind}", KIND_STYLES[change.kind]) + _reason(change)
    yield from _class(row, mask)
    if row.loses:
        yield Content.styled(f"✗ loses {mask(row.loses)}", "bold $text-error")
    differences = change.differences()
    if not differences and change.kind == "noop":
        return
    if not differences:
        yield Content.styled("no attribute differs", "$text-muted")
    # What is empty before and after says nothing, and a new resource has twenty of these.
    telling = [item for item in differences if not (_empty(item.before) and _empty(item.after))]
    for item in islice(telling, _MOST):
        yield from _of_difference(item, mask)
    if len(telling) > _MOST:
        yield Content.styled(f"and {len(telling) - _MOST} more attributes", "$text-muted")
    if len(telling) < len(differences):
        yield Content.styled(f"and {len(differences) - len(telling)} that stay empty", "$text-muted")


def _class(row: ChangeRow, mask: Mask) -> Iterator[Content]:
    """What it does to what runs, why, and the way back."""
    if row.classed is None:
        return
    cls = row.classed.cls
    yield Content.styled(f"{cls.symbol} {cls.value}", CLASS_STYLES[cls]) + f": {mask(row.classed.reason)}"
    yield Content.assemble(("instead: " if cls is ChangeClass.IGNORED else "back: ", MUTED), mask(row.classed.rollback))


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _reason(change: Change) -> str:
    return f"  because: {change.reason.replace('_', ' ')}" if change.reason else ""


def _of_difference(item: Difference, mask: Mask) -> Iterator[Content]:
    name = Content.styled(mask(item.path), "$text-primary")
    if item.forces:
        name += Content.styled("  ± forces the replacement", "bold $text-accent")
    before, after = _document(item.before), _document(item.after)
    if before is not None and after is not None:
        yield name
        for line in difflib.unified_diff(before, after, n=1, lineterm=""):
            if not line.startswith(("---", "+++", "@@")):
                style = {"+": "$text-success", "-": "$text-error"}.get(line[:1], "")
                yield Content.styled(f"  {mask(line)}", style)
        return
    if item.before is None:
        yield Content.assemble(name, " = ", mask(_spelled(item.after)))
        return
    yield Content.assemble(name, f": {mask(_spelled(item.before))} → ", mask(_spelled(item.after)))


def _document(value: Any) -> list[str] | None:
    """Give a policy, or any other JSON in a text, as lines; None for everything else."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return None
    try:
        return json.dumps(json.loads(value), indent=2, ensure_ascii=False).splitlines()
    except ValueError:
        return None


def _spelled(value: Any) -> str:
    if value == UNKNOWN:
        return UNKNOWN
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
