"""Checking against AWS for a screen: what a worker does, and what it posts. It touches neither walk nor widget."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from screens.messages import Checked
from wizard.errors import PlanewrightError

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.walk.walk import Check


class CheckFailed(Message):
    """A check could not be made at all: a file beside the answers cannot be read, say."""

    def __init__(self, generation: int, error: PlanewrightError) -> None:
        super().__init__()
        self.generation = generation
        self.error = error


class Identified(Message):
    """AWS has said who calls: the caller's ARN."""

    def __init__(self, arn: str) -> None:
        super().__init__()
        self.arn = arn


def look(
    desk: Desk,
    check: Check,
    post: Callable[[Message], object],
    *,
    outdated: Callable[[], bool],
    turn: Callable[[], None],
) -> None:
    """Check and post what came of it. Blocks for as long as AWS takes; gives up early once `outdated` says so.

    `turn` is called now and then while it reckons: it comes back once a key that was pressed is dealt with.
    """
    from wizard.deploy.target import subject_of
    from wizard.facts.access import Caller

    try:
        checker, lock = desk.checker(check.target)
        with lock:
            if outdated():  # the checker was busy with an earlier one, and somebody typed since
                return
            checker.turn = turn
            turn()
            subject = subject_of(check.target)
            checked = checker.check(subject)
    except PlanewrightError as error:
        post(CheckFailed(check.generation, error))
        return
    account = subject.account
    caller = checked.facts.value(Caller(profile=account.profile, role_arn=account.role_arn))
    if caller is not None:
        post(Identified(caller.arn))
    post(Checked(check.generation, checked.findings, checked.asked))
