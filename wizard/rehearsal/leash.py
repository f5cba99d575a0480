"""Run a command that dies with the process that started it, as another user if need be.

`python leash.py SIGNAL PARENT USER:GROUP COMMAND…`, as a file of its own: nothing of this package is loaded. Linux
sends SIGNAL when the starting *thread* ends, so what has to live long is started from a thread that does. Elsewhere the
command runs without a leash.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def leashed(command: list[str], *, signal_number: int, user: tuple[int, int] | None = None) -> list[str]:
    """Give the command line that runs `command` on a leash, as `user` (uid and gid)."""
    who = f"{user[0]}:{user[1]}" if user else "-"
    return [sys.executable, "-I", "-S", str(Path(__file__)), str(signal_number), str(os.getpid()), who, *command]


def main() -> None:
    """Change to the user, ask the kernel for the signal, then become the command."""
    signal_number, parent, who, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    if who != "-":
        # Here and not by the starting process: the user may be unable to enter this Python's own directory.
        uid, gid = (int(part) for part in who.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - an argument list, and no shell is meant


if __name__ == "__main__":
    main()
