"""An engine that nobody waits for: it works after everybody else, and only for as long as it is wanted."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aside:
    """How such an engine works. `look` raises KeyboardInterrupt once it is not wanted; it is then interrupted, in good order."""

    look: Callable[[], None]
    niceness: int = 10

    @property
    def prefix(self) -> tuple[str, ...]:
        """What stands before the engine's command."""
        nice = shutil.which("nice")
        return () if nice is None else (nice, "-n", str(self.niceness))

    def nap(self, seconds: float) -> None:
        """Sleep, unless it is not wanted any more."""
        self.look()
        time.sleep(seconds)
