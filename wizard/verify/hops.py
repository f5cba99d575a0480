"""What verification says: hops, each in one of five states, and what they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class HopState(StrEnum):
    """How a hop was seen. Only `passed` is proof; the last two are never shown or counted as passed."""

    PASSED = "passed"
    FAILED = "failed"
    WAITING = "waiting"
    NOT_OBSERVABLE = "not_observable"
    NOT_PROVABLE = "not_provable_in_rehearsal"

    @property
    def symbol(self) -> str:
        """One character for screens; always shown beside the word."""
        return {"passed": "✓", "failed": "✗", "waiting": "…", "not_observable": "?"}.get(self.value, "~")

    @property
    def word(self) -> str:
        """The state in words."""
        return {
            "waiting": "waiting",
            "not_observable": "not observable",
            "not_provable_in_rehearsal": "not provable in rehearsal",
        }.get(self.value, self.value)

    @property
    def rank(self) -> int:
        """0 for what needs somebody first (failed), up to 4 for what needs nobody (passed)."""
        return _WORST_FIRST.index(self)


_WORST_FIRST = (
    HopState.FAILED,
    HopState.WAITING,
    HopState.NOT_OBSERVABLE,
    HopState.NOT_PROVABLE,
    HopState.PASSED,
)


@dataclass(frozen=True, slots=True)
class Hop:
    """One link of the data path, as it was seen.

    `key` is stable (`inbound.health`); `subject` names what was looked at; `evidence` is what was seen, a line each;
    `reason` says why it is in its state and `remedy` what to do, both empty when it passed; `waiting_on` names who is
    waited for, only when waiting; `seconds` is how long looking took. `commands` are lines to be copied: they decide it, or
    mend it.
    """

    key: str
    title: str
    subject: str
    state: HopState
    observed_at: datetime
    evidence: tuple[str, ...] = ()
    reason: str = ""
    remedy: str = ""
    waiting_on: str = ""
    seconds: float = 0.0
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who AWS said was asking."""

    account: str
    arn: str


@dataclass(frozen=True, slots=True)
class Verification:
    """One walk along the path.

    `object` is the deployment's or shard's name, `shard` the shard's, `topology` `private`, `public` or `shard`;
    `endpoint` is where AWS was asked: None for the real one, otherwise the URL of the one that stood in for it.
    """

    object: str
    shard: str
    topology: str
    hops: tuple[Hop, ...]
    started_at: datetime
    ended_at: datetime
    identity: Identity
    endpoint: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def in_state(self, *states: HopState) -> tuple[Hop, ...]:
        """Hops in any of these states, in the path's order."""
        return tuple(hop for hop in self.hops if hop.state in states)

    @property
    def proven(self) -> tuple[Hop, ...]:
        """What was seen to work."""
        return self.in_state(HopState.PASSED)

    @property
    def not_proven(self) -> tuple[Hop, ...]:
        """All else, worst first."""
        return tuple(hop for hop in self.worst_first if hop.state is not HopState.PASSED)

    @property
    def first_failure(self) -> Hop | None:
        """The failed hop that comes first on the path."""
        return next(iter(self.in_state(HopState.FAILED)), None)

    @property
    def worst_first(self) -> tuple[Hop, ...]:
        """All hops by weight; within a state, in the path's order."""
        return tuple(sorted(self.hops, key=lambda hop: hop.state.rank))

    @property
    def verified(self) -> bool:
        """Nothing failed, nobody is waited for, and something was seen: a look that saw nothing proves nothing."""
        return bool(self.proven) and not self.in_state(HopState.FAILED, HopState.WAITING)

    @property
    def exit_code(self) -> int:
        """0 when verified, else 1."""
        return 0 if self.verified else 1

    def counts(self) -> dict[HopState, int]:
        """How many hops are in each state, every state named."""
        return {state: len(self.in_state(state)) for state in HopState}
