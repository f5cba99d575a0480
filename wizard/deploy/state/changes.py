"""One state against another: what restoring it would change. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wizard.deploy.state.document import StateDocument, Unreadable


@dataclass(frozen=True, slots=True)
class Changes:
    """What a restored state knows and does not know, beside the one that is there (None when it cannot be told).

    `serial` is the one that it will have: higher than every one before, so that no plan of before can be applied to it.
    """

    before: StateDocument | Unreadable | None
    restored: StateDocument
    serial: int

    @property
    def added(self) -> tuple[str, ...]:
        """Resources that are known again."""
        return tuple(sorted(self.restored.addresses - self._known))

    @property
    def missing(self) -> tuple[str, ...]:
        """Resources that are known now, and then no more: they stay in AWS, and in no state."""
        return tuple(sorted(self._known - self.restored.addresses))

    @property
    def lines(self) -> tuple[str, ...]:
        """What it changes, for people."""
        return tuple(self._lines())

    def as_dict(self) -> dict[str, Any]:
        """Give it for programs."""
        return {
            "serial_before": self._serial,
            "serial_of_copy": self.restored.serial,
            "serial": self.serial,
            "lineage": self.restored.lineage,
            "resources": len(self.restored.addresses),
            "known_again": list(self.added),
            "known_no_more": list(self.missing),
        }

    @property
    def _known(self) -> frozenset[str]:
        return self.before.addresses if isinstance(self.before, StateDocument) else frozenset()

    @property
    def _serial(self) -> int | None:
        return serial_of(self.before)

    def _lines(self) -> Iterator[str]:
        before = "none" if self._serial is None else str(self._serial)
        yield f"serial   {before} -> {self.serial} (the copy's own is {self.restored.serial})"
        yield f"lineage  {self.restored.lineage}"
        if isinstance(self.before, StateDocument):
            yield f"resources {len(self.before.addresses)} -> {len(self.restored.addresses)}"
            yield from (f"  + {address}: known again" for address in self.added)
            yield from (f"  - {address}: stays in AWS, and in no state" for address in self.missing)
        else:
            yield f"resources {len(self.restored.addresses)}; what is there now cannot be compared"


def next_serial(restored: StateDocument, *others: int | None) -> int:
    """Give the serial of a restored state: a plan or a half-saved state of before must never fit to it."""
    return max(restored.serial, *(serial or 0 for serial in others), 0) + 1


def serial_of(state: StateDocument | Unreadable | None) -> int | None:
    """Give the serial that a state has, or that is all that is left of it."""
    if isinstance(state, StateDocument):
        return state.serial
    return state.head.serial if state is not None else None
