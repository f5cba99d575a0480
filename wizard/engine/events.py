"""The engine's JSON lines, and what a run's state is made of. Pure.

Totals come from the plan, elapsed times from the caller's own clock against `InFlight.started_at`: some engines say
nothing between the start of a resource and its end. Values of outputs are never kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from wizard.engine import locks

_EPOCH = datetime.fromtimestamp(0, UTC)

# The decoder itself: `json.loads` looks for the encoding and the blanks of each line first.
_decode = json.JSONDecoder().raw_decode

Phase = Literal["starting", "waiting for the lock", "refreshing", "planning", "applying", "finished"]


class Event(NamedTuple):
    """One line. `body` is the line's JSON object; `type` is `text` for a line that is not JSON."""

    type: str
    message: str
    timestamp: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """Resources by what is, or was, done to them. `remove` is the engine's word for destroying."""

    add: int = 0
    change: int = 0
    remove: int = 0
    imported: int = 0
    forget: int = 0

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do, or nothing was done."""
        return not (self.add or self.change or self.remove or self.imported or self.forget)

    def __str__(self) -> str:
        parts = [f"{self.add} to add", f"{self.change} to change", f"{self.remove} to destroy"]
        if self.imported:
            parts.insert(0, f"{self.imported} to import")
        if self.forget:
            parts.append(f"{self.forget} to forget")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class InFlight:
    """A resource the engine is working on now. `id` is known for what already exists."""

    address: str
    action: str
    started_at: datetime
    id: str = ""

    def elapsed(self, now: datetime) -> timedelta:
        """How long it has taken by the caller's clock; never negative."""
        return max(now - self.started_at, timedelta())


@dataclass(frozen=True, slots=True)
class Finished:
    """A resource that was completed."""

    address: str
    action: str
    took: timedelta
    id: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What the engine reported. `address` may be empty, or name a provider."""

    severity: Literal["error", "warning"]
    summary: str
    detail: str = ""
    address: str = ""
    where: str = ""

    @property
    def text(self) -> str:
        """Summary and detail, as one text to search."""
        return f"{self.summary}\n{self.detail}"


@dataclass(frozen=True, slots=True)
class Failed:
    """A resource that failed. Its diagnostic may come much later, when parallel work has ended; until then None."""

    address: str
    action: str
    took: timedelta
    diagnostic: Diagnostic | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """A resource that is no longer as the state has it."""

    address: str
    action: str


@dataclass(frozen=True, slots=True)
class RunState:
    """A run as far as it has been heard. Histories hold the newest entries; the counters beside them hold all."""

    engine: str = ""
    phase: Phase = "starting"
    total: int = 0
    done: int = 0
    refreshed: int = 0
    planned: Counts | None = None
    summary: Counts | None = None
    in_flight: tuple[InFlight, ...] = ()
    finished: tuple[Finished, ...] = ()
    failed: tuple[Failed, ...] = ()
    failed_count: int = 0
    drift: tuple[Drift, ...] = ()
    drift_count: int = 0
    errors: tuple[Diagnostic, ...] = ()
    error_count: int = 0
    warnings: tuple[Diagnostic, ...] = ()
    warning_count: int = 0
    outputs: tuple[str, ...] = ()
    lock: locks.LockInfo | None = None
    interrupted: bool = False
    state_dumped: bool = False
    last_message: str = ""
    last_event_at: datetime | None = None
    events: int = 0
    done_by_action: dict[str, int] = field(default_factory=dict)


def parse(line: bytes) -> Event | None:
    """Read one whole line; None for a blank one. What is not a JSON object is kept as `text`: a panic is worth seeing."""
    text = line.decode(errors="replace").strip()
    if not text:
        return None
    try:
        body, end = _decode(text)
    except (ValueError, RecursionError):
        body, end = None, 0
    if not isinstance(body, dict) or end != len(text):
        return Event("text", text, "", {})
    return Event(str(body.get("type", "")), str(body.get("@message", "")), str(body.get("@timestamp", "")), body)


class Lines:
    """Cuts a growing file's bytes into whole lines; the half of a last one waits for its rest."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Give the lines that this piece completes."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        return whole

    def rest(self) -> bytes:
        """Give what waited, once nothing more can come: a dead engine's half line."""
        rest, self._rest = self._rest, b""
        return rest


def read_diagnostic(value: dict[str, Any]) -> Diagnostic:
    """Read a diagnostic as the stream and `validate -json` both give it."""
    place = part(value, "range")
    line = part(place, "start").get("line")
    return Diagnostic(
        severity="warning" if value.get("severity") == "warning" else "error",
        summary=str(value.get("summary", "")),
        detail=str(value.get("detail") or ""),
        address=str(value.get("address") or ""),
        where=f"{place.get('filename', '')}:{line}" if line else "",
    )


def part(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Give the object under a key; an empty one where something else stands."""
    value = body.get(key)
    return value if isinstance(value, dict) else {}


def moment(stamp: str) -> datetime:
    """Read an event's timestamp; the epoch where there is none to read."""
    try:
        value = datetime.fromisoformat(stamp)
    except ValueError:
        return _EPOCH
    return value if value.tzinfo else value.replace(tzinfo=UTC)
