"""The traces that work on an object left, each kind read into events: runs, decisions, waits, journals, reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from wizard.deploy import journals, store
from wizard.deploy.acts import Act, Confirmed, SetAside, acts
from wizard.deploy.adopting import JOURNAL as ADOPTED
from wizard.deploy.doing.history import entries
from wizard.deploy.gate import acknowledged
from wizard.deploy.last_verification import read as read_verification
from wizard.deploy.readiness import load as load_readiness
from wizard.deploy.record.model import Event
from wizard.deploy.seeding import JOURNAL as SECRETS
from wizard.deploy.services import JOURNAL as SERVICES
from wizard.deploy.state.backing_up import JOURNAL as STATE
from wizard.deploy.upgrading.record import JOURNAL as UPGRADES
from wizard.deploy.waiting.records import Wait, waits
from wizard.engine import runs
from wizard.engine.runs import Run
from wizard.engine.saved import known_digest
from wizard.workspace import Place

#: Who said yes, and how, by the plan and its digest.
_Yes = Mapping[tuple[str, str], tuple[str, Confirmed]]
_DID = {"plan": "planned", "destroy-plan": "planned to destroy", "refresh-plan": "compared with AWS"}
_CARRIED_OUT = {"destroy-plan": "destroyed", "refresh-plan": "had its state brought up to AWS"}
_STATES = {
    "unlock": "the lock {lock} of {of} was removed",
    "backup": "backup {backup} was made",
    "restore": "restored from {from}: {outcome}",
    "push": "what a run could not save was pushed",
    "clear": "what was left of it was kept as {kept}, and deleted",
    "rebuild": "rebuilt from what is in AWS, {outcome}: {imported} imported, {made} made anew",
    "mend digest": "the lock table's digest was made that of the state: {before} -> {now}",
    "mend": "texts that the provider does not read back were put into it ({parameters})",
    "set aside": "errored.tfstate was set aside as {kept}",
    "plan": "planned after it was recovered (run {run})",
}
_UPGRADES = {
    "begun": "an upgrade of {of} steps was begun",
    "step begun": "upgrade step begun: {title}",
    "step done": "upgrade step done: {title} ({done} of {of})",
    "abandoned": "the upgrade was abandoned: {done} of {of} steps done",
    "ended": "the upgrade came to its end: {done} of {of} steps done",
}


def events(place: Place) -> Iterator[Event]:
    """Give everything that left a trace in an object's folder, each kind in its own order."""
    did, left = tuple(acts(place)), tuple(waits(place))
    yes = _yes(did, left)
    yield from _of_runs(place, yes)
    yield from _set_aside(place, did)
    yield from _waited(place, left, yes)
    yield from _acknowledged(place)
    yield from _of_states(place)
    yield from _upgraded(place)
    # The other way round, a name may look like a password's.
    yield from _journalled(place, SECRETS, "secret", lambda it: f"secret {it['did']}: {it['name']}")
    yield from _journalled(
        place, SERVICES, "services", lambda it: f"services, {it['verb']} {it['node']}, {it['step']}: {it['did']}"
    )
    yield from _journalled(place, ADOPTED, "shard", _of_a_shard)
    yield from _done_for_the_customer(place)
    yield from _verified(place)
    yield from _looked_at_the_database(place)
    yield from _pinned(place)


def runs_of(place: Place) -> tuple[Run, ...]:
    """All runs, the newest first. Makes no folder where there was none."""
    return tuple(runs.listed(place.past_runs))


def ended(run: Run) -> datetime | None:
    """When a run ended, as far as anybody saw it."""
    result = run.recorded()
    return result.ended if result else None


def of_runs(place: Place) -> Iterator[Event]:
    """Give the runs of an object; an apply has who said yes to its plan, how, and why where that was said."""
    return _of_runs(place, _yes(acts(place), waits(place)))


def _of_runs(place: Place, yes: _Yes) -> Iterator[Event]:
    known = runs_of(place)
    by_id = {run.id: run for run in known}
    for run in known:
        request = run.request
        carried_out = runs.carried_out(run, by_id)
        did = _DID.get(request.action) or _CARRIED_OUT.get(carried_out, "applied")
        result = run.recorded()
        outcome = result.outcome if result else "no end on record"
        took = f" after {_seconds(run):.0f} s" if result and result.ended else ""
        given = yes.get((request.plan_run or "", request.plan_digest or "")) if request.action == "apply" else None
        yield Event(
            at=request.created,
            object=place.name,
            what=f"stack {request.stack} {did}: {outcome}{took} (run {run.id})",
            who=request.who,
            kind="destroy" if carried_out == "destroy-plan" else "apply" if request.action == "apply" else "plan",
            stack=request.stack,
            run=run.id,
            digest=request.plan_digest or known_digest(run),
            engine=f"{request.engine_kind} {request.engine_version}",
            outcome=outcome,
            confirmed=f"{given[0]}, {given[1].how}" if given is not None else "",
            reason=given[1].reason if given is not None else "",
        )


def _yes(did: Iterable[Act], left: Iterable[Wait]) -> _Yes:
    """Who said yes, by the plan and its digest: the last one, where somebody was asked twice."""
    asked = [(wait.request, wait.request.plan_run, wait.request.plan_digest) for wait in left]
    found = {
        (plan, known): (request.who, Confirmed(request.stack, plan, known, "before the wait"))
        for request, plan, known in asked
    }
    return found | {(act.did.plan, act.did.digest): (act.who, act.did) for act in did if isinstance(act.did, Confirmed)}


def _seconds(run: Run) -> float:
    end = ended(run)
    return (end - run.request.created).total_seconds() if end else 0.0


