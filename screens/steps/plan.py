"""Plan: what an apply would change, looked at before anybody says yes. A plan holds for the answers it was made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static
from textual.worker import Worker, get_current_worker

from screens import planning
from screens.desk import Desk
from screens.fitting import Fitting
from screens.messages import GoTo, Planned
from screens.pane import Pane
from screens.plan_state import Standing, Standings, State, held_by, planned
from screens.steps import plan_words as words
from screens.widgets.plan_browser import NARROW, PlanBrowser
from screens.widgets.saying import say
from screens.widgets.typed_name import TypedName
from wizard.errors import EditedFileError, PlanewrightError
from wizard.walk.plan_tree import PlanTree, plan_tree
from wizard.walk.steps import Step
from wizard.walk.walk import Walk

if TYPE_CHECKING:
    from wizard.deploy import flow


#: Why no plan can be handed over, by the state that some stack is in.
_NOT_READY = {
    State.REFUSED: "The plan would ignore what was answered: it is not applied. What to do instead stands above it.",
    State.STALE: "The plan is stale: the answers have changed. Plan again.",
}


class PlanPane(Pane, Fitting):
    """Makes a stack's plan on a key, shows it as a tree, and hands it to the apply once it has been looked at."""

    step = Step.PLAN
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "make", "Make the plan", tooltip="Plan the next stack; what is there is not changed by it"),
        Binding("a", "apply", "To the apply", tooltip="Take the plan as it is shown to the apply"),
        Binding("c", "stop", "Stop", tooltip="Stop the plan that is being made, in good order"),
        Binding("v", "set_aside", "Set aside", tooltip="Plan on: edited files are kept beside the new ones"),
        Binding(
            "left_square_bracket", "stack(-1)", "Stack before", key_display="[", show=False, tooltip="Another stack"
        ),
        Binding("right_square_bracket", "stack(1)", "Next stack", key_display="]", show=False, tooltip="Another stack"),
    ]

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(walk, desk)
        self.standings = Standings()
        self._number = 0
        self._worker: Worker[None] | None = None
        self._error: PlanewrightError | None = None
        self._held_by = ""
        self._handed = ""
        self._keys: tuple[bool, ...] = ()
        self._presenter = False

    def compose(self) -> ComposeResult:
        """The stacks, what is said of them, what would be lost, and the plan itself."""
        yield Static(id="plan-stacks")
        with VerticalScroll(id="plan-said"):
            yield Static(id="plan-text")
        yield TypedName(id="plan-losses")
        yield PlanBrowser(id="plan-browser")

    def on_mount(self) -> None:
        """There is nothing to confirm and nothing to look around in yet."""
        self.query_one(TypedName).display = False
        self.query_one(PlanBrowser).display = False
        self.walk_changed()

    def fit(self) -> None:
        """Save room where there is little."""
        self.set_class(self.outer_size.width < NARROW, "-narrow")

    def shown(self) -> None:
        """Look which plans are still there: an apply takes its plan away."""
        if self.standings.taken():
            self._handed = self.standings.picked = ""
            self._use(plan_tree(self.standings.views()))
        self.walk_changed()

    def walk_changed(self) -> None:
        """Call plans stale that were made of other answers."""
        self._held_by = ""
        self._mask_anew()
        target = self.walk.target
        self.standings.stacks = target.stacks if target is not None else ()
        for stack in self.standings.stale_for(target):
            self._take_back(stack)
        self._show()

    def _mask_anew(self) -> None:
        """Follow presenter mode: what was drawn, and what is asked for, may have to be masked now."""
        presenter = bool(getattr(self.app, "presenter", False))
        if presenter != self._presenter:
            self._presenter = presenter
            browser = self.query_one(PlanBrowser)
            browser.draw_anew()
            self._ask(browser.tree_shown)

    def _take_back(self, stack: str) -> None:
        """Say that a plan that was handed over holds no longer."""
        if self._handed == stack:
            self._handed = ""
            self.post_message(Planned(None))

    # -- making a plan -------------------------------------------------------------------------------------------

    @property
    def _stopping(self) -> bool:
        return self._worker is not None and self._worker.is_cancelled

    def action_make(self) -> None:
        """Plan the chosen stack, unless something holds it."""
        self._make(force=False)

    def action_set_aside(self) -> None:
        """Plan although files were edited: the person has seen which, and their versions are kept beside."""
        if isinstance(self._error, EditedFileError):
            self._make(force=True)

    def _make(self, *, force: bool) -> None:
        held = held_by(self.walk, self.standings)
        check = self.walk.begin_check()
        if held or check is None:
            self._held_by = held
            self._show_said()
            return
        stack = self.standings.picked = self.standings.chosen
        self._number += 1
        self._error, self._held_by = None, ""
        self.standings[stack] = Standing(State.PLANNING)
        self._take_back(stack)
        self._show()
        self._worker = self._plan(planning.Job(self._number, check, stack, self.standings.views(besides=stack), force))

    @work(thread=True, exclusive=True, group="plan")
    def _plan(self, job: planning.Job) -> None:
        worker = get_current_worker()
        planning.make(self.desk, job, self.post_message, stopped=lambda: worker.is_cancelled, ahead=self.desk.ahead)

    def action_stop(self) -> None:
        """Stop the plan that is being made. The engine ends in good order, which gives the state's lock back."""
        if self.standings.busy and self._worker is not None:
            self._worker.cancel()
            self._said("stopping in good order")

    def _is_late(self, message: planning.OfJob) -> bool:
        """Whether it is of a job that another one has replaced."""
        message.stop()
        return message.job.number != self._number

    @on(planning.Stage)
    def _stage(self, message: planning.Stage) -> None:
        if not self._is_late(message) and not self._stopping:
            self._said(message.what)

    def _said(self, text: str) -> None:
        for stack in self.standings.busy:
            self.standings[stack] = Standing(State.PLANNING, text)
        self._show_stacks()

    @on(planning.Made)
    def _made(self, message: planning.Made) -> None:
        if self._is_late(message):
            return
        stack, view = message.job.stack, message.planned.plan.view
        self.standings[stack] = planned(message.planned, message.age_s, message.refused)
        # Once there is nothing to apply the next stack's turn has come; else `m` plans this one again.
        self.standings.picked = "" if view.empty and not message.refused else stack
        self._use(message.tree)
        self.walk_changed()  # somebody may have typed meanwhile
        if view.acting:
            self.query_one(PlanBrowser).focus_rows()

    @on(planning.NotMade)
    def _not_made(self, message: planning.NotMade) -> None:
        if not self._is_late(message):
            self._error = message.error
            self.standings[message.job.stack] = message.standing
            self._show()

    # -- what is shown ----------------------------------------------------------------------------------------------

    def _use(self, tree: PlanTree) -> None:
        """Show another tree, and ask anew for the name where something would be lost."""
        self.query_one(PlanBrowser).use(tree)
        self._ask(tree)

    def _ask(self, tree: PlanTree | None) -> None:
        if tree is not None and tree.losses:
            lines = [*words.losses(tree, self._mask)]
            self.query_one(TypedName).ask(self.walk.place.name, lines)

    @property
    def _mask(self) -> Callable[[str], str]:
        mask: Callable[[str], str] = getattr(self.app, "mask", str)
        return mask

    def _show(self) -> None:
        """Show everything as it is now."""
        self._show_stacks()
        self._show_said()
        browser = self.query_one(PlanBrowser)
        tree = browser.tree_shown
        # A plan that is being made anew, or has become stale, stays to be looked at.
        browser.display = tree is not None and bool(tree.changes or tree.ignored)
        self.query_one(TypedName).display = bool(tree is not None and tree.losses and self.standings.ready())
        keys = (bool(self.standings.busy), isinstance(self._error, EditedFileError), self.standings.any_planned)
        if keys != self._keys:
            self._keys = keys
            self.refresh_bindings()

    def _show_stacks(self) -> None:
        say(self.query_one("#plan-stacks", Static), words.stacks(self.standings, self._mask))

    def _show_said(self) -> None:
        """Say why there is no plan, or how one is made."""
        said = words.said(self.standings, held=self._held_by, error=self._error, mask=self._mask)
        self.query_one("#plan-said").display = said is not None
        if said is not None:
            say(self.query_one("#plan-text", Static), said)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show only keys that do something now."""
        del parameters
        if action == "stop":
            return bool(self.standings.busy)
        if action == "set_aside":
            return isinstance(self._error, EditedFileError)
        return self.standings.any_planned if action == "apply" else True

    # -- to the apply -------------------------------------------------------------------------------------------------

    def action_stack(self, by: int) -> None:
        """Choose another stack."""
        if self.standings.stacks:
            self.standings.pick(by)
            self._show()

    def focus_on(self, key: str) -> bool:
        """Choose a stack by its name; not while a plan is made, which stays what keys are about."""
        if key not in self.standings.stacks or self.standings.busy:
            return False
        self.standings.picked = key
        self._show()
        return True

    def action_apply(self) -> None:
        """Hand the plan over; where something is lost, ask for the typed name first."""
        standing = self._ready_stack()
        if standing is None:
            return
        losses = self.query_one(TypedName)
        if losses.display and not losses.confirmed:
            losses.query_one(Input).focus()
            return
        self._hand_over(*standing)

    @on(TypedName.Confirmed)
    def _confirmed(self, message: TypedName.Confirmed) -> None:
        message.stop()
        ready = self._ready_stack()
        if ready is not None:
            self._hand_over(*ready)

    def _ready_stack(self) -> tuple[str, flow.Planned] | None:
        """Give the first plan that may be applied now; say why there is none."""
        ready = self.standings.ready()
        if ready is not None:
            return ready
        states = {self.standings[stack].state for stack in self.standings.stacks}
        why = next((said for state, said in _NOT_READY.items() if state in states), "There is no plan to apply.")
        self.notify(why, severity="warning", markup=False)
        return None

    def _hand_over(self, stack: str, plan: flow.Planned) -> None:
        self._handed = stack
        self.post_message(Planned(plan))
        self.post_message(GoTo(Step.APPLY))

    def copy_text(self) -> str:
        """Give the error, or what is said of the stacks and what would change."""
        if self._error is not None:
            return str(self._error)
        return words.copied(self.standings, self.query_one(PlanBrowser).tree_shown)
