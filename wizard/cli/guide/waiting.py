"""Confirming now what is applied by itself once the customer has accepted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wizard.blueprints.springtail.stacks import LINK
from wizard.cli.common import say
from wizard.deploy import flow
from wizard.deploy.exclusive import exclusive
from wizard.deploy.gate import require_clear
from wizard.deploy.waiting import records, starting

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way


def begin(way: Way) -> None:
    """Plan what waits, show it, and after a yes leave somebody to wait for the customer, and apply exactly this."""
    from wizard.cli.plans import show
    from wizard.deploy.site import checked
    from wizard.engine.plans import destructive

    target = way.saved()
    site = way.desk.site(target)
    if LINK not in target.stacks or flow.waiting_on_customer(target, LINK, site) is None:
        say("nothing waits for the customer: the step Plan plans what comes next")
        return
    starting.require_possible(target.name, records.waiting(target.place), site)
    require_clear(target.place, checked(target, site).findings)
    say(f"planning {LINK}: please wait")
    with exclusive(target.place):
        planned = flow.plan(flow.prepare(target, LINK, site))
    show(planned.plan.view, stack=LINK, name=target.name)
    if planned.plan.view.empty or destructive(planned.plan.view.changes):
        say("nobody is left to wait: this is no plan to be applied unattended. The step Plan has it")
        return
    account = target.shard.account
    if not way.talk.sure(f"apply exactly this to account {account.id} by itself, once they have accepted"):
        say("nobody waits. The plan is kept.")
        return
    wait = starting.begin(planned, site, environ=os.environ, engine=way.desk.engine or "", mirror=way.desk.mirror or "")
    tell(wait)


def tell(wait: records.Wait | None) -> None:
    """Say who waits, or how that ended; nothing where nobody ever did."""
    for line in records.said(wait) if wait is not None else ():
        say(line)
