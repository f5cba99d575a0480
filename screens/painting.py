"""What of a screen is looked at again when a part of it has changed: that part, and no more.

Textual takes the smallest rectangle around all that changed, and has every widget drawn that stands in the same view as
anything in it: for a letter in a field all fields of the form. What is not sent to the terminal is thrown away again.
Here only those are drawn that stand where something changed; what is sent is the same.

After a layout, only that is taken for changed which looks otherwise (`moved`).

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
                yield region, part, _lines(widget, seen - region.offset)

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay everything out, and note what stands elsewhere: it is to be painted, and so is what stood there."""
        due, before = set(self._dirty_regions), self._full_map
        scrolled = self._visible_map is not None  # then what is painted is in no map
        self._arranging = True
        try:
            found = super().reflow(parent, size)
        finally:
            self._arranging = False
        self._full_map_invalidated = False  # it has just been made
        if not scrolled and size.region not in due and _stacked_as(before, self._full_map):
            self._dirty_regions = due | moved(before, self._full_map)
        return found

    @property
    def full_map(self) -> Mapping[Widget, MapGeometry]:  # type: ignore[override]
        """Where all widgets are; where they were, while they are laid out."""
        return self._full_map if self._arranging else super().full_map


def moved(before: Mapping[Widget, MapGeometry], now: Mapping[Widget, MapGeometry]) -> set[Region]:
    """Give where the screen may look otherwise now that it is laid out anew.

    Textual takes the whole of each widget of which anything is otherwise: a line more below a step cuts all that is in
    the step off by a line, and it painted all of it. What stands where it stood is painted where it is seen now and was
    not; so is what shows nothing but its background.
    """
    found: set[Region] = set()
    for widget in dict(before.items() ^ now.items()):
        was, is_now = before.get(widget), now.get(widget)
        seen = [Region() if it is None else it.visible_region for it in (was, is_now)]
        stays = was is not None and is_now is not None and (was.region == is_now.region or _shows_nothing(widget))
        found.update([*_less(*seen), *_less(*reversed(seen))] if stays else seen)
    return {region for region in found if region}


def _lines(widget: Widget, crop: Region) -> list[Strip]:
    """Draw a part of a widget. All lines of a background are the same: one is drawn."""
    if crop.height > 1 and _shows_nothing(widget):
        return widget.render_lines(Region(crop.x, crop.y, crop.width, 1)) * crop.height
    return widget.render_lines(crop)


def _shows_nothing(widget: Widget) -> bool:
    """Whether a widget is the background of what it holds, and no more."""
    styles, kind = widget.styles, type(widget)
    ours = kind.render is Widget.render and kind.render_line is Widget.render_line
    drawn = any(styles.border.spacing) or any(styles.outline.spacing) or any(map(styles.has_rule, ("keyline", "hatch")))
    return ours and widget.is_container and not drawn and styles.opacity == 1


def _less(one: Region, other: Region) -> Iterator[Region]:
    """Give the parts of a region that are not in another."""
    common = one.intersection(other)
    if not common:
        yield one
        return
    yield Region(one.x, one.y, one.width, common.y - one.y)
    yield Region(one.x, common.bottom, one.width, one.bottom - common.bottom)
    yield Region(one.x, common.y, common.x - one.x, common.height)
    yield Region(common.right, common.y, one.right - common.right, common.height)


def _stacked_as(before: Mapping[Widget, MapGeometry], now: Mapping[Widget, MapGeometry]) -> bool:
    """Whether what stands on the screen lies one above the other as it did."""
    was, is_now = (sorted(them.items(), key=lambda it: it[1].order) for them in (before, now))
    return [it for it, _ in was if it in now] == [it for it, _ in is_now if it in before]


class SparingScreen(Screen[ScreenResultType]):
    """A screen that is painted like this, and not at all while another covers it."""

    #: What has the focus is drawn anew, and what had it; nothing else is for that.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self._compositor = Sparing()

    def _compositor_refresh(self) -> None:
        """Paint what changed. Textual paints all of the screen above for it, on and on; what covers it shows nothing."""
        if self._covered:
            self._compositor._dirty_regions.clear()  # noqa: SLF001 - where nothing is painted, nothing is due
            self._dirty_widgets.clear()
        else:
            super()._compositor_refresh()

    @property
    def _covered(self) -> bool:
        """Whether a screen above lets nothing through. It is painted whole when that is gone."""
        stack = self.app.screen_stack
        above = stack[stack.index(self) + 1 :] if self in stack else []
        return any(it.styles.background.a == 1 and it.styles.opacity == 1 for it in above)


class Settled(Widget):
    """A widget whose size says nothing new once it is laid out: it is not laid out once more, nor painted, for that.

    What scrolls is laid out again when it shows a scrollbar or hides one; Textual sees to that by itself.
    """

    virtual_size = Reactive(Size(0, 0), repaint=False)
