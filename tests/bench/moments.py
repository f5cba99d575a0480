"""Moments and what lies between them: by the clock, on the processor, and without the neighbours.

A machine that others use as well keeps threads waiting for a processor; Linux counts for how long. What something takes
`alone` is the clock's time less that: what it would take on a machine of one's own. Budgets are held against it, and
the clock's own time stands beside it. Time in which others merely slow a shared core down is in both.

All threads of the process count, since a worker that waits may hold the interpreter which the screen waits for. Where
two wait at once that is taken off twice, so that on a busy machine `alone` is the least it can be, and never less than
what the thread itself needed; on a quiet one it is exact.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_THREADS = Path("/proc/self/task")


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds: by the clock, of the thread on a processor, and what it would be by the clock without neighbours."""

    clock: float
    cpu: float
    alone: float

    def __str__(self) -> str:
        return f"by the clock {self.clock:.0f} ms, on the processor {self.cpu:.0f} ms"


@dataclass(frozen=True, slots=True)
class Moment:
    """Now: seconds of the machine's clock, of this thread on a processor, of each thread ready to run and without one."""

    clock: float
    cpu: float
    waited: Mapping[str, float]

    @staticmethod
    def now() -> Moment:
        """Read the clocks. Where the system does not count waiting, nothing is taken off."""
        return Moment(time.perf_counter(), time.thread_time(), _waited())

    def since(self, before: Moment) -> Took:
        """Give what lies between."""
        clock, cpu = self.clock - before.clock, self.cpu - before.cpu
        waited = sum(now - before.waited.get(thread, 0.0) for thread, now in self.waited.items())
        return Took(clock * 1000, cpu * 1000, max(clock - waited, cpu) * 1000)


def middle(took: Sequence[Took]) -> Took:
    """Give the medians."""
    return _each(took, statistics.median)


def ninety_fifth(took: Sequence[Took]) -> Took:
    """Give what one in twenty exceeds."""
    return _each(took, lambda values: sorted(values)[min(int(len(values) * 0.95), len(values) - 1)])


def painted(text: str, script: str, arguments: Sequence[str] = ()) -> Took:
    """Start Python with a script; give what it took from there until a text reached the terminal, all threads' CPU."""
    environ = {**os.environ, "TEXTUAL_DRIVER": "tests.bench.terminal:Terminal", "UNTIL": text}
    began = time.perf_counter()
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    try:
        clock, cpu, waited = map(float, done.stdout.split())
    except ValueError:
        raise RuntimeError(f"{text!r} was not painted: {done.stdout[-500:]} {done.stderr[-2000:]}") from None
    took = clock - began
    return Took(took * 1000, cpu * 1000, (took - waited) * 1000)


def _waited() -> Mapping[str, float]:
    found: dict[str, float] = {}
    for thread in (it.name for it in _THREADS.iterdir()) if _THREADS.is_dir() else ():
        with suppress(OSError, IndexError, ValueError):  # it has ended meanwhile, or nobody counts
            found[thread] = int((_THREADS / thread / "schedstat").read_text().split()[1]) / 1e9
    return found


def _each(took: Sequence[Took], of: Callable[[Sequence[float]], float]) -> Took:
    return Took(of([it.clock for it in took]), of([it.cpu for it in took]), of([it.alone for it in took]))
