"""Carrying a plan out for a screen: what a worker does, and what it posts. It touches neither walk nor widget.

Every function blocks, and gives the message that its worker posts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from wizard.engine import runs
from wizard.errors import PlanewrightError
from wizard.walk import applying, seeds
from wizard.walk.finished import instance_made

if TYPE_CHECKING:
    from screens.desk import Desk
    from screens.widgets.seed_form import Given
    from wizard.aws.secrets import SeedResult
    from wizard.deploy.flow import Concluded, Planned
    from wizard.deploy.target import Target
    from wizard.engine.runs import Run
    from wizard.workspace import Place


class Found(Message):
    """The run that goes on, or the newest apply; None while there was none."""

    def __init__(self, run: Run | None, *, going: bool, seedable: bool) -> None:
        super().__init__()
        self.run = run
        self.going = going
        self.seedable = seedable


class Started(Message):
    """The engine is at it."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run


class HandedOver(Message):
    """What a stack hands over is kept; `concluded` is None when it was before."""

    def __init__(self, stack: str, concluded: Concluded | None, *, seedable: bool) -> None:
        super().__init__()
        self.stack = stack
        self.concluded = concluded
        self.seedable = seedable


class Left(Message):
    """An apply that succeeded has not handed over: whoever started it did not live to."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run


class SecretsPut(Message):
    """The secret containers were seen to."""

    def __init__(self, result: SeedResult) -> None:
        super().__init__()
        self.result = result


class CarryingFailed(Message):
    """It did not come to that. `left` is an apply whose outputs are still to be taken over."""

    def __init__(self, what: str, error: PlanewrightError, *, left: Run | None = None) -> None:
        super().__init__()
        self.what = what
        self.error = error
        self.left = left


def look(place: Place) -> Message:
    """Look for a run that goes on, whoever started it."""
    try:
        going = applying.alive(place)
        run = going or runs.latest(place.runs, actions=("apply",))
    except PlanewrightError as error:
        return CarryingFailed("the runs cannot be read", error)
    return Found(run, going=going is not None, seedable=instance_made(place))


def start(desk: Desk, planned: Planned) -> Message:
    """Start the apply of a plan that was shown."""
    try:
        return Started(applying.start(planned, desk.site(planned.target)))
    except PlanewrightError as error:
        return CarryingFailed("nothing was applied", error)


def conclude(planned: Planned, run: Run | None) -> Message:
    """Take over what an apply of ours hands over."""
    try:
        concluded = applying.conclude(planned)
    except PlanewrightError as error:
        return CarryingFailed("its outputs were not taken over", error, left=run)
    return HandedOver(planned.stack, concluded, seedable=instance_made(planned.target.place))


def look_after(place: Place, run: Run) -> Message:
    """Look whether a run that somebody else started has handed over."""
    try:
        if not applying.handed_over(place, run):
            return Left(run)
    except PlanewrightError as error:
        return CarryingFailed("the run cannot be read", error)
    return HandedOver(run.request.stack, None, seedable=instance_made(place))


def take_over(desk: Desk, target: Target, run: Run) -> Message:
    """Take over for somebody who did not live to."""
    try:
        concluded = applying.take_over(target, run, desk.site(target))
    except PlanewrightError as error:
        return CarryingFailed("the outputs were not taken over", error, left=run)
    return HandedOver(run.request.stack, concluded, seedable=instance_made(target.place))


def seed(desk: Desk, target: Target, given: Given) -> Message:
    """Put what was typed, or what the rehearsal's customer has, where the nodes fetch it."""
    from wizard.aws.session import open_session
    from wizard.deploy.seeding import seed_target

    if given.played and desk.played is not None:
        values = desk.played.inputs(target)
    else:
        values = seeds.inputs(target, password=given.password, certificate=given.certificate, key=given.key)
    try:
        with desk.noting(target):
            session = open_session(target.shard.account, environ=desk.environ, mfa_code=desk.mfa_code)
            return SecretsPut(seed_target(target, session, inputs=values, rotate=frozenset()))
    except PlanewrightError as error:
        return CarryingFailed("the secrets are not complete", error)
