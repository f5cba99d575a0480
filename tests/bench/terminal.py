"""A terminal that notes when a text (`UNTIL`) first reaches it and ends the process, for `tests.bench.moments.painted`.

Prints the clock, the process's CPU time and its main thread's waiting for a processor, in seconds. Imports next to
nothing: it is part of what is measured.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from textual.drivers.headless_driver import HeadlessDriver


class Terminal(HeadlessDriver):
    """Takes everything that is painted, as a real one does, and looks for the text in it."""

    @property
    def is_headless(self) -> bool:
        """Say no: what is painted shall be made into a terminal's bytes."""
        return False

    def _get_terminal_size(self) -> tuple[int, int]:
        return 120, 40

    def write(self, data: str) -> None:
        """Look for the text."""
        if os.environ["UNTIL"] not in data:
            return
        clock, cpu, waited = time.perf_counter(), time.process_time(), 0.0
        with suppress(OSError):  # a system that does not count it
            waited = int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
        os.write(1, f"{clock} {cpu} {waited}\n".encode())
        sys.stderr.flush()
        os._exit(0)

    def flush(self) -> None:
        """Nothing is kept back."""
