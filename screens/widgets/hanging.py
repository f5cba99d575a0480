"""Text beside a label, which goes on under itself: what belongs to a label is never read as another line's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size

from screens.painting import Settled


@dataclass(frozen=True, slots=True)
class Pair:
    """A label, the text beside it, and how each is styled."""

    label: str
    text: str
    style: str = ""
    text_style: str = ""


def hung(pair: Pair, width: int, *, column: int) -> Content:
    """Give a pair in lines of a width, the text in a column of its own."""
    label = Content.styled(f"{pair.label:<{column}}", pair.style)
    room = max(width - max(column, cell_len(pair.label)), 12)
    lines = Content.styled(pair.text, pair.text_style).wrap(room) if pair.text else [Content("")]
    indent = Content(" " * label.cell_length)
    return Content("\n").join([(indent if at else label) + line for at, line in enumerate(lines)])


class Pairs(Settled):
    """Pairs one under another; nothing is drawn anew that is the same, nor laid out for texts of as many lines."""

    DEFAULT_CSS = "Pairs { height: auto; }"

    def __init__(
        self,
        pairs: Iterable[Pair] = (),
        *,
        title: str = "",
        column: int = 0,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Show pairs under a title; the texts' `column` is the longest label's, if it is not given."""
        super().__init__(id=id)
        self._title = title
        self._column = column
        self._pairs = tuple(pairs)

    def show(self, pairs: Iterable[Pair]) -> None:
        """Show other pairs."""
        pairs = tuple(pairs)
        if pairs != self._pairs:
            width = self.content_size.width
            rows = self._rows(width) if width else 0
            self._pairs = pairs
            self.refresh(layout=not width or self._rows(width) != rows)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the texts take in this width."""
        del container, viewport
        return self._rows(width)

    def render(self) -> Content:
        """Draw them. What they say is text and never markup."""
        return self._content(self.content_size.width)

    def _rows(self, width: int) -> int:
        return self._content(width).plain.count("\n") + 1

    def _content(self, width: int) -> Content:
        column = self._column or max((cell_len(pair.label) for pair in self._pairs), default=0) + 2
        title = [Content.styled(self._title, "bold $text-accent")] if self._title else []
        return Content("\n").join([*title, *(hung(pair, width, column=column) for pair in self._pairs)])
