"""A saved plan, known by its digest: what was shown is what is applied."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wizard.engine import runs
from wizard.engine.events import RunState
from wizard.engine.plans import PlanView
from wizard.engine.runs import Run
from wizard.errors import EngineError
from wizard.files import digest

_NAME = "plan.json"


@dataclass(frozen=True, slots=True)
class PlanRecord(runs.Record):
    """plan.json: the digest of the plan that was shown, and the steps of its apply."""

    digest: str
    steps: int


@dataclass(frozen=True, slots=True)
class PlanRun:
    """A plan that succeeded and can be shown, and then applied: exactly this one, by its digest."""

    run: Run
    view: PlanView
    digest: str
    state: RunState


def steps(run: Run) -> int | None:
    """Give how many steps the apply of a plan would have, as it was kept; None when the plan was never there to be shown."""
    kept = PlanRecord.read(run.path / _NAME)
    return None if kept is None else kept.steps


def known_digest(run: Run) -> str:
    """Give the digest that a plan was shown with, also of one that was applied or is gone; empty for what was never shown."""
    kept = PlanRecord.read(run.path / _NAME)
    return "" if kept is None else kept.digest


def record(run: Run, view: PlanView) -> str:
    """Keep the digest of a plan that is about to be shown; gives it."""
    known = digest(run.plan_file.read_bytes())
    PlanRecord(known, view.steps).write(run.path / _NAME)
    return known


def recorded(run: Run) -> PlanRecord:
    """What was recorded of a plan of an earlier command. Raises EngineError when there is no plan to apply any more."""
    found = PlanRecord.read(run.path / _NAME)
    if found is None or not run.plan_file.exists():
        raise EngineError(
            f"run {run.id} holds no plan that can be applied",
            cause="it did not succeed, or its plan has been applied already",
            action="plan again",
        )
    return found


def checked(plan_file: Path, known: str) -> bytes:
    """Read a plan file. Raises EngineError when it is not the one of that digest."""
    try:
        data = plan_file.read_bytes()
    except FileNotFoundError:
        raise EngineError(
            "the plan that was shown is gone", cause=f"there is no {plan_file}", action="plan again"
        ) from None
    if digest(data) != known:
        raise EngineError(
            "the plan file is not the one that was shown",
            cause=f"{plan_file} has digest {digest(data)[:19]}…, what was shown had {known[:19]}…",
            action="plan again and look at it again; find out who altered the file",
        )
    return data
