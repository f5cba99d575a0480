"""Handoff: what the customer does and what is ours, looked at again and again while the step is on screen. Reads only.

    shown ─► worker ─Looked─► ledger, drawing ─5 s─► worker …            accepted ─CustomerSeen─► what comes next

A look is made in a thread that nobody waits for; an answer to an earlier look is dropped. What is copied here is not
masked, not even under presenter mode: it is for the customer, who has to type these very values, and shows on no screen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.aside import Post, aside
from screens.messages import CustomerSeen
from screens.steps.path_pane import PathPane
from screens.waits import UNKNOWN, WAIT, Waits, WithWaits, of, told
from screens.widgets.notes import MUTED
from screens.widgets.saying import say
from screens.widgets.task_list import TaskList
from wizard.blueprints.springtail.answers import Topology
from wizard.errors import PlanewrightError
from wizard.verify.hops import Hop
from wizard.walk.handoff import Party, State, Task
from wizard.walk.handoff_text import left, text
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.aws.session import AwsSession
    from wizard.deploy.target import Target
    from wizard.walk.walk import Walk

#: Seconds between two looks, and after one that failed; and before it is told that the first one takes its time.
AGAIN_S = 5.0
AGAIN_AFTER_FAILURE_S = 15.0
PATIENCE_S = 0.2


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look gives: the ledger, the hops as they were seen last, and what the peerings mean for stack link."""

    tasks: tuple[Task, ...]
    hops: Mapping[str, Hop]
    accepted: bool
    target: Target | None = None
    waits: Waits = UNKNOWN


def utc_now() -> datetime:
    """Give the time."""
    return datetime.now(UTC)


