"""What is known of a server, out of what the database said and what its RDS parameter group says.

The database's word counts: it is what runs. Only where the group is in force and says otherwise does the group count,
which was read later; the difference is then told. A change that waits for a reboot is no difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from wizard.facts.database import RdsFact
from wizard.readiness.model import Readiness

V = TypeVar("V")

#: What a parameter group says while it is in force.
IN_SYNC = "in-sync"


@dataclass(frozen=True, slots=True)
class Told(Generic[V]):
    """A value, and who says so (`the database, 2026-11-21 08:00 UTC`, `parameter group acme`)."""

    value: V
    by: str


@dataclass(frozen=True, slots=True)
class Known:
    """A server's settings as far as anybody told; None where nobody did. `differing` are words about what disagrees."""

    logical: Told[bool] | None
    slots: Told[int] | None
    senders: Told[int] | None
    keep_mb: Told[int] | None
    version: Told[int] | None
    reads_only: Told[bool] | None
    on_rds: bool
    differing: tuple[str, ...]


def known(readiness: Readiness | None, rds: RdsFact | None) -> Known:
    """Put together what the two sources say. A fact about no endpoint of the account counts as none."""
    rds = rds if rds is not None and rds.found else None
    server = readiness.server if readiness else None
    both = _Both(readiness, rds)
    return Known(
        logical=both.choose("wal_level is logical", server.wal_level == "logical" if server else None, _on(rds)),
        slots=both.number("max_replication_slots", server.max_replication_slots if server else None),
        senders=both.number("max_wal_senders", server.max_wal_senders if server else None),
        keep_mb=both.number("max_slot_wal_keep_size", server.max_slot_wal_keep_size_mb if server else None),
        version=both.said(server.version_num) if server else both.configured(_version(rds)),
        reads_only=_reader(both, readiness, rds),
        on_rds=rds is not None or (server is not None and server.rds),
        differing=tuple(both.differing),
    )


class _Both:
    """Chooses between the sources, and keeps what differed."""

    def __init__(self, readiness: Readiness | None, rds: RdsFact | None) -> None:
        self._database = readiness.told if readiness else ""
        self._group = f"parameter group {rds.group} of {rds.instance or rds.cluster}" if rds else ""
        self._in_sync = rds is not None and rds.apply_status == IN_SYNC
        self._rds = rds
        self.differing: list[str] = []

    def said(self, value: V | None) -> Told[V] | None:
        return None if value is None else Told(value, self._database)

    def configured(self, value: V | None) -> Told[V] | None:
        return None if value is None else Told(value, self._group)

    def number(self, name: str, said: int | None) -> Told[int] | None:
        return self.choose(name, said, self._rds.number(name) if self._rds else None)

    def choose(self, name: str, said: V | None, configured: V | None) -> Told[V] | None:
        if said is None or configured is None:
            return self.said(said) or self.configured(configured)
        if said != configured and self._in_sync:
            self.differing.append(
                f"{name}: {_word(said)} says {self._database}, {_word(configured)} says {self._group}"
            )
            return self.configured(configured)
        return self.said(said)


def _reader(both: _Both, readiness: Readiness | None, rds: RdsFact | None) -> Told[bool] | None:
    # A failover changes it, and an endpoint may lead to either: whoever says that it is a reader is heard.
    if rds is not None and (rds.reads_only or readiness is None):
        return both.configured(rds.reads_only)
    return both.said(readiness.server.in_recovery) if readiness else None


def _on(rds: RdsFact | None) -> bool | None:
    value = rds.parameter("rds.logical_replication") if rds else ""
    return value.lower() in {"1", "on", "true"} if value else None


def _version(rds: RdsFact | None) -> int | None:
    """Give `15.4` as PostgreSQL's own number, 150004."""
    major, _, minor = (rds.engine_version if rds else "").partition(".")
    if not major.isdigit():
        return None
    first = minor.split(".")[0].split("-")[0]
    return int(major) * 10000 + (int(first) if first.isdigit() else 0)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
