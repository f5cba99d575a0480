"""Asks for what the secret containers lack. What is typed lives in memory, and is forgotten once it is put."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from screens.widgets.masked import Masked
from wizard.blueprints.springtail.answers import DeploymentAnswers, TlsHolder


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed. Empty: it is stored already, or comes later. `played`: the rehearsal's customer gives it instead."""

    password: str = field(repr=False)
    certificate: str = ""
    key: str = ""
    played: bool = False


class SeedForm(ModalScreen[Given | None]):
    """Closes with what was typed, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Go back; nothing is stored"),
    ]
    DEFAULT_CSS = """
    SeedForm Input { margin-bottom: 1; }
    SeedForm Static { height: auto; }
    """

    def __init__(self, deployment: DeploymentAnswers, *, played: bool = False) -> None:
        super().__init__()
        self._deployment = deployment
        self._played = played

    def compose(self) -> ComposeResult:
        """One field for each thing that only a person has."""
        database = self._deployment.database
        with Vertical(classes="dialog"):
            yield Masked(f"Seed the secrets of {self._deployment.name}", classes="title")
            if self._played:
                yield Button(Content("Let the rehearsal's customer type it"), id="seed-played", compact=True)
                yield Static("")
            yield Masked(f"Password of {database.user} on {database.host}")
            yield Input(password=True, placeholder="empty: it has been stored before", id="seed-password", compact=True)
            if self._deployment.proxy.tls is not TlsHolder.NONE:
                yield Static(Content("The proxy's certificate chain and its key (PEM files)"))
                yield Input(placeholder="certificate; empty: later", id="seed-certificate", compact=True)
                yield Input(placeholder="key; empty: later", id="seed-key", compact=True)
            yield Button(Content("Store"), id="seed-store", compact=True)
            yield Static(
                Content(
                    "Values go to Secrets Manager and stay in no file and no log. What has a value keeps it. "
                    "Enter goes on · Esc goes back"
                ),
                classes="hint",
            )

    def on_mount(self) -> None:
        """The password comes first; in a rehearsal nobody at the keyboard knows it."""
        self.query_one("#seed-played" if self._played else "#seed-password").focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        fields = list(self.query(Input))
        here = fields.index(event.input)
        if here + 1 < len(fields):
            fields[here + 1].focus()
        else:
            self._give()

    @on(Button.Pressed, "#seed-played")
    def _let_them(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(Given("", played=True))

    @on(Button.Pressed, "#seed-store")
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self._give()

    def _give(self) -> None:
        texts = {field.id: field.value for field in self.query(Input)}
        given = Given(
            texts["seed-password"] or "",
            (texts.get("seed-certificate") or "").strip(),
            (texts.get("seed-key") or "").strip(),
        )
        for field_ in self.query(Input):
            field_.value = ""
        self.dismiss(given)

    def action_back(self) -> None:
        """Store nothing."""
        self.dismiss(None)
