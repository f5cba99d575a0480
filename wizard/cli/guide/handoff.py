"""Handoff: what the customer has to do with which values, what is ours, and what was seen of either."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.cli import common
from wizard.cli.common import say
from wizard.cli.guide import for_customer, waiting
from wizard.cli.guide.desk import attempt
from wizard.cli.guide.talk import Jump, Option
from wizard.redact import Redactor
from wizard.walk import finished, handoff
from wizard.walk.handoff import Party, Task
from wizard.walk.handoff_text import left
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way


def go(way: Way) -> None:
    """Look, say who has to do what, and look again when asked."""
    attempt(lambda: _look(way), stopped="nothing was looked at")
    options = [
        Option("on", "go on"),
        Option("again", "look again what was done"),
        Option("plan", "back to the step Plan: what waited can be planned once it was done"),
        *for_customer.OPTIONS,
        waiting.BEGIN,
        waiting.END,
    ]
    while True:
        word, _ = way.talk.choose("what now", options, default="on")
        if word == "on":
            return
        if word == "plan":
            raise Jump(Step.PLAN)
        if word == "wait":
            attempt(lambda: waiting.begin(way), stopped="nobody waits")
            continue
        if word == "cancel":
            way.desk.command("cancel", way.walk.place.name)
            continue
        if word != "again":
            stopped = "what is not told as done was not done"
            attempt(functools.partial(for_customer.go, way, word), stopped=stopped)
            continue
        attempt(lambda: _look(way), stopped="nothing was looked at")


def _look(way: Way) -> None:
    from wizard.deploy import customer_side
    from wizard.deploy.waiting import records

    target = way.saved()
    outputs = customer_side.outputs_of(target)
    if outputs is None:
        say(f"nothing is asked of the customer yet: stack {INSTANCE} has not been applied from this workspace")
        return
    say("looking at what the customer has done: please wait")
    seen = customer_side.look(target, common.session_of(target))
    progress = finished.read(target.workspace, target.place)
    reported = customer_side.reported(target.place, since=progress.last_apply)
    tasks = handoff.ledger(
        handoff.Known(
            target.deployment,
            target.shard,
            *outputs,
            handoff.newest(reported, seen.hops),
            progress.seeded,
            seen.expires,
            seen.accepter_dns,
        )
    )
    _tell(tasks)
    waiting.tell(records.newest(target.place))
    if seen.accepted:
        say(f"{'every peering is' if progress.peered else 'our endpoint is'} accepted: stack link can be planned")


def _tell(tasks: Sequence[Task]) -> None:
    for party, title in ((Party.CUSTOMER, "what the customer does:"), (Party.US, "what is ours:")):
        say(title)
        for number, task in enumerate((task for task in tasks if task.who is party), 1):
            for line in _lines(number, task):
                say(Redactor().text(line))
    waits = handoff.waits_on_customer(tasks)
    say("it is the customer's turn" if waits else "nothing was seen that waits on the customer")


def _lines(number: int, task: Task) -> Iterator[str]:
    """Say a task: its state, what, with which values, by which command, and what was seen of it."""
    yield f"  {number}. {task.state.value}: {task.what}"
    for name, value in task.values:
        yield f"     {name}: {value}"
    if task.command:
        yield f"     command: {task.command}"
    if task.until is not None:
        yield f"     until: {task.until:%Y-%m-%d %H:%M} UTC, {left(task.until, datetime.now(UTC))}"
    for evidence in task.seen:
        yield f"     seen: {evidence}"
    if task.why:
        yield f"     why: {task.why}"
