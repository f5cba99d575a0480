"""One question with its answer: what is asked, what is typed, what is said of it. Made from the question alone."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import DescendantBlur, DescendantFocus
from textual.geometry import Size
from textual.widgets import Input, TextArea

from screens.in_view import kept_in_view
from screens.messages import Typed
from screens.painting import Settled
from screens.widgets.choice import Choice, ChooseOne, Choosing, Picker, Radios
from screens.widgets.editors import Editor, editor_of, entries, placeholder
from screens.widgets.line import Box, Line
from screens.widgets.notes import MUTED, PROBLEM, Note
from wizard.answers.catalogue import Asked
from wizard.answers.draft import Draft, as_typed
from wizard.answers.typed import accept
from wizard.errors import InputError

#: Cells of the column in which questions stand; the longest of the catalogue fits.
LABEL = 38
#: Of more notes than this at one field, the worst are shown, and how many more the help key tells.
_NOTES = 3
#: Cells from which on there is room beside the questions' column for a sentence.
_WIDE = 110


@dataclass(frozen=True, slots=True)
class Said:
    """What a field shows of the walk: the text that it holds, whether it must be answered, what is said of it."""

    text: str
    required: bool = False
    notes: tuple[Note, ...] = ()


def said_of(draft: Draft[Any], asked: Asked, key: str, notes: Mapping[str, tuple[Note, ...]]) -> Said:
    """Give what the field of a key shows of a draft.

    That nothing was typed yet is no problem to be told in red: the field says `required` then.
    """
    text, required, said = draft.text(key), asked.required(draft.given), notes.get(key, ())
    if required and not text:
        said = tuple(note for note in said if note.word != PROBLEM)
    return Said(text, required, said)


class Field(Settled):
    """A question and its answer. Posts `Typed` whenever the person changes it.

    It is two widgets, itself and its editor, whatever is said of it, and has no component classes: matching stylesheets
    against them was most of the time that a form took to come up.
    The line below the editor is always there: help while the field has the focus, else what is said of the answer. So
    nothing moves when the focus does, nor for the first short problem.
    """

    #: With the focus in it, all of it is kept in view (`screens.in_view`).
    in_view_whole: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "choose", "Choose from a list", tooltip="Choose the answer from what is known"),
    ]

    def __init__(self, asked: Asked, key: str = "") -> None:
        """Ask a question; `key` is its own where it is asked of a list's member (`applications[0].cidr`)."""
        super().__init__()
        self.question = asked
        self.key = key or asked.key
        self._said = Said("")
        self._sent: str | None = None
        self._choices: tuple[Choice, ...] = tuple(Choice(str(option)) for option in asked.options)
        self._active = False
        self._rows: tuple[int, int] = (0, 0)
        self.editor: Editor = editor_of(asked)

    def compose(self) -> ComposeResult:
        """The editor alone; the field draws the rest itself."""
        yield self.editor

    # -- what a form does with it

    def show(self, said: Said) -> None:
        """Show what the walk says now. What is being typed stays, and so do cursor and focus."""
        if said.text == self.editor.value:
            self._sent = None  # what was typed has arrived
        if said == self._said:
            return
        before, self._said = self._said, said
        if said.text != self.editor.value and not self._stands(said.text):
            self._put(said.text)
        if said.required != before.required and isinstance(self.editor, Line | Box):
            self.veil()
        self._redraw()

    def veil(self) -> None:
        """Mask what stands in an empty field, or show it: a default is an address often enough."""
        if isinstance(self.editor, Line | Box):
            mask = getattr(self.app, "mask", str)
            self.editor.placeholder = mask(placeholder(self.question, required=self._said.required))

    def on_mount(self) -> None:
        """Begin as everything else is shown."""
        if getattr(self.app, "presenter", False):
            self.veil()

    def suggest(self, choices: Sequence[Choice]) -> None:
        """Offer texts to choose from, on a key; anything else can still be typed."""
        self._choices = tuple({choice.value: choice for choice in choices}.values())
        self.refresh_bindings()
        if self._active:
            self.refresh()

    def forget_typing(self) -> None:
        """Take the walk's next text whatever was typed here: the field now stands for another answer."""
        self._sent = None

    def focus(self, scroll_visible: bool = True) -> Field:  # noqa: FBT001, FBT002 - as in the base class
        """Put the focus on the editor."""
        self.editor.focus(scroll_visible)
        return self

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What there is to choose from; more than these can be typed where the editor is a line."""
        return self._choices

    @property
    def said(self) -> Said:
        """What it shows of the walk."""
        return self._said

    @property
    def lacking(self) -> bool:
        """Whether it has to be answered and is not."""
        return self._said.required and not self._said.text

    @property
    def help_text(self) -> str:
        """All there is to know about the question and what is said of its answer, in lines."""
        asked = self.question
        lines = [asked.ask, asked.help, f"Expected: {asked.expected}."]
        default = as_typed(asked, asked.default)
        lines += [f"Default: {default}."] if default else []
        lines += ["It has to be answered."] if self._said.required else []
        lines += [f"Key: {self.key}   flag: {asked.flag}"]
        text = "\n".join([*filter(None, lines), *(f"\n{note.help_text}" for note in self._said.notes)])
        masked: str = getattr(self.app, "mask", str)(text)
        return masked

    # -- what the person does

    @on(Input.Changed)
    def _line_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._typed(event.value)

    @on(TextArea.Changed)
    def _box_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._typed(event.text_area.text)

    @on(Choosing.Changed)
    def _chosen(self, event: Choosing.Changed) -> None:
        event.stop()
        self._typed(event.value)

    @on(Picker.Opened)
    def _opened(self, event: Picker.Opened) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Open the list of what is known."""

        def taken(value: str | None) -> None:
            if value is not None and value != self.editor.value:
                self._put(value)
                self._typed(value)

        self.app.push_screen(ChooseOne(self.question.ask, self._choices, now=self.editor.value), taken)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no list where nothing is known, and none is needed for a row."""
        del parameters
        return action != "choose" or bool(self._choices and not isinstance(self.editor, Radios))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show the help, and see to it that it can be seen."""
        del event
        self._active = True
        self.refresh()
        if not kept_in_view(self):
            self.call_after_refresh(self.scroll_visible, animate=False)

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Show what the line below has for everybody."""
        del event
        self._active = False
        self.refresh()

    def _typed(self, text: str) -> None:
        self._sent = text
        self.post_message(Typed(self.key, text))

    # -- keeping what is typed

    def _stands(self, text: str) -> bool:
        """Whether the editor's text goes before the walk's: it is on its way there, or it means the same."""
        now = self.editor.value
        same = self._means(now) == text
        if self._sent is not None and not same:
            return True
        self._sent = None
        return same

    def _means(self, text: str) -> str:
        """Give a typed text as the walk writes it."""
        if not text.strip():
            return ""
        try:
            return as_typed(self.question, accept(self.question, text, at=self.key))
        except InputError:
            return text

    def _put(self, text: str) -> None:
        with self.editor.prevent(Input.Changed, TextArea.Changed):
            self.editor.value = text

    # -- drawing

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Say how many rows the editor and the notes take."""
        del container, viewport
        self._rows = (width, self._height(width))
        return self._rows[1]

    def render(self) -> Content:
        """Draw the question beside the editor, and below it what is said."""
        rows = [self._label(), *[Content("")] * (self._editor_rows - 1), *self._below(self.content_size.width)]
        return Content("\n").join(rows)

    @property
    def _editor_rows(self) -> int:
        return Box.ROWS if isinstance(self.editor, Box) else 1

    def _height(self, width: int) -> int:
        return self._editor_rows + max(1, len(self._note_lines(width)))

    def _redraw(self) -> None:
        width, height = self._rows
        self.refresh(layout=width != 0 and self._height(width) != height)

    def _label(self) -> Content:
        worst = self._said.notes[0] if self._said.notes else None
        symbol = worst.symbol if worst is not None else "·" if self.lacking else " "
        style = worst.style if worst is not None else ""
        text = textwrap.shorten(self.question.ask, LABEL - 3, placeholder="…")
        return Content.assemble((f"{symbol} ", style), (text, "bold" if self._active else ""))

    def _below(self, width: int) -> list[Content]:
        lines = self._note_lines(width)
        if not lines and self._active:
            room = max(width - _margin(width), 10)
            lines = [(textwrap.shorten(self._hint(), room, placeholder="…"), MUTED)]
        margin = " " * _margin(width)
        return [Content.styled(f"{margin}{line}", style) for line, style in lines]

    def _note_lines(self, width: int) -> list[tuple[str, str]]:
        mask = getattr(self.app, "mask", str)
        notes = self._said.notes
        shown = [note.masked(mask) for note in notes[:_NOTES]]
        lines = [(line, note.style) for note in shown for line in note.lines(width - _margin(width))]
        more = len(notes) - _NOTES
        return [*lines, (f"· and {more} more: F1 tells all", MUTED)] if more > 0 else lines

    def _hint(self) -> str:
        count = entries(self.question, self.editor.value)
        listed = f"F2 lists {len(self._choices)}." if self.check_action("choose", ()) else ""
        return " ".join(filter(None, (count, listed, self.question.help)))


def _margin(width: int) -> int:
    """Where what is said begins: under the answer, or further left where that would take a second line too soon."""
    return LABEL if width >= _WIDE else 4
