"""The checks against AWS of one object: when one is made, what stays on screen meanwhile, what came of it.

typed ─0.3 s of rest─► worker ─Checked─► taken, or dropped when something was typed since
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.timer import Timer
from textual.worker import get_current_worker

from screens import live, way
from screens.messages import Checked
from screens.widgets.run_heard import make_room
from wizard.errors import PlanewrightError
from wizard.findings import Finding
from wizard.walk.steps import Standing, Step

if TYPE_CHECKING:
    from textual.screen import Screen

    from screens.desk import Desk
    from wizard.walk.walk import Check, Walk

#: Seconds without a key before AWS is asked, and those that a check may take before it is told that one is made.
PAUSE_S = 0.3
PATIENCE_S = 0.2


class Checking:
    """Keeps the checks of a screen's walk going. Its methods belong to the screen's own thread; `tell` shows how it stands."""

    def __init__(self, screen: Screen[None], desk: Desk, tell: Callable[[], None]) -> None:
        self._screen = screen
        self._desk = desk
        self._tell = tell
        self._pause: Timer | None = None
        self._shown = way.Shown()
        self._failed: live.CheckFailed | None = None
        #: What the answers alone said of themselves before the newest check was back.
        self._own: tuple[Finding, ...] = ()

    @property
    def slow(self) -> bool:
        """Whether a check takes so long that it is told."""
        return self._shown.slow

    def cannot(self, walk: Walk) -> PlanewrightError | None:
        """Give why the walk cannot be checked; None when it can."""
        return self._failed.error if self._failed is not None and walk.checking else None

    def waiting(self, walk: Walk) -> tuple[Finding, ...]:
        """Give the findings of the check before that are looked at again."""
        return self._shown.waiting(walk)

    def standings(self, walk: Walk, steps: tuple[Step, ...]) -> tuple[Standing, ...]:
        """Give how the steps stand, as it is shown while a check is made."""
        return self._shown.standings(walk, steps)

    def later(self, walk: Walk) -> None:
        """Check once the typing rests."""
        if self._pause is not None:
            self._pause.stop()
        if walk.checking:
            self._pause = self._screen.set_timer(PAUSE_S, lambda: self.now(walk))

    def now(self, walk: Walk) -> None:
        """Check, unless it is known already what is to say, or the answers are none."""
        check = walk.begin_check()
        if check is not None and walk.checking:
            self._begin(walk, check)

    def again(self, walk: Walk) -> bool:
        """Ask AWS everything once more; False when there are no answers to check."""
        check = walk.begin_check()
        if check is None:
            return False
        self._desk.forget(check.target)
        self._begin(walk, check)
        return True

    def took(self, walk: Walk, message: Checked) -> bool:
        """Take what came of a check; False when something was typed since."""
        if walk.checking:  # else what is known is what the check before found
            self._own = walk.findings
        if not walk.took(message.generation, message.findings):
            return False
        self._shown.checked(self._own, message.findings)
        return True

    def failed(self, message: live.CheckFailed) -> None:
        """Take that a check could not be made."""
        self._failed = message

    def _begin(self, walk: Walk, check: Check) -> None:
        self._failed = None
        self._screen.set_timer(PATIENCE_S, lambda: self._takes_long(walk))
        self._screen.run_worker(partial(self._look, check), thread=True, exclusive=True, group="check")

    def _look(self, check: Check) -> None:
        """In a thread."""
        worker, app = get_current_worker(), self._screen.app
        turn = partial(make_room, lambda: getattr(app, "key_at", float("-inf")))
        live.look(self._desk, check, self._screen.post_message, outdated=lambda: worker.is_cancelled, turn=turn)

    def _takes_long(self, walk: Walk) -> None:
        if walk.checking:
            self._shown.slow = True
            self._tell()
