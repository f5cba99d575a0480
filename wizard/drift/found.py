"""What a look for drift has found, as values: each resource, what became of it, whose doing, how bad, and the ways on. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wizard.drift.who import Doer
from wizard.findings import Severity


class Became(StrEnum):
    """What became of a resource."""

    CHANGED = "changed"
    GONE = "gone"
    #: It is there and serves nobody any more: a peering that expired, or that one side ended.
    DEAD = "dead"


class Way(StrEnum):
    """The ways on."""

    ACCEPT = "accept"
    REVERT = "revert"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class WayOn:
    """One way on: whether it can be gone, and what it does, or why not. `by_hand` is a command that no plan stands for."""

    way: Way
    what: str
    by_hand: str = ""
    open: bool = True


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute as the state has it, and as AWS has it. Secret values are masked."""

    path: str
    was: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Setting:
    """An answer that would say what AWS has: its key, what it says now, what it would say, and for whom it counts."""

    key: str
    was: Any
    value: Any
    shared: str = ""


@dataclass(frozen=True, slots=True)
class Drifted:
    """A resource that AWS no longer has as the state does.

    `headline` says it in a few words. `settings` are the answers that would take it in; `unsaid` the attributes that no answer is about.
    """

    address: str
    type: str
    id: str
    became: Became
    headline: str
    attributes: tuple[Attribute, ...]
    doer: Doer
    severity: Severity
    interrupts: str
    ways: tuple[WayOn, ...]
    settings: tuple[Setting, ...] = ()
    unsaid: tuple[str, ...] = ()

    def way(self, way: Way) -> WayOn:
        """Give one of the ways on."""
        return next(one for one in self.ways if one.way is way)

    def as_dict(self) -> dict[str, Any]:
        """Give it for programs."""
        return {
            "address": self.address,
            "type": self.type,
            "id": self.id,
            "became": self.became.value,
            "headline": self.headline,
            "attributes": [{"path": one.path, "was": one.was, "now": one.now} for one in self.attributes],
            "by": {
                "sure": self.doer.sure.value,
                "who": self.doer.who,
                "call": self.doer.call,
                "at": self.doer.at.isoformat() if self.doer.at else None,
                "program": self.doer.agent,
                "text": self.doer.text,
            },
            "severity": self.severity.value,
            "interrupts": self.interrupts,
            "ways": [
                {"way": one.way.value, "open": one.open, "what": one.what, "by_hand": one.by_hand} for one in self.ways
            ],
            "answers": [{"key": one.key, "was": one.was, "value": one.value} for one in self.settings],
        }


@dataclass(frozen=True, slots=True)
class Stray:
    """What carries our tags in AWS and is in no state: its id, type and Name, and the addresses that it could be."""

    id: str
    type: str
    name: str
    candidates: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give it for programs."""
        return {"id": self.id, "type": self.type, "name": self.name, "candidates": list(self.candidates)}
