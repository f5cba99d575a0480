"""A grant: one IAM action, where it is allowed, and who needs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """What an action is for: looking, making and changing, or taking away."""

    READ = "read"
    DO = "do"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a policy's `Condition`: it holds when the request's key compares to one of the values."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """Where actions are allowed. `name` becomes the statement's Sid.

    `samples` are ARNs that a real call would name, to simulate with, where those of `resources` are too many.
    """

    name: str
    resources: tuple[str, ...] = ("*",)
    conditions: tuple[Condition, ...] = ()
    samples: tuple[str, ...] = ()

    @property
    def examples(self) -> tuple[str, ...]:
        """ARNs without wildcards that this covers; `*` for what knows no resource."""
        return tuple(sample(pattern) for pattern in self.samples or self.resources)

    @property
    def simulable(self) -> bool:
        """Whether a simulation can tell: none knows what stands for a variable of a policy, such as the caller's id."""
        return not any("${" in pattern for pattern in self.resources)

    @property
    def unbound(self) -> bool:
        """Whether it covers every resource, within a region at most."""
        return self.resources == ("*",) and all(c.key == REGION_KEY for c in self.conditions)


@dataclass(frozen=True, slots=True)
class Grant:
    """One action that somebody needs. `by` is a stack's name, or `planewright` for what the program itself calls."""

    action: str
    stage: Stage
    where: Where
    by: str

    @property
    def service(self) -> str:
        """The service as IAM names it."""
        return self.action.split(":", 1)[0]


REGION_KEY: Final = "aws:RequestedRegion"
#: Who needs what no stack needs.
CORE: Final = "planewright"


def sample(pattern: str) -> str:
    """Give an ARN that a pattern matches, with no wildcard left in it. `*` alone stays: it is no ARN."""
    return pattern if pattern == "*" else pattern.replace("?", "0").replace("*", "planewright")
