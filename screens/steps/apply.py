"""Apply: the shown plan is carried out after a yes, followed, stopped in good order, handed over; secrets are seeded.

    Planned ─a, yes─► start (thread) ─Started─► RunView ─Ended─► conclude (thread) ─HandedOver─► what comes next

A run belongs to nobody's screen: leaving is no end to it, and whoever opens the object again sees all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from screens.messages import Applied, RunEnded, Seeded
from screens.messages import Planned as Handed
from screens.pane import Pane
from screens.steps import apply_words
from screens.widgets.ask import Ask
from screens.widgets.run_picker import RunPicker
from screens.widgets.run_rows import RunRows
from screens.widgets.run_view import RunView, utc_now
from screens.widgets.run_words import error_text
from screens.widgets.seed_form import Given, SeedForm
from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.deploy.flow import Concluded, Planned
from wizard.engine import cancel, runs
from wizard.engine.runs import Run
from wizard.errors import PlanewrightError
from wizard.walk import applying, seeds
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.aws.secrets import SeedResult
    from wizard.deploy.target import Target
    from wizard.walk.walk import Walk


class ApplyPane(Pane):
    """Carries out, follows, hands over."""

    step: ClassVar[Step] = Step.APPLY
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "apply", "Apply", tooltip="Apply the plan that was shown, after a yes"),
        Binding("c", "cancel", "Cancel", tooltip="Ask the engine to stop in good order; again: at once, after a word"),
        Binding("o", "take_over", "Outputs", tooltip="Read and keep what the applied stack hands over"),
        Binding("s", "seed", "Secrets", tooltip="Put passwords and TLS material where the nodes fetch them"),
        Binding("r", "runs", "Runs", tooltip="Earlier runs of this object, to be seen again"),
    ]

    class _Found(Message):
        def __init__(self, run: Run | None, *, going: bool, seedable: bool) -> None:
            super().__init__()
            self.run = run
            self.going = going
            self.seedable = seedable

    class _Started(Message):
        def __init__(self, run: Run) -> None:
            super().__init__()
            self.run = run

    class _HandedOver(Message):
        def __init__(self, stack: str, concluded: Concluded | None, seedable: bool) -> None:  # noqa: FBT001
            super().__init__()
            self.stack = stack
            self.concluded = concluded
            self.seedable = seedable

    class _Left(Message):
        """An apply that succeeded has not handed over: whoever started it did not live to."""

        def __init__(self, run: Run) -> None:
            super().__init__()
            self.run = run

    class _Seeded(Message):
        def __init__(self, result: SeedResult) -> None:
            super().__init__()
            self.result = result

    class _Failed(Message):
        def __init__(self, what: str, error: PlanewrightError, *, left: Run | None = None) -> None:
            super().__init__()
            self.what = what
            self.error = error
            self.left = left  # an apply whose outputs are still to be taken over

    def __init__(self, walk: Walk, desk: Desk, *, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(walk, desk)
        self._clock = clock
        self.planned: Planned | None = None
        #: What a thread does now: "", "starting", "handing over", "seeding".
        self.busy = ""
        self._applied: dict[str, Planned] = {}
        self._to_take_over: Run | None = None
        self._stopped = ""
        self._seedable = False
        self._news: Content | None = None

    def compose(self) -> ComposeResult:
        """What is to be applied, the run, and what came of it."""
        yield Static(id="apply-offer")
        view = RunView(clock=self._clock, id="apply-run")
        view.display = False
        yield view
        with VerticalScroll(id="apply-news-box", can_focus=False):
            yield Static(id="apply-news")

    @property
    def view(self) -> RunView:
        """The run on screen."""
        return self.query_one(RunView)

    def on_mount(self) -> None:
        """Say what there is, and look whether a run goes on."""
        self._show()

    def shown(self) -> None:
        """Look for a run that goes on, whoever started it."""
        if self.view.display:
            self.query_one(RunRows).focus()
        if not self.busy and not self.view.going:
            self._look()

    def walk_changed(self) -> None:
        """A name may be masked now, or shown again."""
        if self.is_mounted:
            self.view.refresh_words()
            self._show()

    def offer(self, planned: Planned | None) -> None:
        """Take the plan that was looked at; None once it no longer holds."""
        self.planned = planned
        if planned is not None:
            self._news = None
        if self.is_mounted:
            self._show()

    # -- what goes on already ----------------------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="look")
    def _look(self) -> None:
        place = self.walk.place
        try:
            going = applying.alive(place)
            run = going or runs.latest(place.runs, actions=("apply",))
            self.post_message(self._Found(run, going=going is not None, seedable=self._can_seed()))
        except PlanewrightError as error:
            self.post_message(self._Failed("the runs cannot be read", error))

    @on(_Found)
    def _found(self, message: _Found) -> None:
        message.stop()
        self._seedable = message.seedable
        here, found = self.view.run, message.run
        if found is not None and not self.busy:
            # What somebody chose to see stays, unless an apply has been started elsewhere since.
            newer = here is not None and found.id > here.id and found.request.action == "apply" and message.going
            if here is None or newer:
                self._look_at(found)
        self._show()

    def _look_at(self, run: Run) -> None:
        self._stopped, self._to_take_over, self._news = "", None, None
        self.view.display = True
        self.view.attach(run, self.walk.place)
        self.query_one(RunRows).focus()
        self._show()

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
            self._conclude(planned, None)
            return

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes and planned is self.planned and not self.busy:
                self._work("starting")
                self._start(planned)

        body = partial(apply_words.what_it_means, planned)
        self.app.push_screen(Ask(apply_words.question(planned), body, yes="Apply"), answered)

    @work(thread=True, group="apply")
    def _start(self, planned: Planned) -> None:
        try:
            self.post_message(self._Started(applying.start(planned, self.desk.site(planned.target))))
        except PlanewrightError as error:
            self.post_message(self._Failed("nothing was applied", error))

    @on(_Started)
    def _started(self, message: _Started) -> None:
        message.stop()
        self.busy = ""
        if self.planned is not None:
            self._applied[message.run.id] = self.planned
        self.planned = None
        self.post_message(Handed(None))  # a plan is applied once
        self._look_at(message.run)

    @on(RunView.Grew)
    def _grew(self, message: RunView.Grew) -> None:
        message.stop()
        if message.state.interrupted and not self._stopped:
            self._stopped = message.run.id
            self._show()

    @on(RunView.Ended)
    def _ended(self, message: RunView.Ended) -> None:
        message.stop()
        self.post_message(RunEnded())
        result = message.result
        if message.run.request.action == "apply" and result is not None and result.outcome == "succeeded":
            planned = self._applied.get(message.run.id)
            if planned is not None:
                self._work("handing over")
                self._conclude(planned, message.run)
            else:
                self._look_after(message.run)
        else:
            self._applied.pop(message.run.id, None)
        self._show()

    # -- handing over ------------------------------------------------------------------------------------------------

    @work(thread=True, group="apply")
    def _conclude(self, planned: Planned, run: Run | None) -> None:
        try:
            concluded = applying.conclude(planned)
            self.post_message(self._HandedOver(planned.stack, concluded, self._can_seed()))
        except PlanewrightError as error:
            self.post_message(self._Failed("its outputs were not taken over", error, left=run))

    @work(thread=True, group="apply")
    def _look_after(self, run: Run) -> None:
        try:
            if applying.handed_over(self.walk.place, run):
                self.post_message(self._HandedOver(run.request.stack, None, self._can_seed()))
            else:
                self.post_message(self._Left(run))
        except PlanewrightError as error:
            self.post_message(self._Failed("the run cannot be read", error))

    @on(_Left)
    def _was_left(self, message: _Left) -> None:
        message.stop()
        self.busy, self._to_take_over = "", message.run
        self._tell(apply_words.left(message.run))

    def action_take_over(self) -> None:
        """Read and keep the outputs, for whoever did not live to."""
        run = self._to_take_over
        if self.busy or run is None:
            return
        planned, target = self._applied.get(run.id), self.walk.target
        if planned is not None:
            self._work("handing over")
            self._conclude(planned, run)
        elif target is not None:
            self._work("handing over")
            self._take_over(run, target)

    @work(thread=True, group="apply")
    def _take_over(self, run: Run, target: Target) -> None:
        try:
            concluded = applying.take_over(target, run, self.desk.site(target))
            self.post_message(self._HandedOver(run.request.stack, concluded, self._can_seed()))
        except PlanewrightError as error:
            self.post_message(self._Failed("the outputs were not taken over", error, left=run))

    @on(_HandedOver)
    def _handed_over(self, message: _HandedOver) -> None:
        message.stop()
        self.busy, self._to_take_over, self._seedable = "", None, message.seedable
        stack = message.stack
        if self.planned is not None and self.planned.plan.view.empty and self.planned.stack == stack:
            self.planned = None
            self.post_message(Handed(None))
        self._applied = {run: planned for run, planned in self._applied.items() if planned.stack != stack}
        if message.concluded is not None:
            self.post_message(Applied(stack))
            self._tell(apply_words.concluded(stack, message.concluded, self._stacks(), self.mask))
        else:
            self._show()

    # -- stopping ----------------------------------------------------------------------------------------------------

    def action_cancel(self) -> None:
        """Once: stop in good order. Again: say what may be lost, and ask for a word."""
        run = self.view.run
        if run is None or not self.view.going:
            return
        if self._stopped != run.id:
            self._stopped = run.id
            self._interrupt(run)
            self._show()
            return

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes and self.view.going and self.view.run is run:
                self._interrupt(run)

        body = Content(f"The engine is still stopping. {cancel.WHAT_MAY_BE_LOST}")
        self.app.push_screen(
            Ask("Stop at once all the same?", body, yes="stop at once", no="wait on", word="stop"), answered
        )

    @work(thread=True, group="cancel")
    def _interrupt(self, run: Run) -> None:
        cancel.interrupt(run)

    # -- secrets -----------------------------------------------------------------------------------------------------

    def action_seed(self) -> None:
        """Ask for what the secret containers lack, and put it."""
        target = self.walk.target
        if target is None or self.busy or not self._seedable:
            return

        def given(values: Given | None) -> None:
            if values is not None and not self.busy:
                self._work("seeding")
                self._seed(target, values)

        self.app.push_screen(SeedForm(target.deployment, played=self.desk.played is not None), given)

    @work(thread=True, group="apply")
    def _seed(self, target: Target, given: Given) -> None:
        from wizard.aws.session import open_session
        from wizard.deploy.seeding import seed_target

        if given.played and self.desk.played is not None:
            values = self.desk.played.inputs(target)
        else:
            values = seeds.inputs(target, password=given.password, certificate=given.certificate, key=given.key)
        try:
            with self.desk.noting(target):
                session = open_session(target.shard.account, environ=self.desk.environ, mfa_code=self.desk.mfa_code)
                self.post_message(self._Seeded(seed_target(target, session, inputs=values, rotate=frozenset())))
        except PlanewrightError as error:
            self.post_message(self._Failed("the secrets are not complete", error))

    @on(_Seeded)
    def _seeded(self, message: _Seeded) -> None:
        message.stop()
        self.busy = ""
        self._tell(apply_words.seeded(message.result, self.mask))
        self.post_message(Seeded())

    def _can_seed(self) -> bool:
        return self.walk.kind == "deployment" and self.walk.place.contract(INSTANCE).is_file()

    # -- what is shown -----------------------------------------------------------------------------------------------

    def mask(self, text: str) -> str:
        """Mask what an audience must not read."""
        return str(getattr(self.app, "mask", str)(text))

    @on(_Failed)
    def _failed(self, message: _Failed) -> None:
        message.stop()
        self.busy = ""
        if message.left is not None:
            self._to_take_over = message.left
        head = Content.styled(f"{message.what}:", "bold")
        self._tell(Content("\n").join([head, error_text(message.error, self.mask)]))

    def _work(self, what: str) -> None:
        self.busy, self._news = what, None
        self._show()

    def _tell(self, news: Content) -> None:
        self._news = news
        self._show()

    def _stacks(self) -> tuple[str, ...]:
        return self.walk.target.stacks if self.walk.target is not None else ()

    def _show(self) -> None:
        offer = self.query_one("#apply-offer", Static)
        offer.update(apply_words.offer(self.planned, self.mask, run=self.view.run))
        offer.display = self.planned is not None or self.view.run is None
        news = self._news
        if self.busy:
            news = apply_words.busy(self.busy)
        elif self.view.going and news is None:
            news = apply_words.going(self.walk.place.name, self.mask, stopping=bool(self._stopped))
        self.query_one("#apply-news-box").display = news is not None
        self.query_one("#apply-news", Static).update(news or "")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        del parameters
        if not self.is_mounted:
            return True
        if action == "apply":
            return self.planned is not None and not self.busy and not self.view.going
        if action == "cancel":
            return self.view.going
        if action == "take_over":
            return self._to_take_over is not None and not self.busy
        if action == "seed":
            return self._seedable and not self.busy and not self.view.going
        return True
