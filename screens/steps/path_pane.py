"""What the steps share that look at the data path: its drawing with the states, beside a list of what was looked at.

Both are shown where there is room; where there is not, a key goes between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget

from screens.fitting import Fitting
from screens.pane import Pane
from screens.widgets.data_path import Picture, picture_of_deployment, picture_of_shard
from screens.widgets.diagram import Diagram
from wizard.verify.hops import HopState

#: Lines that a list below the drawing needs, and columns from which on drawing and list stand side by side.
LIST_LINES = 12
SIDE_BY_SIDE = 190


class PathPane(Pane, Fitting):
    """A drawing of the path, and a list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "drawing", "Drawing", tooltip="Between the list and the drawing of the path"),
    ]

    def compose(self) -> ComposeResult:
        """How it stands, the drawing, the list."""
        yield self.head()
        with Horizontal(classes="path"):
            with VerticalScroll(classes="path-drawing", can_focus=False):
                yield Diagram(self._picture())
            yield self.listing()

    def head(self) -> Widget:
        """Make the line that says how it stands."""
        raise NotImplementedError

    def listing(self) -> Widget:
        """Make the list."""
        raise NotImplementedError

    @property
    def both(self) -> bool:
        """Whether drawing and list are shown at once."""
        return self.has_class("-beside") or self.has_class("-above")

    def fit(self) -> None:
        """Show both where there is room."""
        width, height = self.outer_size
        beside = width >= SIDE_BY_SIDE
        lines = len(self.query_one(Diagram).lines(max(width - 4, 20)))
        self.set_class(beside, "-beside")
        self.set_class(not beside and height - lines >= LIST_LINES + 2, "-above")
        self.refresh_bindings()

    def show_states(self, states: Mapping[str, HopState]) -> None:
        """Draw these states."""
        self.query_one(Diagram).show(self._picture(), states)

    def action_drawing(self) -> None:
        """Show the other of the two."""
        self.toggle_class("-drawing")
        drawing = self.has_class("-drawing")
        (self.query_one(Diagram) if drawing else self.focus_of_list()).focus()

    def focus_of_list(self) -> Widget:
        """Give what has the focus in the list."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is another view only where both have no room."""
        del parameters
        return not self.both if action == "drawing" else True

    def _picture(self) -> Picture:
        given = self.walk.draft.given
        if self.walk.kind == "shard":
            return picture_of_shard(given, self.walk.place.name)
        shard = self.walk.target.shard if self.walk.target is not None else None
        return picture_of_deployment({**given, "name": self.walk.place.name}, shard)
