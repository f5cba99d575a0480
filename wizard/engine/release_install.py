"""Install a release of OpenTofu for Planewright's own use: verified first, and there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import hmac
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from wizard.engine import release_fetch
from wizard.engine.installed import RECORD, Installed, Provenance, folder_of, installed
from wizard.engine.locate import Engine, probe
from wizard.engine.release import SOURCE, Release, checksum_of
from wizard.engine.release_fetch import Progress, Source, silent
from wizard.engine.release_signature import Signer, verify
from wizard.errors import EngineError
from wizard.files import private_dir, to_json, write_atomic

# An archive has some 30 MB and unpacks to three times that.
_UNPACKED = 4
_LARGEST = 1 << 30
_NAMES = ("tofu", "LICENSE")
_PIECE = 1 << 20

Free = Callable[[Path], int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an installation came to. `fresh` is false where that version was there, and whole, before."""

    installed: Installed
    engine: Engine
    fresh: bool
    signer: Signer | None = None
    resumed: bool = False


def install(
    release: Release,
    engines: Path,
    *,
    place: str = SOURCE,
    key: Path | None = None,
    progress: Progress = silent,
    free: Free = lambda folder: shutil.disk_usage(folder).free,
) -> Outcome:
    """Fetch a release, verify its signature and its checksum, and only then unpack it into `engines`.

    A version that is there stays as it is when it is whole. One that was altered is set aside, never written over: whatever
    runs it goes on.

    Raises EngineError: what could not be fetched, does not verify, does not fit, or is not that engine.
    """
    with _alone(engines):
        there = _there(release, engines)
        if there is not None:
            return there
        origin = release_fetch.source(place, release.version)
        sums = release_fetch.small(origin, release.sums)
        signer = verify(sums, release_fetch.small(origin, release.signature), key=key)
        wanted = checksum_of(sums, release.archive)
        if wanted is None:
            raise EngineError(
                f"there is no {release.archive} in this release: nothing was installed",
                cause=f"{origin.where(release.sums)} is signed, and does not list it",
                action="name another version, or build OpenTofu from source and name it with --engine PATH",
            )
        archive, resumed = _archive(release, origin, wanted, engines, progress=progress, free=free)
        with _unpacked(archive, engines, free) as folder:
            engine = _the_one(folder / "tofu", release)
            record = Provenance(
                version=release.version,
                platform=release.platform,
                source=origin.where(release.archive),
                archive=release.archive,
                archive_digest=wanted,
                binary=_digest(folder / "tofu"),
                key=signer.fingerprint,
                key_of=signer.whose,
                signed_at=signer.signed.astimezone(UTC).isoformat() if signer.signed else "",
                installed_at=datetime.now(UTC).isoformat(),
            )
            write_atomic(folder / RECORD, to_json(asdict(record)))
            target = folder_of(engines, release.version)
            _set_aside(target)
            folder.rename(target)
        archive.unlink(missing_ok=True)
        placed = Engine(engine.kind, engine.version, target / "tofu")
        return Outcome(Installed(release.version, target, record), placed, fresh=True, signer=signer, resumed=resumed)


def whole(item: Installed) -> bool:
    """Whether an installed engine is still the file that was verified."""
    if item.provenance is None:
        return False
    try:
        return hmac.compare_digest(_digest(item.path), item.provenance.binary)
    except OSError:
        return False


def _there(release: Release, engines: Path) -> Outcome | None:
    for item in installed(engines):
        if item.version == release.version and whole(item):
            return Outcome(item, _the_one(item.path, release), fresh=False)
    return None


