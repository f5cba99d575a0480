"""Who did what to which resource, as an account's CloudTrail tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

#: CloudTrail tells of a call within a quarter of an hour, mostly within five minutes.
TRAIL_DELAY_MINUTES = 15
#: The event history goes back so many days.
TRAIL_DAYS = 90


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """A call that changed something. `user` is a user's or a role session's name, `arn` who that is, `agent` the program."""

    name: str
    at: datetime
    user: str
    arn: str
    agent: str
    names: tuple[str, ...]

    @property
    def who(self) -> str:
        """Whom to ask: the ARN where AWS tells it, else the name; a service by its own."""
        return self.arn or self.user or "somebody that CloudTrail does not name"


@dataclass(frozen=True, slots=True)
class Trail:
    """What was read of it. Where it could not be read `unread` says why, and `permission` names what is missing, if that is it.

    `unasked` are resources beyond what one look asks for.
    """

    events: tuple[TrailEvent, ...] = ()
    unread: str = ""
    permission: str = ""
    unasked: tuple[str, ...] = ()
