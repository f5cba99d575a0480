"""What was done with an object, read from what it left: runs, acknowledgements, journals, reports."""

from __future__ import annotations

from datetime import datetime

from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.stacks import SHARD
from wizard.deploy.record.model import Applied, Event
from wizard.deploy.record.traces import ended, events, of_runs, runs_of
from wizard.deploy.target import Target
from wizard.engine import runs
from wizard.workspace import Place


def applied_stacks(target: Target) -> tuple[Applied, ...]:
    """Give the newest apply of each stack that the target stands on, its shard's included; none for a stack never applied."""
    stands_on = [(target.place, stack) for stack in target.stacks]
    if not isinstance(target.answers, ShardAnswers):
        stands_on.insert(0, (target.shard_place, SHARD))
    found = (_newest_apply(place, stack) for place, stack in stands_on)
    return tuple(applied for applied in found if applied is not None)


def latest_apply(target: Target) -> datetime | None:
    """Give when anything of the target or its shard was applied last, or began to be."""
    known = [*runs_of(target.place), *(runs_of(target.shard_place) if target.place != target.shard_place else ())]
    return max((ended(run) or run.request.created for run in known if run.request.action == "apply"), default=None)


def timeline(target: Target) -> tuple[Event, ...]:
    """Give everything that was done and left a trace, in the order of time; of the shard beneath, its runs."""
    return history(target.place, target.shard_place if target.shard_place != target.place else None)


def history(place: Place, shard: Place | None = None) -> tuple[Event, ...]:
    """Give the same of an object whose answers need not be read; None for no shard, or one that is not known."""
    found = [*events(place), *(of_runs(shard) if shard is not None else ())]
    return tuple(sorted(found, key=lambda event: (event.at, event.object, event.what)))


def _newest_apply(place: Place, stack: str) -> Applied | None:
    known = runs_of(place)
    by_id = {run.id: run for run in known}
    for run in known:
        action = runs.carried_out(run, by_id)
        # Taking harmless drift into the state is nobody's own apply, and was of no plan that a person was shown.
        if run.request.stack == stack and run.request.action == "apply" and action != "refresh-plan":
            result = run.recorded()
            return Applied(
                stack=stack,
                owner=place.name,
                run=run.id,
                action="destroy" if action == "destroy-plan" else "apply",
                outcome=result.outcome if result else "no end on record",
                plan_digest=run.request.plan_digest or "",
                engine=f"{run.request.engine_kind} {run.request.engine_version}",
                who=run.request.who,
                ended_at=ended(run),
            )
    return None
