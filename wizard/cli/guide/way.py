"""One object's way through the steps: forth, back, anywhere; everything typed is on disk before the next question."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wizard.cli.common import say
from wizard.cli.guide import checking, looks, words
from wizard.cli.guide.desk import Desk, tell_error
from wizard.cli.guide.talk import Back, Command, Jump, Leave, Onward, Talk, ToObjects
from wizard.errors import InputError, PlanewrightError
from wizard.walk import finished, next_up
from wizard.walk.holding import first, held, is_beyond_review
from wizard.walk.steps import ASKING, Mark, Step, steps_of
from wizard.walk.walk import Walk
from wizard.workspace import Place

if TYPE_CHECKING:
    from wizard.deploy.flow import Planned
    from wizard.deploy.target import Target
    from wizard.engine.runs import Run
    from wizard.walk.finished import Progress


@dataclass(slots=True)
class Way:
    """An object in the guide's hands. `key` is the question that an asking step begins with, or is at."""

    desk: Desk
    walk: Walk
    step: Step
    key: str = ""
    advanced: bool = False
    uncheckable: PlanewrightError | None = None
    #: The plan that is to be applied, and those whose apply was started here, by their run.
    planned: Planned | None = None
    started: dict[str, Planned] = field(default_factory=dict)
    followed: Run | None = None
    settled_stacks: set[str] = field(default_factory=set)

    @property
    def talk(self) -> Talk:
        """The asking."""
        return self.desk.talk

    @property
    def steps(self) -> tuple[Step, ...]:
        """The object's steps."""
        return steps_of(self.walk.kind)

    def change(self, changing: Callable[[], Any]) -> None:
        """Change the answers; what cannot be written down is told, and stays here."""
        try:
            changing()
        except OSError as error:
            say(f"problem: what was typed cannot be saved: {error}. It is kept until you leave.")
        self.uncheckable = None

    def enter(self, step: Step) -> bool:
        """Whether a step is open now; if not, say why. What is beyond the review takes the draft as the answers."""
        if step not in self.steps:
            say(f"a {self.walk.kind} has no step {step.value}")
            return False
        why = self._settled() if is_beyond_review(step) and self.walk.changed else ""
        if why and step is not Step.PLAN and finished.applied_before(self.walk.place):
            say(f"not saved: {why}. This step is of the answers that were saved before.")
        elif why:
            say(f"not yet: {why}")
            return False
        return True

    def _settled(self) -> str:
        """Make the draft the object's answers; say why not, when that cannot be."""
        checking.look(self)
        why = held(self.walk, Step.REVIEW, uncheckable=self.uncheckable)
        if why:
            return why
        try:
            self.walk.settle()
        except (PlanewrightError, OSError) as error:
            return str(error)
        say(f"saved: {self.walk.place.answers}")
        return ""

    def saved(self) -> Target:
        """Open the object with its saved answers, whatever is being typed. Raises InputError."""
        target = finished.saved_target(self.walk.workspace, self.walk.place)
        if target is None:
            raise InputError(f"{self.walk.place.name} is not saved yet", action="the review saves its answers")
        return target

    def progress(self) -> Progress:
        """Read how far the object is, and mark the later steps by it. Raises PlanewrightError."""
        progress = finished.read(self.walk.workspace, self.walk.place)
        self.walk.finished(finished.finished(progress, offered=self._offered))
        return progress

    @property
    def _offered(self) -> str:
        return self.planned.stack if self.planned is not None else ""

    def tell_next(self) -> None:
        """Say what is to be done now, and at which step."""
        try:
            progress = self.progress()
        except PlanewrightError as error:
            tell_error(error)
            return
        lacking = next((s.step for s in self.walk.standings() if s.mark is Mark.HELD), Step.REVIEW)
        unchecked = "" if self.walk.checking else held(self.walk, Step.REVIEW, uncheckable=self.uncheckable)
        now = next_up.up(
            next_up.Situation(self.step, progress, unchecked, lacking, changed=self.walk.changed, offered=self._offered)
        )
        if now.todo:
            say(f"{f'{now.done}. ' if now.done else ''}To do now: {now.todo}, at the step {now.step.label}.")

    def commands(self) -> dict[str, Command]:
        """Give the words that hold in every step."""
        return {
            "steps": Command("all steps, and how each stands", lambda _: self._tell_steps()),
            "go": Command("to another step", self._go, "STEP"),
            "next": Command("to the end of this step: its other questions stay as they are", _raise(Onward)),
            "findings": Command("everything that is wrong or risky, worst first", lambda _: self._tell_findings()),
            "check": Command("check against AWS once more", lambda _: checking.look(self, again=True)),
            "advanced": Command(
                "ask the questions that seldom need an answer as well, or no longer", lambda _: self._turn_advanced()
            ),
            "clear": Command("take this answer back: its default stands", lambda _: self._clear()),
            **looks.commands(self),
            "list": Command("to the list of shards and deployments; what was typed is saved", _raise(ToObjects)),
            "quit": Command("leave; what was typed is saved, and runs go on", _raise(Leave)),
        }

    def _tell_steps(self) -> None:
        self.tell_next()
        say(f"steps of {self.walk.place.name}:")
        for standing in self.walk.standings():
            say(words.standing_line(standing, here=standing.step is self.step))
            if standing.mark in {Mark.HELD, Mark.NOTED}:
                for finding in checking.findings_at(self, standing.step):
                    say(f"     {finding.severity.value}: {finding.code} at {finding.path}")

    def _tell_findings(self) -> None:
        checking.tell_findings(self, words.in_order(self.walk.findings))

    def _go(self, name: str) -> None:
        found = [step for step in self.steps if name and step.value.startswith(name.lower())]
        if len(found) != 1:
            say(f"which step? {', '.join(step.value for step in self.steps)}")
        elif self.enter(found[0]):
            raise Jump(found[0])

    def _turn_advanced(self) -> None:
        self.advanced = not self.advanced
        say(f"advanced questions are {'asked as well, from here on' if self.advanced else 'no longer asked'}")

    def _clear(self) -> None:
        if self.step not in ASKING or not self.key:
            say("there is no question here whose answer could be taken back")
            return
        self.change(lambda: self.walk.typed(self.key, ""))
        say(f"taken back: {self.key}")


