"""What the threads that tell nodes say of Springtail's services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from screens.services_going import Going
    from wizard.deploy.services import Did
    from wizard.errors import PlanewrightError


class Ready(Message):
    """Which nodes it is about."""

    def __init__(self, going: Going) -> None:
        super().__init__()
        self.going = going


class Failed(Message):
    """It could not be begun."""

    def __init__(self, error: PlanewrightError) -> None:
        super().__init__()
        self.error = error


class Node(Message):
    """A node has its turn."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


class Step(Message):
    """A node has done a step."""

    def __init__(self, did: Did) -> None:
        super().__init__()
        self.did = did


class Over(Message):
    """It is over: done, `stopped` by somebody, or ended by an error."""

    def __init__(self, error: PlanewrightError | None = None, *, stopped: bool = False) -> None:
        super().__init__()
        self.error = error
        self.stopped = stopped
