"""The customer's steps done for them: every call is shown; the typed account id, and nothing else, lets them be made.

    shown ─► look (thread) ─Found─► lines ─► the typed id ─► make (thread) ─Told─► lines … ─Over─► what was made

Right before the first call their side is read again: where it is another, nothing is done, and this says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from screens.styles import of_steps
from screens.their_account import STYLES, Look, Seen, look_at, pair
from screens.widgets.hanging import Pairs
from screens.widgets.header import Header, Heading
from screens.widgets.keys import Keys
from screens.widgets.run_words import error_text
from screens.widgets.typed_name import TypedName
from wizard.errors import PlanewrightError
from wizard.handoff.model import Act

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.doing.acting import Made, Outcome
    from wizard.deploy.doing.decided import Doing
    from wizard.deploy.target import Target


def utc_now() -> datetime:
    """Give the time."""
    return datetime.now(UTC)


class ForCustomer(Screen[None]):
    """What is left to do in the customer's account."""

    CSS_PATH = of_steps()
    AUTO_FOCUS = "#for-lines"  # the field that takes the id is gone to on purpose
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Leave the field, then this; what was done stays"),
        Binding("l", "look", "Look again", tooltip="Look at their account once more; a look changes nothing"),
        Binding("t", "type", "Type the id", tooltip="To the field that takes the id of their account: their consent"),
        Binding("u", "undo", "Take back", tooltip="Between what is to be done and what is to be taken back"),
        Binding("r", "restart", "Restart", tooltip="Show the restart of the database, which takes its own word"),
        Binding("a", "account", "Account", tooltip="To the next of their accounts"),
    ]

    class _Of(Message):
        def __init__(self, look: Look) -> None:
            super().__init__()
            self.look = look

    class _Found(_Of):
        def __init__(self, look: Look, seen: Seen) -> None:
            super().__init__(look)
            self.seen = seen

    class _Told(_Of):
        def __init__(self, look: Look, made: Made) -> None:
            super().__init__(look)
            self.made = made

    class _Over(_Of):
        def __init__(self, look: Look, outcomes: tuple[tuple[Doing, Outcome], ...]) -> None:
            super().__init__(look)
            self.outcomes = outcomes

    class _Failed(_Of):
        def __init__(self, look: Look, error: PlanewrightError) -> None:
            super().__init__(look)
            self.error = error

    def __init__(self, desk: Desk, target: Target, *, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__()
        self.desk = desk
        self.target = target
        self._clock = clock
        self.look = Look()
        self.seen: Seen | None = None
        #: What was made, as it is made; and what came of it all.
        self.made: tuple[Made, ...] = ()
        self.outcomes: tuple[tuple[Doing, Outcome], ...] | None = None
        self.busy = ""
        self._error: PlanewrightError | None = None
        #: The account's id, once it was typed and the restart's word is still asked for.
        self._consented = ""

    def compose(self) -> ComposeResult:
        """How it stands, what is asked, and each step with its calls."""
        yield Header(id="header")
        yield Static(id="for-said", markup=False)
        yield TypedName(id="for-consent")
        with VerticalScroll(id="for-lines"):
            yield Pairs(column=2, id="for-text")
        yield Keys()

    def on_mount(self) -> None:
        """Look at once: a look changes nothing."""
        self._look(self.look)

    # -- looking -------------------------------------------------------------------------------------------------------

    def _look(self, look: Look) -> None:
        if self.busy:
            return
        self.look, self.seen, self.made, self.outcomes, self._error = look, None, (), None, None
        self._consented = ""
        self.busy = "looking at the customer's account"
        self.show()
        self._read(look)

    @work(thread=True, group="for-customer")
    def _read(self, look: Look) -> None:
        try:
            with self.desk.noting(self.target):
                seen = look_at(self.desk, self.target, look)
        except PlanewrightError as error:
            self.post_message(self._Failed(look, error))
        else:
            self.post_message(self._Found(look, seen))

    @on(_Found)
    def _found(self, message: _Found) -> None:
        message.stop()
        if message.look == self.look:
            self.seen, self.busy = message.seen, ""
            self._ask()
            self.show()

    @on(_Failed)
    def _failed(self, message: _Failed) -> None:
        message.stop()
        self._error, self.busy, self.seen = message.error, "", None
        self.show()

    # -- the typed id, and what it lets be done ------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask for the account's id; once that is typed, for the instance's where one is restarted."""
        if self.seen is None or not self.seen.moves:
            return
        from wizard.walk import doing_text

        doing = next(doing for _, doing in self.seen.orders if doing.any_moves)
        if self._consented:
            word, what, asked = self.seen.restart, "instance's name", doing_text.asked_restart(doing)
        else:
            word, what, asked = doing.site.account_id, "account's id", doing_text.asked(doing)
        self.query_one(TypedName).ask(word, [Content(self.mask(asked))], what=what)

    @on(TypedName.Confirmed)
    def _confirmed(self, message: TypedName.Confirmed) -> None:
        message.stop()
        if self.seen is None or self.busy or not self.seen.moves:
            return
        account = self.seen.accounts[self.look.account]
        if self.seen.restart and not self._consented:
            self._consented = account
            self._ask()
            return
        restart, self._consented = self.seen.restart, ""
        self.busy = "their side is read once more, then the calls are made"
        self.show()
        self.query_one("#for-lines").focus()
        self._make(self.look, self.seen, account, restart)

    @work(thread=True, group="for-customer")
    def _make(self, look: Look, seen: Seen, account: str, restart: str) -> None:
        from wizard.deploy.doing import opening
        from wizard.deploy.doing.acting import Consent
        from wizard.engine.processes import me

        def tell(made: Made) -> None:
            self.post_message(self._Told(look, made))

        outcomes: list[tuple[Doing, Outcome]] = []
        try:
            for order, doing in seen.orders:
                if not doing.any_moves:
                    continue
                consent = Consent(account, me(), self._clock(), restart)
                outcome = opening.do(self.target, order, doing, consent, told=tell)
                outcomes.append((doing, outcome))
                if outcome.error is not None:
                    break
        except PlanewrightError as error:
            self.post_message(self._Failed(look, error))
        else:
            self.post_message(self._Over(look, tuple(outcomes)))

    @on(_Told)
    def _tell(self, message: _Told) -> None:
        message.stop()
        self.made = (*self.made, message.made)
        self.show()
        self.query_one("#for-lines", VerticalScroll).scroll_end(animate=False)

    @on(_Over)
    def _over(self, message: _Over) -> None:
        message.stop()
        self.outcomes, self.busy = message.outcomes, ""
        self.show()
        self.query_one("#for-lines", VerticalScroll).scroll_end(animate=False)

    # -- keys ----------------------------------------------------------------------------------------------------------

    def action_look(self) -> None:
        """Look again."""
        self._look(self.look)

    def action_undo(self) -> None:
        """Look at what is to be taken back, or at what is to be done."""
        self._look(replace(self.look, undo=not self.look.undo, restart=False))

    def action_restart(self) -> None:
        """Look at the restart alone, or at everything again."""
        self._look(replace(self.look, restart=not self.look.restart, undo=False))

    def action_account(self) -> None:
        """Look at the next of their accounts."""
        if self.seen is not None:
            self._look(Look((self.look.account + 1) % len(self.seen.accounts)))

    def action_type(self) -> None:
        """Go to the field."""
        if self.query_one(TypedName).display:
            self.query_one(TypedName).query_one(Input).focus()

    def action_back(self) -> None:
        """Leave the field first, then the screen; not while calls are made."""
        if isinstance(self.focused, Input):
            self.query_one("#for-lines").focus()
        elif self.seen is None or not self.busy:
            self.dismiss()
        else:
            self.app.bell()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        del parameters
        if not self.is_mounted:
            return True
        idle = not self.busy
        return {
            "look": idle,
            "undo": idle,
            "restart": idle and (self.look.restart or self._has_restart()),
            "account": idle and self.seen is not None and len(self.seen.accounts) > 1,
            "type": self._asks(),
        }.get(action, True)

    def _has_restart(self) -> bool:
        parts = [part for _, doing in (self.seen.orders if self.seen else ()) for part in doing.parts]
        return any(part.step.act is Act.REBOOT and part.stand.value == "left open" for part in parts)

    def _asks(self) -> bool:
        return self.seen is not None and not self.busy and self.seen.moves > 0 and self.outcomes is None

    # -- what is shown -------------------------------------------------------------------------------------------------

    def mask(self, text: str) -> str:
        """Mask what an audience must not read."""
        return str(getattr(self.app, "mask", str)(text))

    def presenter_changed(self) -> None:
        """Say everything anew, masked or not; what was typed under the other mask counts no more."""
        self._consented = ""
        self._ask()
        self.show()

    def show(self) -> None:
        """Show everything as it is now."""
        self.query_one(TypedName).display = self._asks()
        self.query_one("#for-said", Static).update(self._said())
        self.query_one("#for-text", Pairs).show([pair(self.mask(line)) for line in self.lines()])
        presenter = bool(getattr(self.app, "presenter", False))
        account = self.seen.accounts[self.look.account] if self.seen is not None else ""
        what = "for the customer, taken back" if self.look.undo else "for the customer"
        heading = Heading((self.mask(self.target.name), what), (self.mask(account),), presenter)
        self.query_one(Header).heading = heading
        self.refresh_bindings()

    def _said(self) -> Content:
        if self.busy:
            return Content.styled(f"… {self.busy}", "$text-accent")
        if self._error is not None:
            return error_text(self._error, self.mask)
        if self.outcomes is not None:
            bad = any(outcome.error is not None for _, outcome in self.outcomes)
            said = "stopped at the first refusal" if bad else "made"
            return Content.styled(f"{'✗' if bad else '✓'} {said}: l looks again", STYLES["✗" if bad else "✓"])
        if self.seen is not None and not self.seen.moves:
            return Content("nothing is left that could be done here" if not self.look.undo else "nothing to take back")
        return Content("Nothing has been changed. t and their account's id, typed, make these calls.")

    def lines(self) -> Iterator[str]:
        """Give each step with its calls; once they are made, how each ended."""
        from wizard.walk import doing_text

        if self.made or self.outcomes is not None:
            yield from map(doing_text.made_line, self.made)
            for doing, outcome in self.outcomes or ():
                yield ""
                yield from doing_text.ended(doing, outcome)
            return
        for _, doing in self.seen.orders if self.seen is not None else ():
            yield from doing_text.shown(doing)

    def copy_text(self) -> str:
        """Give all lines."""
        return "\n".join(self.lines())
