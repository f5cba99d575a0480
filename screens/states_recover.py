"""What happened to a stack's state, in words, and the way back: step by step, each agreed to, until a plan says whether it is clean.

l ─► diagnose (thread) ─Diagnosed─► steps ─ n ─► a yes; for a restore the typed name ─► take (thread) ─Taken─► the next
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.worker import Worker, get_current_worker

from screens import states_work as heard
from screens.states import HOW
from screens.states_typed import Overwriting
from screens.told import body
from screens.widgets.ask import Ask
from screens.widgets.ask_reason import AskReason
from wizard.deploy.state.accidents import Doing, Step, Trouble
from wizard.walk import recovery

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.walk.recovery import Took
    from wizard.workspace import Place


class Recovering(Overwriting):
    """One stack's way back. Nothing is remembered: a look says where to go on from."""

    about = "recover"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Leave the field, then this; what was done stays"),
        Binding("n", "next", "Next step", tooltip="Take the next step; each that changes something asks first"),
        Binding("l", "look", "Look again", tooltip="See once more what is true, and which steps lead on from there"),
        Binding("u", "sure", "Be sure", tooltip="You have asked the lock's owner: say how you know that nothing runs"),
        Binding("c", "stop", "Stop", tooltip="Stop the plan in good order"),
    ]

    def __init__(self, desk: Desk, place: Place, stack: str) -> None:
        super().__init__(desk, place)
        self.stack = stack
        self.course: heard.Course | None = None
        self.taken: tuple[Took, ...] = ()
        self._reason = ""
        self._number = 0
        self._under_way = False
        self._worker: Worker[None] | None = None

    def on_mount(self) -> None:
        """Look at once: nothing is changed by it."""
        self.action_look()

    def action_look(self) -> None:
        """See what is true now; steps that were taken before are no more than that."""
        if not self.busy and self.prepared is None:
            self._number += 1
            self.begin(f"seeing what is true of {self.stack}")
            look = partial(heard.diagnose, self.desk, self.place, self.stack, self.post_message)
            self.carry_out(partial(look, number=self._number, reason=self._reason))

    @on(heard.Diagnosed)
    def _diagnosed(self, message: heard.Diagnosed) -> None:
        message.stop()
        if message.number == self._number:
            self.course, self.target, self.taken = message.course, message.course.target, ()
            self.tell("", "")

    def action_sure(self) -> None:
        """Take the reason for which the lock's owner is known to be dead, and look again with it."""
        held = self.course.looked.seen.aftermath.held if self.course is not None else None
        if held is None or not self._asks_to_be_sure or self.busy:
            return

        def given(reason: str | None) -> None:
            if reason is not None:
                self._reason = reason
                self.action_look()

        self.app.push_screen(AskReason(f"Who holds {self.stack} is dead?", body([held.text]), asked=HOW), given)

    # -- steps -----------------------------------------------------------------------------------------------------------

    @property
    def _next(self) -> Step | None:
        """The step that is to be taken now."""
        found = self.course.looked.found if self.course is not None else None
        if found is None or found.ends or len(self.taken) >= len(found.steps):
            return None
        return found.steps[len(self.taken)]

    def action_next(self) -> None:
        """Ask for the next step, as far as it has to be asked for, and take it."""
        step, course = self._next, self.course
        if step is None or course is None or self.busy or self.prepared is not None:
            return
        if step.doing is Doing.RESTORE:
            self._step("comparing it with what is there")
            self.carry_out(partial(heard.prepare_step, self.desk, course, step, self.post_message))
        elif step.doing is Doing.REBUILD:
            self._step("finding in AWS what the state knew")
            self._worker = self._find()
        elif step.doing in recovery.UNASKED:
            self._begin(step)
        else:

            def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
                if yes and not self.busy and self._next is step:
                    self._begin(step)

            number = f"Step {len(self.taken) + 1} of {len(course.looked.found.steps)}"
            self.app.push_screen(Ask(number, body([f"{step.says}?"]), yes="Do it"), answered)

    def _begin(self, step: Step) -> None:
        self._step(step.says)
        self._worker = self._take(step)

    def _step(self, what: str) -> None:
        self._under_way = True
        self.begin(what)

    @work(thread=True, exclusive=True, group="recover")
    def _take(self, step: Step) -> None:
        worker = get_current_worker()
        if self.course is not None:
            heard.take(self.desk, self.course, step, self.post_message, stopped=lambda: worker.is_cancelled)

    @work(thread=True, exclusive=True, group="recover")
    def _find(self) -> None:
        worker = get_current_worker()
        if self.course is not None:
            heard.find(self.desk, self.course, self.post_message, stopped=lambda: worker.is_cancelled)

    def action_stop(self) -> None:
        """Stop the plan."""
        if self._planning and self._worker is not None:
            self._worker.cancel()
            self.begin("stopping in good order")

    @property
    def _planning(self) -> bool:
        step = self._next
        running = self._worker is not None and self._worker.is_running
        return running and step is not None and step.doing in {Doing.PLAN, Doing.REBUILD}

    @on(heard.Progress)
    def _progressed(self, message: heard.Progress) -> None:
        message.stop()
        if self._worker is not None and not self._worker.is_cancelled:
            self.begin(message.what)

    @on(heard.Taken)
    def _was_taken(self, message: heard.Taken) -> None:
        message.stop()
        self._under_way = False
        self.taken = (*self.taken, message.took)
        self.tell("", "")
        self.list.show(self.list.entries, at=str(len(self.taken) - 1))

    @on(heard.Failed)
    def _failed(self, message: heard.Failed) -> None:
        message.stop()
        self._under_way = False
        if message.error is None:
            self.tell("■", "Stopped; nothing was changed. n plans again.")
        else:
            self.fail(message.error)

    # -- what is shown -----------------------------------------------------------------------------------------------------

    @property
    def _asks_to_be_sure(self) -> bool:
        found = self.course.looked.found if self.course is not None else None
        return found is not None and Trouble.LOCKED in found.troubles and not self._reason

    def show(self) -> None:
        """Show everything as it is now."""
        if self.course is not None:
            at = len(self.taken) if self._under_way else None
            entries = tuple(recovery.entries(self.course.looked, self.taken, at=at))
            if entries != self.list.entries:
                self.list.show(entries)
        super().show()

    def forget(self) -> None:
        """Ask for no name any more."""
        self._under_way = False
        super().forget()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        del parameters
        if not self.is_mounted:
            return True
        idle = not self.busy and self.prepared is None
        offered = {
            "look": idle,
            "next": idle and self._next is not None,
            "sure": idle and self._asks_to_be_sure,
            "stop": self._planning,
        }
        return offered.get(action, True)

    def standing(self) -> tuple[str, str]:
        """Say what is to be done now, or how it came out."""
        if self.course is None:
            return "", ""
        found = self.course.looked.found
        if found.ends:
            return "■", f"{found.ends}{'; here u says that you have asked them.' if self._asks_to_be_sure else ''}"
        if self._next is not None:
            return "", f"Step {len(self.taken) + 1} of {len(found.steps)} is next: {self._next.says}. n takes it."
        verdict = self.taken[-1] if self.taken else None
        if verdict is not None and verdict.differences:
            return "!", "The plan is not clean: each difference stands at its step, with what to do."
        return "✓", recovery.CLEAN[0].upper() + recovery.CLEAN[1:] + "."
