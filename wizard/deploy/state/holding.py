"""A state's lock, held by a command of ours while it writes the state: the engine's own lock, in the engine's own form."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

import wizard
from wizard.engine import locks
from wizard.engine.diagnostics import locked
from wizard.engine.locks import LockInfo
from wizard.engine.processes import identify, me
from wizard.errors import EngineError


class Lockable(Protocol):
    """What has a lock."""

    @property
    def url(self) -> str:
        """What is locked."""

    def lock(self, content: str) -> bool:
        """Take the lock; False when somebody holds it."""

    def read_lock(self) -> bytes | None:
        """Read the lock."""

    def unlock(self, lock_id: str) -> None:
        """Remove the lock of this id; another one stays."""


@contextmanager
def holding(state: Lockable, doing: str, *, name: str) -> Iterator[None]:
    """Hold the lock. It names this process: should that be killed, whoever comes next knows that it is dead.

    Raises StateLockedError when somebody else holds it.
    """
    mine = _mine(state, doing)
    if not state.lock(locks.to_json(mine)):
        other = locks.from_json(state.read_lock() or b"")
        # A try whose answer was lost is made again, and then finds its own.
        if other is not None and other.id != mine.id:
            raise locked(f"the state was not held to {doing}", other, name)
        if other is None:
            raise EngineError(f"the state was not held to {doing}: somebody else does", action="run the command again")
    try:
        yield
    finally:
        # Somebody may have removed it by force and taken it since: theirs stays.
        state.unlock(mine.id)


def _mine(state: Lockable, doing: str) -> LockInfo:
    process = identify(os.getpid())
    return LockInfo(
        id=str(uuid.uuid4()),
        path=state.url.removeprefix("s3://"),
        operation=doing,
        who=me(),
        version=f"planewright {wizard.__version__}",
        created=datetime.now(UTC),
        info=locks.info_of(process) if process else "",
    )
