"""Opening an object for a screen: what a worker does, and what it posts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from wizard.errors import PlanewrightError

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.walk.walk import Walk
    from wizard.workspace import Place


class Opened(Message):
    """The walk is read from disk."""

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self.walk = walk


class NotOpened(Message):
    """What lies on disk cannot be read."""

    def __init__(self, error: PlanewrightError) -> None:
        super().__init__()
        self.error = error


def read_object(desk: Desk, place: Place, post: Callable[[Message], object]) -> None:
    """Read an object. Blocks: a shard with a thousand deployments takes a while to look at."""
    try:
        post(Opened(desk.walk(place)))
    except PlanewrightError as error:
        post(NotOpened(error))
