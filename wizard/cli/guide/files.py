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
    from wizard.deploy.differences import Fate, compare, difference
    from wizard.deploy.flow import needed_contract
    from wizard.deploy.render import render

    found = []
    for stack in target.stacks:
        files = render(target, stack, needed_contract(target, stack))
        folder = target.place.stack(stack)
        for one in compare(folder, files):
            text = files.get(one.name, b"").decode(errors="replace")
            diff = "" if one.fate is Fate.SAME else difference(folder, one.name, files.get(one.name))
            found.append(EmittedFile(stack, one.name, one.fate.value, text, diff))
    return tuple(found)


def summary(files: Sequence[EmittedFile]) -> str:
    """Give `41 files: 40 added, 1 modified`."""
    counts = Counter(file.fate for file in files)
    return f"{len(files)} files: {', '.join(f'{count} {fate}' for fate, count in counts.items()) or 'none'}"


def named(files: Sequence[EmittedFile], typed: str) -> tuple[EmittedFile, ...]:
    """Give the files that a text names: by number, by name, or by a part of it."""
    if typed.isascii() and typed.isdigit() and 0 < int(typed[:6]) <= len(files):
        return (files[int(typed[:6]) - 1],)
    exact = tuple(file for file in files if typed in {file.name, file.path})
    return exact if len(exact) == 1 else tuple(file for file in files if typed and typed in file.name)
