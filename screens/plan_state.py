"""How the plan of a stack stands on screen, and what is said of one that is being made. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.deploy import flow
    from wizard.deploy.target import Target
    from wizard.engine.events import RunState


class State(StrEnum):
    """How a stack's plan stands. Always shown as symbol, word and colour."""

    TO_PLAN = "to plan"
    PLANNING = "planning"
    PLANNED = "planned"
    NO_CHANGES = "no changes"
    STALE = "stale"
    WAITS = "waits"
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
    State.FAILED: "bold $text-error",
    State.STOPPED: "$text-warning",
    State.USED: "$text-success",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One stack: how its plan stands, what there is to say of that, and the plan itself once there is one."""

    state: State = State.TO_PLAN
    said: str = ""
    planned: flow.Planned | None = None

    @property
    def usable(self) -> bool:
        """Whether its plan may be applied."""
        return self.state in {State.PLANNED, State.NO_CHANGES}


def planned(made: flow.Planned) -> Standing:
    """Give the standing of a stack whose plan was just made."""
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
