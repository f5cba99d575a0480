"""How the plan of a stack stands on screen, and what is said of one that is being made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from wizard.errors import InputError

if TYPE_CHECKING:
    from wizard.deploy import flow
    from wizard.deploy.target import Target
    from wizard.engine.events import RunState
    from wizard.engine.plans import PlanView
    from wizard.findings import Finding
    from wizard.walk.walk import Walk


class Stop(KeyboardInterrupt):
    """What the engine's side takes for the person's Ctrl-C: it interrupts the engine and waits for its end."""


class State(StrEnum):
    """How a stack's plan stands. Always shown as symbol, word and colour."""

    TO_PLAN = "to plan"
    PLANNING = "planning"
    PLANNED = "planned"
    NO_CHANGES = "no changes"
    STALE = "stale"
    WAITS = "waits"
    REFUSED = "refused"
    FAILED = "failed"
    STOPPED = "stopped"
    USED = "applied"

    @property
    def symbol(self) -> str:
        """One character, never alone."""
        return _SYMBOLS[self]

    @property
    def style(self) -> str:
        """The theme's colour for it."""
        return _STYLES[self]


_SYMBOLS = {
    State.TO_PLAN: "·",
    State.PLANNING: "●",
    State.PLANNED: "✓",
    State.NO_CHANGES: "=",
    State.STALE: "!",
    State.WAITS: "…",
    State.REFUSED: "∅",
    State.FAILED: "✗",
    State.STOPPED: "■",
    State.USED: "✓",
}
_STYLES = {
    State.TO_PLAN: "$text-muted",
    State.PLANNING: "$text-accent",
    State.PLANNED: "$text-success",
    State.NO_CHANGES: "$text-success",
    State.STALE: "bold $text-warning",
    State.WAITS: "$text-primary",
    State.REFUSED: "bold $text-error",
    State.FAILED: "bold $text-error",
    State.STOPPED: "$text-warning",
    State.USED: "$text-success",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One stack: how its plan stands, what there is to say of that, and the plan itself once there is one.

    `refused` is what holds a plan that would leave as it is what was answered.
    """

    state: State = State.TO_PLAN
    said: str = ""
    planned: flow.Planned | None = None
    refused: tuple[Finding, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether its plan is of the answers as they are, whatever may be done with it."""
        return self.usable or self.state is State.REFUSED

    @property
    def usable(self) -> bool:
        """Whether its plan may be applied."""
        return self.state in {State.PLANNED, State.NO_CHANGES}


@dataclass(slots=True)
class Standings:
    """How the stacks of an object stand, and which of them keys are about."""

    stacks: tuple[str, ...] = ()
    picked: str = ""
    _of: dict[str, Standing] = field(default_factory=dict)

    def __getitem__(self, stack: str) -> Standing:
        return self._of.get(stack, Standing())

    def __setitem__(self, stack: str, standing: Standing) -> None:
        self._of[stack] = standing

    @property
    def chosen(self) -> str:
        """The stack that keys are about: the one that was picked, or else the next one to plan."""
        if self.picked in self.stacks:
            return self.picked
        done = {State.PLANNED, State.NO_CHANGES, State.USED}
        return next((s for s in self.stacks if self[s].state not in done), self.stacks[-1] if self.stacks else "")

    def pick(self, by: int) -> None:
        """Pick another stack."""
        if self.stacks:
            self.picked = self.stacks[(self.stacks.index(self.chosen) + by) % len(self.stacks)]

    @property
    def busy(self) -> tuple[str, ...]:
        """Stacks whose plan is being made."""
        return tuple(stack for stack, standing in self._of.items() if standing.state is State.PLANNING)

    @property
    def any_planned(self) -> bool:
        """Whether there is a plan, though it may hold no longer."""
        return any(standing.planned is not None for standing in self._of.values())

    def views(self, *, besides: str = "") -> dict[str, PlanView]:
        """Plans that hold, by their stack."""
        return {
            stack: standing.planned.plan.view
            for stack in self.stacks
            if stack != besides and (standing := self[stack]).planned is not None and standing.holds
        }

    def ready(self) -> tuple[str, flow.Planned] | None:
        """Give the plan to apply now: the first that changes something, before one that has been seen to change nothing."""
        usable = [
            (standing.state, stack, standing.planned)
            for stack in self.stacks
            if (standing := self[stack]).usable and standing.planned is not None
        ]
        acting = [(stack, planned) for state, stack, planned in usable if state is State.PLANNED]
        return next(iter([*acting, *((stack, planned) for _, stack, planned in usable)]), None)

    def stale_for(self, target: Target | None) -> Iterator[str]:
        """Call plans stale that were made of other answers, and give their stacks."""
        for stack, standing in list(self._of.items()):
            if standing.holds and not holds_for(standing.planned, target):
                self[stack] = Standing(State.STALE, "the answers have changed since: plan again", standing.planned)
                yield stack

    def taken(self) -> Sequence[str]:
        """Take note of plans that an apply has taken, and give their stacks."""
        gone = [
            stack
            for stack, standing in self._of.items()
            if standing.planned is not None and not standing.planned.plan.run.plan_file.exists()
        ]
        for stack in gone:
            self[stack] = Standing(State.USED, "this plan was taken by an apply")
        return gone


def planned(made: flow.Planned, age_s: int = 0, refused: tuple[Finding, ...] = ()) -> Standing:
    """Give the standing of a stack whose plan was made, `age_s` seconds ago; `refused` is what holds it."""
    if refused:
        said = f"{len(refused)} answer{'s' if len(refused) > 1 else ''} would be ignored: it is not applied"
        standing = Standing(State.REFUSED, said, made, refused)
    else:
        standing = _planned(made)
    return replace(standing, said=f"{standing.said} · as of {age_s} s ago") if age_s else standing


def _planned(made: flow.Planned) -> Standing:
    view = made.plan.view
    if view.empty:
        return Standing(State.NO_CHANGES, "an apply would do nothing", made)
    if not view.acting:
        return Standing(State.PLANNED, f"only outputs change: {', '.join(view.outputs)}", made)
    return Standing(State.PLANNED, str(view.counts), made)


def holds_for(planned: flow.Planned | None, target: Target | None) -> bool:
    """Whether a plan is of the answers as they are now, the shard's included."""
    if planned is None or target is None:
        return False
    return (planned.target.answers, planned.target.shard) == (target.answers, target.shard)


def held_by(walk: Walk, standings: Standings) -> str:
    """Say why no plan can be made now; empty when one can."""
    if standings.busy:
        return "a plan is being made already; c stops it"
    if walk.target is None or walk.changed:
        return "the answers are not final yet; the review says what is missing"
    try:
        held = len(walk.holding)
    except InputError as error:
        return str(error)
    return f"{held} finding{'s' if held > 1 else ''}; the review shows each with its remedy" if held else ""


def progress(state: RunState) -> str:
    """Say in a line how far a plan is."""
    parts: list[str] = [state.phase]
    if state.refreshed:
        parts.append(f"{state.refreshed} looked at")
    if state.total:
        parts.append(f"{state.total} steps so far")
    if state.lock is not None and state.phase == "waiting for the lock":
        parts.append(f"held by {state.lock.who}")
    return " · ".join(parts)
