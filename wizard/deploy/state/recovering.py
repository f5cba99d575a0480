"""The steps of the way back, done one by one. Each leaves what the next look goes on from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from wizard.deploy.drift.importing import import_nothing
from wizard.deploy.exclusive import require_idle
from wizard.deploy.site import Site
from wizard.deploy.state.backing_up import written_down
from wizard.deploy.state.document import Unreadable, read_state
from wizard.deploy.state.mending import mend
from wizard.deploy.state.shelf import shelf_of
from wizard.deploy.target import Target
from wizard.engine import aftermath
from wizard.engine.aftermath import Held
from wizard.engine.commands import ERRORED_STATE, PlanRun, StackEngine
from wizard.engine.events import RunState
from wizard.engine.plans import PlanView
from wizard.errors import BlockedError


def unlock(target: Target, site: Site, stack: str, held: Held, *, sure: bool, reason: str = "") -> str:
    """Remove the lock that was seen; on record with why its holder's word was taken for it. EngineError while they are alive."""
    shelf = shelf_of(target, stack, site.session)
    stored = shelf.read()
    if shelf.by_table or (stored is not None and isinstance(read_state(stored.content), Unreadable)):
        # The engine cannot be initialised over such a state, nor over a stale digest, and does not unlock before it is; of a
        # lock in two places it removes none while one of them is missing.
        aftermath.require_dead(held, target.name, sure=sure)
        shelf.release(held.lock.id)
        said = aftermath.removed(held)
    else:
        engine = _engine(target, stack, site)
        engine.init()
        said = aftermath.unlock(engine, held, sure=sure)
    written_down(target, stack, "unlock", lock=held.lock.id, of=held.lock.who, sure=sure, reason=reason)
    return said


def mend_digest(target: Target, site: Site, stack: str) -> str:
    """Make the lock table's digest that of the state as it is, under its lock."""
    require_idle(target, stack)
    shelf = shelf_of(target, stack, site.session)
    with shelf.held("state recover"):
        before, now = shelf.expected(), shelf.settle()
        written_down(target, stack, "mend digest", before=before, now=now)
    return (
        f"the lock table's digest is that of the state: {now}" if now else "the lock table has no digest of it any more"
    )


def mend_import(target: Target, site: Site, stack: str) -> str:
    """Put into the state what the provider does not read back when it imports (`mending`)."""
    require_idle(target, stack)
    names = mend(target, stack, site.session)
    return (
        f"the state has the text of {', '.join(names)} where the code has it" if names else "there is nothing to mend"
    )


def push_errored(target: Target, site: Site, stack: str) -> str:
    """Push what a run could not save; the engine refuses what does not follow the state that is there."""
    require_idle(target, stack)
    engine = _engine(target, stack, site)
    engine.init()
    kept = engine.state_push_errored()
    written_down(target, stack, "push", kept=str(kept))
    return f"saved the state; what was pushed is kept as {kept}"


def set_aside(target: Target, stack: str) -> str:
    """Move an errored.tfstate out of the engine's way; nothing of it is lost."""
    require_idle(target, stack)
    path = target.place.stack(stack) / ERRORED_STATE
    if not path.is_file():
        return f"there is no {path} any more"
    kept = target.place.engine_data(stack) / f"set-aside-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z.tfstate"
    path.replace(kept)
    kept.chmod(0o600)
    written_down(target, stack, "set aside", kept=str(kept))
    return f"kept as {kept}"


def plan(target: Target, site: Site, stack: str, *, on_state: Callable[[RunState], None] | None = None) -> PlanRun:
    """Plan with the files as they were emitted last: of a state that is whole, nothing is to be changed."""
    require_idle(target, stack)
    import_nothing(target.place.stack(stack))
    engine = _engine(target, stack, site)
    engine.init()
    made = engine.plan(target.place.runs, on_state=on_state)
    written_down(target, stack, "plan", run=made.run.id, clean=made.view.empty)
    return made


def differences(view: PlanView) -> tuple[str, ...]:
    """Say what a plan that should be clean wants to do, a line each."""
    changes = [f"{change.kind} {change.address}" for change in view.acting]
    return (*changes, *(f"change output {name}" for name in view.outputs))


def _engine(target: Target, stack: str, site: Site) -> StackEngine:
    """Give the engine in the stack's folder, with the files that lie there. BlockedError when there are none."""
    if not target.place.stack(stack).is_dir():
        raise BlockedError(
            f"the engine has no files of {stack}",
            cause=f"there is no {target.place.stack(stack)}",
            action=f"planewright generate {target.name} writes them",
        )
    return site.stack_engine(target, stack)
