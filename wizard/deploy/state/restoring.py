"""Put an earlier state in the place of the one that is there: shown first, refused where it would do harm, safe at any kill.

    copy ─► prepare (compares, refuses) ─► typed ─► carry_out: lock ─► unchanged? ─► backup ─► write ─► look ─► unlock

What is written has a serial above every one that is known, so that no plan and no half-saved state of before fits to it.

The engine's own `state push` is not used: over a state that it cannot read it refuses, and where there is none it makes up a
new lineage (Terraform 1.11). What it would check is checked here, under its own lock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from wizard.aws.state_locks import md5_of
from wizard.aws.state_objects import Stored
from wizard.deploy.exclusive import require_idle
from wizard.deploy.site import Site
from wizard.deploy.standing import standing
from wizard.deploy.state.backing_up import Backup, keep, written_down
from wizard.deploy.state.changes import Changes, next_serial, serial_of
from wizard.deploy.state.document import StateDocument, Unreadable, head_of, read_state, with_serial
from wizard.deploy.state.seen import Copy
from wizard.deploy.state.shelf import Shelf, shelf_of
from wizard.deploy.target import Target
from wizard.engine.commands import ERRORED_STATE
from wizard.errors import BlockedError, EngineError, InputError
from wizard.files import digest

#: So many of the newest versions are looked into for the highest serial: each costs a call, and serials only grow.
_LOOKED_INTO = 20


@dataclass(frozen=True, slots=True)
class Restoring:
    """A restore that may be made, as it was shown."""

    target: Target
    stack: str
    site: Site
    shelf: Shelf
    copy: Copy
    changes: Changes
    before: Stored | None
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `backup` is of what was there before, where anything was."""

    serial: int
    backup: Backup | None


def of_version(target: Target, stack: str, site: Site, version: str) -> tuple[Copy, bytes]:
    """Read a version of the state."""
    return _found("version", version, shelf_of(target, stack, site.session).read(version), target, stack)


def of_backup(target: Target, stack: str, site: Site, name: str) -> tuple[Copy, bytes]:
    """Read a backup of the state."""
    return _found("backup", name, shelf_of(target, stack, site.session).read_backup(name), target, stack)


def of_file(path: Path) -> tuple[Copy, bytes]:
    """Read a state from a file."""
    try:
        content = path.read_bytes()
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise InputError(f"{path} cannot be read", cause=error.strerror or str(error)) from None
    return Copy("file", str(path), at, read_state(content)), content


def of_copy(target: Target, stack: str, site: Site, copy: Copy) -> tuple[Copy, bytes]:
    """Read what a diagnosis has chosen."""
    match copy.kind:
        case "version":
            return of_version(target, stack, site, copy.id)
        case "backup":
            return of_backup(target, stack, site, copy.id)
        case "errored":
            return of_file(target.place.stack(stack) / ERRORED_STATE)
        case "file":
            return of_file(Path(copy.id))


def prepare(target: Target, stack: str, site: Site, copy: Copy, content: bytes) -> Restoring:
    """Compare, and refuse what would do harm. Changes nothing.

    BlockedError for a copy that is no state, or of another lineage, or what is there already; and while somebody holds the
    state, alive or not.
    """
    title = f"{stack} of {target.name} was not restored"
    if isinstance(copy.document, Unreadable):
        raise BlockedError(
            title,
            cause=f"{copy.text} {copy.document.why}",
            action=f"planewright state list {target.name} shows what else there is",
        )
    if copy.document.sealed:
        raise BlockedError(
            title,
            cause=f"{copy.text} is encrypted by the engine, and cannot be given the serial that it would need",
            action="push it with the engine itself (`state push -force`), in the stack's directory",
        )
    require_idle(target, stack)
    held = standing(target, stack, site.session).held
    if held is not None:
        raise BlockedError(title, cause=held.text, action=f"planewright state unlock {target.name} --stack {stack}")
    shelf = shelf_of(target, stack, site.session)
    before = shelf.read()
    current = read_state(before.content) if before else None
    # Of what the lock table has the digest the engine wrote it: what is there of another lineage came past the table.
    if shelf.expected() != md5_of(content):
        _require_same_lineage(title, target.name, current, copy.document)
    if isinstance(current, StateDocument) and current.digest == copy.document.digest:
        raise BlockedError(title, cause=f"{copy.text} is what is there already", action="nothing is to be done")
    earlier = [version for version in shelf.versions() if not version.marker and not version.latest][:_LOOKED_INTO]
    heads = [head_of(shelf.head(version.id)).serial for version in earlier]
    errored = target.place.stack(stack) / ERRORED_STATE
    left = head_of(errored.read_bytes()).serial if errored.is_file() else None
    changes = Changes(current, copy.document, next_serial(copy.document, serial_of(current), left, *heads))
    return Restoring(target, stack, site, shelf, copy, changes, before, content)


