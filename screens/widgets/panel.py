"""A few lines beside a form that say how things stand."""

from __future__ import annotations

from collections.abc import Iterable

from screens.widgets.hanging import Pair, Pairs

#: Where texts begin: the longest label and its margin.
_COLUMN = 16


class Panel(Pairs):
    """Lines of a label and a text each; a label may be a symbol and a word."""

    def __init__(self, title: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(title=title, column=_COLUMN, id=id)
        self.add_class("panel")

    def show(self, pairs: Iterable[tuple[str, str, str] | Pair]) -> None:
        """Show lines of a label, a text and the label's style. Texts are masked before they are broken into lines."""
        mask = getattr(self.app, "mask", str)
        lines = (it if isinstance(it, Pair) else Pair(*it) for it in pairs)
        super().show(Pair(f"  {it.label}", mask(it.text), it.style, it.text_style) for it in lines)
