"""Which drift is harmless: what the settling step after an apply may take into the state. Pure.

The first refresh after an apply reports drift that is none: `tags` null became {}, a security group now lists the rules
that the same run made (`explained`). A refresh-only apply would take in real drift along with it, which nobody was shown, so
it runs only where every entry is of these kinds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from wizard.engine.explained import explained
from wizard.engine.held import Held
from wizard.engine.plans import Change, Difference, PlanView

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
        (harmless if is_harmless(entry, ours, refresh.held) else drift).append(entry)
    return Settlement(tuple(harmless), tuple(drift))


def drift_of(view: PlanView) -> tuple[Change, ...]:
    """Give the drift that means something: without what only reads back as empty, or reflects our own resources."""
    return decide(view, {entry.address for entry in view.drift}).drift


def is_harmless(entry: Change, ours: Collection[str], state: tuple[Held, ...] = ()) -> bool:
    """Whether every difference is between null and empty on a resource of this run, or our own resources reflected.

    `tags` counts only where `tags_all` differs too: a changed default tag moves between the two, and AWS has what it had.
    """
    differences = entry.differences()
    tagged = any(_of(difference, "tags_all") for difference in differences)
    return entry.kind == "update" and all(
        (entry.address in ours and _empty(difference.before) and _empty(difference.after))
        or (_of(difference, "tags") and not tagged and "tags_all" in entry.attributes)
        or explained(entry, difference, state)
        for difference in differences
    )


def _of(difference: Difference, attribute: str) -> bool:
    return difference.path == attribute or difference.path.startswith(f"{attribute}.")


def _empty(value: Any) -> bool:
    return any(value == empty and type(value) is type(empty) for empty in _EMPTY)
