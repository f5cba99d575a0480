"""Apply: the plan that was looked at, after a yes; followed line by line, left and taken up again, handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide import secrets, waiting
from wizard.cli.guide.desk import attempt, tell_error
from wizard.cli.guide.talk import Jump, Option
from wizard.deploy import flow
from wizard.engine import runs
from wizard.engine.follow import result_of
from wizard.errors import PlanewrightError
from wizard.walk import applying, waits
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way
    from wizard.deploy.flow import Concluded, Planned
    from wizard.engine.runs import Run

#: What ends the following of a run without ending the run.
LEAVE = "leave"


class _Left(Exception):  # noqa: N818 - no error: somebody leaves a run that goes on
    pass


def go(way: Way) -> None:
    """Take up a run that goes on, or apply the plan; then ask what is next until somebody goes on."""
    going = applying.alive(way.walk.place)
    if going is not None:
        say(f"a run goes on: {going.request.action} of {going.request.stack}, by {going.request.who}")
        _follow(way, going)
    elif way.planned is not None:
        _apply(way, way.planned)
    else:
        say("no plan is to be applied: the step Plan makes one")
    while True:
        _tell_left(way)
        word, _ = way.talk.choose("what now", _options(way), default="on")
        if word == "on":
            return
        if word == "plan":
            raise Jump(Step.PLAN)
        _do(way, word)


def _options(way: Way) -> list[Option]:
    going, left = applying.alive(way.walk.place), _to_take_over(way)
    return [
        Option("on", "go on" if way.walk.kind == "deployment" else "this is done"),
        *([Option("follow", "follow the run that goes on")] if going else []),
        *([Option("cancel", "ask the run to stop in good order")] if going else []),
        *([Option("apply", f"apply the plan of {way.planned.stack}")] if way.planned and not going else []),
        *([Option("outputs", "read and keep what the applied stack hands over")] if left else []),
        *([Option("plan", "plan the next stack, or again")] if not going else []),
        *([Option("secrets", "put the secrets where the nodes fetch them")] if secrets.can_be_seeded(way) else []),
        *(waiting.options(way) if not going else []),
        Option("runs", "earlier runs of this object"),
    ]


def _do(way: Way, word: str) -> None:
    place = way.walk.place
    going = applying.alive(place)
    if word == "follow" and going is not None:
        _follow(way, going)
    elif word == "cancel":
        way.desk.command("cancel", place.name)
    elif word == "apply" and way.planned is not None:
        _apply(way, way.planned)
    elif word == "outputs" and (left := _to_take_over(way)) is not None:
        _hand_over(way, left)
    elif word == "wait":
        attempt(lambda: waiting.begin(way), stopped="nobody waits")
    elif word == "secrets":
        secrets.seed(way)
    elif word == "runs":
        way.desk.command("watch", place.name, "--list")
    else:
        say("that is over meanwhile")


def _apply(way: Way, planned: Planned) -> None:
    """Ask for the yes, start, follow, conclude."""
    if planned.plan.view.empty:
        _conclude(way, planned)
        return
    account = planned.target.shard.account
    say(f"{planned.stack} of {planned.target.name}: {planned.plan.view.counts}")
    say("Once it is started it goes on by itself, whether this guide runs or not.")
    if not way.talk.sure(f"apply it to account {account.id}, {account.region}"):
        say("not applied. The plan is kept.")
        return
    started: Run | None = attempt(lambda: applying.start(planned, way.desk.site(planned.target)))
    if started is None:
        say("nothing was applied")
        return
    way.started[started.id], way.planned = planned, None  # a plan is applied once
    _follow(way, started)


def _follow(way: Way, run: Run) -> None:
    """Follow a run to its end, and hand over after an apply that succeeded. Ctrl-C stops our own, and leaves another's."""
    from wizard.cli.watch import follow_to_the_end

    ours = run.id in way.started
    stops = "Ctrl-C asks it to stop in good order; " if ours else "Ctrl-C, or "
    say(f"following run {run.id}. {stops}`{LEAVE}` and Enter leaves it, and it goes on.")
    try:
        state = follow_to_the_end(run, ours=ours, plain=True, sleep=lambda seconds: _look_up(way, seconds))
    except (_Left, KeyboardInterrupt):
        say(f"left: the run goes on. `follow` takes it up again; so does: planewright watch {way.walk.place.name}")
        return
    try:
        flow.require_success(run, state)
    except PlanewrightError as error:
        tell_error(error)
        return
    say(f"{run.request.action} succeeded: {state.summary or state.planned or 'no changes'}")
    if run.request.action == "apply":
        _hand_over(way, run)


def _look_up(way: Way, seconds: float) -> None:
    if way.talk.lines.meanwhile(seconds).lower() == LEAVE:
        raise _Left


def _hand_over(way: Way, run: Run) -> None:
    """Read and keep the outputs: of our own apply, or for whoever did not live to."""
    planned = way.started.get(run.id)
    if planned is not None:
        _conclude(way, planned)
        return
    if applying.handed_over(way.walk.place, run):
        return
    concluded = attempt(lambda: _take_over(way, run))
    if concluded is not None:
        _tell(way, run.request.stack, concluded)


def _take_over(way: Way, run: Run) -> Concluded | None:
    target = way.saved()
    return applying.take_over(target, run, way.desk.site(target))


def _conclude(way: Way, planned: Planned) -> None:
    say("reading the outputs, and settling what the provider reads back differently: please wait")
    concluded = attempt(lambda: applying.conclude(planned))
    if concluded is None:
        say("the outputs were not taken over: `outputs` tries again")
        return
    if way.planned is planned:
        way.planned = None
    _tell(way, planned.stack, concluded)


def _tell(way: Way, stack: str, concluded: Concluded) -> None:
    """Say what an apply left, and what comes next."""
    way.settled_stacks.add(stack)
    say(f"{stack} is handed over")
    if concluded.settled:
        say(f"settled: {concluded.settled} resources that the provider reads back as empty instead of unset")
    for address in concluded.drift:
        say(f"drift, not taken in: {address}")
    if concluded.note:
        say(f"note: {concluded.note}")
    target = way.walk.target
    rest = [s for s in target.stacks if s not in way.settled_stacks] if target is not None else []
    if secrets.can_be_seeded(way):
        say("next: `secrets` puts the passwords where the nodes fetch them")
    if rest:
        say(f"next: `plan` plans {rest[0]}, once what it waits for is done")


def _tell_left(way: Way) -> None:
    left = _to_take_over(way)
    if left is not None:
        say(f"{left.request.stack} is applied, and its outputs are not taken over: `outputs` does that")
    waiting.tell_left(way)


def _to_take_over(way: Way) -> Run | None:
    """Give the newest apply that succeeded and whose outputs nobody has kept."""
    place = way.walk.place
    latest = runs.latest(place.runs, actions=("apply",))
    if latest is None or latest.alive() or result_of(latest) is None or applying.handed_over(place, latest):
        return None
    return None if waits.in_hand(place, latest) else latest
