"""How long an apply may take, told from those before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from wizard.engine import runs
from wizard.workspace import Place

#: What an apply is taken to need when no earlier one tells, and what must be left beyond it.
UNKNOWN_APPLY = timedelta(minutes=20)
MARGIN = timedelta(minutes=10)

_LAST = 10


def estimate(place: Place, stack: str) -> timedelta:
    """How long the stack's longest apply of the last ten that succeeded took, or a careful guess."""
    return max(earlier(place, stack), default=UNKNOWN_APPLY)


def apply_needs(place: Place, stacks: Iterable[str]) -> timedelta:
    """For how long credentials have to last so that any of the stacks can be applied, with the margin."""
    return max(estimate(place, stack) for stack in stacks) + MARGIN


def earlier(place: Place, stack: str, *, steps: int = 0) -> tuple[timedelta, ...]:
    """How long the stack's last ten applies that succeeded took, the newest first.

    With `steps`, only of those at most twice and at least half as large: one more rule tells nothing of a first install.
    """
    took: list[timedelta] = []
    for run in runs.listed(place.runs):
        request = run.request
        if request.stack != stack or request.action != "apply":
            continue
        if steps and not steps <= 2 * request.expected <= 4 * steps:
            continue
        result = run.recorded()
        # One that failed tells how soon, not how long.
        if result and result.ended and result.outcome == "succeeded":
            took.append(result.ended - request.created)
            if len(took) == _LAST:
                break
    return tuple(took)
