"""The history of an object: all that left a trace here, the newest first, with who, when, why and by which plan beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from screens.told import Told
from wizard.errors import PlanewrightError
from wizard.walk import past

if TYPE_CHECKING:
    from collections.abc import Callable

    from screens.desk import Desk
    from wizard.deploy.record.model import Event
    from wizard.workspace import Place


class Read(Message):
    """What left a trace; `number` tells it from an earlier reading's."""

    def __init__(self, number: int, events: tuple[Event, ...]) -> None:
        super().__init__()
        self.number = number
        self.events = events


class NotRead(Message):
    """It cannot be read."""

    def __init__(self, error: PlanewrightError) -> None:
        super().__init__()
        self.error = error


def read(desk: Desk, place: Place, number: int, post: Callable[[Message], object]) -> None:
    """Read it from disk."""
    try:
        post(Read(number, past.read(desk.workspace, place)))
    except PlanewrightError as error:
        post(NotRead(error))


class Past(Told):
    """What was done. `/` searches in it, and in what is told of each."""

    about = "history"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Leave this"),
        Binding("l", "look", "Read again", tooltip="Read what was done meanwhile"),
    ]

    def __init__(self, desk: Desk, place: Place) -> None:
        super().__init__(desk, place)
        self.events: tuple[Event, ...] = ()
        self._number = 0

    def on_mount(self) -> None:
        """Read it."""
        self.action_look()

    def action_look(self) -> None:
        """Read it from disk; AWS is not asked."""
        if not self.busy:
            self._number += 1
            self.begin("reading what was done")
            self.carry_out(partial(read, self.desk, self.place, self._number, self.post_message))

    @on(Read)
    def _read(self, message: Read) -> None:
        message.stop()
        if message.number == self._number:
            self.events = message.events
            self.list.show(tuple(past.entries(self.events)))
            self.tell("", "")
            self.list.focus_rows()

    @on(NotRead)
    def _not_read(self, message: NotRead) -> None:
        message.stop()
        self.fail(message.error)

    def action_back(self) -> None:
        """Leave."""
        self.dismiss()

    def standing(self) -> tuple[str, str]:
        """Say how much there is."""
        if not self.events:
            return "·", "Nothing is on record of it in this workspace."
        count = len(self.events)
        return (
            "",
            f"{count} {'thing' if count == 1 else 'things'} on record in this workspace, the newest first, in UTC.",
        )
