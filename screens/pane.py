"""A step's content. The wizard's screen owns the walk; a pane shows it, and says what was typed."""

from __future__ import annotations

from typing import ClassVar

from screens.desk import Desk
from screens.in_view import InView
from wizard.walk.steps import Step
from wizard.walk.walk import Walk


class Pane(InView):
    """Base of all steps. Mounted when its step is first shown, and kept: going back and forth loses nothing.

    A pane never changes the walk: it posts `screens.messages`, the wizard's screen takes them, and tells every mounted
    pane by `walk_changed`. Work that blocks goes to thread workers, which post messages and touch no widget.
    """

    step: ClassVar[Step]

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(id=f"pane-{self.step.value}")
        self.walk = walk
        self.desk = desk

    def on_descendant_blur(self) -> None:
        """Keep the step's keys working: what had the focus may be hidden now, which leaves it nowhere."""
        self.call_after_refresh(self._keep_focus)

    def _keep_focus(self) -> None:
        if self.is_attached and self.display and self.screen.is_current and self.screen.focused is None:
            self.focus(scroll_visible=False)

    def walk_changed(self) -> None:
        """Show the walk as it is now: after typing, after a check, after a run."""

    def shown(self) -> None:
        """The step has just come on screen."""

    def begin(self) -> None:
        """Begin what this step is for: somebody asked for it by name where they came from."""

    def focus_on(self, key: str) -> bool:
        """Put the focus on an answer's field; False when this pane has none for that key."""
        del key
        return False
