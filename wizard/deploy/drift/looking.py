"""A look for drift: reads and changes nothing, and nobody has to wait for it.

It plans without the state's lock, so that a look on a schedule never holds an apply up. That an apply does not fool it is
seen by the state itself: while somebody holds the lock there is no look, and a look during which the state changed is made again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from wizard.aws.session import AwsSession
from wizard.deploy import flow
from wizard.deploy.adopting import require_own
from wizard.deploy.drift import reading
from wizard.deploy.exclusive import exclusive, require_idle
from wizard.deploy.manifest import MANIFEST
from wizard.deploy.site import Site
from wizard.deploy.standing import held_lock, state_version
from wizard.deploy.target import Target
from wizard.drift.designed import Suspect, suspects
from wizard.drift.explain import Known, explain, is_worldwide, names_of
from wizard.drift.found import Drifted, Stray
from wizard.engine import runs
from wizard.engine.commands import PlanRun, StackEngine
from wizard.engine.events import RunState
from wizard.engine.settle import drift_of
from wizard.errors import BlockedError, EngineError
from wizard.facts.trail import TRAIL_DAYS, Trail

OnState = Callable[[RunState], None]
#: Looks that are begun, where the state keeps changing meanwhile.
_ATTEMPTS: Final = 2


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a stack gave. `waiting` says why there was none; `notes` are what else is to be known of it."""

    stack: str
    at: datetime
    run: str = ""
    drifted: tuple[Drifted, ...] = ()
    strays: tuple[Stray, ...] = ()
    designed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    waiting: str = ""

    @property
    def clean(self) -> bool:
        """Whether AWS has all as the state does, and nothing of ours beside it."""
        return not self.drifted and not self.strays

    def as_dict(self) -> dict[str, Any]:
        """Give it for programs."""
        return {
            "stack": self.stack,
            "at": self.at.isoformat(timespec="seconds"),
            "run": self.run,
            "clean": self.clean,
            "drifted": [one.as_dict() for one in self.drifted],
            "strays": [one.as_dict() for one in self.strays],
            "by_design": list(self.designed),
            "notes": list(self.notes),
            "waiting": self.waiting,
        }


def look(target: Target, stack: str, site: Site, *, on_state: OnState | None = None) -> Look:
    """Look at a stack, and keep what was seen. Raises BlockedError while somebody changes it, EngineError, AwsError."""
    from wizard.deploy.drift import records

    require_own(target.place, stack)
    now = datetime.now(UTC)
    if not target.place.contract(stack).exists():
        return Look(stack, now, waiting=f"it was not applied from this workspace: planewright apply {target.name}")
    engine = _ready(target, stack, site)
    made = _undisturbed(target, stack, site, engine, on_state)
    try:
        found = _explained(target, stack, site, engine, made)
    finally:
        made.run.plan_file.unlink(missing_ok=True)  # a look is nothing to be applied
    records.save(target.place, found)
    return found


def _ready(target: Target, stack: str, site: Site) -> StackEngine:
    """Give the stack's engine. Files and provider that are there are taken as they are: an apply may be about to use them."""
    engine = site.stack_engine(target, stack)
    if (engine.stack_dir / MANIFEST).exists() and (engine.data_dir / "providers").is_dir():
        return engine
    with exclusive(target.place):
        flow.write(target, stack)
        engine.init()
    return engine


def _undisturbed(target: Target, stack: str, site: Site, engine: StackEngine, on_state: OnState | None) -> PlanRun:
    for _ in range(_ATTEMPTS):
        _require_quiet(target, stack, site.session)
        before = state_version(target, stack, site.session)
        made = _planned(target, engine, on_state)
        if before == state_version(target, stack, site.session):
            return made
        made.run.plan_file.unlink(missing_ok=True)
    raise BlockedError(
        f"drift of {stack} cannot be told: its state changed while it was looked at",
        cause="somebody applied meanwhile, so that what differs may be what they have just made",
        action=f"look again when it has ended: planewright drift {target.name} {stack}",
    )


def _planned(target: Target, engine: StackEngine, on_state: OnState | None) -> PlanRun:
    """Plan the refresh alone. Where an output names what is gone (`peering["web"].id`) that fails, and a whole plan does not.

    A whole plan tells of the same drift; what it would change is nothing that a look asks for.
    """
    try:
        return engine.plan(target.place.runs, refresh_only=True, lock=False, on_state=on_state)
    except EngineError:
        return engine.plan(target.place.runs, lock=False, on_state=on_state)


def _require_quiet(target: Target, stack: str, session: AwsSession) -> None:
    """Raise BlockedError while an apply goes on: what it has made and not yet written down would look like drift."""
    require_idle(target, stack)
    lock = held_lock(target, stack, session)
    if lock is None or lock.doing == "plan":
        return
    raise BlockedError(
        f"drift of {stack} cannot be told now: its state is locked",
        cause=f"{lock.who} holds it for {lock.doing}, since {lock.created:%Y-%m-%d %H:%M:%S} UTC"
        if lock.created
        else f"{lock.who} holds it for {lock.doing}",
        action=f"look again when it has ended; planewright status {target.name} says whether whoever holds it is alive",
    )


def _explained(target: Target, stack: str, site: Site, engine: StackEngine, made: PlanRun) -> Look:
    view, session = made.view, site.session
    drift = drift_of(view)
    found, designed = suspects(drift, reading.neighbours_of(target, session, drift, view.held))
    trail = _trail(target, stack, session, found)
    known = Known(
        target.name,
        stack,
        target.answers,
        trail,
        reading.statuses(session, [one.change for one in found]),
    )
    stray = reading.strays(target, stack, session, view.held)
    strays = _with_candidates(target, engine, made, stray.found)
    notes = [note for note in (stray.unread, _unread(trail)) if note]
    return Look(
        stack,
        datetime.now(UTC),
        made.run.id,
        explain(found, known),
        strays,
        designed,
        tuple(notes),
    )


def _unread(trail: Trail) -> str:
    if trail.permission:
        return f"who did it is not known: CloudTrail cannot be read, {trail.permission} is missing (planewright policy writes it)"
    return f"who did it is not known: CloudTrail could not be read ({trail.unread})" if trail.unread else ""


def _trail(target: Target, stack: str, session: AwsSession, found: tuple[Suspect, ...]) -> Trail:
    """Ask who changed these since the stack's last apply ended: what came before that is in the state."""
    from wizard.aws.trail import trail_of

    if not found:
        return Trail()
    local = [names_of(one.change) for one in found if not is_worldwide(one.change)]
    worldwide = [names_of(one.change) for one in found if is_worldwide(one.change)]
    applied = runs.latest(target.place.runs, stack=stack, actions=("apply",))
    result = applied.recorded() if applied is not None else None
    since = result.ended if result is not None and result.ended else datetime.now(UTC) - timedelta(days=TRAIL_DAYS)
    return trail_of(session, local, worldwide=worldwide, since=since)


def _with_candidates(target: Target, engine: StackEngine, made: PlanRun, found: tuple[Stray, ...]) -> tuple[Stray, ...]:
    """Say what the strays could be: only what the stack would make anew, which a plan tells; the look's own may be one."""
    if not found:
        return ()
    whole = made if made.run.request.action == "plan" else engine.plan(target.place.runs, lock=False)
    whole.run.plan_file.unlink(missing_ok=True)
    return reading.matched(found, whole.view.changes)
