"""Apply: the shown plan is carried out after a yes, followed, stopped in good order, handed over; secrets are seeded.

    Planned ─a, yes─► start (thread) ─Started─► RunView ─Ended─► conclude (thread) ─HandedOver─► what comes next

A run belongs to nobody's screen: leaving is no end to it, and whoever opens the object again sees all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens import carrying
from screens.messages import Applied, RunEnded, Seeded
from screens.messages import Planned as Handed
from screens.steps import apply_words
from screens.steps.apply_waits import WaitingPane
from screens.waits import WAIT
from screens.widgets.ask import Ask
from screens.widgets.run_picker import RunPicker
from screens.widgets.run_rows import RunRows
from screens.widgets.run_view import RunView, utc_now
from screens.widgets.seed_form import Given, SeedForm
from wizard.deploy.flow import Planned
from wizard.engine import runs
from wizard.engine.runs import Run
from wizard.errors import PlanewrightError
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.walk.walk import Walk


#: What is told, for whatever mask counts when it is shown.
News = Callable[[apply_words.Mask], Content]


class ApplyPane(WaitingPane):
    """Carries out, follows, hands over."""

    step: ClassVar[Step] = Step.APPLY
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "apply", "Apply", tooltip="Apply the plan that was shown, after a yes"),
        Binding("o", "take_over", "Outputs", tooltip="Read and keep what the applied stack hands over"),
        Binding("s", "seed", "Secrets", tooltip="Put passwords and TLS material where the nodes fetch them"),
        WAIT,
        Binding("r", "runs", "Runs", tooltip="Earlier runs of this object, to be seen again"),
    ]

    def __init__(self, walk: Walk, desk: Desk, *, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(walk, desk)
        self._clock = clock
        self.planned: Planned | None = None
        #: What a thread does now: "", "starting", "handing over", "seeding".
        self.busy = ""
        self._applied: dict[str, Planned] = {}
        self._to_take_over: Run | None = None
        self._seedable = False
        self._news: News | None = None

    def compose(self) -> ComposeResult:
        """What is to be applied, the run, and what came of it."""
        yield Static(id="apply-offer")
        yield self.waits_line()
        view = RunView(clock=self._clock, id="apply-run")
        view.display = False
        yield view
        with VerticalScroll(id="apply-news-box", can_focus=False):
            yield Static(id="apply-news")

    def on_mount(self) -> None:
        """Say what there is, and look whether a run goes on."""
        self.show()

    def shown(self) -> None:
        """Look for a run that goes on, whoever started it."""
        if self.view.display:
            self.query_one(RunRows).focus()
        if not self.busy and not self.view.going:
            self.do(partial(carrying.look, self.walk.place))
        self.wait_changed()

    def walk_changed(self) -> None:
        """A name may be masked now, or shown again."""
        if self.is_mounted:
            self.view.refresh_words()
            self.show()

    def offer(self, planned: Planned | None) -> None:
        """Take the plan that was looked at; None once it no longer holds."""
        self.planned = planned
        if planned is not None:
            self._news = None
        if self.is_mounted:
            self.show()

    # -- what goes on already ----------------------------------------------------------------------------------------

    @on(carrying.Found)
    def _found(self, message: carrying.Found) -> None:
        message.stop()
        self._seedable = message.seedable
        here, found = self.view.run, message.run
        if found is not None and not self.busy:
            # What somebody chose to see stays, unless an apply has been started elsewhere since.
            newer = here is not None and found.id > here.id and found.request.action == "apply" and message.going
            if here is None or newer:
                self._look_at(found)
        self.show()

    def _look_at(self, run: Run) -> None:
        self.stopped, self._to_take_over, self._news = "", None, None
        self.view.display = True
        self.view.attach(run, self.walk.place)
        self.query_one(RunRows).focus()
        self.show()

    def action_runs(self) -> None:
        """Choose a run to see again."""

        def chosen(run: Run | None) -> None:
            if run is not None:
                self._look_at(run)

        self.app.push_screen(RunPicker(self.walk.place), chosen)

    # -- applying ----------------------------------------------------------------------------------------------------

    def action_apply(self) -> None:
        """Ask for the yes, and start. A plan without changes has nothing to ask about: its outputs are taken over."""
        planned = self.planned
        if planned is None or self.busy or self.view.going:
            return
        if planned.plan.view.empty:
            self._work("handing over")
            self.do(partial(carrying.conclude, planned, None))
            return

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes and planned is self.planned and not self.busy:
                self._work("starting")
                self.do(partial(carrying.start, self.desk, planned))

        body = partial(apply_words.what_it_means, planned)
        self.app.push_screen(Ask(apply_words.question(planned), body, yes="Apply"), answered)

    @on(carrying.Started)
    def _started(self, message: carrying.Started) -> None:
        message.stop()
        self.busy = ""
        if self.planned is not None:
            self._applied[message.run.id] = self.planned
        self.planned = None
        self.post_message(Handed(None))  # a plan is applied once
        self._look_at(message.run)

    @on(RunView.Ended)
    def _ended(self, message: RunView.Ended) -> None:
        message.stop()
        self.post_message(RunEnded())
        result = message.result
        if message.run.request.action == "apply" and result is not None and result.outcome == "succeeded":
            planned = self._applied.get(message.run.id)
            if planned is not None:
                self._work("handing over")
                self.do(partial(carrying.conclude, planned, message.run))
            elif not self.in_hand(message.run):  # else who waits does that, and says when
                self.do(partial(carrying.look_after, self.walk.place, message.run))
        else:
            self._applied.pop(message.run.id, None)
        self.show()

    # -- handing over ------------------------------------------------------------------------------------------------

    @on(carrying.Left)
    def _was_left(self, message: carrying.Left) -> None:
        message.stop()
        self.busy, self._to_take_over = "", message.run
        self._tell(lambda _mask: apply_words.left(message.run))

    def action_take_over(self) -> None:
        """Read and keep the outputs, for whoever did not live to."""
        run = self._to_take_over
        if self.busy or run is None:
            return
        planned, target = self._applied.get(run.id), self.walk.target
        if planned is not None:
            self._work("handing over")
            self.do(partial(carrying.conclude, planned, run))
        elif target is not None:
            self._work("handing over")
            self.do(partial(carrying.take_over, self.desk, target, run))

    @on(carrying.HandedOver)
    def _handed_over(self, message: carrying.HandedOver) -> None:
        message.stop()
        self.busy, self._to_take_over, self._seedable = "", None, message.seedable
        stack = message.stack
        if self.planned is not None and self.planned.plan.view.empty and self.planned.stack == stack:
            self.planned = None
            self.post_message(Handed(None))
        self._applied = {run: planned for run, planned in self._applied.items() if planned.stack != stack}
        if message.concluded is not None:
            self.post_message(Applied(stack))
            self._tell(partial(apply_words.concluded, stack, message.concluded, self._stacks()))
        else:
            self.show()
        self.wait_changed()

    def waited_for(self, run: str) -> None:
        """Show the run that a wait has led to, unless it is on screen already; it is handed over."""
        if not self.view.going and (self.view.run is None or self.view.run.id != run):
            with suppress(PlanewrightError):
                self._look_at(runs.load(self.walk.place.runs / run))
        self._tell(apply_words.waited_for)

    # -- secrets -----------------------------------------------------------------------------------------------------

    def action_seed(self) -> None:
        """Ask for what the secret containers lack, and put it."""
        target = self.walk.target
        if target is None or self.busy or not self._seedable:
            return

        def given(values: Given | None) -> None:
            if values is not None and not self.busy:
                self._work("seeding")
                self.do(partial(carrying.seed, self.desk, target, values))

        self.app.push_screen(SeedForm(target.deployment, played=self.desk.played is not None), given)

    @on(carrying.SecretsPut)
    def _seeded(self, message: carrying.SecretsPut) -> None:
        message.stop()
        self.busy = ""
        self._tell(partial(apply_words.seeded, message.result))
        self.post_message(Seeded())

    # -- what is shown -----------------------------------------------------------------------------------------------

    @on(carrying.CarryingFailed)
    def _failed(self, message: carrying.CarryingFailed) -> None:
        message.stop()
        self.busy = ""
        if message.left is not None:
            self._to_take_over = message.left
        self._tell(partial(apply_words.failed, message.what, message.error))

    def _work(self, what: str) -> None:
        self.busy, self._news = what, None
        self.show()

    def _tell(self, news: News) -> None:
        self._news = news
        self.show()

    def _stacks(self) -> tuple[str, ...]:
        return self.walk.target.stacks if self.walk.target is not None else ()

    def show(self) -> None:
        """Show everything as it is now."""
        offer = self.query_one("#apply-offer", Static)
        offer.update(apply_words.offer(self.planned, self.mask, run=self.view.run))
        offer.display = self.planned is not None or (self.view.run is None and not self.waits.alive)
        news = self._news(self.mask) if self._news is not None else None
        if self.busy:
            news = apply_words.busy(self.busy)
        elif self.view.going and news is None:
            news = apply_words.going(self.walk.place.name, self.mask, stopping=bool(self.stopped))
        self.show_waits(busy=bool(self.busy) or self.planned is not None)
        self.query_one("#apply-news-box").display = news is not None
        self.query_one("#apply-news", Static).update(news or "")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        del parameters
        if not self.is_mounted:
            return True
        idle = not self.busy and not self.view.going
        possible = {
            "apply": self.planned is not None and idle,
            "cancel": self.view.going or self.waits.alive,
            "wait": idle and bool(self.check_wait("wait")),
            "take_over": self._to_take_over is not None and not self.busy,
            "seed": self._seedable and idle,
        }
        return possible.get(action, True)
