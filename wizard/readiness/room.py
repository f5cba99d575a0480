"""How many replication slots and WAL senders a server needs: those of others, and one for each database that is replicated."""

from __future__ import annotations

from wizard.readiness.model import Readiness, Slot


def is_ours(slot: Slot, wanted: tuple[str, ...], *, built: bool) -> bool:
    """Tell a slot of this deployment: Springtail names them, and before the apply there is none."""
    return built and slot.name.startswith("springtail") and slot.database in wanted


def others(readiness: Readiness | None, wanted: tuple[str, ...], *, built: bool) -> tuple[Slot, ...]:
    """Give the slots that are not this deployment's."""
    return tuple(slot for slot in readiness.slots if not is_ours(slot, wanted, built=built)) if readiness else ()


def busy_senders(readiness: Readiness | None, wanted: tuple[str, ...], *, built: bool) -> int:
    """Count the senders that others hold."""
    if readiness is None:
        return 0
    own = sum(slot.active and is_ours(slot, wanted, built=built) for slot in readiness.slots)
    return max(0, readiness.server.wal_senders_in_use - own)


def rounded(need: int) -> int:
    """Leave room: a raise costs a restart each time."""
    return max(10, (need + 4) // 5 * 5)
