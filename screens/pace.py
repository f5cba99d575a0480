"""How Python runs under the screens: neither its garbage nor its threads may be felt at a key.

    start ──gc off──► first screen ──► imports behind it ──steady──► collected while nobody types

All that was imported is a few hundred thousand objects which live as long as the program: looking through them for
garbage takes a tenth of a second, at any key. They are set aside once, and what comes later is looked through when the
person pauses. A worker that reckons gives the interpreter up after a millisecond, and not after five.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable

#: Objects more than before at which the young are looked through, and how many times before older ones are: the last
#: number is for somebody who never pauses.
YOUNG, MIDDLE, OLD = 10_000, 20, 50
#: Seconds for which a worker that reckons may keep the interpreter while the screen waits for it.
TURN_S = 0.001
#: Seconds without a key after which somebody pauses; seconds between two looks at whether they do.
QUIET_S = 2.0
LOOK_S = 1.0
#: Seconds that a look may take; when it takes longer, what it left over is set aside as well.
FELT_S = 0.05


class Pace:
    """Python's own work, done when it is not felt. One for the process; without it everything works as well."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._touched = clock()

    def begin(self) -> None:
        """Collect nothing until the first screen stands."""
        gc.disable()

    def steady(self) -> None:
        """Set aside what is there, and let threads take shorter turns. Once, after all that is large was imported."""
        gc.freeze()
        gc.set_threshold(YOUNG, MIDDLE, OLD)
        gc.enable()
        sys.setswitchinterval(TURN_S)

    def touched(self) -> None:
        """Note that somebody types."""
        self._touched = self._clock()

    def tidy(self) -> bool:
        """Collect garbage if somebody pauses and there may be some; tell whether that was done."""
        if self._clock() - self._touched < QUIET_S or not gc.get_count()[2]:
            return False
        began = self._clock()
        gc.collect()
        if self._clock() - began > FELT_S:
            gc.freeze()
        return True
