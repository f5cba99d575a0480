"""Springtail's services from the screens: prepared, started, stopped, taken back, one node after the other.

    a key ─► commands (thread) ─Ready─► its nodes, and the question ─a yes; for a stop the typed name─► carry out (aside)
    ─Node─Step─► lines … ─Over─► what was done, and what comes next

A command that was sent to a node goes on whoever waits: cancelling keeps the next node from being told.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from screens import services_heard as heard
from screens.aside import Post, aside
from screens.services_going import KEYS, MARKS, Going, failed, said
from screens.styles import of_steps
from screens.widgets.ask import Ask
from screens.widgets.hanging import Pair, Pairs
from screens.widgets.header import Header, Heading
from screens.widgets.keys import Keys
from screens.widgets.masked import Mask
from screens.widgets.typed_name import TypedName
from wizard.blueprints.springtail.services import Verb
from wizard.errors import PlanewrightError
from wizard.walk import services

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.services import Did, Sent
    from wizard.workspace import Place


class _Left(Exception):  # noqa: N818 - no failure: somebody has cancelled
    """No further node is told, or nobody waits any more for the one that was."""


class Services(Screen[None]):
    """What can be done with the services, and how it goes."""

    CSS_PATH = of_steps()
    AUTO_FOCUS = "#services-lines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Leave the field, then this; what was done stays"),
        *(Binding(KEYS[v], f"do('{v.value}')", services.NAMES[v], tooltip=f"It {services.DOES[v]}") for v in Verb),
        Binding("c", "cancel", "Cancel", tooltip="Tell no further node; again: wait no more for the one that was told"),
    ]

    def __init__(
        self, desk: Desk, place: Place, *, verb: Verb | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.desk = desk
        self.place = place
        self.clock = clock
        self.going: Going | None = None
        #: Whether nodes are told just now.
        self.busy = False
        self._first = verb
        self._looking = False
        self._error: PlanewrightError | None = None

    def compose(self) -> ComposeResult:
        """How it stands, the name that a stop takes, and a line for each node and step."""
        yield Header(id="header")
        yield Static(id="services-said")
        yield TypedName(id="services-name")
        with VerticalScroll(id="services-lines"):
            yield Pairs(column=2, id="services-text")
        yield Keys()

    def on_mount(self) -> None:
        """Say what there is to do, and begin what was asked for by name."""
        self.query_one(TypedName).display = False
        self.set_interval(1.0, self._tick)
        self.show()
        if self._first is not None:
            self.action_do(self._first.value)

    # -- asking ----------------------------------------------------------------------------------------------------------

    def action_do(self, verb: str) -> None:
        """Look which nodes it is about, and ask."""
        if not self.busy and not self._looking:
            self.going, self._error, self._looking = None, None, True
            self.query_one(TypedName).display = False
            self.show()
            self._look_up(Verb(verb))

    @work(thread=True, group="services")
    def _look_up(self, verb: Verb) -> None:
        from wizard.deploy.services import commands
        from wizard.walk.finished import final_target

        try:
            target = final_target(self.desk.workspace, self.place)
            self.post_message(heard.Ready(Going(verb, target, commands(target, verb))))
        except PlanewrightError as error:
            self.post_message(heard.Failed(error))

    @on(heard.Failed)
    def _failed(self, message: heard.Failed) -> None:
        message.stop()
        self._looking, self._error = False, message.error
        self.show()

    @on(heard.Ready)
    def _ready(self, message: heard.Ready) -> None:
        message.stop()
        self._looking, self.going = False, message.going
        if message.going.verb is Verb.STOP:
            self._ask_name()
        else:
            self._ask_yes(message.going)
        self.show()

    def _ask_yes(self, going: Going) -> None:
        lines = [*services.meaning(going.verb, going.sent)]

        def body(mask: Mask) -> Content:
            return Content("\n").join([Content(mask(line)) for line in lines])

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes:
                self._begin(going)
            else:
                self.going = None
                self.show()

        title = services.question(self.place.name, going.verb, going.sent)
        self.app.push_screen(Ask(title, body, yes=services.NAMES[going.verb]), answered)

    def _ask_name(self) -> None:
        going = self.going
        if going is None or going.verb is not Verb.STOP or self.busy or going.over:
            return
        title = services.question(self.place.name, Verb.STOP, going.sent)
        lost = [Content.styled(self.mask(title), "bold"), Content.styled(services.INTERRUPTS, "bold $text-warning")]
        typed = self.query_one(TypedName)
        typed.ask(self.place.name, lost)
        typed.display = True
        typed.query_one(Input).focus()

    @on(TypedName.Confirmed)
    def _confirmed(self, message: TypedName.Confirmed) -> None:
        message.stop()
        if self.going is not None and not self.busy and not self.going.over:
            self._begin(self.going)

    # -- doing -----------------------------------------------------------------------------------------------------------

    def _begin(self, going: Going) -> None:
        self.busy = True
        self.query_one(TypedName).display = False
        self.query_one("#services-lines").focus()
        self.show()
        aside(self, lambda post: self._carry_out(going, post), name="services")

    def _carry_out(self, going: Going, post: Post) -> None:
        """In a thread of its own: nobody waits for it when the application ends."""
        from wizard.aws.clock import Clock
        from wizard.aws.session import open_session
        from wizard.deploy.services import carry_out, through_ssm

        target = going.target

        def nap(seconds: float) -> None:
            if going.leave.wait(seconds):
                raise _Left

        def on_node(one: Sent) -> None:
            if going.no_more.is_set() or not post(heard.Node(one.task.key)):
                raise _Left

        def on_step(did: Did) -> None:
            post(heard.Step(did))

        try:
            with self.desk.noting(target):
                session = open_session(target.shard.account, environ=self.desk.environ, mfa_code=self.desk.mfa_code)
                runs = through_ssm(session, clock=Clock(sleep=nap))
                carry_out(target, going.sent, runs, on_node=on_node, on_step=on_step)
        except PlanewrightError as error:
            post(heard.Over(error))
        except _Left:
            post(heard.Over(stopped=True))
        else:
            post(heard.Over())

    @on(heard.Node)
    def _at(self, message: heard.Node) -> None:
        message.stop()
        if self.going is not None:
            self.going.at, self.going.since = message.key, self.clock()
            self.show()

    @on(heard.Step)
    def _did(self, message: heard.Step) -> None:
        message.stop()
        if self.going is not None:
            self.going.done.append(message.did)
            self.show()

    @on(heard.Over)
    def _has_ended(self, message: heard.Over) -> None:
        message.stop()
        self.busy = False
        if self.going is not None:
            self.going.over, self.going.error, self.going.stopped = True, message.error, message.stopped
        self.show()

    def action_cancel(self) -> None:
        """Tell no further node; when that was said, wait no more for the one that was told."""
        going = self.going
        if going is not None and self.busy:
            (going.leave if going.no_more.is_set() else going.no_more).set()
            self.show()

    def action_back(self) -> None:
        """Leave the field first, then the screen; while nodes are told, cancelling comes first."""
        if isinstance(self.focused, Input):
            self.going = None
            self.query_one(TypedName).display = False
            self.query_one("#services-lines").focus()
            self.show()
        elif self.busy:
            self.notify("Nodes are being told: c cancels, and then Esc goes back.", markup=False)
        else:
            self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        del parameters
        return {"do": not self.busy, "cancel": self.busy}.get(action, True)

    # -- what is shown -----------------------------------------------------------------------------------------------------

    def mask(self, text: str) -> str:
        """Mask what an audience must not read."""
        return str(getattr(self.app, "mask", str)(text))

    def presenter_changed(self) -> None:
        """Say everything anew, masked or not; a name that was typed under the other mask counts no more."""
        self._ask_name()
        self.show()

    def _tick(self) -> None:
        if self.busy:
            self._show_lines()

    def show(self) -> None:
        """Show everything as it is now."""
        self.query_one("#services-said", Static).update(self._said())
        self._show_lines()
        presenter = bool(getattr(self.app, "presenter", False))
        heading = Heading((self.mask(self.place.name), "Springtail's services"), (), presenter)
        self.query_one(Header).heading = heading
        self.refresh_bindings()

    def _show_lines(self) -> None:
        if self.going is None:
            pairs = [Pair(f"{KEYS[v]}  {services.NAMES[v]:<11}", services.DOES[v], "bold") for v in services.VERBS]
        else:
            pairs = [
                Pair(f"{'    ' if step else ''}{mark} ", self.mask(words), MARKS[mark], "$text-muted" if step else "")
                for mark, words, step in self.going.lines(self.clock())
            ]
        self.query_one(Pairs).show(pairs)

    def _said(self) -> Content:
        going = self.going
        error = self._error or (going.error if going is not None else None)
        if error is not None:
            return failed(error, self.mask)
        if self._looking:
            return Content.styled("… looking which nodes there are", "$text-accent")
        if going is None:
            return Content("What is done here is done on the nodes, one after the other; each asks first.")
        if not self.busy and not going.over:
            return Content("Nothing is done yet.")
        return said(going)

    def copy_text(self) -> str:
        """Give what is said, and each line."""
        lines = [] if self.going is None else [f"{mark} {words}" for mark, words, _ in self.going.lines(self.clock())]
        return "\n".join([self._said().plain, *lines])