def _set_aside(place: Place, did: Iterable[Act]) -> Iterator[Event]:
    for act in did:
        if isinstance(act.did, SetAside):
            what = f"stack {act.did.stack}: edits by hand were set aside as {', '.join(act.did.kept)}"
            yield Event(
                at=act.at,
                object=place.name,
                what=what,
                who=act.who,
                kind="skipped",
                stack=act.did.stack,
                reason=act.did.reason,
            )


def _waited(place: Place, left: Iterable[Wait], yes: _Yes) -> Iterator[Event]:
    for wait in left:
        request = wait.request
        given = yes.get((request.plan_run, request.plan_digest))
        yield Event(
            at=datetime.fromisoformat(request.created_at).astimezone(UTC),
            object=place.name,
            what=f"stack {request.stack} left to be applied once the customer has accepted, "
            f"until {request.ends:%Y-%m-%d %H:%M} UTC (plan {request.plan_run})",
            who=request.who,
            kind="wait",
            stack=request.stack,
            run=request.plan_run,
            digest=request.plan_digest,
            confirmed=request.who,
            reason=given[1].reason if given is not None else "",
        )
        yield from _wait_ended(place, wait)


def _wait_ended(place: Place, wait: Wait) -> Iterator[Event]:
    end, stack = wait.end(), wait.request.stack
    if end is not None:
        yield Event(
            at=datetime.fromisoformat(end.ended_at).astimezone(UTC),
            object=place.name,
            what=f"stack {stack}: the wait for the customer has ended: {end.outcome}{f': {end.why}' if end.why else ''}",
            kind="wait",
            stack=stack,
            run=end.run,
            outcome=end.outcome,
        )


def _acknowledged(place: Place) -> Iterator[Event]:
    for entry in acknowledged(place):
        where = f" at {entry.path}" if entry.path else ""
        yield Event(
            at=entry.at,
            object=place.name,
            what=f"{entry.code}{where} accepted: {entry.reason}",
            who=entry.who,
            kind="acknowledgement",
            reason=entry.reason,
        )


def _of_states(place: Place) -> Iterator[Event]:
    return journals.read(place, STATE, lambda at, it: _of_state(place, at, it))


def _of_state(place: Place, at: datetime, it: Mapping[str, Any]) -> Event:
    return Event(
        at=at,
        object=place.name,
        what=f"state of {it['stack']}: {_STATES.get(it['what'], it['what']).format_map(it)}",
        who=str(it.get("who", "")),
        kind="unlock" if it["what"] == "unlock" else "state",
        stack=str(it["stack"]),
        run=str(it.get("run", "")),
        digest=str(it.get("digest", "")),
        outcome=str(it.get("outcome", "")),
        reason=str(it.get("reason", "")),
    )


def _upgraded(place: Place) -> Iterator[Event]:
    return journals.read(place, UPGRADES, lambda at, it: _of_an_upgrade(place, at, it))


def _of_an_upgrade(place: Place, at: datetime, it: Mapping[str, Any]) -> Event:
    return Event(
        at=at,
        object=place.name,
        what=_UPGRADES.get(it["what"], it["what"]).format_map(it),
        who=str(it.get("who", "")),
        kind="upgrade",
        stack=str(it.get("stack", "")),
        run=str(it.get("run", "")),
        digest=str(it.get("digest", "")),
        reason=str(it.get("reason", "")),
    )


def _of_a_shard(it: Mapping[str, Any]) -> str:
    if it["did"] == "forgotten":
        return "the shard's contract was forgotten; the shard was left as it is"
    changed = ", ".join(f"{key} {was} -> {now}" for key, (was, now) in it.get("changed", {}).items())
    return f"what something else made in {it['vpc']} was taken as the shard's contract" + (
        f": {changed}" if changed else ""
    )


def _journalled(place: Place, journal: str, kind: str, told: Callable[[Mapping[str, Any]], str]) -> Iterator[Event]:
    return journals.read(
        place,
        journal,
        lambda at, it: Event(at=at, object=place.name, what=told(it), who=str(it.get("who", "")), kind=kind),
    )


def _done_for_the_customer(place: Place) -> Iterator[Event]:
    for entry in entries(place):
        who = f"{entry.who}, as {entry.as_whom}"
        yield Event(at=entry.at, object=place.name, what=entry.what, who=who, kind="for the customer")


def _verified(place: Place) -> Iterator[Event]:
    for path in sorted(place.reports.glob("verification-*.json")):
        seen = read_verification(path)
        if seen is None:
            continue
        waiting = f", waiting on {', '.join(seen.waiting_on)}" if seen.waiting_on else ""
        verdict = "all that can be seen has passed" if seen.verified else f"{seen.failed} failed{waiting}"
        yield Event(
            at=seen.at,
            object=place.name,
            what=f"data path looked at: {verdict} ({path.name})",
            who=seen.by,
            kind="verification",
            outcome="verified" if seen.verified else "not verified",
        )


def _looked_at_the_database(place: Place) -> Iterator[Event]:
    readiness = load_readiness(place)
    if readiness is not None:
        by = "from here" if readiness.source == "psql" else "by the customer's DBA, with the script"
        yield Event(at=readiness.at, object=place.name, what=f"database asked about itself {by}", kind="database")


def _pinned(place: Place) -> Iterator[Event]:
    pins = store.load_pins(place)
    if pins is None:
        return
    for role, pin in (("ingestion", pins.ingestion), ("proxy", pins.proxy), ("fdw", pins.fdw)):
        try:
            at = datetime.fromisoformat(pin.resolved_at).astimezone(UTC)
        except ValueError:
            continue
        what = f"image of role {role}: {pin.ami_id}, {pin.architecture}"
        yield Event(at=at, object=place.name, what=what, kind="image")
