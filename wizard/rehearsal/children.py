"""Processes that the rehearsed nodes start: each in a group of its own, on a leash, and gone when it is over."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard.rehearsal.leash import leashed


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended. `exit_code` is None when it was stopped for taking too long."""

    exit_code: int | None
    stdout: str
    stderr: str


class Children:
    """Runs processes and can end all of them at once."""

    def __init__(self) -> None:
        self._running: set[int] = set()
        self._lock = threading.Lock()
        self._over = False

    def run(
        self, command: list[str], *, environment: Mapping[str, str], folder: Path, seconds: float, said: str = ""
    ) -> Ended:
        """Run a command to its end, with `said` on its standard input; its whole group ends with it."""
        with self._lock:
            if self._over:
                return Ended(None, "", "the rehearsal is over")
            process = subprocess.Popen(
                leashed(command, signal_number=signal.SIGKILL),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(environment),
                cwd=folder,
                start_new_session=True,
            )
            self._running.add(process.pid)
        try:
            stdout, stderr = process.communicate(said.encode(), timeout=seconds)
            code: int | None = process.returncode
        except subprocess.TimeoutExpired:
            _kill(process.pid)
            stdout, stderr = process.communicate()
            code = None
        finally:
            # What it left in the background belongs to it, and the rehearsal leaves nothing running.
            _kill(process.pid)
            with self._lock:
                self._running.discard(process.pid)
        return Ended(code, stdout.decode(errors="replace"), stderr.decode(errors="replace"))

    def end(self) -> None:
        """Kill whatever runs, and start nothing more."""
        with self._lock:
            self._over = True
            for pid in self._running:
                _kill(pid)


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
