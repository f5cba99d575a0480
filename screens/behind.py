"""What follows from a key, or from a check that is back, is shown behind the keys: no key waits for it.

letter ─► painted ─► no key on its way? ─► all that came meanwhile, shown in one go
                          └─ one is: it acts first, and is painted
"""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen

#: Seconds after which it is looked again whether the key has acted.
AGAIN_S = 0.01


class Behind:
    """Shows the newest once there is time for it. Its methods belong to the screen's own thread."""

    def __init__(self, screen: Screen[None], show: Callable[[], None]) -> None:
        self._screen = screen
        self._show = show
        self._due = False

    def soon(self) -> None:
        """Show what there is then, once no key is on its way and what the last one typed is painted."""
        if not self._due:
            self._due = True
            self._screen.call_after_refresh(self._look)

    def _look(self) -> None:
        if getattr(self._screen.app, "typing", False):
            self._screen.set_timer(AGAIN_S, self._look)
            return
        self._due = False
        self._show()
