"""The steps of the wizard: which answers belong to which, and how each stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wizard.answers.draft import Draft
from wizard.findings import Finding, Severity


class Step(StrEnum):
    """A step, in the order in which they are gone."""

    ACCOUNT = "account"
    DATABASE = "database"
    TOPOLOGY = "topology"
    SIZING = "sizing"
    REVIEW = "review"
    PLAN = "plan"
    APPLY = "apply"
    HANDOFF = "handoff"
    VERIFY = "verify"
    REPORT = "report"

    @property
    def label(self) -> str:
        """The step's name on screen."""
        return self.value.capitalize()


#: Steps at which questions are asked; the others look at what follows from the answers.
ASKING = (Step.ACCOUNT, Step.DATABASE, Step.TOPOLOGY, Step.SIZING)
_ALL: dict[str, tuple[Step, ...]] = {
    "deployment": tuple(Step),
    "shard": (Step.ACCOUNT, Step.TOPOLOGY, Step.SIZING, Step.REVIEW, Step.PLAN, Step.APPLY),
}
#: How the keys of a step's answers begin. What begins like none of them is looked at in the review.
_PREFIXES: dict[str, dict[str, Step]] = {
    "shard": {
        "account": Step.ACCOUNT,
        "governance": Step.ACCOUNT,
        "state": Step.ACCOUNT,
        "facts": Step.ACCOUNT,
        "name": Step.ACCOUNT,
        "zone_id": Step.TOPOLOGY,
        "network": Step.TOPOLOGY,
        "redis": Step.SIZING,
        "log_retention_days": Step.SIZING,
    },
    "deployment": {
        "shard": Step.ACCOUNT,
        "identifiers": Step.ACCOUNT,
        "tags": Step.ACCOUNT,
        "account": Step.ACCOUNT,
        "governance": Step.ACCOUNT,
        "facts": Step.ACCOUNT,
        "name": Step.ACCOUNT,
        "database": Step.DATABASE,
        "topology": Step.TOPOLOGY,
        "transit": Step.TOPOLOGY,
        "applications": Step.TOPOLOGY,
        "customer_access": Step.TOPOLOGY,
        "proxy": Step.TOPOLOGY,
        "zone_id": Step.TOPOLOGY,
        "network": Step.TOPOLOGY,
        "nodes": Step.SIZING,
        "package": Step.SIZING,
    },
}


class Mark(StrEnum):
    """How a step stands. Always shown as symbol, word and colour."""

    TODO = "to do"
    DONE = "done"
    NOTED = "noted"
    HELD = "held"
    CHECKING = "checking"

    @property
    def symbol(self) -> str:
        """One character, never alone."""
        return {"to do": "·", "done": "✓", "noted": "!", "held": "✗", "checking": "…"}[self.value]


@dataclass(frozen=True, slots=True)
class Standing:
    """A step of one object: how it stands, how many findings above info it has, how many answers it lacks."""

    step: Step
    mark: Mark
    findings: int
    lacking: int


def steps_of(kind: str) -> tuple[Step, ...]:
    """Give the steps of a shard or a deployment."""
    return _ALL[kind]


def step_of(kind: str, path: str) -> Step:
    """Give the step at which an answer's key, or a finding's path, is at home."""
    head = path.partition(".")[0].partition("[")[0]
    return _PREFIXES[kind].get(head, Step.REVIEW)


def at_step(kind: str, step: Step, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give the findings of a step."""
    return tuple(finding for finding in findings if step_of(kind, finding.path) is step)


def standings(
    kind: str,
    draft: Draft[Any],
    findings: Iterable[Finding],
    *,
    holding: Iterable[Finding] = (),
    checking: bool = False,
    finished: frozenset[Step] = frozenset(),
) -> tuple[Standing, ...]:
    """Say how each step stands. `holding` are the findings that hold the way; `finished` the later steps that are done."""
    found, held = tuple(findings), frozenset((f.code, f.path) for f in holding)
    return tuple(
        _standing(kind, step, draft, at_step(kind, step, found), held, checking=checking, finished=finished)
        for step in steps_of(kind)
    )


def _standing(
    kind: str,
    step: Step,
    draft: Draft[Any],
    here: tuple[Finding, ...],
    held: frozenset[tuple[str, str]],
    *,
    checking: bool,
    finished: frozenset[Step],
) -> Standing:
    lacking = sum(step_of(kind, problem.path) is step for problem in draft.problems)
    above = sum(finding.severity is not Severity.INFO for finding in here)
    if lacking or any((finding.code, finding.path) in held for finding in here):
        mark = Mark.HELD
    elif step not in ASKING:
        mark = Mark.DONE if step in finished else Mark.TODO
    elif checking:
        mark = Mark.CHECKING
    else:
        mark = Mark.NOTED if above else Mark.DONE
    return Standing(step, mark, above, lacking)


def next_is_open(standing: Standing, *, checking: bool) -> bool:
    """Whether one may go on from a step: nothing holds it, and no check is in flight."""
    return standing.mark is not Mark.HELD and not checking
