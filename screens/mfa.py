"""An MFA code, asked by whoever opens a session in a worker, given by the person at the screen."""

from __future__ import annotations

from concurrent.futures import Future
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from screens.widgets.masked import Masked


class CodeNeeded(Message):
    """A worker waits for `code`; None as its result says that nobody gives one."""

    bubble = False

    def __init__(self, device: str, code: Future[str | None]) -> None:
        super().__init__()
        self.device = device
        self.code = code


class MfaCode(ModalScreen[str | None]):
    """Asks for the code of a device. What is typed is not shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "without", "Without", tooltip="Give none: what needs it stays unchecked"),
    ]

    def __init__(self, device: str) -> None:
        super().__init__()
        self._device = device

    def compose(self) -> ComposeResult:
        """The device, and the field."""
        with Vertical(classes="dialog"):
            yield Static("The role asks for an MFA code", classes="title", markup=False)
            yield Masked(self._device)
            yield Input(password=True, max_length=6, type="integer", placeholder="six digits")
            yield Static("Enter gives it · Esc goes on without it", classes="hint", markup=False)

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value:
            self.dismiss(event.value)

    def action_without(self) -> None:
        """Give none."""
        self.dismiss(None)
