"""A run on screen that can be stopped: once in good order, again at once after a word."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from screens.pane import Pane
from screens.widgets.ask import stop_at_once
from screens.widgets.run_view import RunView
from wizard.engine import cancel
from wizard.engine.runs import Run


class Stopping(Widget):
    """What has a `RunView`, and stops its run. `stopped` is the id of the run that was asked to stop, by whomever."""

    stopped = ""

    @property
    def view(self) -> RunView:
        """The run on screen."""
        return self.query_one(RunView)

    def show(self) -> None:
        """Show everything as it is now."""

    @on(RunView.Grew)
    def _run_grew(self, message: RunView.Grew) -> None:
        message.stop()
        if message.state.interrupted and not self.stopped:
            self.stopped = message.run.id
            self.show()

    def stop_run(self) -> None:
        """Once: stop in good order. Again: say what may be lost, and ask for a word."""
        run = self.view.run
        if run is None or not self.view.going:
            return
        if self.stopped != run.id:
            self.stopped = run.id
            self._interrupt(run)
            self.show()
            return

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes and self.view.going and self.view.run is run:
                self._interrupt(run)

        self.app.push_screen(stop_at_once(), answered)

    @work(thread=True, group="cancel")
    def _interrupt(self, run: Run) -> None:
        cancel.interrupt(run)


class StoppingPane(Pane, Stopping):
    """Base of panes with a run that can be stopped."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "cancel", "Cancel", tooltip="Ask the engine to stop in good order; again: at once, after a word"),
    ]

    def action_cancel(self) -> None:
        """Stop the run; at once when it is stopping already."""
        self.stop_run()
