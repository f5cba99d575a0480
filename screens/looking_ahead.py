"""When something is made ahead: while the operator reads what is settled, on the way to the plan. Nobody is asked anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.errors import InputError
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from wizard.walk.speculation import Speculation
    from wizard.walk.walk import Walk

#: The last step that asks, and the one that shows what was answered: whoever is here goes on to the plan, or back.
READING = frozenset({Step.SIZING, Step.REVIEW})


def look(ahead: Speculation | None, walk: Walk, step: Step) -> None:
    """Begin, go on or give up, as the walk is now."""
    if ahead is None:
        return
    if walk.target is None or walk.checking or _held(walk):
        ahead.cancel()
    elif step in READING:
        ahead.begin(walk.target)


def _held(walk: Walk) -> bool:
    try:
        return bool(walk.draft.problems or walk.holding)
    except InputError:
        return True
