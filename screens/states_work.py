"""The states of an object for a screen: what its workers do, and what they post. It touches no widget; every function blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from screens.drifted_work import heard
from screens.plan_state import Stop
from wizard.errors import BlockedError, PlanewrightError

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.site import Site
    from wizard.deploy.state.accidents import Step
    from wizard.deploy.state.listing import StackState
    from wizard.deploy.state.rebuilding import Rebuild
    from wizard.deploy.state.restoring import Restoring
    from wizard.deploy.target import Target
    from wizard.engine.runs import Run
    from wizard.walk.recovery import Looked, Took
    from wizard.walk.states import Named
    from wizard.workspace import Place

Post = Callable[[Message], object]


class Seen(Message):
    """What was seen of the states; `number` tells it from an earlier look's."""

    def __init__(self, number: int, target: Target, states: tuple[StackState, ...]) -> None:
        super().__init__()
        self.number = number
        self.target = target
        self.states = states


class Done(Message):
    """Something was done; `said` says what."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.said = said


class Prepared(Message):
    """A restore or a rebuild that may be made, to be shown: it waits for the typed name."""

    def __init__(self, prepared: Restoring | Rebuild) -> None:
        super().__init__()
        self.prepared = prepared


class Diagnosed(Message):
    """What happened to a state, and the steps."""

    def __init__(self, number: int, course: Course) -> None:
        super().__init__()
        self.number = number
        self.course = course


class Taken(Message):
    """A step was taken."""

    def __init__(self, took: Took) -> None:
        super().__init__()
        self.took = took


class Progress(Message):
    """How far the engine is."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what


class Failed(Message):
    """It did not come to that: why; None where somebody has stopped it."""

    def __init__(self, error: PlanewrightError | None) -> None:
        super().__init__()
        self.error = error


@dataclass(frozen=True, slots=True)
class Course:
    """The way back of one stack, from one look. `reason` says how the operator is sure of a lock's owner; empty: they are not."""

    target: Target
    site: Site
    looked: Looked
    reason: str = ""


def _target(desk: Desk, place: Place) -> Target:
    from wizard.walk.finished import final_target

    return final_target(desk.workspace, place)


def see(desk: Desk, place: Place, number: int, post: Post) -> None:
    """Look at the state of every stack. No engine is needed."""
    from wizard.aws.session import open_session
    from wizard.deploy.state.listing import states

    try:
        target = _target(desk, place)
        with desk.noting(target):
            session = open_session(target.shard.account, environ=desk.environ, mfa_code=desk.mfa_code)
            found = tuple(states(target, session))
    except PlanewrightError as error:
        post(Failed(error))
    else:
        post(Seen(number, target, found))


def back_up(desk: Desk, target: Target, stack: str, post: Post) -> None:
    """Keep a copy of a state, beside it."""
    from wizard.aws.session import open_session
    from wizard.deploy.state.backing_up import back_up as keep

    try:
        with desk.noting(target):
            session = open_session(target.shard.account, environ=desk.environ, mfa_code=desk.mfa_code)
            backup = keep(target, stack, session)
    except PlanewrightError as error:
        post(Failed(error))
    else:
        serial = "which cannot be read" if backup.serial is None else f"serial {backup.serial}"
        post(Done(f"{stack}: kept {backup.where} ({serial}, {backup.digest[:19]}…)"))


def unlock(desk: Desk, target: Target, state: StackState, reason: str, post: Post) -> None:
    """Remove the lock that was shown, and no other. `reason`: the operator is sure that its owner is dead, and why."""
    from wizard.deploy.standing import standing
    from wizard.deploy.state import recovering

    stack, held = state.stack, state.held
    if held is None:
        return
    try:
        with desk.noting(target):
            site = desk.site(target)
            now = standing(target, stack, site.session).held
            if now is None or now.lock.id != held.lock.id:
                raise BlockedError(
                    f"{stack} was not unlocked: its lock is no longer the one that was shown",
                    cause=now.text if now is not None else "nobody holds it now",
                    action="look again",
                )
            said = recovering.unlock(target, site, stack, now, sure=bool(reason), reason=reason)
    except PlanewrightError as error:
        post(Failed(error))
    else:
        post(Done(f"{stack}: {said}"))


