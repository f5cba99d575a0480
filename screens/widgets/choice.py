"""Choosing one of several: in a row where they are few, in a list with a filter where they are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.widgets.notes import MUTED

#: Up to so many, and so wide in all, options are shown in a row.
ROW_OPTIONS = 4
ROW_WIDTH = 41
#: What stands beside an option that counts although nobody chose it.
_DEFAULT = " (default)"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: the text that is then typed, and what is known of it."""

    value: str
    about: str = ""


def fits_row(options: Sequence[str]) -> bool:
    """Whether options are few and short enough to be shown side by side."""
    wide = sum(cell_len(option) + 6 for option in options) + len(_DEFAULT)
    return len(options) <= ROW_OPTIONS and wide <= ROW_WIDTH


class Choosing(Widget, can_focus=True):
    """Base: holds the text of an answer that is chosen. An empty text is the default, or no answer yet."""

    class Changed(Message):
        """Another one was chosen by the person."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    value: reactive[str] = reactive("")

    def __init__(self, options: Sequence[str], *, default: str = "") -> None:
        super().__init__(id="editor")
        self.options = tuple(options)
        self.default = default

    def choose(self, value: str) -> None:
        """Take a choice as the person's own."""
        if value != self.value:
            self.value = value
            self.post_message(self.Changed(value))

    def action_take_back(self) -> None:
        """Give the choice up: the default stands again."""
        self.choose("")


class Radios(Choosing):
    """A few options in a row; the arrow keys move the choice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Previous", show=False, tooltip="Choose the option to the left"),
        Binding("right,space", "move(1)", "Choose", tooltip="Choose the next option"),
        Binding("backspace,delete", "take_back", "Default", show=False, tooltip="Go back to the default"),
    ]

    def render(self) -> Content:
        """Draw the options: the chosen one has a filled mark, the default the word beside it."""
        now = self.value or self.default
        parts: list[Content] = []
        for option in self.options:
            chosen = option == now
            style = ("bold $text-success" if self.value else "") if chosen else MUTED
            word = _DEFAULT if chosen and not self.value else ""
            parts.append(Content.styled(f"({'●' if chosen else ' '}) {option}{word}  ", style))
        if not now:
            parts.append(Content("required"))
        return Content.assemble(*parts)

    def action_move(self, by: int) -> None:
        """Choose the option beside the chosen one; from none, the first or the last."""
        now = self.value or self.default
        at = self.options.index(now) + by if now in self.options else (0 if by > 0 else -1)
        self.choose(self.options[at % len(self.options)])

    def on_click(self, event: Click) -> None:
        """Choose what was clicked."""
        right = 0
        for option in self.options:
            word = _DEFAULT if not self.value and option == self.default else ""
            right += cell_len(option) + cell_len(word) + 6
            if event.x < right:
                self.choose(option)
                return


class Picker(Choosing):
    """Many options: one line that shows the choice. The field that holds it opens the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "open", "Choose", tooltip="Open the list of options"),
        Binding("backspace,delete", "take_back", "Default", show=False, tooltip="Go back to the default"),
    ]

    class Opened(Message):
        """Somebody wants to see the list."""

    def render(self) -> Content:
        """Draw the choice, and that there is a list behind it."""
        empty = f"default: {self.default}" if self.default else "required"
        mask = getattr(self.app, "mask", str)
        return Content.styled(f"{mask(self.value or empty)} ▾", "" if self.value else MUTED)

    def action_open(self) -> None:
        """Ask for the list."""
        self.post_message(self.Opened())

    def on_click(self) -> None:
        """Ask for the list."""
        self.action_open()


class ChooseOne(ModalScreen[str | None]):
    """A list to choose from: typing filters, arrows move, Enter takes, Esc leaves everything as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", tooltip="Leave the answer as it is"),
        Binding("down", "move('cursor_down')", "Down", show=False, tooltip="Next in the list"),
        Binding("up", "move('cursor_up')", "Up", show=False, tooltip="Previous in the list"),
        Binding("pagedown", "move('page_down')", "Page down", show=False, tooltip="A page down in the list"),
        Binding("pageup", "move('page_up')", "Page up", show=False, tooltip="A page up in the list"),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], *, now: str = "") -> None:
        super().__init__()
        self._title = title
        self._choices = tuple(choices)
        self._now = now
        self._found = self._choices

    def compose(self) -> ComposeResult:
        """A filter above the list."""
        with Vertical(id="choose"):
            yield Static(Content(self._title), id="choose-title")
            filtering = Input(placeholder="type to filter", compact=True, id="choose-filter")
            filtering.cursor_blink = False
            yield filtering
            options = OptionList(id="choose-list", markup=False, compact=True)
            options.can_focus = False
            yield options
            yield Static(Content("Enter takes it · Esc goes back"), id="choose-keys")

    def on_mount(self) -> None:
        """Show all, the present choice highlighted."""
        self._fill("")

    def presenter_changed(self) -> None:
        """Show them masked, or not."""
        self._fill(self.query_one(Input).value)

    @on(Input.Changed)
    def _filtered(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._found[event.option_index].value)

    def action_move(self, action: str) -> None:
        """Move in the list while the filter has the focus."""
        getattr(self.query_one(OptionList), f"action_{action}")()

    def action_leave(self) -> None:
        """Go back without a choice."""
        self.dismiss(None)

    def _fill(self, wanted: str) -> None:
        mask = getattr(self.app, "mask", str)
        words = wanted.lower().split()
        self._found = tuple(
            it for it in self._choices if all(word in f"{it.value} {it.about}".lower() for word in words)
        )
        wide = max((cell_len(it.value) for it in self._found), default=0)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(mask(f"{it.value:{wide}}  {it.about}".rstrip())) for it in self._found)
        values = [it.value for it in self._found]
        options.highlighted = values.index(self._now) if self._now in values else (0 if values else None)
