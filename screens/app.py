"""The application: what holds on every screen. Themes, presenter mode, help, copying, the one crash boundary."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.events import InputEvent
from textual.message import Message
from textual.reactive import reactive
from textual.worker import WorkerFailed

from screens.errands import WithErrands
from screens.matching import Remembering
from screens.mfa import CodeNeeded, MfaCode
from screens.styles import DARK, LIGHT, of_app

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.command import Provider
    from textual.events import Event

    from screens.deployments import Deployments, OpenObject
    from screens.desk import Desk
    from screens.pace import Pace
    from screens.presenter import Mask
    from screens.wizard import WizardScreen
    from wizard.crash import CrashReport
    from wizard.walk.steps import Step
    from wizard.workspace import Place

#: As the command line's (sysexits' EX_SOFTWARE).
CRASH_EXIT = 70
#: Seconds that the first screen has the machine for itself.
PREPARE_S = 0.3


def _commands() -> type[Provider]:
    from screens.commands import Commands

    return Commands


class Prepared(Message):
    """All that is large is imported."""


class Planewright(WithErrands):
    """Deployments first; straight into one of them when `place` names it.

    `crash` is the report of what ended the application, when it was not the person. `pace` is told when it may do
    Python's own work.
    """

    TITLE = "Planewright"
    CSS_PATH = of_app()
    COMMANDS = {_commands}  # noqa: RUF012 - as in the base class
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", "Help", key_display="?", tooltip="Help of the field, and all keys; F1"),
        Binding(
            "f7",
            "presenter",
            "Presenter",
            show=False,
            tooltip="Mask accounts, addresses and names, or show them",
            priority=True,  # in a dialog, too: somebody may have begun to share the screen
        ),
        Binding("f12", "other_theme", "Dark or light", show=False, tooltip="The other theme"),
        Binding("ctrl+y", "copy", "Copy", show=False, tooltip="What has the focus, to the terminal's clipboard"),
        Binding(
            "ctrl+s", "copy_to_file", "Copy to a file", show=False, tooltip="What has the focus, to a private file"
        ),
        Binding("ctrl+q", "quit", "Quit", show=False, tooltip="Everything typed is saved; runs go on", priority=True),
        Binding(
            "ctrl+p", "command_palette", "Commands", show=False, tooltip="All that can be done here", priority=True
        ),
    ]

    presenter: reactive[bool] = reactive(False)  # noqa: FBT003 - a default, not a call's flag

    def __init__(
        self,
        desk: Desk,
        *,
        place: Place | None = None,
        step: Step | None = None,
        presenter: bool = False,
        light: bool = False,
        pace: Pace | None = None,
    ) -> None:
        super().__init__()
        self.stylesheet = Remembering(variables=self.get_css_variables())
        self.desk = desk
        self._pace = pace
        #: When the last key was pressed, or the mouse moved, by the monotonic clock.
        self.key_at = float("-inf")
        self._listed = False
        #: Whether nothing is real here: every screen's header says so.
        self.rehearsal = desk.played is not None
        self.crash: CrashReport | None = None
        self._start = (place, step)
        self._codes: list[Future[str | None]] = []
        self._left = False
        self.wants_logins(desk)
        if desk.mfa_code is None:
            desk.mfa_code = self._mfa_code
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = LIGHT.name if light else DARK.name
        self.set_reactive(Planewright.presenter, presenter)

    def get_key_display(self, binding: Binding) -> str:
        """Name a key as all texts do."""
        from screens.widgets.keys import named

        return named(super().get_key_display(binding))

    def get_default_screen(self) -> Deployments:
        """The deployments; everything else comes on top of them."""
        from screens.deployments import Deployments

        return Deployments(self.desk)

    def on_mount(self) -> None:
        """Show what was asked for."""
        self._learn_names()
        place, step = self._start
        if place is not None:
            self.push_screen(self.wizard(place, step))

    def on_listed(self) -> None:
        """Import the rest once the first list is on screen, however slow the machine is."""
        if not self._listed:
            self._listed = True
            self.call_after_refresh(self.set_timer, PREPARE_S, self._prepare)

    @work(thread=True, group="prepare")
    def _prepare(self) -> None:
        """Import what the first step and the first check need while a person looks at the list. Nothing is started."""
        import wizard.aws.session
        import wizard.walk.walk  # noqa: F401 - to have it
        from screens.way import panes_of

        for pane in panes_of("deployment").values():
            pane()
        self.post_message(Prepared())

    def on_prepared(self) -> None:
        """From now on collect garbage while the person pauses."""
        if self._pace is not None:
            from screens.pace import LOOK_S

            self._pace.steady()
            self.set_interval(LOOK_S, self._pace.tidy)

    async def on_event(self, event: Event) -> None:
        """Note that somebody is at it: garbage waits, and so does whoever reckons in a thread and looks at `key_at`."""
        if isinstance(event, InputEvent):
            self.key_at = time.monotonic()
            if self._pace is not None:
                self._pace.touched()
        await super().on_event(event)

    def wizard(self, place: Place, step: Step | None) -> WizardScreen:
        """Give the screen of an object's steps."""
        from screens.wizard import WizardScreen

        return WizardScreen(self.desk, place, step=step)

    def on_open_object(self, message: OpenObject) -> None:
        """Show an object's steps on top of the deployments."""
        screen = self.wizard(message.place, message.step)
        screen.begin = message.begin
        self.push_screen(screen)

    # -- presenter mode

    @cached_property
    def _mask(self) -> Mask:
        from screens.presenter import Mask  # its patterns take longer to compile than the list takes to draw

        return Mask()

    def mask(self, text: str) -> str:
        """Give a text as it may be shown now."""
        return self._mask.text(text) if self.presenter else text

    def learn(self, words: Mapping[str, str]) -> None:
        """Take words that presenter mode masks, each with its kind."""
        for word, kind in words.items():
            self._mask.learn(kind, (word,))

    def watch_presenter(self) -> None:
        """Show every screen anew."""
        self._learn_names()
        for screen in self.screen_stack:
            changed = getattr(screen, "presenter_changed", None)
            if changed is not None:
                changed()

    def _learn_names(self) -> None:
        if self.presenter:
            for place in self.desk.workspace.begun():
                self._mask.learn(place.kind, (place.name,))

    def action_presenter(self) -> None:
        """Mask, or show."""
        self.presenter = not self.presenter

    # -- help, theme, copying

    def action_help(self) -> None:
        """Help of what has the focus."""
        from screens.help import Help, about, keys

        focused = self.screen.focused
        self.push_screen(Help(lambda: about(focused), keys(self.screen)))

    def action_other_theme(self) -> None:
        """Dark or light."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def action_copy(self) -> None:
        """Copy by OSC 52."""
        from screens import copying

        text = copying.of(self.screen)
        if not text:
            self.notify("There is nothing to copy here.", markup=False)
            return
        self.copy_to_clipboard(text)
        lines = f"{len(text.splitlines())} lines{self._masked()}"
        self.notify(f"{lines} sent to the terminal's clipboard; ^s writes a file instead.", markup=False)

    def action_copy_to_file(self) -> None:
        """Copy into a file of its own."""
        from screens import copying

        text = copying.of(self.screen)
        if text:
            self.notify(f"Written{self._masked()} to {copying.into_file(text)}", markup=False)
        else:
            self.notify("There is nothing to copy here.", markup=False)

    def _masked(self) -> str:
        return ", masked as they are shown (F7 shows them)," if self.presenter else ""

    def notify(self, message: str, **how: Any) -> None:
        """Tell in passing, masked like everything else."""
        super().notify(self.mask(message), **how)

    # -- what workers need a person for

    def _mfa_code(self, device: str) -> str:
        """Ask for a code. Called in workers: they wait, the screen does not."""
        from wizard.errors import AccountError

        wanted: Future[str | None] = Future()
        self._codes.append(wanted)
        if not self.post_message(CodeNeeded(device, wanted)) or self._left:
            wanted.cancel()  # whoever leaves lets those go that wait: this one came after
        code = None
        with suppress(CancelledError):
            code = wanted.result()
        if code is None:
            raise AccountError(
                "the role asks for an MFA code, and none was given",
                cause=f"device {device}",
                action="check again and give the code, or use credentials that need none",
            )
        return code

    @on(CodeNeeded)
    def _ask_for_code(self, message: CodeNeeded) -> None:
        def given(code: str | None) -> None:
            if not message.code.done():
                message.code.set_result(code)

        self.push_screen(MfaCode(message.device), given)

    def on_unmount(self) -> None:
        """Let workers go that wait for a code, and those that come to need one now."""
        self._left = True
        for code in self._codes:
            code.cancel()

    # -- the crash boundary

    def _handle_exception(self, error: Exception) -> None:
        """Write the report and end; whoever started the application shows it. A run that was started goes on."""
        from wizard.crash import report

        cause = error.error if isinstance(error, WorkerFailed) else error
        if self.crash is None:
            self.crash = report(cause)
            self._exception = error
            self._exception_event.set()
        self._return_code = CRASH_EXIT
        self._close_messages_no_wait()
