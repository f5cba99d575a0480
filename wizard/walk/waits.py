"""A plan that is left to wait for the customer, as every front end offers it: made, asked for in the same words, begun.

    possible ─► propose (plans) ─► question, meaning ─► a yes ─► begin ─► a process of its own waits

Blocks; knows no screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from wizard.blueprints.springtail.stacks import INSTANCE, LINK
from wizard.errors import InputError, PlanewrightError

if TYPE_CHECKING:
    from wizard.deploy.flow import Planned
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.deploy.waiting.records import Wait
    from wizard.engine.events import RunState
    from wizard.engine.runs import Run
    from wizard.workspace import Place, Workspace

#: What is said where a wait is asked for, and nobody has to be waited for.
NOTHING = "nothing waits for the customer: the step Plan plans what comes next"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that could be left to wait; `answers` is the digest of those that it was made of."""

    planned: Planned
    site: Site
    answers: str


def possible(target: Target) -> bool:
    """Whether something may wait for the customer: what they accept is built, what needs it is not. Reads no AWS."""
    contract = target.place.contract
    return LINK in target.stacks and contract(INSTANCE).is_file() and not contract(LINK).is_file()


def left(workspace: Workspace, place: Place) -> bool:
    """Whether something of an object may wait; not where its answers cannot be opened, which is told where they are."""
    from wizard.walk import finished

    try:
        target = finished.saved_target(workspace, place)
    except PlanewrightError:
        return False
    return target is not None and possible(target)


def in_hand(place: Place, run: Run) -> bool:
    """Whether a run is of somebody who waited, and goes on: they hand over what it leaves once it has ended."""
    from wizard.deploy.waiting import records

    wait = records.waiting(place)
    return wait is not None and run.request.plan_run == wait.request.plan_run


def propose(
    target: Target,
    site: Site,
    *,
    note: Callable[[str], object] = lambda _: None,
    on_state: Callable[[RunState], None] | None = None,
) -> Proposal | None:
    """Plan what waits for the customer; None where nothing does (`NOTHING`). `note` is told what is being done.

    Raises BlockedError where somebody waits already, a finding holds it, or it would ignore an answer; AccountError where a wait could never log in;
    and what planning raises.
    """
    from wizard.deploy import flow
    from wizard.deploy.classes import require_effective
    from wizard.deploy.exclusive import exclusive
    from wizard.deploy.gate import require_clear
    from wizard.deploy.site import checked
    from wizard.deploy.waiting import records, starting
    from wizard.deploy.waiting.carrying import answers_digest

    note("looking whether the customer has accepted")
    if LINK not in target.stacks or flow.waiting_on_customer(target, LINK, site) is None:
        return None
    starting.require_possible(target.name, records.waiting(target.place), site)
    answers = answers_digest(target)
    note("checking against AWS once more")
    require_clear(target.place, checked(target, site).findings)
    with exclusive(target.place):
        note("writing the files, initialising the engine")
        ready = flow.prepare(target, LINK, site)
        note("planning")
        planned = flow.plan(ready, on_state=on_state)
    require_effective(target.name, LINK, planned.plan.view)
    return Proposal(planned, site, answers)


def question(planned: Planned) -> str:
    """Ask for the yes."""
    account = planned.target.shard.account
    return (
        f"Apply {planned.stack} of {planned.target.name} to account {account.id}, {account.region}, "
        "by itself once the customer has accepted?"
    )


def meaning(planned: Planned, now: datetime) -> Iterator[str]:
    """Say what a yes to it confirms, until when, and what becomes of it."""
    from wizard.deploy.waiting.starting import LONGEST

    plan, name = planned.plan, planned.target.name
    yield f"Exactly this: {planned.stack}, {plan.view.counts}; plan {plan.run.id}, digest {plan.digest[:19]}…"
    yield f"Until {now + LONGEST:%Y-%m-%d %H:%M} UTC; with other answers, files or state it gives up, and says so"
    yield f"It goes on by itself when this is closed. `planewright cancel {name}` ends it, `planewright status {name}` tells."
    yield "A login that ends meanwhile is made as always: aws sso login"


def begin(
    proposal: Proposal,
    *,
    environ: Mapping[str, str],
    engine: str = "",
    mirror: str = "",
    how: str = "",
    reason: str = "",
) -> Wait:
    """Leave somebody to wait, once it was confirmed: that goes on record, with `how` (default: as it was asked for here).

    Raises InputError where the answers are others than were planned, and what beginning a wait raises.
    """
    from wizard.deploy import flow
    from wizard.deploy.waiting import starting
    from wizard.deploy.waiting.carrying import answers_digest
    from wizard.engine.plans import destructive

    planned = proposal.planned
    if answers_digest(planned.target) != proposal.answers:
        raise InputError(
            "the answers have changed since this was planned: nobody waits",
            cause=f"plan {planned.plan.run.id} is of the answers as they were then",
            action="plan it again, and confirm that",
        )
    flow.confirm(planned, how or ("by its name" if destructive(planned.plan.view.changes) else "asked"), reason)
    return starting.begin(planned, proposal.site, environ=environ, engine=engine, mirror=mirror)
