"""Where text is typed: a line that hides what it holds while the screen is shared, and a box for what has many lines."""

from __future__ import annotations

from typing import ClassVar, Self

from rich.highlighter import Highlighter
from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Input, TextArea


class Line(Input):
    """One line. Lines that are pasted into it are joined by `joiner`, or only the first is taken when there is none."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, *, placeholder: str = "", joiner: str = "") -> None:
        super().__init__(
            placeholder=placeholder,
            highlighter=_Veil(self),
            select_on_focus=False,
            # The draft says what is wrong; a class for it would have every key match all stylesheets anew.
            validate_on=(),
            id="editor",
        )
        self.cursor_blink = False
        self.joiner = joiner
        self._editing = False

    def shown(self, text: str) -> str:
        """Give what the line shows for a text: itself, or its mask while nobody is editing it."""
        if self._editing:
            return text
        masked: str = getattr(self.app, "mask", str)(text)
        return masked

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw the line anew, and it alone: its room never depends on its text, and laying out a form costs a frame."""
        return super().refresh(*regions, repaint=repaint, layout=layout and not self.size, recompose=recompose)

    def on_key(self, event: events.Key) -> None:
        """Show what is being edited, from the first key that edits."""
        if event.is_printable or event.key in {"backspace", "delete", "left", "right", "home", "end"}:
            self._editing = True

    def on_blur(self) -> None:
        """Hide it again."""
        self._editing = False

    def on_paste(self, event: events.Paste) -> None:
        """Take all lines of a list that is pasted from elsewhere, one entry on each."""
        lines = [line.strip().rstrip(",") for line in event.text.splitlines() if line.strip()]
        if not self.joiner or len(lines) < 2:
            return
        event.prevent_default()
        event.stop()
        self.replace(self.joiner.join(lines), *sorted(self.selection))


class _Veil(Highlighter):
    """Replaces a line's text by what it may show."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def __call__(self, text: str | Text) -> Text:
        plain = text.plain if isinstance(text, Text) else text
        return Text(self._line.shown(plain), no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Nothing more: the text is replaced as a whole."""


class Box(TextArea):
    """Several lines, for a certificate. Tab leaves it."""

    ROWS: ClassVar[int] = 6

    def __init__(self, *, placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder, tab_behavior="focus", id="editor")
        self.cursor_blink = False

    def render_line(self, y: int) -> Strip:
        """While the screen is shared, and nobody edits it, say only how much there is."""
        if not self.text or self.has_focus or not getattr(self.app, "presenter", False):
            return super().render_line(y)
        lines = len(self.text.splitlines())
        said = f" masked: {lines} line{'' if lines == 1 else 's'}" if y == 0 else ""
        return Strip([Segment(said.ljust(self.size.width)[: self.size.width], self.rich_style)])

    @property
    def value(self) -> str:
        """The text, as a line has it."""
        return self.text

    @value.setter
    def value(self, text: str) -> None:
        self.text = text
