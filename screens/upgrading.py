"""An upgrade: where the object stands, the ladder of steps to what the answers want, each carried, seen and gone on from.

    l ─► look (aside) ─Surveyed─► ladder, versions, ways ─ n, g ─► carry (aside) ─► each step (`upgrading_step`) ─► Carried | Failed

Nothing is remembered here that matters: who leaves it, or is killed, opens it again, and it goes on from what is true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from screens import upgrading_heard as heard
from screens import upgrading_words as words
from screens import upgrading_work as work
from screens.aside import aside
from screens.told import body
from screens.upgrading_heard import Going
from screens.upgrading_step import StepOnScreen
from screens.widgets.ask_reason import AskReason
from screens.widgets.plan_browser import PlanBrowser
from screens.widgets.run_view import RunView
from wizard.errors import EditedFileError

if TYPE_CHECKING:
    from screens.app import Planewright
    from wizard.deploy.upgrading.record import Upgrade


class Upgrading(StepOnScreen):
    """The ladder of one object."""

    about = "upgrade"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Leave the field, then this; what was started goes on by itself"),
        Binding(
            "a",
            "apply",
            "Apply",
            tooltip="Apply exactly the plan that is shown, or give what is told to the nodes, after a yes or the name",
        ),
        Binding("t", "type", "Type the name", tooltip="To the field that takes the object's name"),
        Binding("d", "decline", "Not now", tooltip="Apply nothing of this plan; the upgrade stays half-way"),
        Binding("n", "step", "Next step", tooltip="Do one step, or the rest of the one that is half-way"),
        Binding("g", "go", "All steps", tooltip="Do step after step; each plan is shown, and asks"),
        Binding("b", "last", "Stop after it", tooltip="Let this step come to its end, and begin no other"),
        Binding("c", "stop", "Stop", tooltip="Stop a plan or a run in good order, again: at once; or leave a gate"),
        Binding("s", "ladder", "Steps", tooltip="Between the ladder of steps and the plan or run"),
        Binding("l", "look", "Look again", tooltip="Ask AWS and the nodes once more; nothing is changed by it"),
        Binding("v", "set_aside", "Set aside", tooltip="Go on: edited files are kept beside the new ones"),
        Binding("x", "give_up", "Give up", tooltip="Give the half-way upgrade up, with a reason; what is done stays"),
        Binding("p", "review", "Review", tooltip="To the answers and the findings, where those are acknowledged"),
    ]

    _number = 0
    #: A mark and what was done: told above what the look after it sees, or why there is none.
    _done = ("", "")
    #: Why an upgrade was to be begun, or given up, that was not.
    _reason = ""
    _gives_up = ""
    #: The run that a look found under way; nobody carries it here.
    _found = ""

    def on_mount(self) -> None:
        """Look at once: nothing is changed by it."""
        self.set_interval(1.0, self.tick)
        self.action_look()

    # -- looking -------------------------------------------------------------------------------------------------------

    def action_look(self) -> None:
        """See where everything stands, and what is left."""
        if self._idle:
            self._number += 1
            number = self._number
            self.begin("asking AWS and the nodes where everything stands")
            aside(self, lambda post: work.look(self.desk, self.place, number, post), name="upgrade-look")

    @on(heard.Recorded)
    def _recorded(self, message: heard.Recorded) -> None:
        message.stop()
        if message.number == self._number and self.going is None:
            self.target = message.target
            self.looked = message.looked or (self.looked.unbegun() if self.looked is not None else None)
            self.show()

    @on(heard.Surveyed)
    def _surveyed(self, message: heard.Surveyed) -> None:
        message.stop()
        if message.number != self._number or self.going is not None:
            return
        self.target, self.looked = message.target, message.looked
        (mark, text), self._done = self._done, ("", "")
        self.tell(mark, text)
        if message.run is not None and not self.view.going:
            self._found = message.run.id
            self.follow(message.run)

    # -- carrying ------------------------------------------------------------------------------------------------------

    @property
    def _idle(self) -> bool:
        return not self.busy and self.going is None

    @property
    def _may_go(self) -> bool:
        looked = self.looked
        if looked is None or not self._idle:
            return False
        return looked.next is not None or looked.half is not None

    def action_step(self) -> None:
        """Do one step."""
        self._ask_to_begin(one=True)

    def action_go(self) -> None:
        """Do step after step."""
        self._ask_to_begin(one=False)

    def _ask_to_begin(self, *, one: bool) -> None:
        looked = self.looked
        if looked is None or not self._may_go:
            return
        if looked.half is not None:
            self._go(Going(one))
            return

        def given(reason: str | None) -> None:
            if reason is not None and self._may_go:
                self._go(Going(one, reason))

        title, told = f"Begin the upgrade of {self.place.name}?", body(words.begins(looked))
        asking = AskReason(title, told, asked=words.REASON, needed=False, given=self._reason)
        self.app.push_screen(asking, given)

    def _go(self, going: Going) -> None:
        self.begin("beginning")
        self._done = ("", "")
        self.going, self._pane, self._leaving = going, "ladder", False
        self.show()
        aside(self, lambda post: work.carry(self.desk, self.place, going, post), name="upgrade")

    def action_set_aside(self) -> None:
        """Go on although files were edited: the person has seen which, and their versions are kept beside."""
        if isinstance(self.error, EditedFileError) and self._may_go:
            self._go(Going(one=True, force=True))

    def action_last(self) -> None:
        """Begin no further step."""
        if self.going is not None and not self.going.one:
            self.going.last.set()
            self.show()

    # -- ends ----------------------------------------------------------------------------------------------------------

    @on(heard.Carried)
    def _carried(self, message: heard.Carried) -> None:
        message.stop()
        self._over()
        self._reason = ""
        self._went_on(message.upgrade)
        self._done = words.carried(message.upgrade)
        self.action_look()

    @on(heard.GivenUp)
    def _given_up(self, message: heard.GivenUp) -> None:
        message.stop()
        self._over()
        self._gives_up = ""
        self._went_on(message.upgrade)
        self._done = ("■", f"Given up; what is done stays. {'; '.join(line.strip() for line in message.lines)}.")
        self.action_look()

    @on(heard.Failed)
    def _failed(self, message: heard.Failed) -> None:
        message.stop()
        carried, (beside, self._done) = self.going, (self._done, ("", ""))
        if carried is not None:
            self._over()
        self._went_on(message.upgrade)
        begun = self.looked is not None and self.looked.half is not None
        if carried is not None:
            self._reason = "" if begun else carried.reason
        if message.error is None:
            self.tell("■", words.LEFT if begun else words.NOT_BEGUN)
        else:
            self.beside = ("■", words.NOT_BEGUN) if carried is not None and not begun else beside
            self.fail(message.error)

    def _went_on(self, upgrade: Upgrade | None) -> None:
        if self.looked is not None and upgrade is not None:
            self.looked = self.looked.went(upgrade)

    def _over(self) -> None:
        self.going, self.question, self._gate, self.busy = None, None, None, ""
        self._to_ladder()
        self._leave_now()

    def _leave_now(self) -> None:
        """Leave, where that was asked for and nobody is at it. Under a dialog it waits: what is on top would be closed."""
        if self._leaving and self.going is None and self.is_active:
            self.dismiss()

    def on_screen_resume(self) -> None:
        """Leave now, where a dialog stood over it."""
        self._leave_now()

    def on_unmount(self) -> None:
        """Nobody answers any more: who waits for an answer would hold the object for ever."""
        if self.going is not None:
            self.going.leave.set()

    @on(RunView.Ended)
    def _run_ended(self, message: RunView.Ended) -> None:
        message.stop()
        if self.going is None and message.run.id == self._found:  # else who carries it says so
            self._found, self._done = "", words.ended(message.result)
            if self._done[0] == "✓":
                self._to_ladder()
            self.action_look()
        self.show()

    # -- other ways on -------------------------------------------------------------------------------------------------

    def action_give_up(self) -> None:
        """Ask for the reason, and give the half-way upgrade up."""
        from wizard.deploy.upgrading.standing import halfway

        half = self.looked.half if self.looked is not None else None
        if half is None or not self._idle:
            return

        def given(reason: str | None) -> None:
            if reason is not None and self._idle:
                self._gives_up, self._done = reason, ("", "")
                self.begin("giving it up")
                aside(self, lambda post: work.give_up(self.desk, self.place, reason, post), name="upgrade-up")

        lines = [line.strip() for line in halfway(half)]
        title = f"Give up the upgrade of {self.place.name}?"
        self.app.push_screen(AskReason(title, body(lines), asked=words.GIVES_UP, given=self._gives_up), given)

    def action_review(self) -> None:
        """To the review: an upgrade is held by what holds an apply."""
        if self._idle:
            self.app.push_screen(cast("Planewright", self.app).wizard(self.place, None), lambda _: self.action_look())

    def action_back(self) -> None:
        """Leave the field first, then the screen, in good order; a second time at once."""
        if isinstance(self.focused, Input) and self.question is not None:
            self.query_one(PlanBrowser).focus_rows()
        elif self.going is None or self._leaving:
            self.dismiss()
        else:
            self._leaving = True
            self.leave()

    # -- what is shown -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        del parameters
        if not self.is_mounted:
            return True
        going, question = self.going, self.question
        offered = {
            "apply": question is not None,
            "type": question is not None and bool(question.why),
            "decline": question is not None,
            "step": self._may_go,
            "go": self._may_go,
            "last": going is not None and not going.one and not going.last.is_set() and not going.leave.is_set(),
            "stop": self.view.going or (going is not None and question is None and not going.leave.is_set()),
            "ladder": question is not None or self.view.run is not None,
            "look": self._idle,
            "set_aside": isinstance(self.error, EditedFileError) and self._may_go,
            "give_up": self._idle and self.looked is not None and self.looked.half is not None,
            "review": self._idle,
        }
        return offered.get(action, True)

    def standing(self) -> tuple[str, str]:
        """Say what waits for a yes, or how it stands."""
        if self.question is not None:
            return words.shown(self.question)
        return words.stands(self.looked) if self.looked is not None else ("", "")
