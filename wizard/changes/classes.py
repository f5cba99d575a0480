"""The five classes of a change, and what a rule is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ChangeClass(StrEnum):
    """What a change does to what runs. Always shown as symbol and word."""

    SAFE = "safe"
    INTERRUPTS = "interrupts traffic"
    REPLACES = "replaces"
    IGNORED = "would be ignored"
    DESTROYS = "destroys data"

    @property
    def rank(self) -> int:
        """0 for safe up to 4 for what destroys data: of several, the worst counts."""
        return _RANKS[self]

    @property
    def symbol(self) -> str:
        """One character, never shown without the word."""
        return _SYMBOLS[self]


_RANKS = {cls: rank for rank, cls in enumerate(ChangeClass)}
_SYMBOLS = {
    ChangeClass.SAFE: "✓",
    ChangeClass.INTERRUPTS: "!",
    ChangeClass.REPLACES: "±",
    ChangeClass.IGNORED: "∅",
    ChangeClass.DESTROYS: "✗",
}
#: What each class means, on paper.
MEANS = {
    ChangeClass.SAFE: "nothing that runs notices",
    ChangeClass.INTERRUPTS: "connections end or are refused, for a moment or for good; what no rule knows is counted here",
    ChangeClass.REPLACES: "the resource is destroyed and made anew, under another id; nothing is stored in it",
    ChangeClass.IGNORED: "asked for, and it would not happen: an apply of a size that would stay as it is is refused",
    ChangeClass.DESTROYS: "something stored is gone for good: the name has to be typed",
}


class When(StrEnum):
    """For which change of its value a rule holds. Where that cannot be told the worst rule of the attribute counts."""

    ALWAYS = "any change"
    LESS = "less than before"
    MORE = "more than before"
    SHORTER = "shorter than before (0 is for ever)"

    def holds(self, before: Any, after: Any) -> bool | None:
        """Whether it is such a change; None when the values are no numbers."""
        if self is When.ALWAYS:
            return True
        if not (_number(before) and _number(after)):
            return None
        if self is When.SHORTER:
            return bool(after != 0 and (before == 0 or after < before))
        return bool(after < before) if self is When.LESS else bool(after > before)


#: The way back of what can be changed both ways.
BACK = "apply the answers as they were before"


@dataclass(frozen=True, slots=True)
class Rule:
    """What another value of an attribute does. `loses` says of DESTROYS what is gone: it completes "loses ..."."""

    cls: ChangeClass
    reason: str
    source: str
    rollback: str = BACK
    when: When = When.ALWAYS
    loses: str = ""


#: The rules of one type: by attribute, without indices (`root_block_device.volume_size`); `*` for all others.
Table = dict[str, tuple[Rule, ...]]


def safe(reason: str, source: str, rollback: str = BACK) -> tuple[Rule, ...]:
    """A rule for what nothing that runs notices."""
    return (Rule(ChangeClass.SAFE, reason, source, rollback),)


def interrupts(reason: str, source: str, rollback: str = BACK) -> tuple[Rule, ...]:
    """A rule for what ends connections, or lets none in."""
    return (Rule(ChangeClass.INTERRUPTS, reason, source, rollback),)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
