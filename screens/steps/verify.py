"""Verify: the data path is looked at hop by hop, and the report is written. Nothing is changed by looking."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import OptionList, Static
from textual.worker import get_current_worker

from screens.messages import Verified
from screens.pane import Pane
from screens.widgets.hop_list import HopList
from screens.widgets.run_words import error_text
from wizard.errors import PlanewrightError
from wizard.verify.plain import totals
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.reporting import Written
    from wizard.deploy.target import Target
    from wizard.verify.hops import Hop
    from wizard.walk.walk import Walk

#: Seconds before it is told that something goes on: what is there at once needs no such word.
PATIENCE_S = 0.2


class VerifyPane(Pane):
    """Looks when asked; what was seen stays until it is looked at again."""

    step: ClassVar[Step] = Step.VERIFY
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "verify", "Verify", tooltip="Look at every hop of the data path, and write the report"),
    ]

    class _Of(Message):
        def __init__(self, look: int) -> None:
            super().__init__()
            self.look = look

    class _Seen(_Of):
        def __init__(self, look: int, hop: Hop) -> None:
            super().__init__(look)
            self.hop = hop

    class _Done(_Of):
        def __init__(self, look: int, written: Written) -> None:
            super().__init__(look)
            self.written = written

    class _Failed(_Of):
        def __init__(self, look: int, error: PlanewrightError) -> None:
            super().__init__(look)
            self.error = error

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(walk, desk)
        #: The number of the newest look; what an earlier one still says is dropped.
        self.look = 0
        self.looking = False
        self.written: Written | None = None
        self._began = 0.0
        self._clock: Timer | None = None

    def compose(self) -> ComposeResult:
        """How the look stands, and the hops."""
        yield Static(id="verify-head")
        yield HopList(id="hops")

    def on_mount(self) -> None:
        """Say what there is to do."""
        self._clock = self.set_interval(0.5, self._tick, pause=True)
        self._say(
            Content.styled("· not looked at yet: v looks at every hop of the path. Nothing is changed.", "$text-muted")
        )

    def walk_changed(self) -> None:
        """Names may be masked now, or shown again."""
        if self.is_mounted and self.query_one(HopList).hops:
            self.query_one(HopList).refresh_words()

    def begin(self) -> None:
        """Look at once: that is what was asked for."""
        self.action_verify()

    def action_verify(self) -> None:
        """Look, unless a look is under way."""
        target = self.walk.target
        if self.looking:
            return
        if target is None:
            self._say(Content.styled("✗ the answers have problems: there is nothing to look at", "bold $text-error"))
            return
        self.look, self.looking, self._began = self.look + 1, True, time.monotonic()
        self.query_one(HopList).clear()
        self._say(Content(""))
        if self._clock is not None:
            self._clock.reset()
            self._clock.resume()
        self.set_timer(PATIENCE_S, self._tick)
        self._walk_path(self.look, target)
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="verify")
    def _walk_path(self, look: int, target: Target) -> None:
        from wizard.aws.session import open_session
        from wizard.deploy.reporting import verify_target

        worker = get_current_worker()

        def seen(hop: Hop) -> None:
            if worker.is_cancelled:
                raise _Left
            self.post_message(self._Seen(look, hop))

        try:
            session = open_session(target.shard.account, environ=self.desk.environ, mfa_code=self.desk.mfa_code)
            self.post_message(self._Done(look, verify_target(target, session, on_hop=seen)))
        except PlanewrightError as error:
            self.post_message(self._Failed(look, error))
        except _Left:
            return

    @on(_Seen)
    def _hop(self, message: _Seen) -> None:
        message.stop()
        if message.look == self.look:
            self.query_one(HopList).add(message.hop)
            self._tick()

    @on(_Done)
    def _done(self, message: _Done) -> None:
        message.stop()
        if message.look != self.look:
            return
        self._ended()
        self.written = message.written
        verification = message.written.verification
        hops, failure = self.query_one(HopList), verification.first_failure
        if verification.verified:
            said = Content.styled(f"✓ verified: {totals(verification)}", "bold $text-success")
        else:
            hops.worst_first = True
            word = "✗ failed" if failure is not None else "… not verified yet"
            style = "bold $text-error" if failure is not None else "bold $text-warning"
            said = Content.styled(f"{word}: {totals(verification)}", style)
        hops.show(verification.hops, at=failure.key if failure is not None else "")
        where = Content.styled(f"report: {self._mask(str(message.written.markdown))}", "$text-muted")
        self._say(Content("\n").join([said, where]))
        self.post_message(Verified(proven=verification.verified))
        self.query_one(OptionList).focus()

    @on(_Failed)
    def _failed(self, message: _Failed) -> None:
        message.stop()
        if message.look == self.look:
            self._ended()
            self._say(error_text(message.error, self._mask))

    def _ended(self) -> None:
        self.looking = False
        if self._clock is not None:
            self._clock.pause()
        self.refresh_bindings()

    def _tick(self) -> None:
        """Say that it goes on, once it takes its time."""
        taken = time.monotonic() - self._began
        if self.looking and taken >= PATIENCE_S:
            seen = len(self.query_one(HopList).hops)
            self._say(Content.styled(f"… looking: {seen} hops seen, {taken:.0f} s", "$text-accent"))

    def _mask(self, text: str) -> str:
        return str(getattr(self.app, "mask", str)(text))

    def _say(self, said: Content) -> None:
        self.query_one("#verify-head", Static).update(said)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One look at a time."""
        del parameters
        return None if action == "verify" and self.looking else True


class _Left(Exception):  # noqa: N818 - no failure: nobody looks any more
    """The screen was left while the path was looked at."""
