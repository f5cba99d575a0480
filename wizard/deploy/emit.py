"""Writing a stack's files: whole, only where they changed, and never over what a person has edited.

`manifest.json` holds the digest of every file as it was emitted. A file whose digest is neither the manifest's nor
that of the new content was edited by a person. While an emission is under way the manifest names the digests to come
as well (`pending`), so that a crash between two files leaves nothing that looks like an edit.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard.deploy.differences import Fate, compare, difference
from wizard.deploy.manifest import manifest_of, read_manifest, write_manifest
from wizard.errors import EditedFileError
from wizard.files import write_atomic


@dataclass(frozen=True, slots=True)
class Emitted:
    """What became of each file. `kept` are copies of a person's versions that `force` has set aside."""

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def emit(stack_dir: Path, files: Mapping[str, bytes], *, force: bool = False) -> Emitted:
    """Write `files` (by their path inside the stack's directory) and remove those that are emitted no more.

    Raises EditedFileError, with a difference per file and nothing written at all, when a person has edited any of
    them; with `force` their version is kept beside it as FILE.edited-N. Files that a person added are left alone.
    """
    manifest = read_manifest(stack_dir)
    compared = compare(stack_dir, files, manifest)
    edited = [one.name for one in compared if one.fate is Fate.EDITED]
    if edited and not force:
        raise EditedFileError(
            f"{len(edited)} emitted file{'s were' if len(edited) > 1 else ' was'} edited in {stack_dir}",
            {name: difference(stack_dir, name, files.get(name)) for name in edited},
            cause=", ".join(edited),
            action="put the change into the answers, or into a file of your own beside them; --force sets your version aside",
        )

    kept = tuple(_set_aside(stack_dir, name) for name in edited)
    write = [one.name for one in compared if one.now is not None and one.fate is not Fate.SAME]
    gone = [one.name for one in compared if one.now is None]
    after = manifest_of(files)
    if write or gone:
        # `pending` first: from here on a crash leaves files that the next run knows for ours.
        write_manifest(stack_dir, manifest.expecting(after.files))
    for name in write:
        write_atomic(stack_dir / name, files[name])
    for name in gone:
        (stack_dir / name).unlink()
        _prune(stack_dir, (stack_dir / name).parent)
    write_manifest(stack_dir, after)
    return Emitted(
        written=tuple(write),
        unchanged=tuple(sorted(set(files) - set(write))),
        removed=tuple(gone),
        kept=kept,
    )


def _set_aside(stack_dir: Path, name: str) -> str:
    number = 1
    while (stack_dir / f"{name}.edited-{number}").exists():
        number += 1
    copy = f"{name}.edited-{number}"
    write_atomic(stack_dir / copy, (stack_dir / name).read_bytes())
    return copy


def _prune(stack_dir: Path, folder: Path) -> None:
    """Remove folders that became empty, up to the stack's own."""
    while folder != stack_dir:
        with contextlib.suppress(OSError):
            folder.rmdir()
        if folder.exists():
            return
        folder = folder.parent
