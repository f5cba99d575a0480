"""Whoever waits for a process in a test waits so long and no longer: a process that hangs fails its test, not the run."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: Several times what the slowest of them takes on a busy machine.
PATIENCE_S = 180.0
#: The same for a run of an engine, or a script with dozens of calls.
LONG_S = 600.0


@contextmanager
def bounded(process: subprocess.Popen[Any], seconds: float = PATIENCE_S) -> Iterator[None]:
    """Kill the process at the end of so many seconds: what reads from it, or waits for it, is told of an end then."""
    timer = threading.Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