def prepare(desk: Desk, target: Target, named: Named, post: Post) -> None:
    """Compare a version or a backup with what is there. Changes nothing."""
    from wizard.deploy.exclusive import exclusive
    from wizard.deploy.state import restoring

    stack, kept = named.state.stack, named.kept
    if kept is None:
        return
    try:
        with desk.noting(target), exclusive(target.place):
            site = desk.site(target)
            read = restoring.of_backup if named.kind == "backup" else restoring.of_version
            prepared = restoring.prepare(target, stack, site, *read(target, stack, site, kept.id))
    except PlanewrightError as error:
        post(Failed(error))
    else:
        post(Prepared(prepared))


def restore(desk: Desk, prepared: Restoring | Rebuild, post: Post) -> None:
    """Write what was shown, once the name was typed."""
    from wizard.deploy.exclusive import exclusive
    from wizard.deploy.state.restoring import Restoring
    from wizard.walk import recovery

    try:
        with desk.noting(prepared.target), exclusive(prepared.target.place):
            if isinstance(prepared, Restoring):
                took = recovery.restore(prepared)
            else:
                took = recovery.rebuild(prepared, how="by its name", follow=lambda run: _to_end(run, post))
    except PlanewrightError as error:
        post(Failed(error))
    else:
        post(Taken(took))


def diagnose(desk: Desk, place: Place, stack: str, post: Post, *, number: int, reason: str) -> None:
    """Say what happened to a state, and which steps lead back."""
    from wizard.walk import recovery

    try:
        target = _target(desk, place)
        with desk.noting(target):
            site = desk.site(target)
            looked = recovery.look(target, stack, site, sure=bool(reason))
    except PlanewrightError as error:
        post(Failed(error))
    else:
        post(Diagnosed(number, Course(target, site, looked, reason)))


def prepare_step(desk: Desk, course: Course, step: Step, post: Post) -> None:
    """Compare what a step would restore with what is there."""
    from wizard.deploy.exclusive import exclusive
    from wizard.walk import recovery

    try:
        with desk.noting(course.target), exclusive(course.target.place):
            prepared = recovery.prepare(step, course.looked.seen, course.target, course.site)
    except PlanewrightError as error:
        post(Failed(error))
    else:
        post(Prepared(prepared))


def find(desk: Desk, course: Course, post: Post, *, stopped: Callable[[], bool]) -> None:
    """Find in AWS what a lost state knew. Its plans end early once `stopped`, in good order."""
    from wizard.deploy.exclusive import exclusive
    from wizard.deploy.state.rebuilding import require_allowed
    from wizard.walk import recovery

    def note(what: str) -> None:
        if stopped():
            raise Stop
        post(Progress(what))

    try:
        with desk.noting(course.target), exclusive(course.target.place):
            found = recovery.find(
                course.looked.seen, course.target, course.site, on_state=heard(note, "finding what there is: ")
            )
            require_allowed(found)
    except PlanewrightError as error:
        post(Failed(error))
    except Stop:
        post(Failed(None))
    else:
        post(Prepared(found))


def _to_end(run: Run, post: Post) -> None:
    """See an apply to its end, and say how far it is. Raises EngineError where it did not succeed."""
    from wizard.deploy import flow
    from wizard.engine import follow
    from wizard.engine.events import RunState

    state, tell = RunState(), heard(lambda what: post(Progress(what)), "importing: ")
    for state in follow.follow(run):
        tell(state)
    flow.require_success(run, state)


def take(desk: Desk, course: Course, step: Step, post: Post, *, stopped: Callable[[], bool]) -> None:
    """Take a step that was agreed to. A plan ends early once `stopped`, in good order."""
    from wizard.deploy.exclusive import exclusive
    from wizard.walk import recovery

    def note(what: str) -> None:
        if stopped():
            raise Stop
        post(Progress(what))

    target, seen, reason = course.target, course.looked.seen, course.reason
    try:
        with desk.noting(target), exclusive(target.place):
            took = recovery.take(
                step, seen, target, course.site, sure=bool(reason), reason=reason, on_state=heard(note, "planning: ")
            )
    except PlanewrightError as error:
        post(Failed(error))
    except Stop:
        post(Failed(None))
    else:
        post(Taken(took))
