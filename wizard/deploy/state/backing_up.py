"""Keep a copy of a state, known by its digest.

A state in a bucket is copied within the bucket: the same KMS key encrypts the copy, nothing of it reaches this machine's disk,
and a rule that expires old versions leaves it alone. A local state is copied to a file that git does not see. A file that
leaves either place must hold no secret: none of our states does, and one that looks as if it did is not written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard.aws.session import AwsSession
from wizard.aws.state_objects import Stored
from wizard.deploy import journals
from wizard.deploy.state.changes import serial_of
from wizard.deploy.state.document import StateDocument, read_state
from wizard.deploy.state.shelf import Shelf, shelf_of
from wizard.deploy.target import Target
from wizard.errors import BlockedError, InputError
from wizard.files import digest, write_atomic
from wizard.redact import Redactor

#: What was done to an object's states, a line each (`wizard.deploy.journals`).
JOURNAL = "state.jsonl"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made. `serial` is None for a state that could not be read, which was kept as it was."""

    id: str
    where: str
    serial: int | None
    digest: str


def back_up(target: Target, stack: str, session: AwsSession) -> Backup:
    """Keep a copy of a stack's state beside it. BlockedError when there is none."""
    shelf = shelf_of(target, stack, session)
    return keep(target, stack, shelf, _there(target, stack, shelf))


def keep(target: Target, stack: str, shelf: Shelf, stored: Stored) -> Backup:
    """Keep a copy of what was read."""
    serial, known = serial_of(read_state(stored.content)), digest(stored.content)
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%SZ}-serial-{'unknown' if serial is None else serial}-{known.partition(':')[2][:8]}"
    backup = Backup(name, shelf.keep(name, stored.content), serial, known)
    _kept(target, stack, backup)
    return backup


def to_file(target: Target, stack: str, session: AwsSession, path: Path) -> Backup:
    """Write a copy to a file that is not there yet, for its owner alone. BlockedError when a secret seems to be in it."""
    if path.exists():
        raise InputError(f"{path} is there already", action="name a file that is not")
    stored = _there(target, stack, shelf_of(target, stack, session))
    document = read_state(stored.content)
    if not isinstance(document, StateDocument):
        raise BlockedError(
            f"the state of {stack} was not written to {path}",
            cause=f"it {document.why}",
            action=f"planewright state recover {target.name} {stack}",
        )
    _require_no_secret(stack, stored.content, path)
    write_atomic(path, stored.content, mode=0o600)
    backup = Backup(path.name, str(path), document.serial, digest(path.read_bytes()))
    if backup.digest != document.digest:
        raise BlockedError(f"{path} is not what was written to it", action="look at the disk before anything else")
    _kept(target, stack, backup)
    return backup


def secrets_in(value: Any) -> tuple[str, ...]:
    """Name the places of a JSON document where a secret seems to be."""
    return tuple(_differing(value, Redactor().value(value), ""))


def _there(target: Target, stack: str, shelf: Shelf) -> Stored:
    stored = shelf.read()
    if stored is None:
        raise BlockedError(
            f"{stack} of {target.name} has no state to keep a copy of",
            cause=f"there is none in {shelf.where}",
            action=f"planewright state recover {target.name} {stack} looks whether there ever was",
        )
    return stored


def _require_no_secret(stack: str, content: bytes, path: Path) -> None:
    import json

    found = secrets_in(json.loads(content))
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise BlockedError(
            f"the state of {stack} was not written to {path}",
            cause=f"there seems to be a secret at {', '.join(found[:_SHOWN])}{more}; no secret may be on a disk",
            action="without --file the copy stays where the state is, encrypted by the same key",
        )


def _differing(value: Any, masked: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict) and isinstance(masked, dict) and value.keys() == masked.keys():
        for key, item in value.items():
            yield from _differing(item, masked[key], f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and isinstance(masked, list):
        for index, (item, seen) in enumerate(zip(value, masked, strict=True)):
            yield from _differing(item, seen, f"{path}[{index}]")
    elif value != masked:
        yield path


def _kept(target: Target, stack: str, backup: Backup) -> None:
    said = {"backup": backup.id, "where": backup.where, "serial": backup.serial, "digest": backup.digest}
    written_down(target, stack, "backup", **said)


def written_down(target: Target, stack: str, what: str, **said: str | int | bool | None) -> None:
    """Put on record what was done to a stack's state; whose it was goes with it."""
    journals.append(target.place, JOURNAL, {"what": what, "stack": stack, **said})
