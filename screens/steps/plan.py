"""Plan: what an apply would change, looked at before anybody says yes. A plan holds for the answers it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static
from textual.worker import Worker, get_current_worker

from screens import planning
from screens.desk import Desk
from screens.messages import GoTo, Planned
from screens.pane import Pane
from screens.plan_state import Standing, State, holds_for, planned, progress
from screens.widgets.change_details import KIND_STYLES
from screens.widgets.plan_browser import NARROW, PlanBrowser
from screens.widgets.saying import say
from screens.widgets.typed_name import TypedName
from wizard.engine.plans import Loss, PlanView
from wizard.errors import EditedFileError, InputError, PlanewrightError
from wizard.walk.plan_tree import SYMBOLS, PlanTree, plan_tree
from wizard.walk.steps import Step
from wizard.walk.walk import Walk

if TYPE_CHECKING:
    from textual import events

    from wizard.deploy import flow


class PlanPane(Pane):
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
        self._standings: dict[str, Standing] = {}
        self._chosen = ""
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

    def on_resize(self, event: events.Resize) -> None:
        """Save room where there is little."""
        self.set_class(event.size.width < NARROW, "-narrow")

    def shown(self) -> None:
        """Look which plans are still there: an apply takes its plan away."""
        used = [
            stack
            for stack, standing in self._standings.items()
            if standing.planned is not None and not standing.planned.plan.run.plan_file.exists()
        ]
        for stack in used:
            self._standings[stack] = Standing(State.USED, "this plan was taken by an apply")
        if used:
            self._handed = self._chosen = ""
            self._use(plan_tree(self._views()))
        self.walk_changed()

    def walk_changed(self) -> None:
        """Call plans stale that were made of other answers."""
        self._held_by = ""
        self._mask_anew()
        for stack, standing in self._standings.items():
            if standing.usable and not holds_for(standing.planned, self.walk.target):
                said = "the answers have changed since: plan again"
                self._standings[stack] = Standing(State.STALE, said, standing.planned)
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
    def stacks(self) -> tuple[str, ...]:
        """Stacks of the object as it is answered now."""
        return self.walk.target.stacks if self.walk.target is not None else ()

    @property
    def chosen(self) -> str:
        """The stack that keys are about: the one that was chosen, or else the next one to plan."""
        if self._chosen in self.stacks:
            return self._chosen
        done = {State.PLANNED, State.NO_CHANGES, State.USED}
        return next(
            (s for s in self.stacks if self._standing(s).state not in done), self.stacks[-1] if self.stacks else ""
        )

    def _standing(self, stack: str) -> Standing:
        return self._standings.get(stack, Standing())

    @property
    def _stopping(self) -> bool:
        return self._worker is not None and self._worker.is_cancelled

    @property
    def _busy(self) -> bool:
        return any(standing.state is State.PLANNING for standing in self._standings.values())

    @property
    def _has_plan(self) -> bool:
        """Whether there is a plan, though it may hold no longer."""
        return any(standing.planned is not None for standing in self._standings.values())

    def action_make(self) -> None:
        """Plan the chosen stack, unless something holds it."""
        self._make(force=False)

    def action_set_aside(self) -> None:
        """Plan although files were edited: the person has seen which, and their versions are kept beside."""
        if isinstance(self._error, EditedFileError):
            self._make(force=True)

    def _make(self, *, force: bool) -> None:
        held = self._held()
        check = self.walk.begin_check()
        if held or check is None:
            self._held_by = held
            self._show_said()
            return
        stack = self._chosen = self.chosen
        self._number += 1
        self._error, self._held_by = None, ""
        self._standings[stack] = Standing(State.PLANNING)
        self._take_back(stack)
        self._show()
        self._worker = self._plan(planning.Job(self._number, check, stack, self._views(besides=stack), force))

    def _held(self) -> str:
        """Say why no plan can be made now; empty when one can."""
        if self._busy:
            return "a plan is being made already; c stops it"
        if self.walk.target is None or self.walk.changed:
            return "the answers are not final yet; the review says what is missing"
        try:
            held = len(self.walk.holding)
        except InputError as error:
            return str(error)
        return f"{held} finding{'s' if held > 1 else ''}; the review shows each with its remedy" if held else ""

    @work(thread=True, exclusive=True, group="plan")
    def _plan(self, job: planning.Job) -> None:
        worker = get_current_worker()
        planning.make(self.desk, job, self.post_message, stopped=lambda: worker.is_cancelled)

    def action_stop(self) -> None:
        """Stop the plan that is being made. The engine ends in good order, which gives the state's lock back."""
        if self._busy and self._worker is not None:
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

    @on(planning.Progress)
    def _progress(self, message: planning.Progress) -> None:
        if not self._is_late(message) and not self._stopping:
            self._said(progress(message.state))

    def _said(self, text: str) -> None:
        for stack, standing in self._standings.items():
            if standing.state is State.PLANNING:
                self._standings[stack] = Standing(State.PLANNING, text)
        self._show_stacks()

    @on(planning.Made)
    def _made(self, message: planning.Made) -> None:
        if self._is_late(message):
            return
        stack, view = message.job.stack, message.planned.plan.view
        self._standings[stack] = planned(message.planned)
        # Once there is nothing to apply the next stack's turn has come; else `m` plans this one again.
        self._chosen = "" if view.empty else stack
        self._use(message.tree)
        self.walk_changed()  # somebody may have typed meanwhile
        if view.acting:
            self.query_one(PlanBrowser).focus_rows()

    @on(planning.Waits)
    def _waits(self, message: planning.Waits) -> None:
        if not self._is_late(message):
            wait = message.waiting
            self._ended(message, Standing(State.WAITS, f"on {wait.on}: {wait.why}; {wait.action}"))

    @on(planning.Failed)
    def _failed(self, message: planning.Failed) -> None:
        if not self._is_late(message):
            self._error = message.error
            self._ended(message, Standing(State.FAILED, message.error.title))

    @on(planning.Stopped)
    def _stopped(self, message: planning.Stopped) -> None:
        if not self._is_late(message):
            self._ended(message, Standing(State.STOPPED, "nothing was changed"))

    def _ended(self, message: planning.OfJob, standing: Standing) -> None:
        self._standings[message.job.stack] = standing
        self._show()

    # -- what is shown ----------------------------------------------------------------------------------------------

    def _views(self, *, besides: str = "") -> dict[str, PlanView]:
        """Plans that hold, by their stack."""
        return {
            stack: standing.planned.plan.view
            for stack in self.stacks
            if stack != besides and (standing := self._standing(stack)).planned is not None and standing.usable
        }

    def _use(self, tree: PlanTree) -> None:
        """Show another tree, and ask anew for the name where something would be lost."""
        self.query_one(PlanBrowser).use(tree)
        self._ask(tree)

    def _ask(self, tree: PlanTree | None) -> None:
        if tree is not None and tree.losses:
            lines = [self._lost(tree.losses), *map(self._loss, tree.losses)]
            self.query_one(TypedName).ask(self.walk.place.name, lines)

    def _lost(self, losses: tuple[Loss, ...]) -> Content:
        verb = "change destroys or replaces" if len(losses) == 1 else "changes destroy or replace"
        return Content.styled(f"✗ {len(losses)} {verb} what holds data or names:", "bold $text-error")

    def _loss(self, loss: Loss) -> Content:
        mask = getattr(self.app, "mask", str)
        kind = loss.change.kind
        return Content.assemble(
            (f"  {SYMBOLS[kind]} {kind} ", KIND_STYLES[kind]),
            (mask(loss.address), "bold"),
            f"  loses {mask(loss.what)}",
        )

    def _show(self) -> None:
        """Show everything as it is now."""
        self._show_stacks()
        self._show_said()
        browser = self.query_one(PlanBrowser)
        tree = browser.tree_shown
        # A plan that is being made anew, or has become stale, stays to be looked at.
        browser.display = tree is not None and bool(tree.changes)
        self.query_one(TypedName).display = bool(tree is not None and tree.losses and self._views())
        keys = (self._busy, isinstance(self._error, EditedFileError), self._has_plan)
        if keys != self._keys:
            self._keys = keys
            self.refresh_bindings()

    def _show_stacks(self) -> None:
        mask = getattr(self.app, "mask", str)
        chosen = self.chosen
        lines = [
            Content.assemble(
                "❯ " if stack == chosen and len(self.stacks) > 1 else "  ",
                (f"{standing.state.symbol} {standing.state.value:10} ", standing.state.style),
                (f"{stack:9}", "bold"),
                f" {mask(standing.said)}",
            )
            for stack in self.stacks
            for standing in [self._standing(stack)]
        ]
        say(self.query_one("#plan-stacks", Static), Content("\n").join(lines))

    def _show_said(self) -> None:
        """Say why there is no plan, or how one is made."""
        mask = getattr(self.app, "mask", str)
        said: Content | None = None
        if self._held_by:
            said = Content.styled(f"✗ held: {mask(self._held_by)}", "$text-error")
        elif self._error is not None:
            said = Content.styled(mask(str(self._error)), "$text-error") + self._way_on()
        elif not self.stacks:
            said = Content("· The answers are not complete yet: there is nothing to plan.")
        elif not self._busy and not self._views() and self._standing(self.chosen).state is State.TO_PLAN:
            said = Content(f"m makes the plan of {self.chosen}. Planning changes nothing of what is there.")
        self.query_one("#plan-said").display = said is not None
        if said is not None:
            say(self.query_one("#plan-text", Static), said)

    def _way_on(self) -> Content:
        edited = " · v plans on, and keeps your versions beside the new ones"
        keys = f"m plans again · ^y copies this{edited if isinstance(self._error, EditedFileError) else ''}"
        return Content.styled(f"\n\n{keys}", "$text-muted")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show only keys that do something now."""
        del parameters
        if action == "stop":
            return self._busy
        if action == "set_aside":
            return isinstance(self._error, EditedFileError)
        return self._has_plan if action == "apply" else True

    # -- to the apply -------------------------------------------------------------------------------------------------

    def action_stack(self, by: int) -> None:
        """Choose another stack."""
        if self.stacks:
            self._chosen = self.stacks[(self.stacks.index(self.chosen) + by) % len(self.stacks)]
            self._show()

    def focus_on(self, key: str) -> bool:
        """Choose a stack by its name; not while a plan is made, which stays what keys are about."""
        if key not in self.stacks or self._busy:
            return False
        self._chosen = key
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
        for stack in self.stacks:
            standing = self._standing(stack)
            if standing.usable and standing.planned is not None:
                return stack, standing.planned
        stale = any(self._standing(stack).state is State.STALE for stack in self.stacks)
        self.notify(
            "The plan is stale: the answers have changed. Plan again." if stale else "There is no plan to apply.",
            severity="warning",
            markup=False,
        )
        return None

    def _hand_over(self, stack: str, plan: flow.Planned) -> None:
        self._handed = stack
        self.post_message(Planned(plan))
        self.post_message(GoTo(Step.APPLY))

    def copy_text(self) -> str:
        """Give the error, or what is said of the stacks and what would change."""
        if self._error is not None:
            return str(self._error)
        tree = self.query_one(PlanBrowser).tree_shown
        changes = [f"{change.kind:8} {change.address}" for change in tree.changes] if tree is not None else []
        said = [f"{stack}: {self._standing(stack).state.value} {self._standing(stack).said}" for stack in self.stacks]
        return "\n".join([*said, *changes])
