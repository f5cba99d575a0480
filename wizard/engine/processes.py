"""Which process is meant: a pid alone is not enough, pids are used again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Identity:
    """A process of one boot of one machine. `started` tells it from a later process with the same pid."""

    pid: int
    started: str

    def alive(self) -> bool:
        """Whether this very process still runs. A zombie has ended; only its parent has not looked yet."""
        return started(self.pid) == self.started


def identify(pid: int) -> Identity | None:
    """Identity of a running process, or None when there is none."""
    mark = started(pid)
    return None if mark is None else Identity(pid, mark)


def started(pid: int) -> str | None:
    """When the process was started, as a mark that no clock change can move; None when it is not running."""
    return _started_linux(pid) if _PROC.exists() else _started_elsewhere(pid)


def me() -> str:
    """`user@host`, as the engine writes it into a lock."""
    import getpass

    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's uid without a passwd entry
        user = "unknown"
    return f"{user}@{host()}"


def host() -> str:
    """Name of this machine."""
    return os.uname().nodename  # what socket.gethostname() gives, without loading sockets


def elsewhere(name: str, mark: str) -> bool:
    """Whether a process, by its machine's name and the mark of its start, ran on another machine.

    Name and boot have both to be others: a machine may be renamed, and a container has a name of its own.
    """
    mine = started(os.getpid()) or ""
    return name != host() and mine.partition("/")[0] != mark.partition("/")[0]


def _started_linux(pid: int) -> str | None:
    # Read here and not through psutil, which costs the runner more to import than all the rest of it.
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = _PROC.read_text().strip()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold blanks and brackets
    state, ticks = fields[0], fields[19]
    return None if state in {"Z", "X"} else f"{boot}/{ticks}"


def _started_elsewhere(pid: int) -> str | None:
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return f"{process.create_time():.2f}"
    except psutil.Error:
        return None
