"""A new shard or deployment: its name and kind. Everything else is asked in the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from screens.widgets.choice import Radios
from screens.widgets.masked import Masked
from wizard.workspace import Kind, Place, Workspace

if TYPE_CHECKING:
    from collections.abc import Collection

KINDS: tuple[Kind, ...] = ("deployment", "shard")


class NewObject(ModalScreen[Place | None]):
    """Closes with the place of the new object, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Make nothing"),
    ]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._taken = {place.name: place.kind for place in workspace.begun()}

    def compose(self) -> ComposeResult:
        """Name, kind, what is wrong with the name."""
        first = "deployment" if "shard" in self._taken.values() else "shard"
        with Vertical(classes="dialog"):
            yield Static("New", classes="title")
            yield Input(placeholder="name: lower-case letters, digits and hyphens", id="name")
            kinds = Radios(KINDS)
            kinds.value = first
            yield kinds
            yield Masked("", id="problem", classes="problem")
            yield Static("One customer's data plane is a deployment; several stand on one shard.", markup=False)
            hint = "" if "shard" in self._taken.values() else "A deployment stands on a shard, and there is none yet. "
            yield Static(
                f"{hint}Tab and arrows for the kind · Enter in the name makes it · Esc goes back",
                classes="hint",
                markup=False,
            )

    def on_mount(self) -> None:
        """The name is asked for first."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        said = problem(event.value, self._taken) if event.value else ""
        self.query_one("#problem", Masked).show(said)

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        said = problem(name, self._taken)
        if said:
            self.query_one("#problem", Masked).show(said)
            return
        chosen = self.query_one(Radios).value
        self.dismiss(self._workspace.place("shard" if chosen == "shard" else "deployment", name))

    def action_back(self) -> None:
        """Make nothing."""
        self.dismiss(None)


def problem(name: str, taken: Collection[str]) -> str:
    """Say what is wrong with a new object's name; empty when nothing is."""
    from pydantic import TypeAdapter, ValidationError

    from wizard.answers.types import Name

    if name in taken:
        return f"✗ {name} is there already: names are unique over shards and deployments"
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError as error:
        return f"✗ {error.errors()[0]['msg'].removeprefix('Value error, ')}"
    return ""
