"""A name that has to be typed, letter by letter, before something is lost."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static


class TypedName(Vertical):
    """Shows what is lost and takes the name. `confirmed` while exactly the name stands in the field."""

    DEFAULT_CSS = """
    TypedName {
        height: auto;
        & #lost { height: auto; max-height: 8; overflow-y: auto; }
        & #typed-hint { height: 1; }
        & Input { height: 1; border: none; padding: 0 1; background: $boost; }
        & .refused { color: $text-error; }
        & .taken { color: $text-success; }
    }
    """

    confirmed: reactive[bool] = reactive(default=False)

    class Confirmed(Message):
        """Exactly the name was typed, and Enter pressed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._name_to_type = ""

    def compose(self) -> ComposeResult:
        """What is lost, the field, and how it stands."""
        yield Static(id="lost")
        yield Input(placeholder="the name, typed", id="typed-name", select_on_focus=False)
        yield Static(id="typed-hint")

    def ask(self, name: str, lost: Sequence[Content], *, what: str = "name") -> None:
        """Ask for a name anew, or `what` else it is: what was typed for another question counts no more."""
        mask = getattr(self.app, "mask", str)
        self._name_to_type = name
        self.query_one("#lost", Static).update(Content("\n").join(lost))
        field = self.query_one(Input)
        # While names are masked for an audience, the field must not spell it out either.
        field.password = mask(name) != name
        field.value = ""
        field.placeholder = f"the {what}, typed"
        self._tell(f"type {mask(name)} to go on", "")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        was, self.confirmed = self.confirmed, bool(self._name_to_type) and event.value == self._name_to_type
        if self.confirmed:
            self._tell("✓ confirmed: Enter goes on", "taken")
        elif was or event.value:
            self._ask_again()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self.confirmed:
            self.post_message(self.Confirmed())
            return
        mask = getattr(self.app, "mask", str)
        self._tell(f"✗ refused: that is not {mask(self._name_to_type)}", "refused")

    def _ask_again(self) -> None:
        mask = getattr(self.app, "mask", str)
        self._tell(f"type {mask(self._name_to_type)} to go on", "")

    def _tell(self, text: str, style: str) -> None:
        hint = self.query_one("#typed-hint", Static)
        hint.set_classes(style)
        hint.update(Content(text))
