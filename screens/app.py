"""The application: themes, presenter mode, and whatever holds on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from screens.styles import DARK, LIGHT, of_app

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.walk.steps import Step
    from wizard.workspace import Place


class Planewright(App[None]):
    """Deployments first, or straight into one of them when `place` names it."""

    TITLE = "Planewright"
    CSS_PATH = of_app()
    BINDINGS: ClassVar[list[BindingType]] = []

    presenter: reactive[bool] = reactive(False)

    def __init__(self, desk: Desk, *, place: Place | None = None, step: Step | None = None) -> None:
        super().__init__()
        self.desk = desk
        self._first = (place, step)
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name

    def on_mount(self) -> None:
        """Show the first screen."""
        place, step = self._first
        if place is not None:
            from screens.wizard import WizardScreen

            self.push_screen(WizardScreen(self.desk, place, step=step))
