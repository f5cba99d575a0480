"""After a crash: a small application of its own, since nothing of the one that failed can be relied on any more."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from screens.styles import DARK, LIGHT, of_app
from screens.widgets.keys import Keys
from wizard.crash import CrashReport


class Crashed(App[None]):
    """Shows a crash report, and copies it on a key."""

    TITLE = "Planewright"
    CSS_PATH = of_app()
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy the report", tooltip="Put the report into the clipboard of this terminal (OSC 52)"),
        Binding("q,escape,enter", "quit", "Leave", tooltip="Back to the shell; runs go on"),
    ]

    def __init__(self, report: CrashReport, *, dark: bool = True) -> None:
        super().__init__()
        self.report = report
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name if dark else LIGHT.name

    def compose(self) -> ComposeResult:
        """What happened, what goes on, the report itself."""
        with Vertical(id="crash"):
            yield Static(self.report.summary.rstrip(), id="summary", markup=False)
            yield Static("Everything that was typed is saved.", id="said", markup=False)
            with VerticalScroll():
                yield Static(self.report.text, markup=False)
        yield Keys()

    def action_copy(self) -> None:
        """Copy the report, and say so."""
        self.copy_to_clipboard(self.report.text)
        said = "Sent to the terminal's clipboard. Some terminals refuse that: the file has it as well."
        self.query_one("#said", Static).update(said)
