"""What holds a step, and with which step an object is gone on with. Pure; the same words in every front end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.findings import Severity
from wizard.walk.steps import Step, step_of, steps_of

if TYPE_CHECKING:
    from wizard.errors import PlanewrightError
    from wizard.walk.walk import Walk


def is_beyond_review(step: Step) -> bool:
    """Whether a step works on the saved answers, and not on what is being typed."""
    order = tuple(Step)
    return order.index(step) > order.index(Step.REVIEW)


def first(walk: Walk, steps: tuple[Step, ...]) -> Step:
    """Give the step to begin with: the first that lacks something, or the review when nothing does."""
    lacking = (s.step for s in walk.standings() if s.step in steps and s.lacking)
    return next(lacking, Step.REVIEW if Step.REVIEW in steps and walk.place.answers.is_file() else steps[0])


def held(walk: Walk, step: Step, *, uncheckable: PlanewrightError | None = None) -> str:
    """Say why one may not go on from a step; empty when one may. The review is left only when no step holds."""
    here = {step}
    if step is Step.REVIEW:
        here = {s for s in steps_of(walk.kind) if not is_beyond_review(s)}
    lacking = sum(step_of(walk.kind, problem.path) in here for problem in walk.draft.problems)
    holding = [finding.severity for finding in walk.holding if step_of(walk.kind, finding.path) in here]
    critical, high = holding.count(Severity.CRITICAL), holding.count(Severity.HIGH)
    reasons = [
        *([_count(lacking, "answer is missing or refused", "answers are missing or refused")] if lacking else []),
        *([_count(critical, "critical finding", "critical findings")] if critical else []),
        *([_count(high, "high finding to acknowledge", "high findings to acknowledge")] if high else []),
    ]
    if walk.unopened is not None and step in {Step.ACCOUNT, Step.REVIEW}:
        reasons.append(walk.unopened.title)
    if uncheckable is not None:
        reasons.append(f"it cannot be checked: {uncheckable.title}")
    elif walk.checking and not is_beyond_review(step):
        reasons.append("a check against AWS is in flight")
    return ", ".join(reasons)


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
