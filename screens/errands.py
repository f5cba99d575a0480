"""What leads outside from every screen: a login where one turns out to be needed, a shell on a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message

from screens.in_order import KeysInOrder

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.errors import LoginNeededError
    from wizard.walk.walk import Walk
    from wizard.workspace import Place

#: The finding that says that nothing could be asked in the operator's name.
NOBODY = "CREDENTIALS_UNUSABLE"


class LoginWanted(Message):
    """Somewhere a login turned out to be needed."""

    bubble = False

    def __init__(self, error: LoginNeededError) -> None:
        super().__init__()
        self.error = error


def walk_of(app: App[None]) -> Walk | None:
    """Give the walk of the object whose steps are on screen, or under what is."""
    # Not by its class: the first screen is drawn before that is imported.
    opened = (getattr(screen, "opened", None) for screen in reversed(app.screen_stack))
    return next((walk for walk in opened if walk is not None), None)


class WithErrands(KeysInOrder):
    """An application from whose every screen one can log in, and open a shell on a node."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "log_in", "Log in", tooltip="Run the AWS CLI's login in this terminal, then check again"),
        Binding(
            "ctrl+t", "node_shell", "Open a shell on a node…", show=False, tooltip="An interactive shell, through SSM"
        ),
    ]
    desk: Desk
    _nobody_in: Place | None = None

    def wants_logins(self, desk: Desk) -> None:
        """Offer a login whenever one turns out to be needed at this desk."""
        if desk.login_wanted is None:
            desk.login_wanted = self._want_login

    def _want_login(self, error: LoginNeededError) -> None:
        self.post_message(LoginWanted(error))

    @on(LoginWanted)
    def _login_wanted(self, message: LoginWanted) -> None:
        said = self.mask(
            f"{message.error.title}: {' '.join(message.error.command)}. ^l logs in here, in this terminal."
        )
        self.notify(said, title="! A login is needed", severity="warning", timeout=10, markup=False)
        self.refresh_bindings()

    def mask(self, text: str) -> str:
        """Give a text as it may be shown now."""
        return text

    @property
    def login_needed(self) -> bool:
        """Whether what is on screen waits for a login."""
        walk = walk_of(self)
        if walk is None or walk.target is None:
            return False
        if not walk.checking:  # while it is checked again, what the check before said is all there is to go by
            self._nobody_in = walk.place if any(finding.code == NOBODY for finding in walk.findings) else None
        return self._nobody_in == walk.place or self.desk.login_needed(walk.target) is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key for a login is shown where one is needed; the palette has it always."""
        if action == "log_in":
            return self.login_needed
        return super().check_action(action, parameters)

    def action_log_in(self) -> None:
        """Have the login made that the object on screen was found to need."""
        self.action_log_in_anyway()

    def action_log_in_anyway(self) -> None:
        """Look whether a login is needed, and have it made."""
        from screens.logging_in import LoggingIn
        from screens.outside import opening_of

        opening = opening_of(self)
        if opening is None:
            self.notify("Nobody knows yet where to: the answers do not say which account it is.", markup=False)
        else:
            self.push_screen(LoggingIn(self.desk, opening), self._logged_in)

    def _logged_in(self, done: str | None) -> None:
        from screens.messages import CheckAgain

        self.refresh_bindings()
        if done is not None:
            for screen in self.screen_stack:
                screen.post_message(CheckAgain())

    def action_node_shell(self) -> None:
        """Open a shell on a node of the object on screen."""
        from screens.node_shell import NodeShell
        from screens.outside import opening_of

        opening = opening_of(self)
        if opening is None:
            self.notify("There is no deployment here whose nodes are known.", markup=False)
        else:
            self.push_screen(NodeShell(self.desk, opening))
