"""What the threads that look at an upgrade and carry it say, and what they are told: values and messages alone."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.message import Message

from screens.plan_state import Stop

if TYPE_CHECKING:
    from wizard.deploy.flow import Planned
    from wizard.deploy.target import Target
    from wizard.deploy.upgrading.course import Seen as GateSeen
    from wizard.deploy.upgrading.record import Upgrade
    from wizard.engine.runs import Run
    from wizard.errors import PlanewrightError
    from wizard.upgrades.steps import Gate, Step
    from wizard.walk.plan_tree import PlanTree
    from wizard.walk.upgrades import Looked

#: Seconds between two looks whether somebody has left who is being asked.
_ASKED_S = 0.2


@dataclass(slots=True)
class Going:
    """An upgrade that is carried: what it was begun with, and what its thread is told meanwhile.

    `one`: a single step. `force` sets a person's versions of edited files aside: only after they have seen which.
    """

    one: bool
    reason: str = ""
    force: bool = False
    #: Set: no further step is begun; and: nobody waits any more, what was started goes on by itself.
    last: threading.Event = field(default_factory=threading.Event)
    leave: threading.Event = field(default_factory=threading.Event)

    def stay(self) -> None:
        """Raise Stop where somebody has left."""
        if self.leave.is_set():
            raise Stop

    def nap(self, seconds: float) -> None:
        """Rest, unless somebody leaves meanwhile."""
        if self.leave.wait(seconds):
            raise Stop


@dataclass(slots=True)
class Question:
    """A step's plan, to be looked at: a thread waits for the yes. `why` it takes the typed name; empty where a yes will do."""

    planned: Planned
    step: Step
    tree: PlanTree
    why: str
    _how: str = ""
    _answered: threading.Event = field(default_factory=threading.Event)

    @property
    def acts(self) -> str:
        """What it lets be given to the nodes where nothing is to be applied; empty where something is."""
        from wizard.walk.upgrades import only_acts

        return ", ".join(map(str, only_acts(self.planned, self.step)))

    def answer(self, how: str) -> None:
        """Say how somebody agreed; empty for a no. The first answer counts."""
        if not self._answered.is_set():
            self._how = how
            self._answered.set()

    def wait(self, going: Going) -> str:
        """Give the answer, however long it takes. Raises Stop when somebody leaves, or says no."""
        while not self._answered.wait(_ASKED_S):
            going.stay()
        if not self._how:
            raise Stop
        return self._how


class Surveyed(Message):
    """What was seen; `run` is one of the object that goes on. `number` tells it from an earlier look's."""

    def __init__(self, number: int, target: Target, looked: Looked, run: Run | None) -> None:
        super().__init__()
        self.number = number
        self.target = target
        self.looked = looked
        self.run = run


class Recorded(Message):
    """What is on record of it, while AWS is still being asked."""

    def __init__(self, number: int, target: Target, looked: Looked | None) -> None:
        super().__init__()
        self.number = number
        self.target = target
        self.looked = looked


class Note(Message):
    """What is being done."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what


class Went(Message):
    """The record has gone on."""

    def __init__(self, upgrade: Upgrade) -> None:
        super().__init__()
        self.upgrade = upgrade


class Asked(Message):
    """A step's plan waits for a yes."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question


class Started(Message):
    """A step's apply is under way."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run


class AtGate(Message):
    """A gate is looked at; `seen` is None before the look, then what was seen."""

    def __init__(self, gate: Gate, seen: GateSeen | None = None) -> None:
        super().__init__()
        self.gate = gate
        self.seen = seen


class Carried(Message):
    """As much was done as was wanted; `upgrade` is None where there was nothing to do."""

    def __init__(self, upgrade: Upgrade | None) -> None:
        super().__init__()
        self.upgrade = upgrade


class GivenUp(Message):
    """The upgrade was given up; `lines` say what is half-way."""

    def __init__(self, upgrade: Upgrade, lines: tuple[str, ...]) -> None:
        super().__init__()
        self.upgrade = upgrade
        self.lines = lines


class Failed(Message):
    """It did not come to that: why; None where somebody has left it, or said no. `upgrade` is what is half-way."""

    def __init__(self, error: PlanewrightError | None, upgrade: Upgrade | None = None) -> None:
        super().__init__()
        self.error = error
        self.upgrade = upgrade
