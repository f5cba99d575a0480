"""The step Plan for a way on from drift: it plans what puts back or takes in; all else is the step's own, and the apply's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from screens import drifted_work, planning
from screens.plan_state import State
from screens.steps.plan import PlanPane
from wizard.walk import drifts
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from screens.app import Planewright
    from screens.desk import Desk
    from screens.wizard import WizardScreen
    from wizard.deploy.drift.ways import Back
    from wizard.walk.walk import Walk
    from wizard.workspace import Place


def opened(app: Planewright, place: Place, stack: str, back: Back) -> WizardScreen:
    """Give the object's steps, at Plan, where what leads back is planned at once."""
    screen = app.wizard(place, Step.PLAN)

    def pane() -> type[PlanPane]:
        return partial(BackPane, stack=stack, back=back)  # type: ignore[return-value]  # it is called, and no more

    screen.panes = {**screen.panes, Step.PLAN: pane}
    screen.begin = True
    return screen


class BackPane(PlanPane):
    """Plans `back` of one stack until that plan was applied, and then as ever."""

    DEFAULT_CSS = "BackPane #plan-back { height: auto; margin-bottom: 1; }"

    def __init__(self, walk: Walk, desk: Desk, *, stack: str, back: Back) -> None:
        super().__init__(walk, desk)
        self._stack = stack
        self._back: Back | None = back

    def compose(self) -> ComposeResult:
        """What this plan is about, above what every plan has."""
        yield Static(id="plan-back")
        yield from super().compose()

    def begin(self) -> None:
        """Plan it: that is what was asked for."""
        self.standings.picked = self._stack
        self.action_make()

    def shown(self) -> None:
        """An apply that took the plan has done it: what is planned next is all that the answers ask for."""
        super().shown()
        if self.standings[self._stack].state is State.USED:
            self._back = None
            self.walk_changed()

    def walk_changed(self) -> None:
        """Say what the plan is about, masked as it may be."""
        super().walk_changed()
        line = self.query_one("#plan-back", Static)
        line.display = self._back is not None
        if self._back is not None:
            said = [self._mask(it) for it in drifts.meant(self._stack, self._back)]
            line.update(Content("\n").join([Content.styled(f"↶ {it}", "bold $text-accent") for it in said]))

    @work(thread=True, exclusive=True, group="plan")
    def _plan(self, job: planning.Job) -> None:
        worker, back = get_current_worker(), self._back

        def stopped() -> bool:
            return worker.is_cancelled

        if back is not None and job.stack == self._stack:
            drifted_work.plan_back(self.desk, job, back, self.post_message, stopped=stopped)
        else:
            planning.make(self.desk, job, self.post_message, stopped=stopped, ahead=self.desk.ahead)
