"""Going outside and coming back: a program of somebody else's that needs the terminal, and what was said of it after.

An errand is a small screen that looks things up in a worker, lends the terminal once it knows what to run, and closes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import App, ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from screens.errands import WithErrands, walk_of
from screens.messages import CheckAgain
from screens.widgets.notes import MUTED
from screens.widgets.run_words import error_text
from wizard.errors import LoginNeededError, PlanewrightError

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.target import Target

#: Gives what an errand is about; reads files, so it is called in a worker.
Opening = Callable[[], "Target"]


def lend(app: App[Any], line: str, run: Callable[[], None]) -> PlanewrightError | None:
    """Give the terminal to `run` until it ends, and come back; give what went wrong, if something did.

    `line` is the command as a person would type it. Where the terminal cannot be lent, that is said with the line.
    """
    try:
        with app.suspend():
            return _outside(line, run)
    except SuspendNotSupported:
        return PlanewrightError(
            "this terminal cannot be lent to another program",
            cause="the screens are shown in something that is not a plain terminal",
            action=f"run it in a terminal of its own: {line}",
        )


def _outside(line: str, run: Callable[[], None]) -> PlanewrightError | None:
    _write(f"\n$ {line}\n")
    try:
        run()
    except PlanewrightError as error:
        # What the program said stands here, and would be behind the screens at once.
        _write(f"\n✗ {error.title}. Enter goes back to Planewright. ")
        sys.stdin.readline()
        return error
    return None


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def opening_of(app: WithErrands) -> Opening | None:
    """Give what the screens are about: the object whose steps are open, or the one under the cursor of the list."""
    walk = walk_of(app)
    if walk is not None:
        target = walk.target
        # While an answer is refused there is no target of what is typed; the saved answers name the account as well.
        return (lambda: target) if target is not None else partial(_opened, app.desk, walk.place.name)
    row = getattr(app.screen, "under_cursor", None)
    return None if row is None else partial(_opened, app.desk, row.name)


def _opened(desk: Desk, name: str) -> Target:
    from wizard.deploy.target import open_target

    return open_target(desk.workspace, name)


class Told(Message):
    """A worker of an errand is back with what `Errand.took` is given, or with the error for which there is nothing."""

    bubble = False

    def __init__(self, what: Any, error: PlanewrightError | None = None) -> None:
        super().__init__()
        self.what = what
        self.error = error


class Errand(ModalScreen[str | None]):
    """Closes with `done` once it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Back to where you were; nothing was changed"),
        Binding("r", "again", "Try again", tooltip="Once more from the beginning"),
        # The application's own keys end at a dialog.
        Binding("ctrl+y", "app.copy", "Copy", show=False, tooltip="The error, to the terminal's clipboard"),
        Binding("ctrl+l", "log_in", "Log in", tooltip="Have the login made that is needed, then try again"),
    ]
    title_text: ClassVar[str] = ""
    beginning: ClassVar[str] = ""

    def __init__(self, desk: Desk, opening: Opening) -> None:
        super().__init__()
        self.desk = desk
        self.opening = opening
        self.failed: PlanewrightError | None = None

    def compose(self) -> ComposeResult:
        """What it is about, how it stands, something to choose from where there is."""
        with VerticalScroll(classes="dialog", can_focus=False):
            yield Static(self.title_text, classes="title", markup=False)
            yield Static(id="errand-said")
            choices = OptionList(id="errand-choices", markup=False, compact=True)
            choices.display = False
            yield choices
            yield Static(id="errand-keys", classes="hint")

    def on_mount(self) -> None:
        """Begin."""
        self.action_again()

    def action_again(self) -> None:
        """Begin anew."""
        self.query_one(OptionList).display = False
        self.say(self.beginning)
        self.work_on(self.begin)

    async def action_log_in(self) -> None:
        """Have the login made that is needed."""
        await self.run_action("app.log_in_anyway")

    @on(CheckAgain)
    def _check_again(self, message: CheckAgain) -> None:
        message.stop()
        if self.failed is not None:
            self.action_again()

    def action_back(self) -> None:
        """Leave it."""
        self.dismiss(None)

    def begin(self) -> object:
        """Look up what is needed. In a worker: it may block, touches no widget, and may raise PlanewrightError."""
        raise NotImplementedError

    def took(self, what: Any) -> None:
        """Go on with what a worker gave."""
        raise NotImplementedError

    @work(thread=True, exclusive=True, group="errand")
    def work_on(self, looking: Callable[[], object]) -> None:
        """Look something up; `took` is given what it is."""
        try:
            self.post_message(Told(looking()))
        except PlanewrightError as error:
            self.post_message(Told(None, error))

    @on(Told)
    def _told(self, message: Told) -> None:
        if message.error is not None:
            self.fail(message.error)
        else:
            self.took(message.what)

    def say(self, text: str, keys: str = "Esc goes back") -> None:
        """Say how it stands, and what can be done."""
        self.failed = None
        self._show(Content.styled(self._mask(text), MUTED), keys)

    def fail(self, error: PlanewrightError) -> None:
        """Say what went wrong."""
        self.failed = error
        login = "^l logs in · " if self._can_log_in else ""
        self._show(error_text(error, self._mask), f"{login}r tries again · ^y copies this · Esc goes back")

    @property
    def _can_log_in(self) -> bool:
        return isinstance(self.failed, LoginNeededError)

    def _show(self, said: Content, keys: str) -> None:
        line = self.query_one("#errand-said", Static)
        line.update(said)
        line.display = bool(said.plain)
        self.query_one("#errand-keys", Static).update(Content(keys))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what has failed is tried again."""
        del parameters
        if action == "log_in":
            return self._can_log_in
        return action != "again" or self.failed is not None

    def copy_text(self) -> str:
        """The error, whole."""
        return "" if self.failed is None else str(self.failed)

    def _mask(self, text: str) -> str:
        return str(getattr(self.app, "mask", str)(text))
