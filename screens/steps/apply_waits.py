"""The apply step's part of a wait: shown live, and followed into the run that it leads to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import on, work
from textual.message import Message
from textual.widgets import Static

from screens import carrying, waits
from screens.messages import Applied
from screens.stopping import StoppingPane
from screens.waits import WithWaits
from screens.widgets.saying import say
from wizard.engine.runs import Run

#: Seconds between two readings of what who waits has written down, while somebody sees it.
AGAIN_S = 2.0


class WaitingPane(StoppingPane, WithWaits):
    """Base of the apply step. `c` stops the run that goes on; where none does, it ends the wait."""

    def on_mount(self) -> None:
        """Read again while somebody waits."""
        self.set_interval(AGAIN_S, self._again)

    def waits_line(self) -> Static:
        """Make the lines that say how it stands."""
        return Static(id="apply-waits")

    def wait_changed(self) -> None:
        """Look again how it stands."""
        self.do(lambda: waits.Seen(waits.look(self.walk.workspace, self.walk.place)))

    def _again(self) -> None:
        if self.waits.alive and self.display and self.screen.is_active:
            self.wait_changed()
            run = self.view.run
            if run is None or not (self.view.going or self.in_hand(run)):
                # Its run is followed like any other as soon as there is one.
                self.do(partial(carrying.look, self.walk.place))

    @on(waits.Seen)
    def _waits_seen(self, message: waits.Seen) -> None:
        message.stop()
        was, self.waits = self.waits, message.waits
        end = self.waits.end
        if was.alive and not self.waits.alive and end is not None and end.outcome == "applied":
            self.post_message(Applied(self.waits.wait.request.stack if self.waits.wait is not None else ""))
            self.waited_for(end.run)
        self.show()

    def waited_for(self, run: str) -> None:
        """Show the run that a wait has led to, and that it is handed over."""
        raise NotImplementedError

    def in_hand(self, run: Run) -> bool:
        """Whether who waits hands over for this run."""
        wait = self.waits.wait
        return self.waits.alive and wait is not None and wait.request.plan_run == run.request.plan_run

    def action_cancel(self) -> None:
        """Stop the run; where none goes on, wait no longer."""
        if self.view.going:
            self.stop_run()
        else:
            self.end_wait()

    def show_waits(self, *, busy: bool) -> None:
        """Show how it stands; nothing of it while a run is on its way."""
        line = self.query_one("#apply-waits", Static)
        said = waits.told(self.waits, self.mask)
        line.display = bool(said.plain) and not busy and not self.view.going
        say(line, said)

    def mask(self, text: str) -> str:
        """Mask what an audience must not read."""
        return str(getattr(self.app, "mask", str)(text))

    @work(thread=True, group="apply")
    def do(self, job: Callable[[], Message]) -> None:
        """Do a job in a thread, and post what it gives."""
        self.post_message(job())
