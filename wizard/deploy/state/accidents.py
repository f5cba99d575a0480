"""What can happen to a state, and the steps that a way back is made of. Values alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from wizard.deploy.state.seen import Copy


class Trouble(StrEnum):
    """What can have happened, in words that complete "the state is …"."""

    BUSY = "in use by somebody who is alive"
    LOCKED = "locked by somebody of whom nothing is known"
    LOCKED_DEAD = "locked by somebody who is dead"
    NOT_SAVED = "older than what a run could not save"
    NOT_SAVED_HALF = "older than what a run could save only half"
    LEFT_OVER = "not behind the errored.tfstate that lies there"
    FOREIGN_LEFT = "of another lineage than the errored.tfstate that lies there"
    STALE_DIGEST = "not the one whose digest the lock table has"
    CORRUPTED = "corrupted"
    EMPTIED = "one of no resource"
    DELETED = "deleted"
    LOST = "lost"
    BEHIND = "out of sync: behind a newer one"
    REPLACED = "out of sync: of another lineage than the one before"
    OUT_OF_STEP = "out of sync with the contract"
    HALF_MADE = "out of sync: a run died in the middle of a call"
    HALF_IMPORTED = "imported, and not whole"


class Doing(StrEnum):
    """What a step does."""

    UNLOCK = "unlock"
    PUSH = "push"
    SET_ASIDE = "set aside"
    MEND_DIGEST = "mend digest"
    MEND_IMPORT = "mend import"
    RESTORE = "restore"
    CLEAR = "clear"
    REBUILD = "rebuild"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way back. `copy` is what a restoring step restores."""

    doing: Doing
    says: str
    copy: Copy | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is true, told in `lines`, and the steps. `ends` says why there is no way from here, and what to do; else it is empty."""

    troubles: tuple[Trouble, ...] = ()
    lines: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    ends: str = ""


@dataclass(slots=True)
class Notes:
    """A diagnosis while it is made."""

    troubles: list[Trouble] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def add(self, trouble: Trouble, line: str, *steps: Step) -> None:
        """Note what happened, and the steps that lead back from it."""
        self.troubles.append(trouble)
        self.lines.append(line)
        self.steps += steps

    def end(self, why: str = "") -> Diagnosis:
        """Give the diagnosis; with `why` there is no way on, and no step."""
        return Diagnosis(tuple(self.troubles), tuple(self.lines), () if why else tuple(self.steps), why)
