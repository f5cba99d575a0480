"""A screen that follows how far its object is: plans, applies, what was verified and seeded, what the customer did."""

from __future__ import annotations

from textual import on

from screens import messages
from screens.course import Course, NotRead, Progressed
from screens.painting import SparingScreen
from screens.widgets.steps import Steps
from wizard.walk.walk import Walk


class Progressing(SparingScreen[None]):
    """Base of the wizard's screen: it has the object's walk and course, and says around the step how they stand."""

    course: Course

    @property
    def walk(self) -> Walk:
        """The walk."""
        raise NotImplementedError

    def refresh_around(self) -> None:
        """Show anew what the screen says beside the step."""
        raise NotImplementedError

    @on(messages.Planned)
    def _plan_made(self, message: messages.Planned) -> None:
        self.query_one(Steps).offer(message.planned)
        self.course.offered = message.planned.stack if message.planned is not None else ""
        self._tell_progress()
        self.course.read()

    @on(messages.CustomerSeen)
    def _customer_seen(self, message: messages.CustomerSeen) -> None:
        turned = message.accepted and not self.course.accepted
        self.course.accepted = message.accepted
        self.refresh_around()
        if turned:
            self.course.plan_ahead(self.walk)

    @on(messages.Applied)
    @on(messages.Verified)
    @on(messages.Seeded)
    @on(messages.RunEnded)
    def _something_was_done(self) -> None:
        self.course.read()

    @on(Progressed)
    @on(NotRead)
    def _progressed(self, message: Progressed | NotRead) -> None:
        if self.course.took(message):
            self._tell_progress()
        if isinstance(message, NotRead):
            self.notify(f"How far this is cannot be read: {message.error}", severity="warning", markup=False)

    def _tell_progress(self) -> None:
        self.course.tell(self.walk)
        self.refresh_around()
