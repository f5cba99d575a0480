"""Planning a stack for a screen: what a worker does, and what it posts. It touches neither walk nor widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from screens.messages import Checked
from wizard.errors import ContractError, PlanewrightError

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy import flow
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.engine.events import RunState
    from wizard.engine.plans import PlanView
    from wizard.walk.plan_tree import PlanTree
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
    """What is being done, before the engine has anything to say."""

    def __init__(self, job: Job, what: str) -> None:
        super().__init__(job)
        self.what = what


class Progress(OfJob):
    """How far the engine's plan is."""

    def __init__(self, job: Job, state: RunState) -> None:
        super().__init__(job)
        self.state = state


class Made(OfJob):
    """The plan, and the tree of it and of the plans beside it."""

    def __init__(self, job: Job, planned: flow.Planned, tree: PlanTree) -> None:
        super().__init__(job)
        self.planned = planned
        self.tree = tree


class Waits(OfJob):
    """There can be no plan yet, and that is nobody's fault."""

    def __init__(self, job: Job, waiting: flow.Waiting) -> None:
        super().__init__(job)
        self.waiting = waiting


class Failed(OfJob):
    """There is no plan; `error` says why and what to do."""

    def __init__(self, job: Job, error: PlanewrightError) -> None:
        super().__init__(job)
        self.error = error


class Stopped(OfJob):
    """The person has stopped it; the engine ended in good order."""


class _Stop(KeyboardInterrupt):
    """What the engine's side takes for the person's Ctrl-C: it interrupts the engine and waits for its end."""


def make(desk: Desk, job: Job, post: Callable[[Message], object], *, stopped: Callable[[], bool]) -> None:
    """Make a plan, telling how it goes. Blocks for as long as AWS and the engine take; ends early once `stopped`."""
    try:
        post(_outcome(desk, job, post, stopped))
    except PlanewrightError as error:
        post(Failed(job, error))
    except _Stop:
        post(Stopped(job))


def _outcome(desk: Desk, job: Job, post: Callable[[Message], object], stopped: Callable[[], bool]) -> Message:
    from wizard.deploy import flow
    from wizard.deploy.exclusive import exclusive
    from wizard.walk.plan_tree import plan_tree

    def go_on(what: str) -> None:
        if stopped():
            raise _Stop
        post(Stage(job, what))

    def heard(state: RunState) -> None:
        if stopped():
            raise _Stop
        post(Progress(job, state))

    target = job.check.target
    go_on("opening the engine and the account's session")
    site = desk.site(target)
    go_on("checking against AWS once more")
    _require_clear(desk, job, site, post)
    go_on("looking whether it can be planned")
    waiting = _waiting(target, job.stack) or flow.waiting_on_customer(target, job.stack, site)
    if waiting is not None:
        return Waits(job, waiting)
    with exclusive(target.place):
        go_on("writing the files, initialising the engine")
        ready = flow.prepare(target, job.stack, site, force=job.force)
        go_on("planning")
        planned = flow.plan(ready, on_state=heard)
    views = {**job.beside, job.stack: planned.plan.view}
    return Made(job, planned, plan_tree({stack: views[stack] for stack in target.stacks if stack in views}))


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
