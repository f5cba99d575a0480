"""What follows from a key, or from a check that is back, is shown behind the keys: no key waits for it.

letter ─► painted ─► no key on its way? ─► one part of all that came meanwhile, painted ─► no key? ─► the next part
                          └─ one is: it acts first, and is painted

In parts, since a key that comes while one is shown and painted has to wait for that: no part may be felt.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.screen import Screen

#: Seconds after which it is looked again whether the key has acted.
AGAIN_S = 0.01

Parts = tuple[Callable[[], None], ...]


class Behind:
    """Shows the newest once there is time for it. Its methods belong to the screen's own thread."""

    def __init__(self, screen: Screen[None], *parts: Callable[[], None]) -> None:
        self._screen = screen
        self._parts = parts
        self._asked = 0

    def soon(self) -> None:
        """Show what there is then, once no key is on its way and what the last one typed is painted."""
        self._asked += 1
        self._once_painted(self._asked, self._parts)

    def _once_painted(self, asked: int, parts: Parts) -> None:
        if parts:
            self._screen.call_after_refresh(self._look, asked, parts)

    def _look(self, asked: int, parts: Parts) -> None:
        if asked != self._asked:  # a letter came since, and may not be painted yet
            return
        if getattr(self._screen.app, "typing", False):
            self._screen.set_timer(AGAIN_S, lambda: self._look(asked, parts))
            return
        parts[0]()
        self._once_painted(asked, parts[1:])
