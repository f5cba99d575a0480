"""What was done with an object, read from what it left: runs, acknowledgements, journals, reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.stacks import SHARD
from wizard.deploy import journals, store
from wizard.deploy.doing.history import entries
from wizard.deploy.gate import acknowledged
from wizard.deploy.last_verification import read as read_verification
from wizard.deploy.readiness import load as load_readiness
from wizard.deploy.record.model import Applied, Event
from wizard.deploy.seeding import JOURNAL
from wizard.deploy.services import JOURNAL as SERVICES
from wizard.deploy.target import Target
from wizard.engine import runs
from wizard.engine.runs import Run
from wizard.workspace import Place

_DID = {"plan": "planned", "destroy-plan": "planned to destroy", "refresh-plan": "compared with AWS"}


def applied_stacks(target: Target) -> tuple[Applied, ...]:
    """Give the newest apply of each stack that the target stands on, its shard's included; none for a stack never applied."""
    stands_on = [(target.place, stack) for stack in target.stacks]
    if not isinstance(target.answers, ShardAnswers):
        stands_on.insert(0, (target.shard_place, SHARD))
    found = (_newest_apply(place, stack) for place, stack in stands_on)
    return tuple(applied for applied in found if applied is not None)


def latest_apply(target: Target) -> datetime | None:
    """Give when anything of the target or its shard was applied last, or began to be."""
    known = [*_runs(target.place), *(_runs(target.shard_place) if target.place != target.shard_place else ())]
    return max((_ended(run) or run.request.created for run in known if run.request.action == "apply"), default=None)


def timeline(target: Target) -> tuple[Event, ...]:
    """Give everything that was done and left a trace, in the order of time."""
    place = target.place
    events = [
        *_of_runs(place),
        *_acknowledged(place),
        *_seeded(place),
        *_services(place),
        *_done_for_the_customer(place),
        *_verified(place),
        *_looked_at_the_database(place),
        *_pinned(place),
    ]
    if target.shard_place != place:
        events += _of_runs(target.shard_place)
    return tuple(sorted(events, key=lambda event: (event.at, event.object, event.what)))


def _runs(place: Place) -> tuple[Run, ...]:
    """All runs, the newest first. Makes no folder where there was none."""
    return tuple(runs.listed(place.path / ".planewright" / "runs"))


def _newest_apply(place: Place, stack: str) -> Applied | None:
    known = _runs(place)
    by_id = {run.id: run for run in known}
    for run in known:
        plan = by_id.get(run.request.plan_run or "")
        action = plan.request.action if plan else "plan"
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
                ended_at=_ended(run),
            )
    return None


def _ended(run: Run) -> datetime | None:
    result = run.recorded()
    return result.ended if result else None


def _of_runs(place: Place) -> Iterator[Event]:
    known = _runs(place)
    by_id = {run.id: run for run in known}
    for run in known:
        request = run.request
        plan = by_id.get(request.plan_run or "")
        destroys = plan is not None and plan.request.action == "destroy-plan"
        did = _DID.get(request.action) or ("destroyed" if destroys else "applied")
        result = run.recorded()
        outcome = result.outcome if result else "no end on record"
        took = f" after {_seconds(run):.0f} s" if result and result.ended else ""
        yield Event(
            at=request.created,
            object=place.name,
            what=f"stack {request.stack} {did}: {outcome}{took} (run {run.id})",
            who=request.who,
        )


def _seconds(run: Run) -> float:
    ended = _ended(run)
    return (ended - run.request.created).total_seconds() if ended else 0.0


def _acknowledged(place: Place) -> Iterator[Event]:
    for entry in acknowledged(place):
        where = f" at {entry.path}" if entry.path else ""
        yield Event(at=entry.at, object=place.name, what=f"{entry.code}{where} accepted: {entry.reason}", who=entry.who)


def _seeded(place: Place) -> Iterator[Event]:
    # The other way round, a name may look like a password's.
    return _journalled(place, JOURNAL, lambda entry: f"secret {entry['did']}: {entry['name']}")


def _services(place: Place) -> Iterator[Event]:
    return _journalled(
        place, SERVICES, lambda entry: f"services, {entry['verb']} {entry['node']}, {entry['step']}: {entry['did']}"
    )


def _journalled(place: Place, journal: str, told: Callable[[Mapping[str, str]], str]) -> Iterator[Event]:
    return journals.read(place, journal, lambda at, it: Event(at=at, object=place.name, what=told(it)))


def _done_for_the_customer(place: Place) -> Iterator[Event]:
    for entry in entries(place):
        yield Event(at=entry.at, object=place.name, what=entry.what, who=f"{entry.who}, as {entry.as_whom}")


def _verified(place: Place) -> Iterator[Event]:
    for path in sorted(place.reports.glob("verification-*.json")):
        seen = read_verification(path)
        if seen is None:
            continue
        waiting = f", waiting on {', '.join(seen.waiting_on)}" if seen.waiting_on else ""
        verdict = "all that can be seen has passed" if seen.verified else f"{seen.failed} failed{waiting}"
        yield Event(at=seen.at, object=place.name, what=f"data path looked at: {verdict} ({path.name})")


def _looked_at_the_database(place: Place) -> Iterator[Event]:
    readiness = load_readiness(place)
    if readiness is not None:
        by = "from here" if readiness.source == "psql" else "by the customer's DBA, with the script"
        yield Event(at=readiness.at, object=place.name, what=f"database asked about itself {by}")


def _pinned(place: Place) -> Iterator[Event]:
    pins = store.load_pins(place)
    if pins is None:
        return
    for role, pin in (("ingestion", pins.ingestion), ("proxy", pins.proxy), ("fdw", pins.fdw)):
        try:
            at = datetime.fromisoformat(pin.resolved_at).astimezone(UTC)
        except ValueError:
            continue
        yield Event(at=at, object=place.name, what=f"image of role {role}: {pin.ami_id}, {pin.architecture}")
