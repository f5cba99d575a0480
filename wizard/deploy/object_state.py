"""Which state an object is in, and what is said of it in a list. Pure: from what was seen of it on disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

CUSTOMER = "the customer"


class State(StrEnum):
    """What is true of an object, in the order in which it needs somebody: where several are true, the first is told."""

    UNREADABLE = "cannot be read"
    RUNNING = "run in progress"
    FAILED = "last run failed"
    UNFINISHED = "destroy unfinished"
    WAITING = "waiting for the customer"
    DRIFTED = "drifted"
    DRAFT = "draft"
    APPLIED = "applied"
    DESTROYED = "destroyed"

    @property
    def symbol(self) -> str:
        """One character, always shown beside the word."""
        return _SYMBOLS[self]

    @property
    def rank(self) -> int:
        """0 for what needs somebody first."""
        return tuple(State).index(self)


_SYMBOLS = {
    State.UNREADABLE: "?",
    State.RUNNING: "●",
    State.FAILED: "✗",
    State.UNFINISHED: "◐",
    State.WAITING: "…",
    State.DRIFTED: "!",
    State.DRAFT: "·",
    State.APPLIED: "✓",
    State.DESTROYED: "-",
}


@dataclass(frozen=True, slots=True)
class LastRun:
    """A run as a list needs it. `outcome` is empty without an end; `at` is when it ended, or else began."""

    id: str
    stack: str
    what: Literal["plan", "apply", "destroy"]
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What the newest verification said: when, whether all was well, and who was waited for."""

    at: datetime
    verified: bool
    waiting_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What lies on disk of one object. `link`: whether the instance of a private one is there and its link is not yet
    (due), or no longer (gone: it was destroyed).

    `upgrade`: how far one is that is half-way, empty for none. `going` is a run that is alive, `applied` the newest apply or destroy, `drifted` what drifted after it, as it was seen at
    `drift_at` (None: right after it). `waiter`: somebody
    waits for the customer, to apply then what was confirmed.
    """

    saved: bool = False
    draft: bool = False
    stacks: frozenset[str] = frozenset()
    link: Literal["", "due", "gone"] = ""
    drifted: tuple[str, ...] = ()
    drift_at: datetime | None = None
    going: LastRun | None = None
    applied: LastRun | None = None
    look: Look | None = None
    waiter: bool = False
    upgrade: str = ""

    @property
    def newest_look(self) -> Look | None:
        """The verification, while nothing was applied since."""
        stale = self.look and self.applied and self.applied.at > self.look.at
        return None if stale else self.look


@dataclass(frozen=True, slots=True)
class Row:
    """One object of the workspace.

    `by_itself`: what waits for the customer is applied by itself then. `draft` is about answers that are typed and not yet the object's; `verified` holds until something is applied.
    `last` says what was done last (applied, destroyed, failed, verified, looked at), at `last_at`. `drift_at` is the last look for
    drift, None where nobody has looked since the last apply. `upgrade` says how far one is that is half-way (`2 of 5`).
    """

    name: str
    kind: str
    state: State
    draft: bool = False
    verified: bool = False
    last: str = ""
    last_at: datetime | None = None
    stack: str = ""
    waiting_on: tuple[str, ...] = ()
    drifted: tuple[str, ...] = ()
    drift_at: datetime | None = None
    by_itself: bool = False
    upgrade: str = ""

    @property
    def symbol(self) -> str:
        """One character for the state."""
        return self.state.symbol

    @property
    def words(self) -> str:
        """The state in words: `applied · draft` where a draft lies over what was applied."""
        after = " · goes on by itself" if self.by_itself else ""
        upgrade = f" · upgrade half-way, {self.upgrade}" if self.upgrade else ""
        return f"{self.state.value}{after}{upgrade}{' · draft' if self.draft else ''}"

    @property
    def when(self) -> str:
        """What was done last, and on which day (UTC)."""
        return f"{self.last} {self.last_at:%Y-%m-%d}" if self.last_at is not None else ""

    def as_dict(self) -> dict[str, Any]:
        """Give it for programs."""
        return {
            "name": self.name,
            "kind": self.kind,
            "state": self.state.value,
            "draft": self.draft,
            "verified": self.verified,
            "last": self.last,
            "last_at": self.last_at.isoformat(timespec="seconds") if self.last_at is not None else None,
            "waiting_on": list(self.waiting_on),
            "drifted": list(self.drifted),
            "drift_at": self.drift_at.isoformat(timespec="seconds") if self.drift_at is not None else None,
            "by_itself": self.by_itself,
            "upgrade": self.upgrade,
        }


def row_of(kind: str, name: str, seen: Seen) -> Row:
    """Decide."""
    state, look = _state(seen), seen.newest_look
    last, at = _last(seen)
    run = seen.going or seen.applied
    return Row(
        name=name,
        kind=kind,
        state=state,
        draft=seen.draft and state is not State.DRAFT,
        verified=look is not None and look.verified,
        last=last,
        last_at=at,
        stack=run.stack if run is not None else "",
        waiting_on=_waiting_on(seen),
        drifted=seen.drifted,
        drift_at=seen.drift_at,
        by_itself=seen.waiter and state is State.WAITING,
        upgrade=seen.upgrade,
    )


def _state(seen: Seen) -> State:
    last, there = seen.applied, bool(seen.stacks)
    torn_down = last is not None and last.what == "destroy"
    true = {
        State.RUNNING: seen.going is not None,
        State.FAILED: last is not None and last.outcome != "succeeded",
        State.UNFINISHED: there and (torn_down or seen.link == "gone"),
        State.WAITING: CUSTOMER in _waiting_on(seen),
        State.DRIFTED: bool(seen.drifted),
        State.DRAFT: not there and not torn_down,
        State.APPLIED: there,
        State.DESTROYED: torn_down,
    }
    return next(state for state in State if true.get(state, False))


def _waiting_on(seen: Seen) -> tuple[str, ...]:
    """Who is waited for: as the last look saw it, or else the customer while the link cannot have been applied."""
    if not seen.stacks:
        return ()
    if seen.newest_look is not None:
        return seen.newest_look.waiting_on
    return (CUSTOMER,) if seen.link == "due" else ()


def _last(seen: Seen) -> tuple[str, datetime | None]:
    if seen.going is not None:
        return "began", seen.going.at
    look = seen.newest_look
    if look is not None:
        return ("verified" if look.verified else "looked at"), look.at
    run = seen.applied
    if run is None:
        return "", None
    done = "destroyed" if run.what == "destroy" else "applied"
    return (done if run.outcome == "succeeded" else "failed"), run.at
