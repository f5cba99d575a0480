"""The rail: all steps, where one is, and what is still wrong where. Folds into one line when there is one line for it."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.widget import Widget

from screens.marks import mark
from screens.messages import GoTo
from wizard.walk.steps import Mark, Standing, Step


class Rail(Widget):
    """Shows standings; a click goes to a step. Its keys are the screen's: numbers go to the steps as they are shown.

    Only lines that say something else now are drawn anew: a check changes one mark, and meets a key often enough.
    """

    standings: reactive[tuple[Standing, ...]] = reactive((), repaint=False)
    current: reactive[Step | None] = reactive[Step | None](None, repaint=False)

    def watch_standings(self, before: tuple[Standing, ...], now: tuple[Standing, ...]) -> None:
        """Draw the lines of the steps that stand otherwise."""
        if [it.step for it in before] == [it.step for it in now]:
            self._draw(number for number, (then, it) in enumerate(zip(before, now, strict=True)) if then != it)
        else:
            self.refresh()

    def watch_current(self, before: Step | None, now: Step | None) -> None:
        """Draw the line that was left, and the one that was come to."""
        self._draw(number for number, it in enumerate(self.standings) if it.step in {before, now})

    def _draw(self, numbers: Iterable[int]) -> None:
        if self.size.height > 1:
            lines = [Region(0, number, self.size.width, 1) for number in numbers]
            if lines:
                self.refresh(*lines)
        else:
            self.refresh()

    def render(self) -> Content:
        """One line per step, or one line for all."""
        if self.size.height > 1:
            return Content("\n").join([upright(s, here=s.step is self.current) for s in self.standings])
        return folded(self.standings, self.current, self.size.width)

    def on_click(self, event: events.Click) -> None:
        """Go to the step under the mouse, when they stand one under another."""
        if self.size.height > 1 and event.y < len(self.standings):
            self.post_message(GoTo(self.standings[event.y].step))


def upright(standing: Standing, *, here: bool) -> Content:
    """One step of the upright rail: a pointer, the mark, the name, the count of what is wrong and how it stands."""
    count = standing.findings + standing.lacking
    name = Content.styled(f"{standing.step.label:<9}", "bold reverse" if here else "")
    word = "" if standing.mark in {Mark.TODO, Mark.DONE} else standing.mark.value
    said = " ".join(part for part in (str(count) if count else "", word) if part)
    return Content.assemble(
        "▸" if here else " ", mark(standing.mark, word=False), " ", name, " ", (said, _style(standing))
    )


def folded(standings: tuple[Standing, ...], current: Step | None, width: int) -> Content:
    """All steps in one line: number and mark of each, name and word of the one that is shown, and which are held."""
    parts: list[Content] = []
    for number, standing in enumerate(standings, start=1):
        count = standing.findings + standing.lacking
        if standing.step is current:
            text = f"▸{number} {standing.mark.symbol} {standing.step.label}: {standing.mark.value}{f' {count}' if count else ''}"
            parts.append(Content.styled(text, f"{_style(standing)} reverse"))
        else:
            parts.append(Content.styled(f"{number}{standing.mark.symbol}", _style(standing)))
    line = Content(" ").join(parts)
    held = [s.step.label for s in standings if s.mark is Mark.HELD and s.step is not current]
    words = f"  held: {', '.join(held)}" if held else ""
    whole = Content.assemble(line, (words, "$text-error"))
    return whole if whole.cell_length <= width else whole.truncate(width, ellipsis=True)


def _style(standing: Standing) -> str:
    from screens.marks import MARK_STYLES

    return MARK_STYLES[standing.mark]
