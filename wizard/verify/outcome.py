"""What a probe has to say of its hop, and the short ways to say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.verify.hops import HopState
from wizard.verify.path import PlannedHop


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state of a hop and why. `commands` are lines to be copied; `seen` is for later probes of the same walk alone."""

    state: HopState
    evidence: tuple[str, ...] = ()
    reason: str = ""
    remedy: str = ""
    waiting_on: str = ""
    commands: tuple[str, ...] = ()
    seen: Any = None


#: What earlier hops of the walk came to, by key.
Known = Mapping[str, Outcome]

#: Looks at one hop.
Probe = Callable[[PlannedHop, Known], Outcome]


def passed(*evidence: str, seen: Any = None) -> Outcome:
    """Seen to work."""
    return Outcome(HopState.PASSED, evidence, seen=seen)


def failed(reason: str, remedy: str, *evidence: str, commands: tuple[str, ...] = (), seen: Any = None) -> Outcome:
    """Seen not to work."""
    return Outcome(HopState.FAILED, evidence, reason, remedy, commands=commands, seen=seen)


def waiting(on: str, reason: str, remedy: str, *evidence: str, commands: tuple[str, ...] = ()) -> Outcome:
    """Not there yet, and somebody else's turn: `on` is the customer, the operator or AWS."""
    return Outcome(HopState.WAITING, evidence, reason, remedy, waiting_on=on, commands=commands)


def unseen(reason: str, remedy: str, *evidence: str, commands: tuple[str, ...] = ()) -> Outcome:
    """Nobody can see it from here."""
    return Outcome(HopState.NOT_OBSERVABLE, evidence, reason, remedy, commands=commands)


def unprovable(reason: str, remedy: str, *evidence: str) -> Outcome:
    """What answered says of itself that it stands in for the real thing."""
    return Outcome(HopState.NOT_PROVABLE, evidence, reason, remedy)