def go(desk: Desk, place: Place, *, step: Step | None = None) -> None:
    """Go an object's way until somebody leaves it. Raises Leave, EOFError and KeyboardInterrupt: the guide ends then."""
    walk = Walk(desk.workspace, place)
    way = Way(desk, walk, step or first(walk, steps_of(walk.kind)))
    before, desk.talk.commands = desk.talk.commands, way.commands()
    say()
    say(f"{walk.kind} {place.name}. :steps shows its steps, ? helps with a question, : lists the words, :quit leaves.")
    way.tell_next()
    try:
        while _one_step(way):
            pass
    except ToObjects:
        return
    finally:
        desk.talk.commands = before


def _one_step(way: Way) -> bool:
    """Go through a step, and say where one is then; False when the way ends."""
    number = way.steps.index(way.step)
    way.talk.offered = []
    say()
    say(f"Step {number + 1} of {len(way.steps)}: {way.step.label}")
    try:
        _doing(way.step)(way)
    except Back:
        if number == 0:
            return False
        way.step = way.steps[number - 1]
    except Onward:
        say("this step has no questions to pass over")
    except Jump as jump:
        way.step, way.key = jump.step, jump.key
    else:
        if number + 1 == len(way.steps):
            say("This was the last step.")
            return False
        if way.enter(way.steps[number + 1]):
            way.step = way.steps[number + 1]
    return True


def _doing(step: Step) -> Callable[[Way], None]:
    name = "asking" if step in ASKING else step.value
    doing: Callable[[Way], None] = importlib.import_module(f"wizard.cli.guide.{name}").go
    return doing


def _raise(turn: type[Exception]) -> Callable[[str], None]:
    def do(_: str) -> None:
        raise turn

    return do
