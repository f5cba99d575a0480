"""An upgrade for a screen: what its threads do. It touches no widget; every function blocks, and posts what comes of it.

    carry ─► Carrier ─ Hands ─► Note, Asked (waits for the yes), Started, AtGate, Went … ─► Carried | Failed

The carrying is the command's own: who leaves stops it as a killed command would, and what was started goes on by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from screens.drifted_work import heard
from screens.plan_state import Stop
from screens.upgrading_heard import (
    Asked,
    AtGate,
    Carried,
    Failed,
    GivenUp,
    Going,
    Note,
    Question,
    Recorded,
    Started,
    Surveyed,
    Went,
)
from wizard.errors import PlanewrightError

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.flow import Planned
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.deploy.upgrading.course import Course, Seen
    from wizard.deploy.upgrading.record import Upgrade
    from wizard.engine.runs import Run
    from wizard.upgrades.steps import Act, Gate, Step
    from wizard.upgrades.survey import Survey
    from wizard.workspace import Place

#: Gives False once nobody hears any more.
Post = Callable[[Message], bool]


def look(desk: Desk, place: Place, number: int, post: Post) -> None:
    """Say what is on record, then what is true: where everything stands, and what is left. Changes nothing."""
    from wizard.deploy.upgrading.courses import course_of
    from wizard.walk import applying, upgrades
    from wizard.walk.finished import final_target

    try:
        target = final_target(desk.workspace, place)
        course_of(target)
        post(Recorded(number, target, upgrades.recorded(target)))
        with desk.noting(target):
            looked = upgrades.look(target, desk.site(target), gates=True)
        post(Surveyed(number, target, looked, applying.alive(place)))
    except (PlanewrightError, OSError) as error:
        post(Failed(_told(error)))


def carry(desk: Desk, place: Place, going: Going, post: Post) -> None:
    """Begin or go on, and carry step after step, or one of them."""
    from wizard.deploy.upgrading import record

    try:
        some = _carry(desk, place, going, post)
        post(Carried(record.load(place) if some else None))
    except (PlanewrightError, OSError) as error:
        post(Failed(_told(error), _half(place)))
    except Stop:
        post(Failed(None, _half(place)))


def _half(place: Place) -> Upgrade | None:
    from wizard.deploy.upgrading import record

    try:
        return record.glance(place)[0]
    except OSError:  # what stands in its way is told already
        return None


def _told(error: PlanewrightError | OSError) -> PlanewrightError:
    if isinstance(error, PlanewrightError):
        return error
    return PlanewrightError(
        "the workspace cannot be read or written, so nothing more is begun",
        cause=f"{error}. What was started goes on by itself",
        action="make room on the disk, or the folder writable again; then look again: what is true is worked out anew",
    )


def _carry(desk: Desk, place: Place, going: Going, post: Post) -> bool:
    """Give whether there was anything to do."""
    from wizard.aws.clock import Clock
    from wizard.deploy.gate import require_clear
    from wizard.deploy.site import checked
    from wizard.deploy.upgrading.carrying import Carrier
    from wizard.deploy.upgrading.courses import course_of
    from wizard.walk import upgrades
    from wizard.walk.finished import final_target

    target = final_target(desk.workspace, place)
    course = course_of(target)
    hands = Hands(going, place, post)
    hands.note("opening the engine and the account's session")
    with desk.noting(target):
        hands.site = site = desk.site(target)
        hands.note("checking against AWS once more")
        require_clear(place, checked(target, site).findings)
        hands.note("working out what is left")
        if upgrades.begin(target, site, course, reason=going.reason) is None:
            return False
        hands.went()
        carrier = Carrier(target, site, Watched(course, hands), hands, clock=Clock(sleep=going.nap))
        upgrades.carry(carrier, enough=hands.enough)
    return True


def give_up(desk: Desk, place: Place, reason: str, post: Post) -> None:
    """Give up the upgrade that is half-way: what is done stays."""
    from wizard.walk import upgrades
    from wizard.walk.finished import final_target

    try:
        post(GivenUp(*upgrades.give_up(final_target(desk.workspace, place), reason=reason)))
    except (PlanewrightError, OSError) as error:
        post(Failed(_told(error), _half(place)))


class Watched:
    """A course whose gates are told while they are looked at."""

    def __init__(self, course: Course, hands: Hands) -> None:
        self._course = course
        self._hands = hands

    def steps(self, target: Target, site: Site) -> tuple[Step, ...]:
        """As the course has them."""
        self._hands.note("looking what is left")
        return self._course.steps(target, site)

    def survey(self, target: Target, site: Site) -> Survey:
        """As the course has it."""
        return self._course.survey(target, site)

    def write(self, target: Target, step: Step) -> Target:
        """As the course does it."""
        return self._course.write(target, step)

    def observe(self, target: Target, site: Site, gate: Gate) -> Seen:
        """Tell which gate is looked at, and what is seen of it."""
        self._hands.went()
        self._hands.at(AtGate(gate))
        seen = self._course.observe(target, site, gate)
        self._hands.at(AtGate(gate, seen))
        return seen


class Hands:
    """What a screen does for a step: as the steps Plan and Apply do it. Each says Stop where somebody has left."""

    def __init__(self, going: Going, place: Place, post: Post) -> None:
        self._going = going
        self._place = place
        self._post = post
        self._at_gate = False
        self.site: Site

    def post(self, message: Message) -> None:
        """Post, unless somebody has left, or nobody hears it."""
        self._going.stay()
        if not self._post(message):
            raise Stop

    def note(self, what: str) -> None:
        """Say what is being done."""
        self._at_gate = False
        self.post(Note(what))

    def at(self, gate: AtGate) -> None:
        """Say which gate is waited for, and what it shows."""
        self._at_gate = True
        self.post(gate)

    def went(self) -> None:
        """Say how far it is."""
        from wizard.deploy.upgrading import record

        self.post(Went(record.require_going(self._place)))

    def enough(self) -> bool:
        """Whether no further step is to be begun now."""
        self.went()
        return self._going.one or self._going.last.is_set()

    # -- what a step needs

    def plan(self, target: Target, stack: str) -> Planned:
        """Make the stack ready, and plan it."""
        from wizard.deploy import flow

        self.went()
        self.note("writing the files, initialising the engine")
        ready = flow.prepare(target, stack, self.site, force=self._going.force, reason=self._going.reason)
        self.note("planning")
        return flow.plan(ready, on_state=heard(self.note, "planning: "))

    def confirm(self, planned: Planned, step: Step) -> str:
        """Show the plan, and wait for the yes, or the typed name."""
        from wizard.walk.plan_tree import plan_tree
        from wizard.walk.upgrades import takes_name

        tree = plan_tree({planned.stack: planned.plan.view})
        question = Question(planned, step, tree, takes_name(planned, step))
        self.post(Asked(question))
        return question.wait(self._going)

    def start(self, planned: Planned, how: str) -> Run:
        """Start the apply of exactly that plan."""
        from wizard.deploy import flow

        self.note("starting: the account and the plan's digest are checked once more")
        return flow.start(planned, self.site, how=how, reason=self._going.reason)

    def attend(self, run: Run) -> None:
        """Wait for the apply's end, or until somebody leaves: it goes on by itself."""
        from screens.widgets.run_heard import Listener
        from wizard.deploy import flow

        self.went()
        self.post(Started(run))
        listener = Listener(self._going.leave.is_set, sleep=self._going.nap)
        ended = listener.hear(run, lambda _state: None)
        if ended is None:
            raise Stop
        if ended.error is not None:
            raise ended.error
        flow.require_success(run, ended.state)

    def conclude(self, planned: Planned) -> None:
        """Take over what the stack hands over."""
        from wizard.deploy import flow

        self.note("handing over: reading the outputs, and settling what the provider reads back differently")
        flow.conclude(planned)

    def act(self, target: Target, act: Act) -> None:
        """Give a service act to its node."""
        from wizard.aws.clock import Clock
        from wizard.deploy.services import through_ssm
        from wizard.deploy.upgrading.acting import carry_out

        self.went()
        carry_out(target, act, through_ssm(self.site.session, clock=Clock(sleep=self._going.nap)))

    def tell(self, line: str) -> None:
        """Say a line; what a gate shows was said with it."""
        if not self._at_gate:
            self.note(line)
