"""The line on top: what is being deployed, and where, as whom. It never scrolls away."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

#: Between the parts of one side.
DOT = " · "
#: What stands first on every screen of a rehearsal.
REHEARSAL = " ◇ REHEARSAL "


@dataclass(frozen=True, slots=True)
class Heading:
    """What the line says. Left: the object; right: account, region and, once AWS has said it, the caller."""

    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    presenter: bool = False


class Header(Widget):
    """One line; the right side gives way first, its last part (the caller) before the account."""

    heading: reactive[Heading] = reactive(Heading())

    def render(self) -> Content:
        """Lay both sides out over the width there is."""
        return line(self.heading, self.size.width, rehearsal=bool(getattr(self.app, "rehearsal", False)))


def line(heading: Heading, width: int, *, rehearsal: bool = False) -> Content:
    """Give the heading in exactly one line of a width. That nothing is real comes first: it is never cut off."""
    left = Content.styled(DOT.join(heading.left), "bold")
    if rehearsal:
        left = Content.assemble((REHEARSAL, "bold reverse $text-warning"), " ", left)
    if heading.presenter:
        left = Content.assemble(left, "  ", ("◉ presenter: names and addresses masked", "bold $text-accent"))
    parts = list(heading.right)
    while parts and len(DOT.join(parts)) + left.cell_length + 2 > width:
        parts.pop()
    right = Content.styled(DOT.join(parts), "$text-muted")
    gap = max(width - left.cell_length - right.cell_length, 1)
    whole = Content.assemble(left, " " * gap, right)
    return whole if whole.cell_length <= width else whole.truncate(width, ellipsis=True)
