"""All runs of an object, the newest first: one is chosen to be seen again, or followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.widgets.masked import Masked
from screens.widgets.notes import MUTED
from wizard.engine import runs
from wizard.engine.runs import Run
from wizard.errors import PlanewrightError
from wizard.workspace import Place

_LOOKS = {
    "running": ("…", "$text-accent"),
    "succeeded": ("✓", "$text-success"),
    "failed": ("✗", "bold $text-error"),
    "interrupted": ("◼", "$text-warning"),
    "killed": ("✗", "bold $text-error"),
    "not started": ("·", "$text-muted"),
    "ended unseen": ("?", "$text-warning"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A run and how it stands. One that nobody saw end is judged once it is looked at: its whole stream is read then."""

    run: Run
    standing: str


def listed(place: Place) -> tuple[Listed, ...]:
    """Read all runs. Blocks."""
    return tuple(Listed(run, _standing(run)) for run in runs.listed(place.runs))


def _standing(run: Run) -> str:
    result = run.recorded()
    if result is not None:
        return result.outcome
    return "running" if run.alive() else "ended unseen"


class RunPicker(ModalScreen[Run | None]):
    """Closes with the chosen run, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Go back to where you were"),
    ]
    DEFAULT_CSS = """
    RunPicker OptionList { height: auto; max-height: 16; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    class _Read(Message):
        def __init__(self, found: tuple[Listed, ...], problem: str = "") -> None:
            super().__init__()
            self.found = found
            self.problem = problem

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place
        self._found: tuple[Listed, ...] = ()

    def compose(self) -> ComposeResult:
        """The list, empty until it is read."""
        with Vertical(classes="dialog"):
            yield Masked(f"Runs of {self._place.name}", classes="title")
            yield OptionList(id="runs", markup=False)
            yield Static(Content("Enter shows it · Esc goes back"), classes="hint", id="runs-hint")

    def on_mount(self) -> None:
        """Read the runs in a thread: an old deployment has hundreds."""
        self.query_one(OptionList).focus()
        self._read()

    @work(thread=True, group="runs")
    def _read(self) -> None:
        try:
            self.post_message(self._Read(listed(self._place)))
        except PlanewrightError as error:
            self.post_message(self._Read((), str(error)))

    def presenter_changed(self) -> None:
        """Show the runs masked, or not."""
        mask = getattr(self.app, "mask", str)
        options, at = self.query_one(OptionList), self.query_one(OptionList).highlighted
        options.set_options(Option(line(item, mask)) for item in self._found)
        options.highlighted = at

    @on(_Read)
    def _show(self, message: _Read) -> None:
        self._found = message.found
        mask = getattr(self.app, "mask", str)
        options = self.query_one(OptionList)
        self.presenter_changed()
        if message.found:
            options.highlighted = 0
        elif message.problem:
            self.query_one("#runs-hint", Static).update(Content(mask(message.problem)))
        else:
            self.query_one("#runs-hint", Static).update(Content("There are no runs yet · Esc goes back"))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._found[event.option_index].run)

    def action_back(self) -> None:
        """Choose none."""
        self.dismiss(None)


def line(item: Listed, mask: Callable[[str], str] = str) -> Content:
    """One run in one line."""
    request = item.run.request
    symbol, style = _LOOKS[item.standing]
    return Content.assemble(
        f"{request.created:%Y-%m-%d %H:%M}  {request.stack:<9} {request.action:<8} ",
        (f"{symbol} {item.standing:<13} ", style),
        (mask(request.who), MUTED),
    )
