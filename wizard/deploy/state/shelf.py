"""Where a stack's state lies, with its versions and backups: objects of the state's bucket, or files of a local state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from wizard.aws.session import AwsSession
from wizard.aws.state_objects import StateObjects, Stored, StoredVersion
from wizard.blueprints.springtail.facts import StateLocation
from wizard.blueprints.springtail.names import state_key
from wizard.deploy import store
from wizard.deploy.adopting import require_own
from wizard.deploy.state.holding import holding
from wizard.deploy.target import Target
from wizard.engine import local_lock
from wizard.errors import BlockedError
from wizard.files import digest, private_dir, write_atomic

_FILE_MODE = 0o600
#: What the engine keeps of a local state: the one before.
_BEFORE = "terraform.tfstate.backup"


class Shelf(Protocol):
    """A state's place. Versions and backups come newest first."""

    @property
    def where(self) -> str:
        """The state, as people name it."""

    def read(self, version: str = "") -> Stored | None:
        """Read the state, or a version of it; None when it is not there."""

    def size(self) -> int | None:
        """Say how many bytes the state has; None when it is not there."""

    def head(self, version: str) -> bytes:
        """Read the beginning of a version."""

    def versions(self) -> tuple[StoredVersion, ...]:
        """List the versions, the one in use among them."""

    def backups(self) -> tuple[StoredVersion, ...]:
        """List the backups; their ids are names."""

    def read_backup(self, name: str) -> Stored | None:
        """Read a backup; None when there is none of this name."""

    def keep(self, name: str, content: bytes) -> str:
        """Make a backup, and see that it is whole; gives where it lies."""

    def overwrite(self, content: bytes) -> None:
        """Write the state. Only for who holds it."""

    @property
    def by_table(self) -> bool:
        """Whether a lock table keeps the lock, and a digest of the state."""

    @property
    def undeletable(self) -> bool:
        """Whether it cannot be counted on that the state may be deleted."""

    def expected(self) -> str:
        """Say which MD5 the lock table has of the state: the engine refuses any other. Empty for any."""

    def settle(self) -> str:
        """Make that digest the one of the state as it is. Only for who holds it."""

    def held(self, doing: str) -> AbstractContextManager[None]:
        """Hold the state for what `doing` names. StateLockedError when somebody else does."""

    def release(self, lock_id: str) -> None:
        """Remove a lock whose holder is dead, past an engine that cannot read the state."""


def shelf_of(target: Target, stack: str, session: AwsSession) -> Shelf:
    """Give the place of a stack's state. BlockedError while nobody has said where states lie."""
    require_own(target.place, stack)
    location = store.load_state_location(target.workspace, target.shard)
    if location is None:
        raise BlockedError(
            f"{target.name} has no state yet",
            cause="no bucket was made for states in this account and region, as far as this workspace knows",
            action=f"planewright plan {target.name} makes it",
        )
    if location.backend == "local":
        return LocalShelf(target.place.stack(stack), target.place.hidden / "backups" / stack)
    key = state_key(target.place.kind, target.name, stack)
    location = store.locked_location(target.place, stack, location)
    return BucketShelf(session, location, key, owner=target.shard.account.id, name=target.name)


class BucketShelf(StateObjects):
    """Objects of the state's bucket, held by the lock that the engine holds. `name` is of who owns the state."""

    def __init__(self, session: AwsSession, location: StateLocation, key: str, *, owner: str, name: str) -> None:
        super().__init__(session, location, key, owner=owner)
        self._name = name

    @property
    def where(self) -> str:
        """The state's address in S3."""
        return self.url

    def held(self, doing: str) -> AbstractContextManager[None]:
        """Hold the lock that the engine holds."""
        return holding(self, doing, name=self._name)

    def release(self, lock_id: str) -> None:
        """Remove the lock from the bucket and the table, where it is still this one."""
        self.unlock(lock_id)


@dataclass(frozen=True, slots=True)
class LocalShelf:
    """Files: the stack's own folder, and one of backups that git does not see."""

    folder: Path
    kept: Path

    @property
    def where(self) -> str:
        """The state's file."""
        return str(self.folder / local_lock.STATE)

    def read(self, version: str = "") -> Stored | None:
        """Read the file, or the one that the engine kept of before."""
        return read_file(self.folder / (version or local_lock.STATE))

    def size(self) -> int | None:
        """Look at the file."""
        found = self.read()
        return None if found is None else found.version.size

    def head(self, version: str) -> bytes:
        """Read it whole: it is at hand."""
        found = self.read(version)
        return b"" if found is None else found.content

    def versions(self) -> tuple[StoredVersion, ...]:
        """Give the file, and the one of before."""
        found = [self.read(name) for name in (local_lock.STATE, _BEFORE)]
        return tuple(stored.version for stored in found if stored is not None)

    def backups(self) -> tuple[StoredVersion, ...]:
        """List the backups' files."""
        found = [read_file(path) for path in sorted(self.kept.glob("*.tfstate"), reverse=True)]
        return tuple(
            StoredVersion(it.version.id.removesuffix(".tfstate"), it.version.at, it.version.size) for it in found if it
        )

    def read_backup(self, name: str) -> Stored | None:
        """Read a backup's file."""
        known = {path.name: path for path in self.kept.glob("*.tfstate")}
        path = known.get(f"{name}.tfstate")
        return None if path is None else read_file(path)

    def keep(self, name: str, content: bytes) -> str:
        """Write a backup, for its owner alone."""
        path = private_dir(self.kept) / f"{name}.tfstate"
        write_atomic(path, content, mode=_FILE_MODE)
        if digest(path.read_bytes()) != digest(content):
            raise BlockedError(f"{path} is not what was written to it", action="look at the disk before anything else")
        return str(path)

    def overwrite(self, content: bytes) -> None:
        """Write the file whole, or not at all."""
        write_atomic(self.folder / local_lock.STATE, content, mode=_FILE_MODE)

    @property
    def by_table(self) -> bool:
        """No table knows of a file."""
        return False

    @property
    def undeletable(self) -> bool:
        """A file may be."""
        return False

    def expected(self) -> str:
        """Take any state."""
        return ""

    def settle(self) -> str:
        """Leave all as it is."""
        return ""

    @contextmanager
    def held(self, doing: str) -> Iterator[None]:
        """Make sure that no process has the file; between commands of ours `exclusive` decides."""
        if not local_lock.free(self.folder):
            raise BlockedError(
                f"the state was not held to {doing}",
                cause=f"a process on this machine holds {self.where}",
                action="wait for it, or end it in good order",
            )
        yield

    def release(self, lock_id: str) -> None:  # noqa: ARG002 - a file's lock has no id that the system would know
        """Forget who held the file."""
        if not local_lock.forget(self.folder):
            raise BlockedError(f"a process on this machine holds {self.where}", action="wait for it")


def read_file(path: Path) -> Stored | None:
    """Read a state's file; None when it is not there."""
    try:
        content = path.read_bytes()
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None
    return Stored(StoredVersion(path.name, at, len(content), latest=path.name == local_lock.STATE), content)
