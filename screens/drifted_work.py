"""Drift for a screen: what its workers do, and what they post. It touches no widget.

Every function blocks. What of it asks the engine ends early once `stopped`: the engine then ends in good order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from screens.plan_state import Standing, State, Stop, progress
from screens.planning import Job, Made, NotMade, Stage
from wizard.errors import PlanewrightError

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.drift.looking import Look
    from wizard.deploy.drift.ways import Back
    from wizard.deploy.flow import Ready
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.drift.found import Drifted, Setting
    from wizard.engine.commands import PlanRun
    from wizard.engine.events import RunState
    from wizard.workspace import Place

Post = Callable[[Message], object]
Stopped = Callable[[], bool]


class OfLook(Message):
    """Something about a look; `number` tells it from an earlier one's."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Looking(OfLook):
    """What is being looked at, and how far the engine is."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(number)
        self.what = what


class Looked(OfLook):
    """What was seen."""

    def __init__(self, number: int, target: Target, looks: tuple[Look, ...]) -> None:
        super().__init__(number)
        self.target = target
        self.looks = looks


class NotLooked(OfLook):
    """There was no look: why; None where somebody has stopped it."""

    def __init__(self, number: int, error: PlanewrightError | None) -> None:
        super().__init__(number)
        self.error = error


class Accepted(Message):
    """The answers say it. `target` is the object with them."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self.target = target


@dataclass(frozen=True, slots=True)
class TakeIn:
    """What the state alone would take in, planned: it waits for a yes."""

    ready: Ready
    made: PlanRun
    site: Site
    left: tuple[Drifted, ...]


class Planned(Message):
    """The state's plan is there, to be asked about."""

    def __init__(self, take: TakeIn) -> None:
        super().__init__()
        self.take = take


class Taken(Message):
    """The state has it."""

    def __init__(self, stack: str) -> None:
        super().__init__()
        self.stack = stack


class Failed(Message):
    """It did not come to that; `error` says why and what to do."""

    def __init__(self, error: PlanewrightError) -> None:
        super().__init__()
        self.error = error


def heard(tell: Callable[[str], object], what: str = "") -> Callable[[RunState], None]:
    """Give what follows a plan's progress in a line."""

    def follow(state: RunState) -> None:
        tell(f"{what}{progress(state)}")

    return follow


def look(desk: Desk, place: Place, number: int, post: Post, *, stopped: Stopped) -> None:
    """Look at every stack of an object."""
    from wizard.walk import drifts
    from wizard.walk.finished import final_target

    def note(what: str) -> None:
        if stopped():
            raise Stop
        post(Looking(number, what))

    try:
        target = final_target(desk.workspace, place)
        note("opening the engine and the account's session")
        with desk.noting(target):
            looks = drifts.look_all(target, desk.site(target), note=note, on_state=heard(note))
        post(Looked(number, target, looks))
    except PlanewrightError as error:
        post(NotLooked(number, error))
    except Stop:
        post(NotLooked(number, None))


def accept(target: Target, settings: Mapping[str, Setting], post: Post) -> None:
    """Write the answers that say what AWS has."""
    from wizard.deploy.drift import ways
    from wizard.deploy.exclusive import exclusive

    try:
        with exclusive(target.place):
            accepted = ways.accept(target, settings)
    except PlanewrightError as error:
        post(Failed(error))
    else:  # the object is free by now: what follows takes it again
        post(Accepted(accepted))


def plan_taking_in(desk: Desk, target: Target, stack: str, left: tuple[Drifted, ...], post: Post) -> None:
    """Plan that the state alone takes in what no answer is about."""
    from wizard.deploy.exclusive import exclusive
    from wizard.walk import drifts

    try:
        with desk.noting(target), exclusive(target.place):
            site = desk.site(target)
            ready = drifts.ready_of(target, stack, site, note=lambda _: None)
            take = TakeIn(ready, drifts.take_in_plan(ready, left), site, left)
    except PlanewrightError as error:
        post(Failed(error))
    else:
        if not post(Planned(take)):  # whoever asked has left: nobody can say yes to it any more
            take.made.run.plan_file.unlink(missing_ok=True)


def take_in(take: TakeIn, post: Post) -> None:
    """Have the state take it in, after the yes."""
    from wizard.deploy.drift import ways
    from wizard.deploy.exclusive import exclusive

    try:
        with exclusive(take.ready.target.place):
            ways.take_in(take.ready, take.made, take.site, how="asked")
    except PlanewrightError as error:
        post(Failed(error))
    else:
        post(Taken(take.ready.stack))


def plan_back(desk: Desk, job: Job, back: Back, post: Post, *, stopped: Stopped) -> None:
    """Plan what puts back or takes in, as the step Plan plans."""
    from wizard.checks.changes import ignored
    from wizard.walk import drifts
    from wizard.walk.plan_tree import plan_tree

    def note(what: str) -> None:
        if stopped():
            raise Stop
        post(Stage(job, what))

    target, stack = job.check.target, job.stack
    try:
        with desk.noting(target):
            note("opening the engine and the account's session")
            site = desk.site(target)
            planned = drifts.plan_back(target, stack, site, back, note=note, on_state=heard(note), force=job.force)
        views = {**job.beside, stack: planned.plan.view}
        tree = plan_tree({it: views[it] for it in target.stacks if it in views})
        post(Made(job, planned, tree, 0, tuple(ignored(tree.ignored_in[stack]))))
    except PlanewrightError as error:
        post(NotMade(job, Standing(State.FAILED, error.title), error))
    except Stop:
        post(NotMade(job, Standing(State.STOPPED, "nothing was changed")))
