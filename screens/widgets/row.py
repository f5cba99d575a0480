"""A line that takes the focus and does something on a key."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Row(Widget, can_focus=True):
    """A line of text; `Pressed` when it is chosen by Enter, Space or a click."""

    class Pressed(Message):
        """The row was chosen."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

        @property
        def control(self) -> Row:
            """The row, for `@on` selectors."""
            return self.row

    text: reactive[str] = reactive("")

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.set_reactive(Row.text, text)

    def render(self) -> Content:
        """Draw the text, whatever is in it."""
        return Content(getattr(self.app, "mask", str)(self.text))

    def press(self) -> None:
        """Say that it was chosen."""
        self.post_message(self.Pressed(self))

    def on_click(self, event: Click) -> None:
        """A click chooses it, too."""
        event.stop()
        self.press()

    key_enter = press
    key_space = press
