"""What the review looks at on disk, in a worker: what lies there, and what would be written. It touches no widget."""

from __future__ import annotations

from dataclasses import dataclass

from screens.widgets.file_tree import Fate, FileEntry, entries_of
from wizard.answers.changed import ChangedAnswer
from wizard.deploy import gate
from wizard.deploy.target import Target
from wizard.errors import InputError, PlanewrightError
from wizard.walk.since import Since, since
from wizard.walk.walk import Walk


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at the disk gave. `failed` says why a part of it could not be seen."""

    entries: tuple[FileEntry, ...] = ()
    changed: tuple[ChangedAnswer, ...] = ()
    passed: tuple[gate.Acknowledgement, ...] = ()
    failed: tuple[PlanewrightError, ...] = ()
    #: Since when the answers changed, where something was applied; empty: since they were saved.
    since: str = ""


def counted(number: int, what: str) -> str:
    """Say how many there are of something."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def look(walk: Walk) -> Seen:
    """Read what lies on disk and render what would. Blocks; what cannot be read is told and hides nothing else."""
    failed: list[PlanewrightError] = []
    entries: tuple[FileEntry, ...] = ()
    answers = Since(())
    passed: tuple[gate.Acknowledgement, ...] = ()
    try:
        passed = gate.acknowledged(walk.place)
    except InputError as error:
        failed.append(error)
    try:
        answers = since(walk)
    except InputError as error:
        failed.append(error)
    if walk.target is not None:
        try:
            entries = _files(walk.target)
        except PlanewrightError as error:
            failed.append(error)
    return Seen(entries, answers.changed, passed, tuple(failed), answers.applied)


def _files(target: Target) -> tuple[FileEntry, ...]:
    from wizard.deploy.differences import compare, differences
    from wizard.deploy.flow import needed_contract
    from wizard.deploy.render import render

    entries: list[FileEntry] = []
    for stack in target.stacks:
        files = render(target, stack, needed_contract(target, stack))
        folder = target.place.stack(stack)
        compared = compare(folder, files)
        fates = {one.name: Fate[one.fate.name] for one in compared}
        entries += entries_of(stack, fates, files, differences(folder, files, compared))
    return tuple(entries)
