"""What of a screen is looked at again when a part of it has changed: that part, and no more.

Textual takes the smallest rectangle around all that changed, and has every widget drawn that stands in the same view as
anything in it: for a letter in a field all fields of the form. What is not sent to the terminal is thrown away again.
Here only those are drawn that stand where something changed; what is sent is the same.

It also lays a screen out once where Textual does so twice: whoever asks, while it is laid out, where a widget is hears
where it was. tests/screens/test_painting.py holds that this Textual is like that, and that what comes of it is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from textual._compositor import Compositor
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

if TYPE_CHECKING:
    from textual._compositor import ChopsUpdate, ReflowResult
    from textual.map_geometry import MapGeometry
    from textual.strip import Strip


class Sparing(Compositor):
    """Draws what stands where something changed, and lays out once."""

    def __init__(self) -> None:
        super().__init__()
        #: Where something changed, while that is painted; empty while everything is.
        self._changed: tuple[Region, ...] = ()
        self._arranging = False

    def render_partial_update(self) -> ChopsUpdate | None:
        """Paint what changed."""
        self._changed = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changed = ()

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Give the widgets that stand there, each with its place, what is seen of it, and the lines of that."""
        if crop is None or not self._changed:
            return super()._get_renders(crop)
        return self._parts(crop)

    def _parts(self, crop: Region) -> Iterator[tuple[Region, Region, list[Strip]]]:
        rows = Region(0, crop.y, self.size.width, crop.height)
        for widget, (region, clip) in self.visible_widgets.items():
            part = clip.intersection(rows)
            seen = region.intersection(part)
            if seen and any(seen.overlaps(changed) for changed in self._changed):
                yield region, part, widget.render_lines(seen - region.offset)

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay everything out."""
        self._arranging = True
        try:
            found = super().reflow(parent, size)
        finally:
            self._arranging = False
        self._full_map_invalidated = False  # it has just been made
        return found

    @property
    def full_map(self) -> Mapping[Widget, MapGeometry]:  # type: ignore[override]
        """Where all widgets are; where they were, while they are laid out."""
        return self._full_map if self._arranging else super().full_map


class SparingScreen(Screen[ScreenResultType]):
    """A screen that is painted like this."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = Sparing()


class Settled(Widget):
    """A widget whose size says nothing new once it is laid out: it is not laid out once more, nor painted, for that.

    What scrolls is laid out again when it shows a scrollbar or hides one; Textual sees to that by itself.
    """

    virtual_size = Reactive(Size(0, 0), repaint=False)
