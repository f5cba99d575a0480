"""Planning a stack for a screen: what a worker does, and what it posts. It touches neither walk nor widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.message import Message

from screens.messages import Checked
from screens.plan_state import Standing, State, Stop, progress
from wizard.errors import ContractError, PlanewrightError

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy import flow
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.engine.events import RunState
    from wizard.engine.plans import PlanView
    from wizard.findings import Finding
    from wizard.walk.plan_tree import PlanTree
    from wizard.walk.speculation import Speculation
    from wizard.walk.walk import Check


@dataclass(frozen=True, slots=True)
class Job:
    """A plan to be made. `number` tells its messages from an earlier one's; `beside` are the other stacks' plans.

    `force` sets a person's versions of edited files aside: only after they have seen which.
    """

    number: int
    check: Check
    stack: str
    beside: Mapping[str, PlanView]
    force: bool = False


class OfJob(Message):
    """Something that a job's worker has to say."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job


class Stage(OfJob):
    """What is being done, and once the engine plans, how far it is."""

    def __init__(self, job: Job, what: str) -> None:
        super().__init__(job)
        self.what = what


class Made(OfJob):
    """The plan, and the tree of it and of the plans beside it. `age_s` is how long ago it was begun, if it was ahead.

    `refused` is what holds it: answers that it would leave without effect.
    """

    def __init__(
        self, job: Job, planned: flow.Planned, tree: PlanTree, age_s: int = 0, refused: tuple[Finding, ...] = ()
    ) -> None:
        super().__init__(job)
        self.refused = refused
        self.planned = planned
        self.tree = tree
        self.age_s = age_s


class NotMade(OfJob):
    """There is no plan. `standing` says how the stack stands; `error`, where something failed, why and what to do."""

    def __init__(self, job: Job, standing: Standing, error: PlanewrightError | None = None) -> None:
        super().__init__(job)
        self.standing = standing
        self.error = error


def _waits(job: Job, on: flow.Waiting) -> NotMade:
    """There can be no plan yet, and that is nobody's fault."""
    return NotMade(job, Standing(State.WAITS, f"on {on.on}: {on.why}; {on.action}"))


def make(
    desk: Desk,
    job: Job,
    post: Callable[[Message], object],
    *,
    stopped: Callable[[], bool],
    ahead: Speculation | None = None,
) -> None:
    """Make a plan, telling how it goes. Blocks for as long as AWS and the engine take; ends early once `stopped`.

    One that was made `ahead` is taken where it is of the very same; everything is checked and written before as always.
    """
    try:
        with desk.noting(job.check.target):
            post(_outcome(desk, job, post, stopped, ahead))
    except PlanewrightError as error:
        post(NotMade(job, Standing(State.FAILED, error.title), error))
    except Stop:
        post(NotMade(job, Standing(State.STOPPED, "nothing was changed")))


def _outcome(
    desk: Desk,
    job: Job,
    post: Callable[[Message], object],
    stopped: Callable[[], bool],
    ahead: Speculation | None,
) -> Message:
    from wizard.checks.changes import ignored
    from wizard.deploy import flow
    from wizard.deploy.exclusive import exclusive
    from wizard.walk.plan_tree import plan_tree

    def look() -> None:
        if stopped():
            raise Stop

    def go_on(what: str) -> None:
        look()
        post(Stage(job, what))

    def heard(state: RunState) -> None:
        look()
        post(Stage(job, progress(state)))

    target = job.check.target
    go_on("opening the engine and the account's session")
    site = desk.site(target)
    go_on("checking against AWS once more")
    _require_clear(desk, job, site, post)
    go_on("looking whether it can be planned")
    waiting = _waiting(target, job.stack) or flow.waiting_on_customer(target, job.stack, site)
    if waiting is not None:
        return _waits(job, waiting)
    with exclusive(target.place):
        go_on("writing the files, initialising the engine")
        lock = ahead.lock(target, job.stack) if ahead is not None else None
        ready = flow.prepare(target, job.stack, site, force=job.force, lock=lock)
        go_on("planning")
        taken = ahead.take(ready, site, waiting=look) if ahead is not None else None
        planned = taken or flow.plan(ready, on_state=heard)
    views = {**job.beside, job.stack: planned.plan.view}
    age_s = 0 if taken is None else round((datetime.now(UTC) - taken.plan.run.request.created).total_seconds())
    tree = plan_tree({stack: views[stack] for stack in target.stacks if stack in views})
    return Made(job, planned, tree, age_s, tuple(ignored(tree.ignored_in[job.stack])))


def _require_clear(desk: Desk, job: Job, site: Site, post: Callable[[Message], object]) -> None:
    """Hold at findings, as every front end does. What was found is the walk's too: that is where it is dealt with."""
    from wizard.deploy.gate import require_clear
    from wizard.deploy.site import engine_findings
    from wizard.deploy.target import subject_of
    from wizard.findings import worst_first

    target = job.check.target
    checker, lock = desk.checker(target)
    with lock:
        checked = checker.check(subject_of(target))
    findings = worst_first((*checked.findings, *engine_findings(target, site.engine)))
    post(Checked(job.check.generation, findings, checked.asked))
    require_clear(target.place, findings)


def _waiting(target: Target, stack: str) -> flow.Waiting | None:
    """Say that a later stack waits for the one before. That the first one's shard is missing is the operator's to mend."""
    from wizard.blueprints.springtail.stacks import NEEDS
    from wizard.deploy import flow

    try:
        flow.require_contract(target, stack)
    except ContractError as error:
        if stack == target.stacks[0]:
            raise
        return flow.Waiting(on=f"stack {NEEDS[stack]}", why="it has not been applied", action=error.action)
    return None
