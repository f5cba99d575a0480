"""An ask is a question that somebody outside can answer; a reading is what came back, with its time and source.

    answers ─► asks ─► readings ─► Facts ─► findings

A check names its asks and reads their values out of `Facts`. What could not be read is no value: the check then says
nothing about it, and one finding says what is therefore unchecked (`wizard.checks.live.unread`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Generic, Literal, TypeVar, cast, get_args

from wizard.findings import Severity

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)

#: Whose eyes: the operator's own session, or one that the customer lets us use to look.
Side = Literal["operator", "customer"]

NEVER_KEPT = timedelta(0)


@dataclass(frozen=True, slots=True)
class Ask(Generic[V_co]):
    """A question, with all that it depends on as its fields: equal asks have equal answers.

    Derive as a frozen dataclass from `Ask[what it gives]`; the value is a frozen dataclass, a tuple of them, or plain.
    """

    #: Stable name of the question, in exported facts.
    kind: ClassVar[str]
    #: What nobody has checked while this is not known; completes "unchecked: …".
    unchecks: ClassVar[str]
    #: The IAM actions that reading it needs.
    permissions: ClassVar[tuple[str, ...]]
    #: How much it weighs that it cannot be read.
    weight: ClassVar[Severity] = Severity.HIGH
    #: For how long a reading may serve another run of the program. What may change under us is never kept.
    keep: ClassVar[timedelta] = NEVER_KEPT
    side: ClassVar[Side] = "operator"

    @classmethod
    def gives(cls) -> Any:
        """The type of the values, to read exported facts by."""
        return get_args(cls.__orig_bases__[0])[0]  # type: ignore[attr-defined]


class Reason(StrEnum):
    """Why something could not be read."""

    DENIED = "denied"
    THROTTLED = "throttled"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    REGION_OFF = "region_off"
    CREDENTIALS = "credentials"
    FAILED = "failed"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True)
class Read(Generic[V_co]):
    """What was read, when, and from which API (`ec2:DescribeVpcs us-east-1`) or file."""

    value: V_co
    at: datetime
    source: str

    def __post_init__(self) -> None:
        # `Facts.value` gives None for what is unread: a value of None would silence a check without anybody being told.
        if self.value is None:
            raise ValueError("what was read is never None")


@dataclass(frozen=True, slots=True)
class Unread:
    """Why nothing was read. `said` is the source's own words; `permission` the missing IAM action, if that is why.

    `remedy` is the way on where it is known more exactly than from the reason, as for a login that has ended.
    """

    reason: Reason
    at: datetime
    source: str
    said: str
    permission: str = ""
    remedy: str = ""


Reading = Read[V] | Unread


class Facts:
    """Readings by their asks."""

    def __init__(self, readings: Mapping[Ask[Any], Reading[Any]] | None = None) -> None:
        self._readings = dict(readings or {})

    def __iter__(self) -> Iterator[Ask[Any]]:
        return iter(self._readings)

    def __len__(self) -> int:
        return len(self._readings)

    def __contains__(self, ask: object) -> bool:
        return ask in self._readings

    def reading(self, ask: Ask[V]) -> Reading[V]:
        """Give the reading of an ask; one that nobody asked is unread as well."""
        found = self._readings.get(ask)
        if found is None:
            return Unread(Reason.NOT_RECORDED, datetime.now(UTC), "", "it was not asked")
        return cast("Reading[V]", found)

    def value(self, ask: Ask[V]) -> V | None:
        """Give what was read, or None when nothing was. Values themselves are never None."""
        reading = self.reading(ask)
        return reading.value if isinstance(reading, Read) else None

    def items(self) -> Iterator[tuple[Ask[Any], Reading[Any]]]:
        """Give each ask with its reading."""
        return iter(self._readings.items())

    def with_readings(self, more: Mapping[Ask[Any], Reading[Any]]) -> Facts:
        """Give these facts and others; the others go first."""
        return Facts({**self._readings, **more})

    def only(self, asks: frozenset[Ask[Any]]) -> Facts:
        """Give the readings of these asks alone."""
        return Facts({ask: reading for ask, reading in self._readings.items() if ask in asks})
