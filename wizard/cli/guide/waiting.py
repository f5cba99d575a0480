"""Confirming now what is applied by itself once the customer has accepted."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide import changes
from wizard.cli.guide.talk import Option
from wizard.deploy.waiting import records
from wizard.walk import waits

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way

BEGIN = Option("wait", "confirm the plan of what waits now: it is applied by itself once they have accepted")
END = Option("cancel", "wait no longer: nothing is applied by itself then")


def begin(way: Way) -> None:
    """Plan what waits, show it, and after a yes leave somebody to wait for the customer, and apply exactly this."""
    target = way.saved()
    proposal = waits.propose(target, way.desk.site(target), note=lambda what: say(f"{what}: please wait"))
    if proposal is None:
        say(waits.NOTHING)
        return
    planned = proposal.planned
    changes.tell(planned)
    if planned.plan.view.empty:
        say("nobody is left to wait: there is nothing to apply. The step Plan takes its outputs over")
        return
    if not changes.confirmed(way.talk, planned):
        say("nobody waits. The plan is kept.")
        return
    for line in waits.meaning(planned, datetime.now(UTC)):
        say(line)
    if not way.talk.sure(waits.question(planned)):
        say("nobody waits. The plan is kept.")
        return
    tell(waits.begin(proposal, environ=os.environ, engine=way.desk.engine or "", mirror=str(way.desk.mirror or "")))


def options(way: Way) -> list[Option]:
    """What can be done about waiting where somebody applies: begin it where the link is left, end one that goes on."""
    if records.waiting(way.walk.place) is not None:
        return [END]
    return [BEGIN] if waits.left(way.walk.workspace, way.walk.place) else []


def tell_left(way: Way) -> None:
    """Say who waits to apply what is left, or how that ended; nothing once it is applied."""
    place = way.walk.place
    if records.waiting(place) is not None or waits.left(way.walk.workspace, place):
        tell(records.newest(place))


def tell(wait: records.Wait | None) -> None:
    """Say who waits, or how that ended; nothing where nobody ever did."""
    for line in records.said(wait) if wait is not None else ():
        say(line)
