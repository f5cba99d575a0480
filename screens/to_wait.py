"""What waits for the customer, planned and confirmed now: shown as any plan, and after a yes somebody is left to wait.

shown ─► look, check, plan (thread) ─Made─► the plan ─typed name where data is lost─► a, yes ─► begin (thread) ─Begun─► closed
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from screens.plan_state import Stop, progress
from screens.styles import of_steps
from screens.widgets.ask import Ask
from screens.widgets.header import Header, Heading
from screens.widgets.keys import Keys
from screens.widgets.masked import Mask
from screens.widgets.plan_browser import PlanBrowser
from screens.widgets.run_words import error_text
from screens.widgets.typed_name import TypedName
from wizard.errors import PlanewrightError

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.engine.events import RunState
    from wizard.walk.plan_tree import PlanTree
    from wizard.walk.waits import Proposal
    from wizard.workspace import Place


def utc_now() -> datetime:
    """Give the time."""
    return datetime.now(UTC)


class ToWait(Screen[str | None]):
    """Closes with `begun` once somebody waits."""

    CSS_PATH = of_steps()
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Leave the field, then this; nobody waits, and nothing is applied"),
        Binding("a", "confirm", "Apply it then", tooltip="Confirm exactly this plan: applied once they have accepted"),
        Binding("m", "make", "Plan again", tooltip="Plan it once more"),
    ]

    class _Note(Message):
        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    class _Made(Message):
        def __init__(self, proposal: Proposal | None, tree: PlanTree | None) -> None:
            super().__init__()
            self.proposal = proposal
            self.tree = tree

    class _Begun(Message):
        pass

    class _Failed(Message):
        def __init__(self, error: PlanewrightError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, desk: Desk, place: Place, *, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__()
        self.desk = desk
        self.place = place
        self._clock = clock
        #: What a thread does now; empty when none does.
        self.busy = ""
        self.proposal: Proposal | None = None
        self._nothing = False
        self._error: PlanewrightError | None = None

    def compose(self) -> ComposeResult:
        """How it stands, what would be lost, and the plan."""
        yield Header(id="header")
        yield Static(id="to-wait-said")
        yield TypedName(id="to-wait-losses")
        yield PlanBrowser(id="to-wait-plan")
        yield Keys()

    def on_mount(self) -> None:
        """Plan at once: that is what was asked for, and changes nothing."""
        self.action_make()

    # -- planning ------------------------------------------------------------------------------------------------------

    def action_make(self) -> None:
        """Plan what waits."""
        if not self.busy:
            self.busy, self.proposal, self._error, self._nothing = (
                "opening the engine and the session",
                None,
                None,
                False,
            )
            self.show()
            self._plan()

    @work(thread=True, group="to-wait")
    def _plan(self) -> None:
        from wizard.walk import waits
        from wizard.walk.finished import final_target
        from wizard.walk.plan_tree import plan_tree

        worker = get_current_worker()

        def note(what: str) -> None:
            if worker.is_cancelled:
                raise Stop
            self.post_message(self._Note(what))

        def heard(state: RunState) -> None:
            note(progress(state))

        try:
            target = final_target(self.desk.workspace, self.place)
            with self.desk.noting(target):
                proposal = waits.propose(target, self.desk.site(target), note=note, on_state=heard)
            planned = proposal.planned if proposal is not None else None
            tree = plan_tree({planned.stack: planned.plan.view}) if planned is not None else None
            self.post_message(self._Made(proposal, tree))
        except PlanewrightError as error:
            self.post_message(self._Failed(error))
        except Stop:
            return

    @on(_Note)
    def _noted(self, message: _Note) -> None:
        message.stop()
        self.busy = message.what
        self.show()

    @on(_Made)
    def _was_made(self, message: _Made) -> None:
        message.stop()
        self.busy, self.proposal, self._nothing = "", message.proposal, message.proposal is None
        if message.tree is not None:
            self.query_one(PlanBrowser).use(message.tree)
        self._ask_name()
        self.show()
        if message.tree is not None and message.tree.changes:
            self.query_one(PlanBrowser).focus_rows()

    @on(_Failed)
    def _failed(self, message: _Failed) -> None:
        message.stop()
        self.busy, self._error, self.proposal = "", message.error, None
        self.show()

    # -- confirming ----------------------------------------------------------------------------------------------------

    @property
    def _tree(self) -> PlanTree | None:
        """The plan that may be confirmed; None where there is none, or it would change nothing."""
        proposal = self.proposal
        if proposal is None or self.busy or proposal.planned.plan.view.empty:
            return None
        return self.query_one(PlanBrowser).tree_shown

    def _ask_name(self) -> None:
        from screens.steps.plan_words import losses

        tree = self._tree
        if tree is not None and tree.losses:
            self.query_one(TypedName).ask(self.place.name, [*losses(tree, self.mask)])

    @on(TypedName.Confirmed)
    def action_confirm(self) -> None:
        """Ask for the name where something is lost, then for the yes."""
        typed, proposal = self.query_one(TypedName), self.proposal
        if self._tree is None or proposal is None:
            return
        if typed.display and not typed.confirmed:
            typed.query_one(Input).focus()
            return
        from screens.steps.apply_words import lost
        from wizard.walk import waits

        lines = [*waits.meaning(proposal.planned, self._clock())]

        def body(mask: Mask) -> Content:
            return Content("\n").join([*lost(proposal.planned, mask), *(Content(mask(line)) for line in lines)])

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes and self.proposal is proposal and not self.busy:
                self.busy = "leaving somebody to wait"
                self.show()
                self._begin(proposal)

        self.app.push_screen(Ask(waits.question(proposal.planned), body, yes="Apply it then"), answered)

    @work(thread=True, group="to-wait")
    def _begin(self, proposal: Proposal) -> None:
        from wizard.walk import waits

        try:
            waits.begin(
                proposal, environ=self.desk.environ, engine=self.desk.engine or "", mirror=self.desk.mirror or ""
            )
        except PlanewrightError as error:
            self.post_message(self._Failed(error))
        else:
            self.post_message(self._Begun())

    @on(_Begun)
    def _has_begun(self, message: _Begun) -> None:
        message.stop()
        self.dismiss("begun")

    def action_back(self) -> None:
        """Leave the field first, then the screen: a plan that is being made is stopped in good order."""
        if isinstance(self.focused, Input) and self._tree is not None:
            self.query_one(PlanBrowser).focus_rows()
        else:
            self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        del parameters
        if not self.is_mounted:
            return True
        return {"confirm": self._tree is not None, "make": not self.busy}.get(action, True)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def mask(self, text: str) -> str:
        """Mask what an audience must not read."""
        return str(getattr(self.app, "mask", str)(text))

    def presenter_changed(self) -> None:
        """Say everything anew, masked or not; a name that was typed under the other mask counts no more."""
        self.query_one(PlanBrowser).draw_anew()
        self._ask_name()
        self.show()

    def show(self) -> None:
        """Show everything as it is now."""
        tree = self._tree
        self.query_one(PlanBrowser).display = tree is not None
        self.query_one(TypedName).display = tree is not None and bool(tree.losses)
        self.query_one("#to-wait-said", Static).update(self._said())
        account = self.proposal.planned.target.shard.account if self.proposal is not None else None
        right = (self.mask(f"{account.id} {account.region}"),) if account is not None else ()
        presenter = bool(getattr(self.app, "presenter", False))
        left = (self.mask(self.place.name), "what waits for the customer")
        self.query_one(Header).heading = Heading(left, right, presenter)
        self.refresh_bindings()

    def _said(self) -> Content:
        from wizard.walk.waits import NOTHING

        if self.busy:
            harmless = ". Nothing is changed by it." if self.proposal is None else ""
            return Content.styled(f"… {self.mask(self.busy)}{harmless}", "$text-accent")
        if self._error is not None:
            return error_text(self._error, self.mask)
        if self._nothing:
            return Content(f"· {NOTHING}")
        if self.proposal is None:
            return Content("")
        planned = self.proposal.planned
        if planned.plan.view.empty:
            return Content("= no changes: there is nothing to wait with. The step Plan takes its outputs over.")
        return Content.assemble(
            ("● not confirmed  ", "bold $text-accent"),
            (f"{planned.stack} of {self.mask(planned.target.name)}", "bold"),
            f": {planned.plan.view.counts}. The customer has not accepted yet: ",
            ("a confirms exactly this, and it is applied by itself once they have.", "bold"),
        )

    def copy_text(self) -> str:
        """Give what is said, and each change."""
        tree = self._tree
        changes = [f"{change.kind:8} {change.address}" for change in tree.changes] if tree is not None else []
        return "\n".join([str(self._error) if self._error is not None else self._said().plain, *changes])
