"""How far an object is, as a screen knows it: read from disk in a thread, and asked what is to be done now.

applied, verified, a step shown ─► worker ─Progressed─► `took` ─► the rail's marks, the line that says what is next
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message
from textual.timer import Timer

from wizard.blueprints.springtail.stacks import LINK
from wizard.errors import PlanewrightError
from wizard.walk import next_up
from wizard.walk.finished import Progress, Stand, applied_before, finished
from wizard.walk.holding import held, is_beyond_review
from wizard.walk.steps import Mark, Step

if TYPE_CHECKING:
    from textual.screen import Screen

    from screens.desk import Desk
    from wizard.walk.walk import Walk
    from wizard.workspace import Place, Workspace

#: Seconds before the disk is read again after somebody came to a later step: first the step is drawn.
READ_AFTER_S = 0.25
_IN_FLIGHT = "a check against AWS is in flight"


class Progressed(Message):
    """How far the object is; `number` tells a later reading from an earlier one."""

    def __init__(self, number: int, progress: Progress) -> None:
        super().__init__()
        self.number = number
        self.progress = progress


class NotRead(Message):
    """What lies on disk of earlier runs cannot be understood."""

    def __init__(self, number: int, error: PlanewrightError) -> None:
        super().__init__()
        self.number = number
        self.error = error


def look(workspace: Workspace, place: Place, number: int, post: Callable[[Message], object]) -> None:
    """Read and post how far an object is. Blocks while the disk is read and its stacks are rendered."""
    from wizard.walk.finished import read

    try:
        post(Progressed(number, read(workspace, place)))
    except PlanewrightError as error:
        post(NotRead(number, error))


class Course:
    """What a screen knows of how far its object is. Its methods belong to the screen's own thread.

    `uncheckable` tells why a walk cannot be checked, when it cannot.
    """

    def __init__(
        self,
        screen: Screen[None],
        desk: Desk,
        place: Place,
        uncheckable: Callable[[Walk], PlanewrightError | None],
    ) -> None:
        self._screen = screen
        self._uncheckable = uncheckable
        self._desk = desk
        self._place = place
        self._number = 0
        self._due: Timer | None = None
        self.progress = Progress(place.kind)
        #: The stack whose plan was looked at and waits to be applied; empty for none.
        self.offered = ""
        #: What the newest look at the customer's side saw: all peerings active or not; None before the first.
        self.accepted: bool | None = None

    # -- reading

    def read(self) -> None:
        """Read it in a thread. What an earlier reading says is dropped."""
        self._number += 1
        job = partial(look, self._desk.workspace, self._place, self._number, self._screen.post_message)
        self._screen.run_worker(job, thread=True, group="progress")

    def read_soon(self) -> None:
        """Read it once what was asked for is drawn."""
        if self._due is not None:
            self._due.stop()
        self._due = self._screen.set_timer(READ_AFTER_S, self.read)

    def took(self, message: Progressed | NotRead) -> bool:
        """Take a reading; False when a later one is under way, or it says what was known."""
        if message.number != self._number:
            return False
        was = self.progress
        self.progress = message.progress if isinstance(message, Progressed) else Progress(self._place.kind)
        return was != self.progress

    def tell(self, walk: Walk) -> None:
        """Tell the walk which of the later steps are done."""
        walk.finished(finished(self.progress, offered=self.offered))

    def plan_ahead(self, walk: Walk) -> None:
        """Make the plan of what waited for the customer, now that it need not: it is there when somebody wants to see it.

        Nothing is applied by it: that takes the look at the plan, and the yes.
        """
        ahead, final = self._desk.ahead, not walk.changed and not self.held(walk)
        if ahead is not None and walk.target is not None and final and self.progress.stands.get(LINK) is Stand.TO_PLAN:
            ahead.begin(walk.target, LINK)

    # -- what follows from it

    def situation(self, walk: Walk, here: Step) -> next_up.Situation:
        """Give all that decides what is to be done now."""
        why = self.held(walk)
        marks = (it.step for it in walk.standings() if it.mark is Mark.HELD and not is_beyond_review(it.step))
        return next_up.Situation(
            here=here,
            progress=self.progress,
            held=why,
            held_at=next(marks, Step.REVIEW) if why else Step.REVIEW,
            changed=walk.changed,
            offered=self.offered,
            accepted=self.accepted,
        )

    def held(self, walk: Walk) -> str:
        """Say why nothing can be done with the answers; empty when something can.

        A check in flight holds answers that are not saved yet; saved ones were checked, and are again before each plan.
        """
        why = held(walk, Step.REVIEW, uncheckable=self._uncheckable(walk))
        return why if walk.changed else why.removesuffix(_IN_FLIGHT).removesuffix(", ")

    def refusal(self, walk: Walk, here: Step) -> str:
        """Say why Next does not lead on from a step; empty when it does, or the step is the last."""
        if not is_beyond_review(here):
            return held(walk, here, uncheckable=self._uncheckable(walk))
        situation = self.situation(walk, here)
        now = next_up.up(situation)
        blocks = next_up.following(situation, now) is None and not now.waits
        return next_up.told(now) if blocks else ""

    def line(self, walk: Walk, here: Step) -> str:
        """Say in one line what is to be done now."""
        situation = self.situation(walk, here)
        return next_up.line(situation, next_up.up(situation))

    def following(self, walk: Walk, here: Step) -> Step | None:
        """Give the step that Next leads to; None at the end."""
        situation = self.situation(walk, here)
        return next_up.following(situation, next_up.up(situation))

    def stack_at(self, walk: Walk, here: Step) -> str:
        """Give the stack that is to be worked on at a step; empty for none."""
        now = next_up.up(self.situation(walk, here))
        return now.stack if now.step is here else ""

    def closed(self, walk: Walk, step: Step) -> str:
        """Say why a step may not be shown; empty when it may. Those after the review want answers that can be final.

        What was applied before may be looked at all the same: a run goes on whatever is being typed.
        """
        why = self.held(walk) if is_beyond_review(step) else ""
        return "" if why and applied_before(self._place) else why

    def settle(self, walk: Walk) -> str:
        """Make the draft the object's answers, unless something holds them; say why that could not be done."""
        if not walk.changed or self.held(walk):
            return ""
        try:
            self._desk.flush()  # a draft that is still being written would come back after the answers
            walk.settle()
        except (PlanewrightError, OSError) as error:
            return str(error)
        return ""
