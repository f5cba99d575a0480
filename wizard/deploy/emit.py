"""Writing a stack's files: whole, only where they changed, and never over what a person has edited.

`manifest.json` holds the digest of every file as it was emitted. A file whose digest is neither the manifest's nor
that of the new content was edited by a person. While an emission is under way the manifest names the digests to come
as well (`pending`), so that a crash between two files leaves nothing that looks like an edit.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from wizard import __version__
from wizard.errors import EditedFileError, InputError
from wizard.files import digest, to_json, write_atomic
from wizard.redact import Redactor

MANIFEST = "manifest.json"
#: Written by the engine as much as by us: emitted once, then the engine's, until the pinned provider changes.
LOCK = ".terraform.lock.hcl"

_PROVIDER = re.compile(r'^provider "[^"/]+/(?P<name>[^"]+)" \{(?P<body>.*?)^\}', re.MULTILINE | re.DOTALL)
_PIN = re.compile(r'^\s*(?:version|constraints)\s*=\s*"([^"]*)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Emitted:
    """What became of each file. `kept` are copies of a person's versions that `force` has set aside."""

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Manifest:
    files: dict[str, str] = field(default_factory=dict)
    pending: dict[str, list[str]] = field(default_factory=dict)
    providers: dict[str, list[str]] = field(default_factory=dict)

    def emitted(self, name: str) -> set[str]:
        """Digests that we have written, or may have written, under this name."""
        return {*([self.files[name]] if name in self.files else []), *self.pending.get(name, [])}

    def expecting(self, files: Mapping[str, str]) -> _Manifest:
        """Give the manifest of an emission under way: what was emitted so far, and what may be there from now on."""
        names = {*self.pending, *files}
        pending = {
            name: sorted({*self.pending.get(name, []), *([files[name]] if name in files else [])}) for name in names
        }
        return _Manifest(self.files, pending, self.providers)


def emit(stack_dir: Path, files: Mapping[str, bytes], *, force: bool = False) -> Emitted:
    """Write `files` (by their path inside the stack's directory) and remove those that are emitted no more.

    Raises EditedFileError, with a difference per file and nothing written at all, when a person has edited any of
    them; with `force` their version is kept beside it as FILE.edited-N. Files that a person added are left alone.
    """
    _refuse_paths_outside(files)
    manifest = _read_manifest(stack_dir)
    lock_stays = LOCK in files and _lock_stays(stack_dir, files[LOCK], manifest)
    ours = {name: data for name, data in files.items() if name != LOCK}
    gone = sorted(name for name in {*manifest.files, *manifest.pending} - set(files) if (stack_dir / name).is_file())
    edited = _edited(stack_dir, ours, gone, manifest)
    if edited and not force:
        raise EditedFileError(
            f"{len(edited)} emitted file{'s were' if len(edited) > 1 else ' was'} edited in {stack_dir}",
            {name: _difference(stack_dir, name, files.get(name)) for name in edited},
            cause=", ".join(edited),
            action="put the change into the answers, or into a file of your own beside them; --force sets your version aside",
        )

    write = [name for name, data in ours.items() if _digest_of(stack_dir / name) != digest(data)]
    if LOCK in files and not lock_stays and _digest_of(stack_dir / LOCK) != digest(files[LOCK]):
        write.append(LOCK)
    kept = tuple(_set_aside(stack_dir, name) for name in edited)
    after = _Manifest(files={name: digest(data) for name, data in ours.items()}, providers=_pins(files.get(LOCK, b"")))
    if write or gone:
        # `pending` first: from here on a crash leaves files that the next run knows for ours.
        _write_manifest(stack_dir, manifest.expecting(after.files))
    for name in write:
        write_atomic(stack_dir / name, files[name])
    for name in gone:
        (stack_dir / name).unlink()
        _prune(stack_dir, (stack_dir / name).parent)
    _write_manifest(stack_dir, after)
    return Emitted(
        written=tuple(sorted(write)),
        unchanged=tuple(sorted(set(files) - set(write))),
        removed=tuple(gone),
        kept=kept,
    )


