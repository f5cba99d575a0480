"""The files of an object's stacks: what would be written, and what that changes on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.deploy.target import Target


@dataclass(frozen=True, slots=True)
class EmittedFile:
    """One file. `fate` is what an emission does to it, in words; `text` what would be written; `diff` what that changes."""

    stack: str
    path: str
    fate: str
    text: str
    diff: str

    @property
    def name(self) -> str:
        """How it is named: its stack, and its path there."""
        return f"{self.stack}/{self.path}"


def files_of(target: Target) -> tuple[EmittedFile, ...]:
    """Render all files, and compare them with the disk. Nothing is written."""
    from wizard.deploy.emit import differences, edited_files
    from wizard.deploy.flow import needed_contract
    from wizard.deploy.render import render

    found = []
    for stack in target.stacks:
        files = render(target, stack, needed_contract(target, stack))
        folder = target.place.stack(stack)
        diffs, edited = differences(folder, files), edited_files(folder)
        for path in sorted({*files, *diffs}):
            fate = _fate(path in files, (folder / path).is_file(), path in edited, bool(diffs.get(path)))
            text = files.get(path, b"").decode(errors="replace")
            found.append(EmittedFile(stack, path, fate, text, diffs.get(path, "")))
    return tuple(found)


def summary(files: Sequence[EmittedFile]) -> str:
    """Give `41 files: 40 new, 1 changed`."""
    counts = Counter(file.fate for file in files)
    return f"{len(files)} files: {', '.join(f'{count} {fate}' for fate, count in counts.items()) or 'none'}"


def named(files: Sequence[EmittedFile], typed: str) -> tuple[EmittedFile, ...]:
    """Give the files that a text names: by number, by name, or by a part of it."""
    if typed.isascii() and typed.isdigit() and 0 < int(typed[:6]) <= len(files):
        return (files[int(typed[:6]) - 1],)
    exact = tuple(file for file in files if typed in {file.name, file.path})
    return exact if len(exact) == 1 else tuple(file for file in files if typed and typed in file.name)


def _fate(emitted: bool, there: bool, edited: bool, differs: bool) -> str:  # noqa: FBT001 - what is true of a file
    if not emitted:
        return "removed"
    if edited and differs:
        return "edited by hand"
    if not there:
        return "new"
    return "changed" if differs else "same"