class HandoffPane(PathPane, WithWaits):
    """The ledger of both parties."""

    step: ClassVar[Step] = Step.HANDOFF
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "l", "look", "Look now", tooltip="Look at the customer's side now; it is looked at every few seconds anyway"
        ),
        Binding(
            "x",
            "for_customer",
            "Do it for them",
            tooltip="Show the calls that are left in the customer's account; with their consent, make them",
        ),
        WAIT,
        Binding("c", "end_wait", "Wait no longer", tooltip="End the wait: nothing is applied by itself then"),
    ]

    class _Told(Message):
        def __init__(self, look: int, looked: Looked | None, error: PlanewrightError | None = None) -> None:
            super().__init__()
            self.look = look
            self.looked = looked
            self.error = error

    def __init__(self, walk: Walk, desk: Desk, *, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(walk, desk)
        self._clock = clock
        #: The number of the newest look; what an earlier one says is dropped.
        self.look = 0
        self.looking = False
        self.looked: Looked | None = None
        self._at: datetime | None = None
        self._error: PlanewrightError | None = None
        self._began = 0.0
        self._due = 0.0
        self._session: AwsSession | None = None

    def head(self) -> Widget:
        """Make the lines that say how it stands."""
        return Static(id="handoff-head")

    def listing(self) -> Widget:
        """Make the list of steps."""
        return TaskList(id="tasks", classes="path-list")

    def focus_of_list(self) -> Widget:
        """Give the list."""
        return self.query_one("#task-list", OptionList)

    def on_mount(self) -> None:
        """Tick: the countdown goes on, and the next look comes."""
        self.set_interval(1.0, self._tick)

    def on_unmount(self) -> None:
        """Drop whatever is still said."""
        self.look += 1

    def shown(self) -> None:
        """Look at once."""
        self._look()

    def walk_changed(self) -> None:
        """Names may be masked now, or shown again."""
        if self.is_mounted:
            self._show()

    def action_look(self) -> None:
        """Look now."""
        self._look()

    def action_for_customer(self) -> None:
        """Show what could be done for them; where nobody named an account of theirs, that says so."""
        from screens.for_customer import ForCustomer

        if self.looked is not None and self.looked.target is not None:
            self.app.push_screen(ForCustomer(self.desk, self.looked.target, clock=self._clock), lambda _: self._look())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done here: their steps are known once something was applied, and only of a private path."""
        if action == "for_customer":
            target = self.looked.target if self.looked is not None else None
            return target is not None and target.deployment.topology is Topology.PRIVATE
        waits = self.check_wait(action)
        return super().check_action(action, parameters) if waits is None else waits

    def action_end_wait(self) -> None:
        """Ask, and end the wait."""
        self.end_wait()

    def wait_changed(self) -> None:
        """Look at once."""
        self._look()

    # -- looking

    def _tick(self) -> None:
        """Look again when it is time, while somebody can see it."""
        if self.display and self.screen.is_active:
            if not self.looking and time.monotonic() >= self._due:
                self._look()
            self._show()

    def _look(self) -> None:
        if self.looking:
            return
        self.look, self.looking, self._began = self.look + 1, True, time.monotonic()
        look = self.look
        aside(self, lambda post: self._read(look, post), name="handoff")
        self.set_timer(PATIENCE_S, self._show)

    def _read(self, look: int, post: Post) -> None:
        """In a thread of its own."""
        try:
            looked = self._looked()
        except PlanewrightError as error:
            self._session = None  # its credentials may have ended: the next look opens another
            post(self._Told(look, None, error))
        else:
            post(self._Told(look, looked))

    def _looked(self) -> Looked | None:
        from wizard.aws.session import BRISK, open_session
        from wizard.deploy import customer_side
        from wizard.walk import finished, handoff, waits

        target = finished.saved_target(self.walk.workspace, self.walk.place)
        outputs = customer_side.outputs_of(target) if target is not None else None
        if target is None or outputs is None:
            return None
        with self.desk.noting(target):
            if self._session is None:
                asked = self.desk.mfa_code
                self._session = open_session(
                    target.shard.account, environ=self.desk.environ, mfa_code=asked, patience=BRISK
                )
            seen = customer_side.look(target, self._session)
        reported = customer_side.reported(target.place, since=finished.last_apply(target))
        hops = handoff.newest(reported, seen.hops)
        known = handoff.Known(
            target.deployment,
            target.shard,
            *outputs,
            hops,
            finished.seeded(target),
            seen.expires,
            seen.accepter_dns,
        )
        return Looked(handoff.ledger(known), hops, seen.accepted, target, of(target.place, left=waits.possible(target)))

    @on(_Told)
    def _told(self, message: _Told) -> None:
        message.stop()
        if message.look != self.look:
            return
        self.looking, self._error = False, message.error
        self._due = time.monotonic() + (AGAIN_S if message.error is None else AGAIN_AFTER_FAILURE_S)
        if message.error is None:
            first = self.looked is None
            self.looked, self._at = message.looked, self._clock()
            if message.looked is not None:
                self._take(message.looked, first=first)
        self._show()

    def _take(self, looked: Looked, *, first: bool) -> None:
        self.show_states({key: hop.state for key, hop in looked.hops.items()})
        self.post_message(CustomerSeen(accepted=looked.accepted))
        was, self.waits = self.waits, looked.waits
        if first or (was.left, was.alive) != (self.waits.left, self.waits.alive):
            self.refresh_bindings()
        if first and self.has_focus:
            self.focus_of_list().focus()

    # -- what is shown

    def _show(self) -> None:
        if not self.is_mounted:
            return
        now = self._clock()
        self.query_one(TaskList).show(self.looked.tasks if self.looked is not None else (), now)
        say(self.query_one("#handoff-head", Static), Content("\n").join(self._head(now)))

    def _head(self, now: datetime) -> list[Content]:
        waited = self.looking and time.monotonic() - self._began >= PATIENCE_S
        if self.looked is None:
            if self._error is not None:
                return [self._failure(self._error)]
            if self._at is not None:
                return [Content.styled("· nothing to hand over yet: it follows from what stack instance makes.", MUTED)]
            return [Content.styled("… looking at the customer's side", "$text-accent") if waited else Content("")]
        lines = [summary(self.looked, now)]
        if self._error is not None:
            lines.append(self._failure(self._error))
        else:
            lines.append(
                Content.styled(f"as seen {self._at:%H:%M:%S} UTC, looked at again every {AGAIN_S:.0f} s", MUTED)
            )
        waits = told(self.looked.waits, getattr(self.app, "mask", str), accepted=self.looked.accepted)
        return [*lines, waits] if waits.plain else lines

    def _failure(self, error: PlanewrightError) -> Content:
        seen = f"; below is what was seen {self._at:%H:%M:%S} UTC" if self.looked is not None and self._at else ""
        mask = getattr(self.app, "mask", str)
        return Content.styled(f"! cannot look now: {mask(error.title)}{seen}", "$text-warning")

    def copy_text(self) -> str:
        """Give the ledger as the customer needs it: to be pasted into the call's chat."""
        return text(self.walk.place.name, self.looked.tasks, self._clock()) if self.looked is not None else ""


def summary(looked: Looked, now: datetime) -> Content:
    """Say how the customer's part stands, and what follows from it."""
    if looked.accepted and looked.waits.left:
        what = (
            "our endpoint is accepted"
            if any(task.key == "accept.endpoint" for task in looked.tasks)
            else "the peering is active"
        )
        return Content.styled(f"✓ {what}: n leads to the plan of stack link", "bold $text-success")
    theirs = [task for task in looked.tasks if task.who is Party.CUSTOMER]
    parts = []
    for state, style in _SUMMED.items():
        count = sum(task.state is state for task in theirs)
        if count:
            parts.append((f"{state.symbol} {count} {state.value}  ", style))
    ends = [task.until for task in theirs if task.until is not None and task.state is State.WAITING]
    countdown = (f"request: {left(min(ends), now)}", "$text-warning") if ends else ("", "")
    return Content.assemble(("customer: ", "bold"), *parts, countdown)


_SUMMED = {
    State.FAILED: "bold $text-error",
    State.WAITING: "$text-warning",
    State.DONE: "$text-success",
    State.UNKNOWN: MUTED,
    State.NOT_LOOKED: MUTED,
}
