"""What a plan's changes do, by the rules and by what the blueprint knows: the one place that joins the two."""

from __future__ import annotations

from wizard.blueprints.springtail.wishes import LEFT_ALONE, WISHES
from wizard.changes.classify import Classed, classify
from wizard.checks.changes import ignored
from wizard.engine.plans import PlanView
from wizard.errors import BlockedError
from wizard.findings import Finding


def classes_of(view: PlanView) -> tuple[Classed, ...]:
    """Class the changes of a plan, in its own order; what changes nothing has none, unless it was asked for."""
    return classify(view.changes, view.variables, WISHES, LEFT_ALONE)


def findings_of(view: PlanView) -> tuple[Finding, ...]:
    """Give what holds the plan: sizes and types that were answered and would silently stay as they are."""
    return tuple(ignored(classes_of(view)))


def require_effective(name: str, stack: str, view: PlanView) -> None:
    """Raise BlockedError for a plan that would ignore what was answered."""
    found = findings_of(view)
    if found:
        raise BlockedError(
            f"{stack} of {name} is not applied: {_count(len(found))} would be ignored",
            cause="; ".join(finding.what for finding in found),
            action="; ".join(dict.fromkeys(finding.remedy for finding in found)),
        )


def _count(number: int) -> str:
    return f"{number} answer{'' if number == 1 else 's'}"
