"""What is answered stays in view: the focused field, with all that is said of it, whatever comes and goes around it."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import VerticalScroll
from textual.events import DescendantFocus
from textual.widget import Widget


class InView(VerticalScroll):
    """Scrolls as little as it must for the focused field to be seen whole, from where it stood when that took the focus.

    It looks after each layout: findings come under a field and below the step, and take their room back. Reckoned from
    where it stood first, the way by which they came makes no difference. Whoever scrolls by hand goes where they want.
    """

    #: Whether it does so; else Textual's own way counts, once, when something takes the focus.
    keeps: ClassVar[bool] = False

    _held: Widget | None = None
    _stood = 0
    _scrolled = 0

    def on_mount(self) -> None:
        """Look after each layout."""
        if self.keeps:
            self.screen.screen_layout_refresh_signal.subscribe(self, lambda _: self._look_again(), immediate=True)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Keep what took the focus in view from now on."""
        if self.keeps:
            units = (it for it in event.widget.ancestors_with_self if isinstance(it, Widget))
            self._held = next((it for it in units if getattr(it, "in_view_whole", False)), event.widget)
            self._stood = self._scrolled = round(self.scroll_y)
            self.call_after_refresh(self._look_again)

    def _look_again(self) -> None:
        kept = self._held
        if kept is None or not kept.has_focus_within or self not in kept.ancestors or not self.is_on_screen:
            return
        if round(self.scroll_y) != min(self._scrolled, self.max_scroll_y):
            self._held = None  # somebody scrolled
            return
        self._scrolled = self._scroll_for(kept)
        if self._scrolled != round(self.scroll_y):
            self.scroll_to(y=self._scrolled, animate=False, immediate=True)

    def _scroll_for(self, kept: Widget) -> int:
        """Reckon where to scroll to: the first row of what is larger than the view is seen."""
        path = [it for it in kept.ancestors_with_self if isinstance(it, Widget)]
        docked = path[path.index(self) - 1].dock_gutter
        view = self.scrollable_content_region.shrink(docked)
        top = kept.region.y + round(self.scroll_y)
        wanted = max(self._stood, top + kept.region.height - view.bottom)
        return max(0, min(wanted, top - view.y, self.max_scroll_y))


def kept_in_view(widget: Widget) -> bool:
    """Whether something that a widget stands in keeps it in view."""
    return any(isinstance(it, InView) and it.keeps for it in widget.ancestors)
