"""How an object differs from what was emitted and applied: versions, checksums, files, answers. Reads the workspace alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wizard import __version__
from wizard.answers.changed import ChangedAnswer
from wizard.deploy.answered import Applied, changed_since, last_applied
from wizard.deploy.differences import Compared, Fate, compare, differences
from wizard.deploy.flow import needed_contract
from wizard.deploy.manifest import LOCK, Manifest, checksum, manifest_of, pins, read_manifest
from wizard.deploy.render import render
from wizard.deploy.target import Target
from wizard.engine.runs import Run
from wizard.engine.writer import last_writer

#: Where the blueprint's modules lie in a stack: no answer reaches into them, so that their checksum is their version.
MODULES = "modules/"


@dataclass(frozen=True, slots=True)
class Three:
    """One checksum of what was emitted, of that as it is on disk, and of what would be emitted now. Empty for none."""

    emitted: str
    on_disk: str
    now: str

    @property
    def same(self) -> bool:
        """Whether all three are one."""
        return self.emitted == self.on_disk == self.now


@dataclass(frozen=True, slots=True)
class Wrote:
    """Which engine wrote a stack's state last, as far as this workspace knows: in which run, when, whose."""

    engine: str
    at: datetime
    who: str
    run: str


@dataclass(frozen=True, slots=True)
class AnswersSince:
    """What changed in the answers since a stack's newest apply: None where those that were applied are not on record."""

    run: str
    at: datetime
    digest: str
    changed: tuple[ChangedAnswer, ...] | None


@dataclass(frozen=True, slots=True)
class StackDiffers:
    """One stack. `emitted_by` is the Planewright that emitted it, empty where nothing was.

    `locked` is each provider's version in the lock file on disk, which is the engine's; `pinned` and `pins` are what was
    emitted for it and what would be.

    `wrote` and `answers` are None where nothing was applied from this workspace, or it was destroyed since.
    """

    stack: str
    emitted_by: str
    checksum: Three
    modules: Three
    locked: Mapping[str, str]
    pinned: Mapping[str, tuple[str, ...]]
    pins: Mapping[str, tuple[str, ...]]
    files: tuple[Compared, ...]
    texts: Mapping[str, str]
    wrote: Wrote | None
    answers: AnswersSince | None

    @property
    def differing(self) -> tuple[Compared, ...]:
        """The files that are not the same."""
        return tuple(one for one in self.files if one.fate is not Fate.SAME)

    @property
    def differs(self) -> bool:
        """Whether an emission, or an apply of the answers, has anything to do."""
        return bool(self.differing or (self.answers is not None and self.answers.changed))


@dataclass(frozen=True, slots=True)
class Differs:
    """An object: its blueprint, the Planewright that compares, and each stack."""

    name: str
    kind: str
    blueprint: str
    planewright: str
    stacks: tuple[StackDiffers, ...]

    @property
    def differs(self) -> bool:
        """Whether any stack does."""
        return any(one.differs for one in self.stacks)


def differing(target: Target, stacks: tuple[str, ...]) -> Differs:
    """Compare these stacks of a target. Raises InputError for a manifest that cannot be read, or answers that add up to no stack."""
    return Differs(
        target.name,
        target.place.kind,
        str(target.answers.blueprint),
        __version__,
        tuple(_stack(target, stack) for stack in stacks),
    )


def _stack(target: Target, stack: str) -> StackDiffers:
    folder = target.place.stack(stack)
    files = render(target, stack, needed_contract(target, stack))
    manifest, now = read_manifest(folder), manifest_of(files)
    compared = compare(folder, files, manifest)
    lock = folder / LOCK
    applied = last_applied(target.place, stack)
    return StackDiffers(
        stack=stack,
        emitted_by=manifest.planewright,
        checksum=_three(manifest, now, compared, ""),
        modules=_three(manifest, now, compared, MODULES),
        locked=_versions(pins(lock.read_bytes())) if lock.is_file() else {},
        pinned=_tuples(manifest.providers),
        pins=_tuples(now.providers),
        files=compared,
        texts=differences(folder, files, compared),
        wrote=_wrote(target, stack) if applied is not None else None,
        answers=_answers(applied, target) if applied is not None else None,
    )


def _three(manifest: Manifest, now: Manifest, compared: tuple[Compared, ...], under: str) -> Three:
    ours = manifest.files or now.files
    on_disk = {one.name: one.on_disk for one in compared if one.on_disk is not None and one.name in ours}
    return Three(
        checksum(manifest.files, under=under), checksum(on_disk, under=under), checksum(now.files, under=under)
    )


def _tuples(providers: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in sorted(providers.items())}


def _versions(providers: Mapping[str, list[str]]) -> dict[str, str]:
    """Give the version of each, without the constraints beside it, to which an engine adds the modules' own."""
    return {name: next((it for it in values if it[:1].isdigit()), "") for name, values in sorted(providers.items())}


def _wrote(target: Target, stack: str) -> Wrote | None:
    request = last_writer(target.place.past_runs, stack)
    if request is None:
        return None
    return Wrote(f"{request.engine_kind} {request.engine_version}", request.created, request.who, request.id)


def _answers(applied: Applied, target: Target) -> AnswersSince:
    run: Run = applied.run
    return AnswersSince(run.id, run.request.created, applied.digest, changed_since(applied, target.answers))


def as_json(differs: Differs) -> dict[str, Any]:
    """Give it for programs. Files that are the same are counted alone."""
    return {
        "name": differs.name,
        "kind": differs.kind,
        "blueprint": differs.blueprint,
        "planewright": differs.planewright,
        "differs": differs.differs,
        "stacks": {one.stack: _stack_as_json(one) for one in differs.stacks},
    }


def _stack_as_json(one: StackDiffers) -> dict[str, Any]:
    wrote, answers = one.wrote, one.answers
    return {
        "differs": one.differs,
        "emitted_by": one.emitted_by or None,
        "checksum": _three_as_json(one.checksum),
        "modules": _three_as_json(one.modules),
        "providers": {
            "on_disk": dict(one.locked),
            "emitted": {name: list(values) for name, values in one.pinned.items()},
            "now": {name: list(values) for name, values in one.pins.items()},
        },
        "engine": None
        if wrote is None
        else {"wrote": wrote.engine, "at": wrote.at.isoformat(), "who": wrote.who, "run": wrote.run},
        "same": len(one.files) - len(one.differing),
        "files": [
            {
                "path": file.name,
                "state": file.fate.value,
                "note": file.note,
                "emitted": file.emitted,
                "on_disk": file.on_disk,
                "now": file.now,
                "difference": one.texts[file.name],
            }
            for file in one.differing
        ],
        "answers": None
        if answers is None
        else {
            "applied_at": answers.at.isoformat(),
            "run": answers.run,
            "digest": answers.digest or None,
            "changed": None
            if answers.changed is None
            else [
                {"key": it.key, "state": it.word, "before": it.before or None, "after": it.after or None}
                for it in answers.changed
            ],
        },
    }


def _three_as_json(three: Three) -> dict[str, str | None]:
    return {"emitted": three.emitted or None, "on_disk": three.on_disk or None, "now": three.now or None}
