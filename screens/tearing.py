"""Tearing down for a screen: what its workers do, and what they post. It touches no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from screens.plan_state import Stop
from wizard.errors import PlanewrightError

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.flow import Planned, Ready
    from wizard.deploy.target import Target
    from wizard.engine.events import RunState
    from wizard.engine.runs import Run
    from wizard.walk.destroying import Destroying, Turn
    from wizard.walk.plan_tree import PlanTree
    from wizard.workspace import Place

Post = Callable[[Message], object]


class Found(Message):
    """The object was opened; `run` is one of it that goes on."""

    def __init__(self, target: Target, run: Run | None) -> None:
        super().__init__()
        self.target = target
        self.run = run


class Stage(Message):
    """What is being done for a stack."""

    def __init__(self, stack: str, what: str) -> None:
        super().__init__()
        self.stack = stack
        self.what = what


class Gone(Message):
    """A stack holds nothing, or nothing any more; `why` says how that is known."""

    def __init__(self, stack: str, why: str) -> None:
        super().__init__()
        self.stack = stack
        self.why = why


class Shown(Message):
    """The next turn's plan is there, to be looked at."""

    def __init__(self, destroying: Destroying, turn: Turn, tree: PlanTree) -> None:
        super().__init__()
        self.destroying = destroying
        self.turn = turn
        self.tree = tree


class Started(Message):
    """The run of a turn goes on, whoever looks."""

    def __init__(self, turn: Turn, run: Run) -> None:
        super().__init__()
        self.turn = turn
        self.run = run


class Finished(Message):
    """Nothing is left but what is left on purpose."""

    def __init__(self, remains: tuple[str, ...]) -> None:
        super().__init__()
        self.remains = remains


class Failed(Message):
    """It did not go on; `error` says why and what to do."""

    def __init__(self, error: PlanewrightError) -> None:
        super().__init__()
        self.error = error


class Stopped(Message):
    """The person has stopped a plan; the engine ended in good order."""


def find(desk: Desk, place: Place, post: Post) -> None:
    """Open the object as it was saved, and look whether a run goes on."""
    from wizard.deploy.target import open_target
    from wizard.walk import applying

    try:
        post(Found(open_target(desk.workspace, place.name), applying.alive(place)))
    except PlanewrightError as error:
        post(Failed(error))


@dataclass(frozen=True, slots=True)
class Job:
    """The next turn is wanted. `after` is the one that has succeeded, if one has; None for `destroying`: begin anew.

    `force` sets a person's versions of edited files aside: only after they have seen which.
    """

    target: Target
    destroying: Destroying | None = None
    after: Turn | None = None
    force: bool = False


def plan_next(desk: Desk, job: Job, post: Post, *, stopped: Callable[[], bool]) -> None:
    """Plan the next turn that has something to do. Blocks as long as AWS and the engine take."""
    try:
        post(_next(desk, job, post, stopped))
    except PlanewrightError as error:
        post(Failed(error))
    except Stop:
        post(Stopped())


def _next(desk: Desk, job: Job, post: Post, stopped: Callable[[], bool]) -> Message:
    from wizard.deploy import flow
    from wizard.deploy.exclusive import exclusive
    from wizard.walk.destroying import PREPARING, Destroying, Kind
    from wizard.walk.plan_tree import plan_tree

    def tell(stack: str, what: str) -> None:
        if stopped():
            raise Stop
        post(Stage(stack, what))

    def telling(stack: str, what: str) -> None:
        tell(stack, "writing the files, initialising the engine" if what == PREPARING else f"planning: {what}")

    def heard(state: RunState) -> None:
        del state
        if stopped():
            raise Stop

    def plan(ready: Ready, **options: object) -> Planned:
        return flow.plan(ready, on_state=heard, **options)  # type: ignore[arg-type]

    target, destroying = job.target, job.destroying
    if destroying is None:
        tell(target.stacks[-1], "opening the engine and the account's session")
        destroying = Destroying(target, desk.site(target))
    prepare = partial(_prepare, destroying, force=job.force)
    with exclusive(target.place):
        if job.after is not None:
            destroying.succeeded(job.after)
            if job.after.kind is Kind.DESTROY:
                post(Gone(job.after.stack, "destroyed"))
        while (turn := destroying.next(prepare, plan, telling)) is not None:
            if turn.kind is not Kind.NOTHING and turn.planned is not None:
                return Shown(destroying, turn, plan_tree({turn.stack: turn.planned.plan.view}))
            post(Gone(turn.stack, turn.why))
    return Finished(destroying.remains())


def _prepare(destroying: Destroying, stack: str, *, force: bool) -> Ready:
    from wizard.deploy import flow

    return flow.prepare(destroying.target, stack, destroying.site, force=force)


def start(destroying: Destroying, turn: Turn, post: Post) -> None:
    """Start exactly the plan that was shown. The run goes on by itself."""
    from wizard.deploy.exclusive import exclusive

    try:
        with exclusive(destroying.target.place):
            run = destroying.start(turn)
    except PlanewrightError as error:
        post(Failed(error))
        return
    post(Started(turn, run))
