"""What arranges itself by the room that it has, and draws no line of another width."""

from __future__ import annotations

from textual.geometry import Size
from textual.widget import Widget


class Fitting(Widget):
    """Fits itself whenever its room is another: after each layout, too.

    Textual tells a widget of its new size by what differs from the map of the screen that it had before. Where somebody has
    asked for a place meanwhile, that map is the new one already, and nobody is told; nor is anybody of a scrollbar of their own.
    """

    _room: tuple[Size, bool, bool] | None = None

    def fit(self) -> None:
        """Arrange what is in it, or draw it anew."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Look after each layout."""
        self.screen.screen_layout_refresh_signal.subscribe(self, lambda _: self._look_at_room(), immediate=True)

    def on_resize(self) -> None:
        """Look now."""
        self._look_at_room()

    def _look_at_room(self) -> None:
        room = (self.outer_size, self.show_vertical_scrollbar, self.show_horizontal_scrollbar)
        if self.outer_size and room != self._room:
            self._room = room
            self.call_next(self.fit)
