"""Each stack's state as a list tells it: where it is, what it says, what was before, who holds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wizard.aws.session import AwsSession
from wizard.aws.state_locks import md5_of
from wizard.aws.state_objects import Stored, StoredVersion
from wizard.deploy.standing import standing
from wizard.deploy.state.document import StateDocument, Unreadable, head_of, read_state
from wizard.deploy.state.shelf import Shelf, shelf_of
from wizard.deploy.target import Target
from wizard.engine.aftermath import Held

#: So many versions are looked into for their serials; of older ones only the time is told.
_LOOKED_INTO = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """An earlier version or a backup. `serial` is None where it was not looked at, or cannot be told."""

    id: str
    at: datetime
    size: int
    serial: int | None = None
    deleted: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Give it for programs."""
        said = {"id": self.id, "at": self.at.isoformat(), "bytes": self.size, "serial": self.serial}
        return {**said, "deletion": True} if self.deleted else said

    @property
    def line(self) -> str:
        """It, for people."""
        what = "deleted" if self.deleted else f"serial {'?' if self.serial is None else self.serial}, {self.size} bytes"
        return f"{self.at:%Y-%m-%d %H:%M:%S} UTC  {what}  {self.id}"


@dataclass(frozen=True, slots=True)
class StackState:
    """One stack's state. `state` is None where there is none; `errored` is the file in which a run left what it could not save.

    `stale`: the lock table has the digest of another one, for which the engine refuses it.
    """

    stack: str
    where: str
    state: StateDocument | Unreadable | None
    modified: datetime | None
    versions: tuple[Kept, ...]
    backups: tuple[Kept, ...]
    held: Held | None
    alive_run: str
    errored: str
    stale: bool = False

    @property
    def well(self) -> bool:
        """Whether nothing is to be done: there is none yet, or it can be read, and nothing stands in its way."""
        gone = self.state is None and bool(self.versions)
        return not (gone or self.held or self.errored or self.stale or isinstance(self.state, Unreadable))

    def as_dict(self) -> dict[str, Any]:
        """Give it for programs."""
        return {
            "stack": self.stack,
            "where": self.where,
            "well": self.well,
            "state": _described(self.state),
            "modified": self.modified.isoformat() if self.modified else None,
            "versions": [version.as_dict() for version in self.versions],
            "backups": [backup.as_dict() for backup in self.backups],
            "lock": lock_of(self.held),
            "run": self.alive_run or None,
            "errored": self.errored or None,
            "digest_stale": self.stale,
        }

    @property
    def lines(self) -> Iterator[str]:
        """It, for people."""
        yield f"{'✓' if self.well else '!'} {self.stack}: {self.where}"
        match self.state:
            case StateDocument() as state:
                yield f"    {state.brief}, {state.size} bytes, written by engine {state.engine_version or '?'}"
                yield f"    lineage {state.lineage}"
            case Unreadable() as state:
                yield f"    the state {state.why}"
            case None:
                yield "    there is no state" + (", but there was one" if self.versions else " yet")
        if self.modified:
            yield f"    last changed {self.modified:%Y-%m-%d %H:%M:%S} UTC"
        yield f"    {self.held.text}" if self.held else "    not locked"
        if self.stale:
            yield "    the lock table has the digest of another state: the engine refuses this one"
        if self.errored:
            yield f"    a run left a state that it could not save: {self.errored}"
        yield from _shown("version", self.versions)
        yield from _shown("backup", self.backups)


def states(target: Target, session: AwsSession) -> Iterator[StackState]:
    """Look at the states of an object, in the order of its stacks."""
    return (state_of(target, stack, session) for stack in target.stacks)


def state_of(target: Target, stack: str, session: AwsSession) -> StackState:
    """Look at one stack's state."""
    shelf = shelf_of(target, stack, session)
    stored, after = shelf.read(), standing(target, stack, session)
    expected = shelf.expected()
    return StackState(
        stack=stack,
        where=shelf.where,
        state=read_state(stored.content) if stored else None,
        modified=stored.version.at if stored else None,
        versions=tuple(_versions(shelf, stored)),
        backups=tuple(_kept(backup, _named_serial(backup.id)) for backup in shelf.backups()),
        held=after.held,
        alive_run=after.run.id if after.alive and after.run else "",
        errored=str(after.errored_state or ""),
        stale=bool(expected) and expected != (md5_of(stored.content) if stored else ""),
    )


def lock_of(held: Held | None) -> dict[str, Any] | None:
    """Give a lock for programs. `alive` is null where that cannot be seen from here."""
    if held is None:
        return None
    return {
        "id": held.lock.id,
        "who": held.lock.who,
        "since": held.lock.created.isoformat() if held.lock.created else None,
        "operation": held.lock.doing,
        "owner": held.owner,
        "alive": held.alive,
        "run": held.run.id if held.run else None,
    }


def _described(state: StateDocument | Unreadable | None) -> dict[str, Any] | None:
    match state:
        case StateDocument():
            return {
                "readable": True,
                "serial": state.serial,
                "lineage": state.lineage,
                "engine_version": state.engine_version,
                "bytes": state.size,
                "resources": None if state.sealed else len(state.addresses),
                "digest": state.digest,
            }
        case Unreadable():
            return {"readable": False, "why": state.why, "bytes": state.size, "digest": state.digest}
        case None:
            return None


def _versions(shelf: Shelf, current: Stored | None) -> Iterator[Kept]:
    for number, version in enumerate(shelf.versions()):
        if number >= _LOOKED_INTO or version.marker:
            yield _kept(version, None)
        elif current is not None and current.version.id == version.id:
            yield _kept(version, head_of(current.content).serial)
        else:
            yield _kept(version, head_of(shelf.head(version.id)).serial)


def _kept(version: StoredVersion, serial: int | None) -> Kept:
    return Kept(version.id, version.at, version.size, serial, version.marker)


def _named_serial(name: str) -> int | None:
    serial = name.partition("-serial-")[2].partition("-")[0]
    return int(serial) if serial.isdigit() else None


def _shown(what: str, kept: tuple[Kept, ...]) -> Iterator[str]:
    for item in kept[:_LOOKED_INTO]:
        yield f"    {what} of {item.line}"
    if len(kept) > _LOOKED_INTO:
        yield f"    and {len(kept) - _LOOKED_INTO} older {what}s: --json lists them all"
