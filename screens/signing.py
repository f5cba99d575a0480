"""Sealing the record of a call: who signs it off, a note, and what its findings are to rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from screens.widgets.choice import Radios

ASKED, OFFLINE = "AWS now", "answers alone"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed: names with a semicolon between two, a note; whether AWS is left out."""

    names: str
    note: str
    offline: bool


class SigningOff(ModalScreen[Wish | None]):
    """Closes with what was typed, or with None: then nothing is written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Go back; nothing is written"),
    ]

    def compose(self) -> ComposeResult:
        """What it is, the names, the note, what the findings rest on."""
        with Vertical(classes="dialog"):
            yield Static("The record of this call", classes="title", markup=False)
            yield Static(
                "Answers, findings, plans, timeline and proof, sealed by a digest, into the object's reports. Secrets are "
                "masked, names and addresses are not.",
                markup=False,
            )
            yield Input(placeholder="who signs it off; a semicolon between two; or nobody", id="names")
            yield Input(placeholder="a note, or none", id="note")
            yield Static("Its findings are made anew, from", markup=False)
            rests_on = Radios((ASKED, OFFLINE))
            rests_on.value = ASKED
            yield rests_on
            yield Static(
                "Enter in a line writes it · Tab and arrows go on · Esc goes back", classes="hint", markup=False
            )

    def on_mount(self) -> None:
        """The names are asked for first."""
        self.query_one("#names", Input).focus()

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        event.stop()
        names, note = (self.query_one(f"#{name}", Input).value for name in ("names", "note"))
        self.dismiss(Wish(names, note, self.query_one(Radios).value == OFFLINE))

    def action_back(self) -> None:
        """Write nothing."""
        self.dismiss(None)
