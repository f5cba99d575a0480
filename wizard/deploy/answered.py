"""The answers that a plan was made of, kept beside it: what was applied last is known when they have changed since.

RUN/answers.json   the answers of a plan, as they were given; no answer is a secret
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.answers.changed import ChangedAnswer, changed_in_effect, draft_of
from wizard.answers.draft import Draft
from wizard.blueprints.load import Saved
from wizard.engine import runs
from wizard.engine.runs import PRIVATE, Run
from wizard.files import digest, to_json, write_atomic
from wizard.workspace import Place

_NAME = "answers.json"


@dataclass(frozen=True, slots=True)
class Applied:
    """A stack's newest apply. `answers` are those that it was planned from; None where they are not on record."""

    run: Run
    answers: Mapping[str, Any] | None

    @property
    def digest(self) -> str:
        """The digest of those answers; empty where they are not on record."""
        return "" if self.answers is None else digest(to_json(self.answers).encode())


def keep(plan: Run, answers: Saved) -> None:
    """Keep the answers that a plan was made of."""
    _write(plan, draft_of(answers).raw)


def keep_applied(plan: Run, place: Place, stack: str) -> None:
    """Keep, of a plan of the files as they lie there, the answers that they were emitted from: those applied last, if known."""
    applied = last_applied(place, stack)
    if applied is not None and applied.answers is not None:
        _write(plan, applied.answers)


def _write(plan: Run, answers: Mapping[str, Any]) -> None:
    with runs.writing(plan.path):
        write_atomic(plan.path / _NAME, to_json(dict(answers)), mode=PRIVATE)


def last_applied(place: Place, stack: str) -> Applied | None:
    """Give a stack's newest apply that did start, however it ended; None where there is none, or it was destroyed since.

    Taking harmless drift into the state is passed over: it is nobody's answer. Makes no folder where there was none.
    """
    known = tuple(runs.listed(place.past_runs))
    by_id = {run.id: run for run in known}
    for run in known:
        if run.request.stack != stack or run.request.action != "apply":
            continue
        result, action = run.recorded(), runs.carried_out(run, by_id)
        if (result is not None and result.outcome == "not started") or action == "refresh-plan":
            continue
        return None if action == "destroy-plan" else Applied(run, _answers(by_id.get(run.request.plan_run or "")))
    return None


def _answers(plan: Run | None) -> Mapping[str, Any] | None:
    if plan is None:
        return None
    try:
        value = json.loads((plan.path / _NAME).read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def changed_since(applied: Applied, answers: Saved) -> tuple[ChangedAnswer, ...] | None:
    """Compare the answers as they are with those that were applied; None where these are not on record."""
    before = applied.answers
    return None if before is None else changed_in_effect(Draft(type(answers), before), draft_of(answers))