def carry_out(restoring: Restoring) -> Restored:
    """Do it: under the lock, after a backup, and only over what was shown.

    Killed at any point it leaves either what was there or what was restored, and at most a lock that is known for dead.
    """
    target, stack, shelf = restoring.target, restoring.stack, restoring.shelf
    content = with_serial(restoring.content, restoring.changes.serial)
    with shelf.held("state restore"):
        now = shelf.read()
        if _digest(now) != _digest(restoring.before):
            raise BlockedError(
                f"{stack} of {target.name} was not restored",
                cause="the state has changed since it was shown",
                action="run the command again, and look again",
            )
        backup = keep(target, stack, shelf, now) if now else None
        _written_down(restoring, "begun", backup)
        shelf.overwrite(content)
        serial = _require_restored(restoring)
        _written_down(restoring, "done", backup)
    return Restored(serial, backup)


def _found(kind: str, name: str, stored: Stored | None, target: Target, stack: str) -> tuple[Copy, bytes]:
    if stored is None:
        raise InputError(
            f"{stack} of {target.name} has no {kind} {name}",
            action=f"planewright state list {target.name} shows what there is",
        )
    document = read_state(stored.content)
    return Copy("backup" if kind == "backup" else "version", name, stored.version.at, document), stored.content


def _require_same_lineage(
    title: str, name: str, current: StateDocument | Unreadable | None, copy: StateDocument
) -> None:
    known = current.lineage if isinstance(current, StateDocument) else current.head.lineage if current else ""
    if known and known != copy.lineage:
        raise BlockedError(
            title,
            cause=f"it is of lineage {copy.lineage}, the state that is there of {known}: they never described the same things",
            action=f"choose another one: planewright state list {name} shows what there is",
        )


def _require_restored(restoring: Restoring) -> int:
    after = restoring.shelf.read()
    document = read_state(after.content) if after else None
    wanted = restoring.changes
    if (
        isinstance(document, StateDocument)
        and document.serial >= wanted.serial
        and (document.lineage, document.addresses) == (wanted.restored.lineage, wanted.restored.addresses)
    ):
        return document.serial
    raise EngineError(
        f"{restoring.stack} of {restoring.target.name} is not what was restored",
        cause=f"{restoring.shelf.where} holds something else",
        action=f"planewright state recover {restoring.target.name} {restoring.stack} says what is true now",
    )


def _written_down(restoring: Restoring, outcome: str, backup: Backup | None) -> None:
    said: dict[str, str | int | None] = {
        "outcome": outcome,
        "as": restoring.site.identity.arn,
        "from": f"{restoring.copy.kind} {restoring.copy.id}",
        "digest": restoring.changes.restored.digest,
        "serial": restoring.changes.serial,
        "backup": backup.id if backup else None,
    }
    written_down(restoring.target, restoring.stack, "restore", **said)


def _digest(stored: Stored | None) -> str:
    return digest(stored.content) if stored else ""
