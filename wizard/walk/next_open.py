"""Which of the things that hold the way comes next, in the order of the steps, beginning where somebody is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.walk.steps import Step, step_of, steps_of

if TYPE_CHECKING:
    from wizard.walk.walk import Walk


def next_open(walk: Walk, here: Step | None, key: str) -> tuple[Step, str] | None:
    """Give the step and the answer's key of the next problem or holding finding; None when nothing holds.

    `key` is of the field that somebody is at. After the last one comes the first.
    """
    order = steps_of(walk.kind)
    paths = (*(problem.path for problem in walk.draft.problems), *(finding.path for finding in walk.holding))
    places = dict.fromkeys((step_of(walk.kind, path), path) for path in paths)
    found = sorted(places, key=lambda place: order.index(place[0]))  # within a step as they are told: worst first
    if not found:
        return None
    if here is not None and (here, key) in found:
        return found[(found.index((here, key)) + 1) % len(found)]
    at = 0 if here is None else order.index(here)
    return next((place for place in found if order.index(place[0]) >= at), found[0])
