"""What is answered stays in view: the focused field, with all that is said of it, whatever comes and goes around it."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import VerticalScroll
from textual.events import DescendantFocus
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widget import Widget


class InView(VerticalScroll):
    """Scrolls as little as it must for the focused field to be seen whole, from where it stood when that took the focus.

    It looks after each layout: findings come under a field and below the step, and take their room back. Reckoned from
    where it stood first, the way by which they came makes no difference. Whoever scrolls by hand goes where they want.
    """

    #: Whether it does so; else Textual's own way counts, once, when something takes the focus.
    keeps: ClassVar[bool] = False

    #: That there is more or less to scroll lays nothing out again, nor paints it: a scrollbar that comes or goes does so.
    virtual_size = Reactive(Size(0, 0), repaint=False)

    _held: Widget | None = None
    _stood = 0
    _scrolled = 0
    _place: tuple[int, int, int, int] | None = None

    def on_mount(self) -> None:
        """Look after each layout."""
        if self.keeps:
            self.screen.screen_layout_refresh_signal.subscribe(self, lambda _: self._look_again(), immediate=True)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Keep what took the focus in view from now on."""
        if self.keeps:
            units = (it for it in event.widget.ancestors_with_self if isinstance(it, Widget))
            self._held = next((it for it in units if getattr(it, "in_view_whole", False)), event.widget)
            self._stood, self._place = round(self.scroll_y), None
            self.call_after_refresh(self._look_again)

    def _look_again(self) -> None:
        held = self._held
        if held is None or not held.has_focus_within or self not in held.ancestors or not self.is_on_screen:
            return
        place = self._place_of(held)
        if place == self._place and round(self.scroll_y) != self._scrolled:
            self._held = None  # nothing else has changed: somebody scrolled
            return
        self._place = place
        top, height, room, most = place
        # The first row of what is larger than the view is seen.
        self._scrolled = max(0, min(max(self._stood, top + height - room), top, most))
        if self._scrolled != round(self.scroll_y):
            self.scroll_to(y=self._scrolled, animate=False, immediate=True)

    def _place_of(self, held: Widget) -> tuple[int, int, int, int]:
        """Give its first row and its rows, the rows that are seen at once, and how far one can scroll."""
        path = [it for it in held.ancestors_with_self if isinstance(it, Widget)]
        docked = path[path.index(self) - 1].dock_gutter
        view = self.scrollable_content_region.shrink(docked)
        top = held.region.y - view.y + round(self.scroll_y)
        return top, held.region.height, view.height, self.max_scroll_y


def kept_in_view(widget: Widget) -> bool:
    """Whether something that a widget stands in keeps it in view."""
    return any(isinstance(it, InView) and it.keeps for it in widget.ancestors)
