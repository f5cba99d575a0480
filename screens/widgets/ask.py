"""A question that takes a yes, or a word that has to be typed. What is not answered is a no."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from screens.widgets.masked import Mask, Masked


class Ask(ModalScreen[bool]):
    """Closes with True for a yes. With `word`, only that word, typed, is one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "No", tooltip="Go back; nothing is done"),
        Binding("y", "answer(True)", "Yes", show=False, tooltip="Yes, where no word has to be typed"),
        Binding("n", "answer(False)", "No", show=False, tooltip="No; nothing is done"),
    ]

    def __init__(
        self, title: str, body: Content | Callable[[Mask], Content], *, yes: str, no: str = "No", word: str = ""
    ) -> None:
        """Ask; the title is masked here, the body where it is made: give what makes it where it names anything."""
        super().__init__()
        self._title = title
        self._body = body
        self._yes = yes
        self._no = no
        self._word = word

    def compose(self) -> ComposeResult:
        """The question, what follows from a yes, and the answers."""
        with Vertical(classes="dialog"):
            yield Masked(self._title, classes="title")
            with VerticalScroll(id="ask-body", can_focus=False):
                yield Static(self._body) if isinstance(self._body, Content) else Masked(self._body)
            if self._word:
                yield Input(placeholder=f"type {self._word}", id="ask-word")
                yield Static(Content(f"{self._word} and Enter: {self._yes} · Esc: {self._no}"), classes="hint")
            else:
                with Horizontal(id="ask-answers"):
                    yield Button(Content(f"{self._no} (n)"), id="ask-no", compact=True)
                    yield Button(Content(f"{self._yes} (y)"), id="ask-yes", compact=True)

    def on_mount(self) -> None:
        """An Enter that was meant for something else is a no."""
        self.query_one("#ask-word" if self._word else "#ask-no").focus()

    def action_answer(self, yes: bool) -> None:  # noqa: FBT001 - an action's argument
        """Close with the answer; where a word is asked for, a key alone is no yes."""
        if not (yes and self._word):
            self.dismiss(yes)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.id == "ask-yes")

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip() == self._word)


def stop_at_once() -> Ask:
    """Ask whether an engine that is stopping in good order should stop at once, which may lose something."""
    from wizard.engine.cancel import WHAT_MAY_BE_LOST

    body = Content(f"The engine is still stopping. {WHAT_MAY_BE_LOST}")
    return Ask("Stop at once all the same?", body, yes="stop at once", no="wait on", word="stop")
