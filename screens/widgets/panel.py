"""A few lines beside a form that say how things stand."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widgets import Static


class Panel(Static):
    """Lines of a label and a text each; a label may be a symbol and a word. Nothing is drawn anew that is the same."""

    def __init__(self, title: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False, classes="panel")
        self._title = title
        self._lines: tuple[tuple[str, str, str], ...] | None = None

    def show(self, lines: Iterable[tuple[str, str, str]]) -> None:
        """Show lines of a label, a text and the label's style."""
        mask = getattr(self.app, "mask", str)
        masked = tuple((label, mask(text), style) for label, text, style in lines)
        if masked == self._lines:
            return
        self._lines = masked
        title = Content.styled(self._title, "bold $text-accent")
        rows = [Content.assemble((f"  {label:14}", style), text) for label, text, style in masked]
        self.update(Content("\n").join([title, *rows]))
