"""A meter: what is needed of what a machine carries all the time, and of what it carries in bursts."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from screens.marks import SEVERITY_STYLES
from wizard.findings import Severity
from wizard.sizing.budget import Budget

#: Marks on the bar, told apart without colour: needed, over the baseline, left of the baseline, burst alone.
NEEDED, OVER, LEFT, BURST = "█", "▓", "░", "·"
#: Where the baseline ends.
BASELINE = "│"
_LABEL = 11
_NARROWEST, _WIDEST = 10, 48


def sentence(budget: Budget) -> str:
    """Say the arithmetic: `18000 of 12000 baseline (burst 40000): over by 6000`."""
    rest = f"over by {round(budget.over_by)}" if budget.over_by else f"{round(budget.left)} left"
    return f"{round(budget.needed)} of {round(budget.baseline)} baseline (burst {round(budget.maximum)}): {rest}"


def bar(budget: Budget, width: int) -> tuple[tuple[str, str], ...]:
    """Give the bar's pieces with their kind (needed, over, left, baseline, burst), together exactly `width` cells.

    The bar is as long as the largest of the three figures; something that is there at all takes a cell at least.
    """
    room = width - len(BASELINE)
    whole = max(budget.needed, budget.maximum, budget.baseline, 1.0)
    carried = min(room, max(1 if budget.baseline else 0, round(room * budget.baseline / whole)))
    if budget.over_by and carried == room:
        carried -= 1
    needed = _cells(min(budget.needed, budget.baseline), budget.baseline, carried)
    beyond = room - carried
    over = _cells(budget.over_by, whole - budget.baseline, beyond)
    return (
        (NEEDED * needed, "needed"),
        (LEFT * (carried - needed), "left"),
        (BASELINE, "baseline"),
        (OVER * over, "over"),
        (BURST * (beyond - over), "burst"),
    )


def _cells(part: float, whole: float, room: int) -> int:
    """Give the cells of a part of a whole that takes `room`; neither none for something, nor all for less than all."""
    if part <= 0 or whole <= 0 or room <= 0:
        return 0
    cells = max(1, round(room * part / whole))
    return min(cells, room if part >= whole else max(1, room - 1))


_STYLES = {
    "needed": "$text-success",
    "left": "$text-muted",
    "baseline": "bold",
    "burst": "$text-muted",
}


class Meter(Widget):
    """One budget, two lines: the bar, and under it the arithmetic with its symbol and word."""

    DEFAULT_CSS: ClassVar[str] = "Meter { height: 2; }"

    def __init__(
        self, label: str, budget: Budget | None = None, *, why: str = "", grave: Severity = Severity.CRITICAL
    ) -> None:
        """Show a budget, or say `why` there is none. `grave` is how much it matters if more is needed than is carried."""
        super().__init__()
        self._label = label
        self._shown = (budget, why, grave)

    def show(self, budget: Budget | None, *, why: str = "", grave: Severity = Severity.CRITICAL) -> None:
        """Show another budget; nothing is painted when it is the same."""
        if (budget, why, grave) != self._shown:
            self._shown = (budget, why, grave)
            self.refresh()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All the room that there is."""
        del viewport
        return container.width

    def render(self) -> Content:
        """Bar and arithmetic."""
        label = Content.styled(self._label[: _LABEL - 1].ljust(_LABEL), "bold")
        budget, why, grave = self._shown
        if budget is None:
            return Content("\n").join([label + Content.styled(f"? unknown: {why}", "$text-muted"), Content("")])
        width = max(_NARROWEST, min(_WIDEST, self.content_size.width - _LABEL))
        drawn = Content.assemble(*((text, _style(kind, budget, grave)) for text, kind in bar(budget, width)))
        verdict = (f"{grave.symbol} over", SEVERITY_STYLES[grave]) if budget.over_by else ("✓ carried", "$text-success")
        said = Content.assemble(" " * _LABEL, verdict, f"  {sentence(budget)}")
        return Content("\n").join([label + drawn, said])


def _style(kind: str, budget: Budget, grave: Severity) -> str:
    """Give a piece's colour: what is needed takes that of the verdict, unless what is over costs nothing."""
    if kind == "over" or (kind == "needed" and budget.over_by and grave is not Severity.INFO):
        return SEVERITY_STYLES[grave]
    return _STYLES[kind]
