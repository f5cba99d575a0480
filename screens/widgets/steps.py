"""The panes of a wizard's steps: each is mounted when it is first shown, and kept. One is seen at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from screens import way
from screens.pane import Pane
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from wizard.deploy import flow


class Steps(ContentSwitcher):
    """Shows a step's pane, remembers where the focus was in each, and tells of changes only what is seen."""

    #: It shows nothing itself: what is laid out in it lays nothing out again, nor paints it.
    virtual_size = Reactive(Size(0, 0), repaint=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._stale: set[Step] = set()
        self._focused: dict[Step, Widget] = {}
        self._planned: flow.Planned | None = None

    @property
    def pane(self) -> Pane | None:
        """The pane on screen; None before the first."""
        shown = self.visible_content
        return shown if isinstance(shown, Pane) else None

    @property
    def offered(self) -> str:
        """The stack whose plan was looked at and waits to be applied; empty for none."""
        return self._planned.stack if self._planned is not None else ""

    async def show(self, step: Step, make: Callable[[], Pane]) -> Pane:
        """Show a step's pane, made now if it was never shown, with the focus where it was."""
        self.remember()
        name = f"pane-{step.value}"
        if not self.query_children(f"#{name}"):
            self._stale.discard(step)
            made = make()
            await self.add_content(made)
            if self._planned is not None:
                self._offer_to(made)
        self.current = name
        self.freshen()
        pane = self.pane
        assert pane is not None  # noqa: S101 - it is there now
        self.focus_in(pane)
        pane.shown()
        return pane

    def remember(self) -> None:
        """Remember what has the focus in the pane on screen."""
        pane, focused = self.pane, self.screen.focused
        if pane is not None and focused is not None and pane in focused.ancestors_with_self:
            self._focused[pane.step] = focused

    def focus_in(self, pane: Pane) -> None:
        """Put the focus where it was in a pane, or on its first field."""
        was = self._focused.get(pane.step)
        if was is not None and was.is_attached and was.focusable:
            was.focus()
            return
        inside = (it for it in self.screen.focus_chain if it is not pane and pane in it.ancestors)
        next(inside, pane).focus()

    def changed(self) -> None:
        """Show the walk as it is now; panes that are not seen follow when they are."""
        self._stale = {pane.step for pane in self.query_children(Pane)}
        self.freshen()

    def freshen(self) -> None:
        """Let the pane on screen follow, if it has not."""
        pane = self.pane
        if pane is not None and pane.step in self._stale:
            self._stale.discard(pane.step)
            pane.walk_changed()

    def offer(self, planned: flow.Planned | None) -> None:
        """Hand a plan from the step that made it to the one that applies it, now or once that is shown."""
        self._planned = planned
        for pane in self.children:
            self._offer_to(pane)

    def _offer_to(self, pane: Widget) -> None:
        if isinstance(pane, way.Offered):
            pane.offer(self._planned)
