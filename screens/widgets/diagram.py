"""The data path on screen: as it will be while it is answered, and with each hop's state while it is verified."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from textual.content import Content
from textual.geometry import Size

from screens.painting import Settled
from screens.widgets.data_path import Picture
from screens.widgets.path_drawing import NOT_LOOKED, Line, States, draw
from wizard.verify.hops import HopState

#: How each kind of segment looks. What a state says is in its symbol and word; the colour only helps to find it.
_STYLES: Mapping[str, str] = MappingProxyType(
    {
        "frame": "$text-muted",
        "arrow": "$text-accent",
        "place": "$text-secondary bold",
        "stop": "bold",
        "detail": "$text-muted",
        "missing": "$text-warning",
        "title": "$text-accent bold",
        HopState.PASSED.value: "$text-success",
        HopState.FAILED.value: "$text-error bold",
        HopState.WAITING.value: "$text-warning",
        HopState.NOT_OBSERVABLE.value: "$text-secondary",
        HopState.NOT_PROVABLE.value: "$text-secondary",
    }
)


class Diagram(Settled, can_focus=True):
    """Draws a picture in whatever room there is; give it hop states by their keys and it shows them."""

    DEFAULT_CSS: ClassVar[str] = "Diagram { height: auto; }"

    def __init__(self, picture: Picture, states: States = NOT_LOOKED, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._picture = picture
        self._states = dict(states)
        self._drawn: tuple[Picture, States, int, tuple[Line, ...]] | None = None

    def on_mount(self) -> None:
        """Draw again when masking begins or ends."""
        if hasattr(self.app, "presenter"):
            self.watch(self.app, "presenter", self.redraw, init=False)

    def show(self, picture: Picture, states: States = NOT_LOOKED) -> None:
        """Draw another picture, or other states; nothing is drawn anew when both are as they were."""
        if picture == self._picture and states == self._states:
            return
        self._picture, self._states = picture, dict(states)
        self.redraw()

    def redraw(self) -> None:
        """Draw again: what is masked has changed."""
        self.refresh(layout=True)

    def lines(self, width: int) -> tuple[Line, ...]:
        """Give the drawing in so many columns, each segment with the key of its stop."""
        picture = self._picture.masked(getattr(self.app, "mask", str))
        if self._drawn is None or self._drawn[:3] != (picture, self._states, width):
            self._drawn = (picture, dict(self._states), width, draw(picture, width, self._states))
        return self._drawn[3]

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All the room that there is."""
        del viewport
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the drawing takes in this width."""
        del container, viewport
        return len(self.lines(width))

    def render(self) -> Content:
        """The drawing. Names are text and never markup."""
        lines = (
            Content.assemble(*((segment.text, _STYLES[segment.kind]) for segment in line))
            for line in self.lines(self.content_size.width)
        )
        return Content("\n").join(lines)
