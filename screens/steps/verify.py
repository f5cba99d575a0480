"""Verify: the data path is looked at hop by hop, and the report is written. Nothing is changed by looking.

Looks with the saved answers: what is typed and not final yet was never applied.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import OptionList, Static

from screens.aside import Post, aside
from screens.messages import Verified
from screens.steps.path_pane import PathPane
from screens.widgets.hop_list import HopList
from screens.widgets.notes import MUTED
from screens.widgets.run_words import error_text
from wizard.errors import PlanewrightError
from wizard.verify.plain import totals
from wizard.walk.finished import instance_made
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.reporting import Written
    from wizard.verify.hops import Hop
    from wizard.verify.path import PlannedHop
    from wizard.walk.walk import Walk

#: Seconds before it is told that something goes on, and between two pieces of the moving mark.
PATIENCE_S = 0.2
TURN_S = 0.25


class VerifyPane(PathPane):
    """Looks when asked; what was seen stays until it is looked at again."""

    step: ClassVar[Step] = Step.VERIFY
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "verify", "Verify", tooltip="Look at every hop of the data path, and write the report"),
        Binding(
            "s",
            "services",
            "Springtail",
            tooltip="Prepare, start and stop Springtail's services on their nodes, in order",
        ),
    ]

    class _Of(Message):
        def __init__(self, look: int) -> None:
            super().__init__()
            self.look = look

    class _Expected(_Of):
        def __init__(self, look: int, path: tuple[PlannedHop, ...]) -> None:
            super().__init__(look)
            self.path = path

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
        self._path: tuple[PlannedHop, ...] = ()
        self._began = 0.0
        self._clock: Timer | None = None

    def head(self) -> Widget:
        """Make the line that says how the look stands."""
        return Static(id="verify-head")

    def listing(self) -> Widget:
        """Make the list of hops."""
        return HopList(id="hops", classes="path-list")

    def focus_of_list(self) -> Widget:
        """Give the hops."""
        return self.query_one("#hop-list", OptionList)

    def on_mount(self) -> None:
        """Say what there is to do."""
        self._clock = self.set_interval(TURN_S, self._tick, pause=True)
        self._say(Content.styled("· not looked at yet: v looks at every hop of the path. Nothing is changed.", MUTED))

    def on_unmount(self) -> None:
        """Drop whatever is still said: a look under way ends by itself, and nobody waits for it."""
        self.look += 1

    def walk_changed(self) -> None:
        """Names may be masked now, or shown again."""
        if self.is_mounted and self.query_one(HopList).hops:
            self.query_one(HopList).refresh_words()

    def shown(self) -> None:
        """There may be nodes now."""
        self.refresh_bindings()

    def action_services(self) -> None:
        """Show what can be done with Springtail's services."""
        from screens.services import Services

        self.app.push_screen(Services(self.desk, self.walk.place))

    def begin(self) -> None:
        """Look at once: that is what was asked for."""
        self.action_verify()

    def action_verify(self) -> None:
        """Look, unless a look is under way."""
        if self.looking:
            return
        self.look, self.looking, self._began = self.look + 1, True, time.monotonic()
        self._path = ()
        self.query_one(HopList).expect(())
        self.show_states({})
        self._say(Content(""))
        if self._clock is not None:
            self._clock.reset()
            self._clock.resume()
        self.set_timer(PATIENCE_S, self._tick)
        look = self.look
        aside(self, lambda post: self._walk_path(look, post), name="verify")
        self.refresh_bindings()

    def _walk_path(self, look: int, post: Post) -> None:
        """In a thread of its own."""
        from wizard.aws.session import open_session
        from wizard.deploy.customer_side import path_of
        from wizard.deploy.reporting import verify_target
        from wizard.walk.finished import final_target

        def seen(hop: Hop) -> None:
            if look != self.look or not post(self._Seen(look, hop)):
                raise _Left

        try:
            target = final_target(self.walk.workspace, self.walk.place)
            post(self._Expected(look, path_of(target)))
            with self.desk.noting(target):
                session = open_session(target.shard.account, environ=self.desk.environ, mfa_code=self.desk.mfa_code)
                post(self._Done(look, verify_target(target, session, on_hop=seen)))
        except PlanewrightError as error:
            post(self._Failed(look, error))
        except _Left:
            return

    @on(_Expected)
    def _expected(self, message: _Expected) -> None:
        message.stop()
        if message.look == self.look:
            self._path = message.path
            self.query_one(HopList).expect(message.path)

    @on(_Seen)
    def _hop(self, message: _Seen) -> None:
        message.stop()
        if message.look == self.look:
            hops = self.query_one(HopList)
            hops.add(message.hop)
            self.show_states({hop.key: hop.state for hop in hops.hops})

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
        self.show_states({hop.key: hop.state for hop in verification.hops})
        where = Content.styled(f"report: {self._mask(self.walk.place.within(message.written.markdown))}", MUTED)
        self._say(Content("\n").join([said, where]))
        self.post_message(Verified(proven=verification.verified))
        if self.has_focus_within or self.has_focus:
            self.focus_of_list().focus()

    @on(_Failed)
    def _failed(self, message: _Failed) -> None:
        message.stop()
        if message.look == self.look:
            self._ended()
            self.query_one(HopList).look_at(())
            self._say(error_text(message.error, self._mask))

    def _ended(self) -> None:
        self.looking = False
        if self._clock is not None:
            self._clock.pause()
        self.refresh_bindings()

    def _tick(self) -> None:
        """Say that it goes on, and where, once it takes its time."""
        taken = time.monotonic() - self._began
        if not self.looking or taken < PATIENCE_S:
            return
        from wizard.verify.walk import under_way

        hops = self.query_one(HopList)
        seen = frozenset(hop.key for hop in hops.hops)
        hops.look_at(under_way(self._path, seen))
        of = f" of {len(self._path)}" if self._path else ""
        self._say(Content.styled(f"… looking: {len(seen)}{of} hops seen, {taken:.0f} s", "$text-accent"))

    def _mask(self, text: str) -> str:
        return str(getattr(self.app, "mask", str)(text))

    def _say(self, said: Content) -> None:
        self.query_one("#verify-head", Static).update(said)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One look at a time; services only where there are nodes."""
        if action == "services":
            return instance_made(self.walk.place)
        if action == "verify" and self.looking:
            return None
        return super().check_action(action, parameters)


class _Left(Exception):  # noqa: N818 - no failure: nobody looks any more
    """The step was left for good while the path was looked at."""
