"""Destroying an object: what would go is shown, stack by stack; the typed name, and nothing else, lets it go.

    m ─► plan_next (thread) ─Shown─► the typed name ─► start (thread) ─Started─► RunView ─Ended─► plan_next …

Nothing is remembered here that matters: who closes this half-way opens it again, and it goes on from what is there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static
from textual.worker import Worker, get_current_worker

from screens import destroy_words as words
from screens import tearing
from screens.desk import Desk
from screens.painting import SparingScreen
from screens.stopping import Stopping
from screens.styles import of_steps
from screens.widgets.header import Header, Heading
from screens.widgets.keys import Keys
from screens.widgets.plan_browser import PlanBrowser
from screens.widgets.plan_tree import PlanRows
from screens.widgets.run_rows import RunRows
from screens.widgets.run_view import RunView, utc_now
from screens.widgets.typed_name import TypedName
from wizard.deploy.target import Target
from wizard.engine.runs import Run
from wizard.errors import EditedFileError, PlanewrightError
from wizard.walk.destroying import Destroying as Teardown
from wizard.walk.destroying import Turn
from wizard.workspace import Place

if TYPE_CHECKING:
    from textual.content import Content


class Destroying(SparingScreen[bool], Stopping):
    """One teardown. Closes with whether the object is destroyed."""

    CSS_PATH = of_steps()
    AUTO_FOCUS = ""  # the field that takes the name is gone to on purpose
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Leave the field, then this; a run that was started goes on"),
        Binding("m", "plan", "Make the plan", tooltip="Plan what goes next; a plan changes nothing"),
        Binding("t", "type", "Type the name", tooltip="To the field that takes the object's name"),
        Binding("c", "stop", "Stop", tooltip="Stop the plan or the run in good order; again: at once, after a word"),
        Binding("v", "plan_on", "Set aside", tooltip="Plan on: edited files are kept beside the new ones"),
    ]

    def __init__(self, desk: Desk, place: Place, *, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__()
        self.desk = desk
        self.place = place
        self._clock = clock
        self._target: Target | None = None
        self._teardown: Teardown | None = None
        self._gone: dict[str, str] = {}
        self._now = ("", "")
        #: The plan that is on screen and waits for the name; taken away the moment that it is started.
        self._turn: Turn | None = None
        #: The turn whose run is followed; None for one that somebody started before.
        self._ours: Turn | None = None
        self._worker: Worker[None] | None = None
        self._busy = True
        self._error: PlanewrightError | None = None
        self._failed_run = False
        self._remains: tuple[str, ...] | None = None

    def compose(self) -> ComposeResult:
        """How the stacks stand, what is asked, the plan or the run."""
        yield Header(id="header")
        with VerticalScroll(id="destroy-said", can_focus=False):
            yield Static(id="destroy-text")
        yield TypedName(id="destroy-lost")
        yield PlanBrowser(id="destroy-plan")
        yield RunView(clock=self._clock, id="destroy-run")
        yield Keys()

    def on_mount(self) -> None:
        """Open the object; nothing is planned before somebody asks."""
        self.show()
        self._find()

    @work(thread=True, group="destroy")
    def _find(self) -> None:
        tearing.find(self.desk, self.place, self.post_message)

    @on(tearing.Found)
    def _found(self, message: tearing.Found) -> None:
        self._target, self._busy = message.target, False
        if message.run is not None:
            self._follow(message.run)
        self.show()

    # -- planning ----------------------------------------------------------------------------------------------------

    def action_plan(self) -> None:
        """Plan what goes next."""
        self._plan()

    def action_plan_on(self) -> None:
        """Plan although files were edited: the person has seen which, and their versions are kept beside."""
        self._plan(force=isinstance(self._error, EditedFileError))

    def _plan(self, *, after: Turn | None = None, force: bool = False) -> None:
        if self._target is None or self._busy or self.view.going or self._remains is not None:
            return
        self._busy, self._turn, self._error, self._failed_run = True, None, None, False
        self._worker = self._plan_next(tearing.Job(self._target, self._teardown, after, force))
        self.show()

    @work(thread=True, exclusive=True, group="plan")
    def _plan_next(self, job: tearing.Job) -> None:
        worker = get_current_worker()
        tearing.plan_next(self.desk, job, self.post_message, stopped=lambda: worker.is_cancelled)

    @on(tearing.Stage)
    def _stage(self, message: tearing.Stage) -> None:
        self._now = (message.stack, f"… {message.what}")
        self.show()

    @on(tearing.Gone)
    def _is_gone(self, message: tearing.Gone) -> None:
        self._gone[message.stack] = message.why

    @on(tearing.Shown)
    def _shown(self, message: tearing.Shown) -> None:
        self._teardown, self._turn, self._busy = message.destroying, message.turn, False
        self._now = (message.turn.stack, f"to {message.turn.kind.value}: look at the plan, then t and the name, typed")
        self.query_one(PlanBrowser).use(message.tree)
        self._ask()
        self.show()
        self.query_one(PlanRows).focus()

    def _ask(self) -> None:
        if self._turn is not None and self._target is not None:
            self.query_one(TypedName).ask(self._target.name, words.lost(self._turn, self.mask))

    # -- the typed name, and what it lets go ---------------------------------------------------------------------------

    def action_type(self) -> None:
        """Go to the field."""
        if self._turn is not None:
            self.query_one(TypedName).query_one(Input).focus()

    @on(TypedName.Confirmed)
    def _confirmed(self, message: TypedName.Confirmed) -> None:
        message.stop()
        turn, teardown = self._turn, self._teardown
        if turn is None or teardown is None or self._busy:
            return
        self._turn, self._busy = None, True
        self._now = (turn.stack, "… starting: the account and the plan's digest are checked once more")
        self.show()
        self._start(teardown, turn)

    @work(thread=True, group="destroy")
    def _start(self, teardown: Teardown, turn: Turn) -> None:
        tearing.start(teardown, turn, self.post_message)

    @on(tearing.Started)
    def _started(self, message: tearing.Started) -> None:
        self._busy, self._ours = False, message.turn
        self._now = (message.turn.stack, f"{message.turn.kind.value}: in progress")
        self._follow(message.run)

    def _follow(self, run: Run) -> None:
        self.stopped = ""
        self._now = self._now if self._ours is not None else (run.request.stack, "a run is in progress")
        self.view.attach(run, self.place)
        self.show()
        self.query_one(RunRows).focus()

    @on(RunView.Ended)
    def _ended(self, message: RunView.Ended) -> None:
        message.stop()
        ours, self._ours = self._ours, None
        well = message.result is not None and message.result.outcome == "succeeded"
        if well and ours is not None:
            self._plan(after=ours)
            return
        self._teardown, self._failed_run = None, not well  # what is there now says where to go on
        said = "the run has ended" if well else "the run did not succeed"
        self._now = (message.run.request.stack, f"{said}: m plans what is left")
        self.show()

    # -- ends ----------------------------------------------------------------------------------------------------------

    @on(tearing.Finished)
    def _finished(self, message: tearing.Finished) -> None:
        self._busy, self._remains, self._now = False, message.remains, ("", "")
        self.show()

    @on(tearing.Failed)
    @on(tearing.Stopped)
    def _held(self, message: tearing.Failed | tearing.Stopped) -> None:
        """Begin anew: what is there then says where to go on."""
        self._error = message.error if isinstance(message, tearing.Failed) else None
        self._busy, self._turn, self._teardown = False, None, None
        self._now = (self._now[0], "held" if self._error is not None else "stopped: m plans again")
        self.show()

    def action_stop(self) -> None:
        """Stop a plan, or a run: once in good order, again after a word."""
        if self._busy and self._worker is not None and self._worker.is_running:
            self._worker.cancel()
            self._now = (self._now[0], "stopping in good order")
            self.show()
        else:
            self.stop_run()

    def action_back(self) -> None:
        """Leave the field first, then the screen."""
        if isinstance(self.focused, Input) and self._turn is not None:
            self.query_one(PlanRows).focus()
        else:
            self.dismiss(self._remains is not None)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def mask(self, text: str) -> str:
        """Mask what an audience must not read."""
        return str(getattr(self.app, "mask", str)(text))

    def presenter_changed(self) -> None:
        """Say everything anew, masked or not; what was typed under the other mask counts no more."""
        self.query_one(PlanBrowser).draw_anew()
        self.view.refresh_words()
        self._ask()
        self.show()

    def show(self) -> None:
        """Show everything as it is now."""
        following = self.view.run is not None and self._turn is None and self._remains is None and self._error is None
        self.query_one(TypedName).display = self._turn is not None
        self.query_one(PlanBrowser).display = self._turn is not None
        self.view.display = following and not (self._busy and self._ours is None)
        self.query_one("#destroy-text", Static).update(self._said())
        presenter = bool(getattr(self.app, "presenter", False))
        where = words.where(self._target, self.mask) if self._target is not None else ""
        self.query_one(Header).heading = Heading((self.mask(self.place.name), "destroy"), (where,), presenter)
        self.refresh_bindings()

    def _said(self) -> Content:
        stand = words.Stand(
            gone=self._gone,
            now=self._now,
            error=self._error,
            remains=self._remains,
            bad=self._error is not None or self._failed_run,
            going=self.view.going,
            ours=self._ours is not None,
            stopping=bool(self.stopped),
        )
        return words.said(self._target, stand, self.mask)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        del parameters
        if not self.is_mounted:
            return True
        idle = not self._busy and not self.view.going
        offered = {
            "plan": self._target is not None and idle and self._turn is None and self._remains is None,
            "type": self._turn is not None,
            "stop": self.view.going or (self._busy and self._worker is not None and self._worker.is_running),
            "plan_on": isinstance(self._error, EditedFileError) and idle,
        }
        return offered.get(action, True)

    def copy_text(self) -> str:
        """Give what would go, or what is said."""
        tree = self.query_one(PlanBrowser).tree_shown if self._turn is not None else None
        changes = [f"{change.kind:8} {change.address}" for change in tree.changes] if tree is not None else []
        return "\n".join([self._said().plain, *changes])