def differences(stack_dir: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """Show, as a unified diff per file, what `emit` would change; unchanged files are left out."""
    _refuse_paths_outside(files)
    manifest = _read_manifest(stack_dir)
    found = {}
    for name in sorted({*files, *manifest.files, *manifest.pending}):
        data = files.get(name)
        if name == LOCK and data is not None and _lock_stays(stack_dir, data, manifest):
            continue
        if _digest_of(stack_dir / name) != (digest(data) if data is not None else None):
            found[name] = _difference(stack_dir, name, data)
    return found


def edited_files(stack_dir: Path) -> tuple[str, ...]:
    """Name the emitted files that a person has edited since."""
    manifest = _read_manifest(stack_dir)
    return tuple(
        name
        for name in sorted(manifest.files)
        if (now := _digest_of(stack_dir / name)) is not None and now not in manifest.emitted(name)
    )


def _edited(stack_dir: Path, files: Mapping[str, bytes], gone: list[str], manifest: _Manifest) -> list[str]:
    found = []
    for name in [*files, *gone]:
        now = _digest_of(stack_dir / name)
        fine = manifest.emitted(name) | ({digest(files[name])} if name in files else set())
        # A file that was deleted is no edit: emitting it again loses nothing.
        if now is not None and now not in fine:
            found.append(name)
    return sorted(found)


def _lock_stays(stack_dir: Path, new: bytes, manifest: _Manifest) -> bool:
    """Whether the lock file on disk is left to the engine: it is there, and what we pin has not changed."""
    path = stack_dir / LOCK
    if not path.is_file():
        return False
    before = manifest.providers or _pins(path.read_bytes())
    return before == _pins(new)


def _pins(lock: bytes) -> dict[str, list[str]]:
    """Read which provider is pinned to what. The registry's host is left out: tofu and terraform name their own."""
    text = lock.decode("utf-8", errors="replace")
    return {found["name"]: sorted(_PIN.findall(found["body"])) for found in _PROVIDER.finditer(text)}


def _set_aside(stack_dir: Path, name: str) -> str:
    number = 1
    while (stack_dir / f"{name}.edited-{number}").exists():
        number += 1
    copy = f"{name}.edited-{number}"
    write_atomic(stack_dir / copy, (stack_dir / name).read_bytes())
    return copy


def _difference(stack_dir: Path, name: str, new: bytes | None) -> str:
    """Unified diff from the file on disk to the new content (None: removed), secrets masked."""
    path = stack_dir / name
    old = path.read_bytes() if path.is_file() else None
    try:
        before = (old or b"").decode().splitlines(keepends=True)
        after = (new or b"").decode().splitlines(keepends=True)
    except UnicodeDecodeError:
        return f"{name}: binary, {len(old or b'')} bytes on disk, {len(new or b'')} bytes now emitted\n"
    lines = difflib.unified_diff(
        before,
        after,
        "/dev/null" if old is None else f"{name} (on disk)",
        "/dev/null" if new is None else f"{name} (emitted)",
    )
    return Redactor().text("".join(line if line.endswith("\n") else f"{line}\n" for line in lines))


def _digest_of(path: Path) -> str | None:
    try:
        return digest(path.read_bytes())
    except FileNotFoundError:
        return None
    except (IsADirectoryError, NotADirectoryError):
        raise InputError(
            f"{path} stands in the way of an emitted file", action="move it elsewhere; it is none of ours"
        ) from None


def _refuse_paths_outside(files: Mapping[str, bytes]) -> None:
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or name != str(path) or name == MANIFEST:
            raise ValueError(f"no path inside a stack's directory: {name!r}")


def _read_manifest(stack_dir: Path) -> _Manifest:
    path = stack_dir / MANIFEST
    try:
        data = json.loads(path.read_bytes())
        manifest = _Manifest(data["files"], data.get("pending", {}), data.get("providers", {}))
        _refuse_paths_outside(dict.fromkeys({*manifest.files, *manifest.pending}, b""))
    except FileNotFoundError:
        return _Manifest()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            f"{path} cannot be read",
            cause="it holds the digests of what was emitted, and has been changed",
            action="restore it from git; without it every file counts as edited",
        ) from None
    return manifest


def _write_manifest(stack_dir: Path, manifest: _Manifest) -> None:
    content: dict[str, object] = {"planewright": __version__, "files": manifest.files, "providers": manifest.providers}
    if manifest.pending:
        content["pending"] = manifest.pending
    data = to_json(content).encode()
    if _digest_of(stack_dir / MANIFEST) != digest(data):
        write_atomic(stack_dir / MANIFEST, data)


def _prune(stack_dir: Path, folder: Path) -> None:
    """Remove folders that became empty, up to the stack's own."""
    while folder != stack_dir:
        with contextlib.suppress(OSError):
            folder.rmdir()
        if folder.exists():
            return
        folder = folder.parent
