"""Which drift is harmless: what the settling step after an apply may take into the state. Pure.

The first refresh after an apply reports drift that is none: `tags` null became {}, a list null became []. A refresh-only
apply would take in real drift along with it, which nobody was shown, so it runs only where every entry is of that kind.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from wizard.engine.plans import Change, PlanView

_EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a refresh-only plan asks for. `apply` says whether it may be applied; `drift` is what must be reported."""

    harmless: tuple[Change, ...]
    drift: tuple[Change, ...]

    @property
    def apply(self) -> bool:
        """Whether there is something to take in and nothing that a person has to see first."""
        return bool(self.harmless) and not self.drift


def decide(refresh: PlanView, ours: Collection[str]) -> Settlement:
    """Judge a refresh-only plan. `ours` are the addresses that the run before it created, updated or replaced."""
    harmless: list[Change] = []
    drift: list[Change] = []
    for entry in refresh.drift:
        if entry.kind == "noop":
            continue
        (harmless if entry.address in ours and is_harmless(entry) else drift).append(entry)
    return Settlement(tuple(harmless), tuple(drift))


def is_harmless(entry: Change) -> bool:
    """Whether every difference of an entry is between null and empty."""
    return entry.kind == "update" and all(
        _empty(difference.before) and _empty(difference.after) for difference in entry.differences()
    )


def _empty(value: Any) -> bool:
    return any(value == empty and type(value) is type(empty) for empty in _EMPTY)
