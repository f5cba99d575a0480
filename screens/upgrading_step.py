"""A step of an upgrade on screen: its plan and the yes that it takes, its run, its gates, and the ladder beside them.

    Note ─► Asked ─► the plan ─ a, a yes | t, the typed name ─► Started ─► RunView ─► AtGate ─► the ladder

Who carries it is a thread (`upgrading_work`); this shows what that says, and answers what it asks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from screens import upgrading_heard as heard
from screens import upgrading_words as words
from screens.stopping import Stopping
from screens.told import Told
from screens.upgrading_heard import Going, Question
from screens.widgets.ask import Ask
from screens.widgets.plan_browser import PlanBrowser
from screens.widgets.run_rows import RunRows
from screens.widgets.run_view import RunView, utc_now
from screens.widgets.typed_name import TypedName
from wizard.walk import upgrade_entries

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.engine.runs import Run
    from wizard.walk.upgrades import Looked
    from wizard.workspace import Place


class StepOnScreen(Told, Stopping):
    """Base of the upgrade's screen."""

    DEFAULT_CSS = """
    StepOnScreen {
        & #upgrade-name { height: auto; margin: 1 1 0 1; padding: 0 0 0 1; border-left: thick $warning; }
        & PlanBrowser { height: 1fr; }
        & RunView { height: 1fr; }
    }
    """

    def __init__(self, desk: Desk, place: Place, *, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(desk, place)
        self._clock = clock
        self.looked: Looked | None = None
        #: What carries it now; None when nobody does.
        self.going: Going | None = None
        #: What waits for a yes.
        self.question: Question | None = None
        #: A mark and what is told beside an error.
        self.beside = ("", "")
        self._gate: words.AtGate | None = None
        self._pane: Literal["ladder", "plan", "run"] = "ladder"
        self._leaving = False
        #: The entry of the step that was carried when the list was shown last.
        self._at = ""

    def between(self) -> ComposeResult:
        """The name that a step takes, its plan, its run."""
        yield TypedName(id="upgrade-name")
        yield PlanBrowser(id="upgrade-plan")
        yield RunView(clock=self._clock, id="upgrade-run")

    # -- how it goes ---------------------------------------------------------------------------------------------------

    @on(heard.Note)
    def _noted(self, message: heard.Note) -> None:
        message.stop()
        if self.going is not None and not self.going.leave.is_set():
            self._gate, self.busy = None, message.what
            self.show()

    @on(heard.Went)
    def _went(self, message: heard.Went) -> None:
        message.stop()
        if self.looked is not None:
            self.looked = self.looked.went(message.upgrade)
            self.show()

    @on(heard.AtGate)
    def _at_gate(self, message: heard.AtGate) -> None:
        message.stop()
        if self.going is None or self.going.leave.is_set():
            return
        gate, seen, before = message.gate, message.seen, self._gate
        if before is None or before.gate != gate:
            before = self._gate = words.AtGate(gate, self._clock())
            self._to_ladder()
        if seen is not None:
            self._gate = words.AtGate(gate, before.since, seen)
            self.looked = self.looked.saw(gate.key, seen) if self.looked is not None else None
        self.show()

    def _to_ladder(self) -> None:
        """Look at the ladder from now on: nothing else is there to be looked at."""
        self._pane = "ladder"
        self.list.focus_rows()

    # -- a step's plan -------------------------------------------------------------------------------------------------

    @on(heard.Asked)
    def _asked(self, message: heard.Asked) -> None:
        message.stop()
        if self.going is None or self.going.leave.is_set():
            return
        question = message.question
        self.question, self.busy = question, ""
        self._pane = "plan" if question.why or not question.acts else "ladder"
        self.query_one(PlanBrowser).use(question.tree)
        self._ask_name()
        self.show()
        if self._pane == "plan":
            self.query_one(PlanBrowser).focus_rows()
        else:
            self.list.focus_rows()

    def _ask_name(self) -> None:
        if self.question is not None and self.question.why:
            self.query_one(TypedName).ask(self.place.name, [*words.takes_name(self.question, self.mask)])

    def action_type(self) -> None:
        """Go to the field."""
        if self.question is not None and self.question.why:
            self._pane = "plan"
            self.show()
            self.query_one(TypedName).query_one(Input).focus()

    @on(TypedName.Confirmed)
    def _confirmed(self, message: TypedName.Confirmed) -> None:
        message.stop()
        if self.question is not None and self.question.why:
            self._answer(self.question, "by its name")

    def action_apply(self) -> None:
        """Ask for the yes; where the name is taken, for that."""
        question = self.question
        if question is None:
            return
        if question.why:
            self.action_type()
            return

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes and self.question is question:
                self._answer(question, "asked")

        yes = "Stop and start" if question.acts else "Apply"
        self.app.push_screen(Ask(words.asks(question), partial(words.means, question), yes=yes), answered)

    def action_decline(self) -> None:
        """Apply nothing of it."""
        if self.question is not None:
            self._answer(self.question, "")

    def _answer(self, question: Question, how: str) -> None:
        self.question, self.busy = None, "going on" if how else words.LEAVING
        self._to_ladder()
        question.answer(how)
        self.show()

    # -- its run -------------------------------------------------------------------------------------------------------

    @on(heard.Started)
    def _started(self, message: heard.Started) -> None:
        message.stop()
        self.busy = "applying"
        self.follow(message.run)

    def follow(self, run: Run) -> None:
        """Show a run as it goes on."""
        self.stopped, self._pane = "", "run"
        self.view.attach(run, self.place)
        self.show()
        self.query_one(RunRows).focus()

    def action_stop(self) -> None:
        """Stop a run: once in good order, again after a word. Of all else: leave it where it is."""
        if self.view.going and self._gate is None:
            self.stop_run()
        elif self.going is not None:
            self.leave()

    def leave(self) -> None:
        """Have the thread leave it where it is: what was started goes on by itself."""
        if self.going is not None:
            self.going.leave.set()
        self.question, self._gate, self.busy = None, None, words.LEAVING
        self._to_ladder()
        self.show()

    # -- what is shown -------------------------------------------------------------------------------------------------

    def action_ladder(self) -> None:
        """Between the ladder and the plan or run."""
        other: Literal["plan", "run"] = "plan" if self.question is not None else "run"
        self._pane = other if self._pane == "ladder" else "ladder"
        self.show()
        if self._pane == "ladder":
            self.list.focus_rows()
        elif self._pane == "plan":
            self.query_one(PlanBrowser).focus_rows()
        else:
            self.query_one(RunRows).focus()

    def tick(self) -> None:
        """Say for how long a gate is waited for."""
        if self._gate is not None:
            self.show()

    def show(self) -> None:
        """Show everything as it is now; the cursor follows the step that is carried."""
        looked = self.looked
        if looked is not None:
            entries = tuple(upgrade_entries.entries(looked, at_work=self.going is not None))
            if entries != self.list.entries:
                self.list.show(entries, at=self._moved_to(looked))
        if self._gate is not None:
            self.busy = words.waiting(self._gate, self._clock())
        self.query_one(PlanBrowser).display = self._pane == "plan"
        self.query_one(TypedName).display = (
            self._pane == "plan" and self.question is not None and bool(self.question.why)
        )
        self.view.display = self._pane == "run"
        super().show()
        self.list.display = self._pane == "ladder" and bool(self.list.entries)

    def _moved_to(self, looked: Looked) -> str:
        """Give the entry of a step that is carried and was not before; empty where the cursor is to stay."""
        current = looked.current
        key = upgrade_entries.key_of(current) if self.going is not None and current is not None else ""
        moved, self._at = key if key != self._at else "", key
        return moved

    def presenter_changed(self) -> None:
        """Say everything anew, masked or not; what was typed under the other mask counts no more."""
        super().presenter_changed()
        self.query_one(PlanBrowser).draw_anew()
        self.view.refresh_words()
        self._ask_name()

    def _said(self) -> Content:
        """Add to what is done now what was asked of it, and to an error what was done all the same."""
        said = super()._said()
        if self.error is not None and not self.busy and self.beside[1]:
            return Content("\n").join([Content(self.mask(" ".join(self.beside))), said])
        if self.going is not None and self.going.last.is_set() and not self.going.leave.is_set():
            return said.append(f" · {words.AFTER_THIS}")
        return said

    def copy_text(self) -> str:
        """Give the plan or the run that is shown, or else the ladder."""
        if self._pane == "run":
            return self.view.copy_text()
        tree = self.query_one(PlanBrowser).tree_shown if self._pane == "plan" else None
        changes = [f"{change.kind:8} {change.address}" for change in tree.changes] if tree is not None else []
        return "\n".join([super().copy_text(), *changes])
