"""Handoff: what the customer has to do, and whether it is seen to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.blueprints.springtail.stacks import INSTANCE, LINK
from wizard.cli.common import say
from wizard.cli.guide.desk import attempt
from wizard.cli.guide.talk import Jump, Option
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way


def go(way: Way) -> None:
    """Look, say who is waited for, and look again when asked."""
    while True:
        attempt(lambda: _look(way))
        options = [
            Option("on", "go on"),
            Option("again", "look again whether it was done"),
            Option("plan", "back to the step Plan: what waited can be planned once it was done"),
        ]
        word, _ = way.talk.choose("what now", options, default="on")
        if word == "on":
            return
        if word == "plan":
            raise Jump(Step.PLAN)


def _look(way: Way) -> None:
    from wizard.deploy import flow

    target = way.walk.settle()
    if not target.place.contract(INSTANCE).is_file():
        say(f"nothing is asked of the customer yet: stack {INSTANCE} has not been applied from this workspace")
        return
    if LINK not in target.stacks:
        say("nothing waits for the customer's acceptance: the public topology has no peering")
        return
    say("asking AWS what the customer has done: please wait")
    waiting = flow.waiting_on_customer(target, LINK, way.desk.site(target))
    if waiting is None:
        say("done: every peering is active. The link can be planned.")
        return
    say(f"waiting on {waiting.on}")
    for why in waiting.why.split("; "):
        say(f"  {why}")
    say(f"  what to do: {waiting.action}")
