"""One command at a time on one object, on this machine; between machines the state's own lock decides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from wizard.deploy.target import Target
from wizard.engine import runs
from wizard.errors import BlockedError
from wizard.workspace import Place


@contextmanager
def exclusive(place: Place) -> Iterator[None]:
    """Hold the object while a command writes its files or plans. Raises BlockedError when another one does."""
    with held(
        place.hidden / "command.lock",
        f"another planewright command works on {place.name}",
        action=f"wait for it, or follow its run: planewright watch {place.name}",
    ):
        yield


@contextmanager
def held(path: Path, refused: str, *, action: str) -> Iterator[None]:
    """Hold a file's lock. Raises BlockedError (`refused`) at once when another command does: nobody waits for it."""
    lock = FileLock(path, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BlockedError(
            refused, cause=f"it holds {path}, which is given back when it ends, however it ends", action=action
        ) from None
    try:
        yield
    finally:
        lock.release()


def require_idle(target: Target, stack: str) -> None:
    """Refuse to work on a stack whose run is alive, though the command that started it may be gone.

    A look for drift is in nobody's way: it takes no lock and is nothing to be applied.
    """
    alive = next(
        (
            run
            for run in runs.listed(target.place.runs)
            if run.request.stack == stack and not run.request.only_looks and run.alive()
        ),
        None,
    )
    if alive is not None:
        raise BlockedError(
            f"{stack} of {target.name} has a run that is alive",
            cause=f"run {alive.id} ({alive.request.action}), started by {alive.request.who}",
            action=f"planewright watch {target.name} follows it; planewright cancel {target.name} stops it in good order",
        )
