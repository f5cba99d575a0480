"""The lock of a state in a file. The engine holds it as a lock of the operating system, which ends with the engine; beside
it lies a file that says who, and stays when the engine is killed.
"""

from __future__ import annotations

from pathlib import Path

from wizard.engine import locks
from wizard.engine.locks import LockInfo

STATE = "terraform.tfstate"
_SAYS_WHO = ".terraform.tfstate.lock.info"


def local_lock(stack_dir: Path) -> LockInfo | None:
    """The lock of a local state, as its file says; None when there is none."""
    try:
        return locks.from_json((stack_dir / _SAYS_WHO).read_bytes())
    except OSError:
        return None


def forget(stack_dir: Path) -> bool:
    """Remove the file that a dead engine left; False when somebody does hold the state."""
    if not free(stack_dir):
        return False
    (stack_dir / _SAYS_WHO).unlink(missing_ok=True)
    return True


def free(stack_dir: Path) -> bool:
    """Whether no process on this machine holds the state."""
    import fcntl

    try:
        file = (stack_dir / STATE).open("r+b")
    except FileNotFoundError:
        return True
    with file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
