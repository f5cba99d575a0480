"""What was seen of a stack's state: what is there now, what it was before, who holds it, what a run left. Values alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from wizard.deploy.state.document import StateDocument, Unreadable
from wizard.engine.aftermath import Aftermath

Readable = StateDocument | Unreadable
Kind = Literal["version", "backup", "errored", "file"]


@dataclass(frozen=True, slots=True)
class Copy:
    """A state that is kept somewhere beside the one in use: an earlier version, a backup, what a run could not save.

    `md5` is the digest that a lock table would have of it.
    """

    kind: Kind
    id: str
    at: datetime
    document: Readable
    md5: str = ""

    @property
    def text(self) -> str:
        """Which one, from when."""
        what = {"version": "version", "backup": "backup", "errored": "what the run left in", "file": "file"}[self.kind]
        return f"{what} {self.id} of {self.at:%Y-%m-%d %H:%M:%S} UTC"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a stack's state.

    `current` is None where there is none; `deleted` says when it was deleted. `copies` are those that were read, not the
    state in use itself. `applied`: this workspace has the stack's contract, so that there must be a state; `torn_down`: what
    was applied last is its end, so that the state may know nothing. `out_of_step`
    names outputs of which state and contract say different things. `expected` is the digest that the lock table has of the
    state, empty for none, and `md5` the one that the state in use has. `unread` names parameters whose text an import put
    where the code does not have it.
    """

    name: str
    stack: str
    where: str
    current: Readable | None
    copies: tuple[Copy, ...] = ()
    deleted: datetime | None = None
    aftermath: Aftermath = field(default_factory=Aftermath)
    errored: Copy | None = None
    applied: bool = False
    torn_down: bool = False
    out_of_step: tuple[str, ...] = ()
    expected: str = ""
    md5: str = ""
    unread: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether there must be resources."""
        return self.applied and not self.torn_down

    @property
    def emptied(self) -> bool:
        """Whether the state knows nothing of a stack that stands: it is as good as none."""
        return self.stands and isinstance(self.current, StateDocument) and self.current.knows_nothing

    @property
    def stale(self) -> bool:
        """Whether the engine refuses the state for its digest."""
        return bool(self.expected) and self.expected != self.md5
