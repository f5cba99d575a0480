"""Three things side by side, file by file: what was emitted (the manifest), what is on disk, what would be emitted now.

It is the one place that says what a person has edited: `emit` refuses by it, `planewright diff` and the review show it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from wizard.deploy.manifest import LOCK, Manifest, digest_of, pins, read_manifest, refuse_paths_outside
from wizard.files import digest
from wizard.redact import Redactor


class Fate(StrEnum):
    """What an emission would do to a file; it would refuse for one that was edited by hand."""

    SAME = "same"
    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    EDITED = "edited by hand"

    @property
    def symbol(self) -> str:
        """One character, never alone."""
        return {"same": "=", "added": "+", "modified": "~", "removed": "-", "edited by hand": "✗"}[self.value]


@dataclass(frozen=True, slots=True)
class Compared:
    """One file. The digests are None where there is none: never emitted, not on disk, not emitted any more."""

    name: str
    fate: Fate
    emitted: str | None
    on_disk: str | None
    now: str | None

    @property
    def note(self) -> str:
        """What else is to be known of it; empty for nothing."""
        if self.fate is Fate.ADDED and self.emitted is not None:
            return "it was deleted by hand"
        if self.fate is not Fate.EDITED:
            return ""
        if self.emitted is None:
            return "it was never emitted, and stands where one is to be"
        if self.now is None:
            return "it would be removed"
        return "" if self.now == self.emitted else "what would be emitted has changed as well"


def compare(folder: Path, files: Mapping[str, bytes], manifest: Manifest | None = None) -> tuple[Compared, ...]:
    """Compare every file that was emitted into a folder or would be, by name. Reads alone.

    Raises InputError for a manifest that cannot be read. Files that a person added are left out: they are not ours.
    """
    refuse_paths_outside(files)
    known = manifest if manifest is not None else read_manifest(folder)
    found = []
    for name in sorted({*files, *known.files, *known.pending}):
        now = digest(files[name]) if name in files else None
        on_disk = digest_of(folder / name)
        if now is None and on_disk is None:
            continue
        if name == LOCK and name in files:
            fate = _fate_of_lock(folder, files[LOCK], known, now, on_disk)
        else:
            fate = _fate(known.emitted(name), on_disk, now)
        found.append(Compared(name, fate, known.files.get(name), on_disk, now))
    return tuple(found)


def differences(folder: Path, files: Mapping[str, bytes], compared: Iterable[Compared] | None = None) -> dict[str, str]:
    """Show, as a unified diff per file, what `emit` would change; unchanged files are left out. `compared` is `compare`'s."""
    found = compare(folder, files) if compared is None else compared
    return {one.name: difference(folder, one.name, files.get(one.name)) for one in found if one.fate is not Fate.SAME}


def edited_files(folder: Path) -> tuple[str, ...]:
    """Name the emitted files that a person has edited since."""
    manifest = read_manifest(folder)
    return tuple(
        name
        for name in sorted(manifest.files)
        if (now := digest_of(folder / name)) is not None and now not in manifest.emitted(name)
    )


def difference(folder: Path, name: str, new: bytes | None) -> str:
    """Give the unified diff from the file on disk to the new content (None: removed), secrets masked."""
    path = folder / name
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


def _fate(emitted: set[str], on_disk: str | None, now: str | None) -> Fate:
    if on_disk == now:
        return Fate.SAME
    if on_disk is None:
        return Fate.ADDED  # one that was deleted is no edit: emitting it again loses nothing
    if on_disk not in emitted:
        return Fate.EDITED
    return Fate.REMOVED if now is None else Fate.MODIFIED


def _fate_of_lock(folder: Path, new: bytes, manifest: Manifest, now: str | None, on_disk: str | None) -> Fate:
    """Leave the lock file to the engine while it is there, and what we pin has not changed. Nobody's edit of it is one."""
    if on_disk is None:
        return Fate.ADDED
    before = manifest.providers or pins((folder / LOCK).read_bytes())
    return Fate.SAME if on_disk == now or before == pins(new) else Fate.MODIFIED
