"""What widgets say to the screen that owns the walk. Workers post these; handlers alone touch state and widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from wizard.findings import Finding
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from wizard.deploy import flow
    from wizard.walk.walk import Walk


class Typed(Message):
    """Somebody typed into the field of an answer's key."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__()
        self.key = key
        self.text = text

    def change(self, walk: Walk) -> None:
        """Let the walk take it."""
        walk.typed(self.key, self.text)


class GroupAdded(Message):
    """Somebody wants one more member of a list of groups."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    def change(self, walk: Walk) -> None:
        """Let the walk take it."""
        walk.add_group(self.key)


class GroupRemoved(Message):
    """Somebody took a member out of a list of groups."""

    def __init__(self, key: str, index: int) -> None:
        super().__init__()
        self.key = key
        self.index = index

    def change(self, walk: Walk) -> None:
        """Let the walk take it."""
        walk.remove_group(self.key, self.index)


class GoTo(Message):
    """Go to a step; `key` names the answer whose field should have the focus there."""

    def __init__(self, step: Step, key: str = "") -> None:
        super().__init__()
        self.step = step
        self.key = key


class Checked(Message):
    """A check against AWS is back. `generation` is that of the typing which it belongs to."""

    def __init__(self, generation: int, findings: tuple[Finding, ...], facts_read: int) -> None:
        super().__init__()
        self.generation = generation
        self.findings = findings
        self.facts_read = facts_read


class CheckAgain(Message):
    """What the last check could not see has changed, outside of the answers: a login was made, the database has spoken."""


class Acknowledged(Message):
    """A high finding was let through with a reason, which is on record now: what holds the way has changed."""


class Planned(Message):
    """A plan that a person has looked at and wants applied; None once the one given before no longer holds."""

    def __init__(self, planned: flow.Planned | None) -> None:
        super().__init__()
        self.planned = planned


class Applied(Message):
    """A stack is applied, and what it hands over is kept: what waits for it may be open now."""

    def __init__(self, stack: str) -> None:
        super().__init__()
        self.stack = stack


class Verified(Message):
    """The path was looked at, and the report is written; `proven` when all that can be seen was seen to work."""

    def __init__(self, *, proven: bool) -> None:
        super().__init__()
        self.proven = proven


class RunEnded(Message):
    """A run that was followed has come to its end, whichever: what is to be done now may be something else."""


class Seeded(Message):
    """Secrets were given their values, or it was found which have none."""


class CustomerSeen(Message):
    """The customer's side was looked at; `accepted` when every peering that waits for them is active."""

    def __init__(self, *, accepted: bool) -> None:
        super().__init__()
        self.accepted = accepted