def _archive(
    release: Release, origin: Source, wanted: str, engines: Path, *, progress: Progress, free: Free
) -> tuple[Path, bool]:
    """Fetch the archive until it has the checksum. What was gone on with and does not fit together is fetched anew once."""
    part = private_dir(engines / ".fetched") / f"{release.archive}.{wanted[:12]}"

    def room(more: int) -> None:
        _fits(engines, more * _UNPACKED, free)

    resumed = release_fetch.large(origin, release.archive, part, progress=progress, room=room)
    got = _digest(part)
    if resumed and got != wanted:
        part.unlink()
        resumed = release_fetch.large(origin, release.archive, part, progress=progress, room=room)
        got = _digest(part)
    if got != wanted:
        part.unlink()
        raise EngineError(
            f"{release.archive} is not the file that was signed: nothing was installed",
            cause=f"its SHA-256 is {got}, and the signed list has {wanted}",
            action="run the command again; when it says the same, do not use what lies at "
            f"{origin.where(release.archive)}",
        )
    return part, resumed


@contextlib.contextmanager
def _unpacked(archive: Path, engines: Path, free: Free) -> Iterator[Path]:
    """Unpack the engine and its licence beside their place, and nothing else whatever the archive holds."""
    folder = Path(tempfile.mkdtemp(dir=engines, prefix=".unpacking-"))
    try:
        with tarfile.open(archive, "r:gz") as packed:
            members = [item for item in packed.getmembers() if item.name.removeprefix("./") in _NAMES and item.isreg()]
            if not any(item.name.removeprefix("./") == "tofu" for item in members):
                raise EngineError(
                    f"{archive.name} holds no tofu: nothing was installed",
                    cause="it was signed, and is not a release of OpenTofu",
                    action="correct --from",
                )
            _fits(engines, sum(min(item.size, _LARGEST) for item in members), free)
            for item in members:
                _copy(packed, item, folder)
        (folder / "tofu").chmod(0o755)
        folder.chmod(0o755)
        yield folder
    except (tarfile.TarError, EOFError) as error:
        raise EngineError(
            f"{archive.name} cannot be unpacked: nothing was installed", cause=str(error), action="correct --from"
        ) from error
    except OSError as error:
        raise _unwritable(engines, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # gone already once it was renamed into its place


def _copy(packed: tarfile.TarFile, item: tarfile.TarInfo, folder: Path) -> None:
    source = packed.extractfile(item)
    if source is None or item.size > _LARGEST:
        raise tarfile.ReadError(f"{item.name} is no plain file of a sensible size")
    with source, (folder / item.name.removeprefix("./")).open("wb") as file:
        shutil.copyfileobj(source, file, _PIECE)
        file.flush()
        os.fsync(file.fileno())


def _the_one(path: Path, release: Release) -> Engine:
    engine = probe(path)
    if engine.kind != "tofu" or engine.version != release.version:
        raise EngineError(
            f"what was fetched is not OpenTofu {release.version}: nothing was installed",
            cause=f"it is signed, and says that it is {engine}",
            action="correct --from or --version",
        )
    return engine


def _set_aside(target: Path) -> None:
    """Move what is there and was altered out of the way; a process that runs it keeps its file."""
    if target.exists():
        target.rename(target.with_name(f".{target.name}-altered-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"))


@contextlib.contextmanager
def _alone(engines: Path) -> Iterator[None]:
    """Hold the place of the engines for one installation. Raises EngineError when another one holds it: it is not waited for."""
    from filelock import FileLock, Timeout

    try:
        private_dir(engines)
        lock = FileLock(engines / ".lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise EngineError(
            "another installation of an engine is under way: nothing was done",
            cause=f"{engines / '.lock'} is held",
            action="wait for it to end, then run the command again",
        ) from None
    except OSError as error:
        raise _unwritable(engines, error) from error
    try:
        yield
    finally:
        lock.release()


def _fits(engines: Path, wanted: int, free: Free) -> None:
    have = free(engines)
    if have < wanted:
        raise EngineError(
            "there is not enough room for the engine: nothing was installed",
            cause=f"{engines} has {have >> 20} MB free, and {(wanted >> 20) + 1} MB are needed",
            action="free some space, or point XDG_DATA_HOME to a larger disk",
        )


def _unwritable(engines: Path, error: OSError) -> EngineError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return EngineError(
        "the engine could not be written: nothing was installed",
        cause=f"{engines}: {error.strerror or error}",
        action="free some space" if full else "make that folder writable, or point XDG_DATA_HOME to one that is",
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
