"""Writing over a state: what it changes is shown, and nothing but the object's typed name lets it go."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from screens import states_work as heard
from screens.told import Told
from screens.widgets.typed_name import TypedName
from wizard.walk import recovery

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.state.rebuilding import Rebuild
    from wizard.deploy.state.restoring import Restoring
    from wizard.workspace import Place


class Overwriting(Told):
    """Base of screens that restore a state, or make one anew."""

    DEFAULT_CSS = """
    Overwriting #state-name { height: auto; margin: 1 1 0 1; padding: 0 0 0 1; border-left: thick $warning; }
    """

    def __init__(self, desk: Desk, place: Place) -> None:
        super().__init__(desk, place)
        #: What is shown and waits for the name.
        self.prepared: Restoring | Rebuild | None = None

    def between(self) -> ComposeResult:
        """The name that writing over a state takes."""
        typed = TypedName(id="state-name")
        typed.display = False
        yield typed

    @on(heard.Prepared)
    def _shown(self, message: heard.Prepared) -> None:
        message.stop()
        self.prepared = message.prepared
        self.tell("!", recovery.takes_name(message.prepared))
        self._ask()
        self.query_one(TypedName).query_one(Input).focus()

    def _ask(self) -> None:
        typed, prepared = self.query_one(TypedName), self.prepared
        typed.display = prepared is not None
        if prepared is not None:
            title, detail = recovery.meant(prepared)
            lines = [Content(f"  {self.mask(line)}") for line in detail]
            typed.ask(prepared.target.name, [Content.styled(self.mask(title), "bold $text-warning"), *lines])

    @on(TypedName.Confirmed)
    def _confirmed(self, message: TypedName.Confirmed) -> None:
        message.stop()
        prepared = self.prepared
        if prepared is not None and not self.busy:
            self.forget()
            self.begin(recovery.being_done(prepared))
            self.carry_out(partial(heard.restore, self.desk, prepared, self.post_message))

    def forget(self) -> None:
        """Ask for no name any more."""
        self.prepared = None
        self._ask()
        self.list.focus_rows()

    def presenter_changed(self) -> None:
        """Say everything anew; a name that was typed under the other mask counts no more."""
        super().presenter_changed()
        self._ask()

    def action_back(self) -> None:
        """Leave the field first, then the screen."""
        if self.prepared is not None:
            self.forget()
            self.tell("·", "Nothing was written.")
        else:
            self.dismiss()
