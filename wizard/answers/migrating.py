"""Answers that an older Planewright wrote, made to mean in this one what they meant then. Declared as data; pure."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from wizard.answers.catalogue import value_at
from wizard.answers.settings import set_value, take_out

_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Migration:
    """What changed in `version` for answers of a kind that were written before it. Keys are those of whole objects.

    `renamed` leads from an old key to its new one. `kept` has the default that a key had: what was left to it stays what
    it was, for a release must not change what is deployed. `dropped` are keys that are asked no more.
    """

    version: str
    kind: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()


def number(version: str) -> tuple[int, int, int] | None:
    """Read a version such as 0.1.0; None when it is none."""
    match = _VERSION.fullmatch(version)
    return None if match is None else (int(match[1]), int(match[2]), int(match[3]))


def since(wrote: str, kind: str, migrations: Iterable[Migration]) -> tuple[Migration, ...]:
    """Give what concerns answers of a kind that this version wrote, the oldest first."""
    written = number(wrote) or (0, 0, 0)
    later = (one for one in migrations if one.kind == kind and (number(one.version) or (0, 0, 0)) > written)
    return tuple(sorted(later, key=lambda one: number(one.version) or (0, 0, 0)))


def migrate(raw: MutableMapping[str, Any], steps: Iterable[Migration]) -> bool:
    """Change plain answers in place, and tell whether anything in them had to. Once: what is kept is kept then."""
    before = copy.deepcopy(raw)
    for step in steps:
        for old, new in step.renamed.items():
            value = take_out(raw, old)
            if value is not None and value_at(raw, new) is None:
                set_value(raw, new, value)
        for key in step.dropped:
            take_out(raw, key)
        for key, default in step.kept.items():
            if value_at(raw, key) is None:
                set_value(raw, key, default)
    return bool(raw != before)


def newer_names(steps: Iterable[Migration]) -> dict[str, str]:
    """Lead from each old key to what it is called now."""
    names: dict[str, str] = {}
    for step in steps:
        names = {old: step.renamed.get(new, new) for old, new in names.items()} | dict(step.renamed)
    return names
