"""Answers while they are typed: what was taken, what was refused, what is still missing. A value; nothing typed is lost.

    draft.typing("database.port", "54x")  ->  another draft, in which the text stands and the problem beside it

A front end shows `text(key)` in the field and `problems` under it; once `answers` is not None, they can be saved.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from wizard.answers.catalogue import Asked, Shape, answered, by_key, catalogue, value_at
from wizard.answers.load import build, unanswered
from wizard.answers.problems import general
from wizard.answers.settings import entry_at, set_value, take_out
from wizard.answers.typed import accept
from wizard.answers.types import Answers
from wizard.errors import InputError, Problem

M = TypeVar("M", bound=Answers)


@dataclass(frozen=True)
class Draft(Generic[M]):
    """Answers of one object. `raw` is what was taken, as plain data; `refused` are texts that no answer was made of."""

    model: type[M]
    raw: Mapping[str, Any]
    refused: Mapping[str, str] = field(default_factory=dict)

    def typing(self, key: str, text: str) -> Draft[M]:
        """Give the draft with this text typed into the field of a key (`applications[0].cidr`).

        An empty text takes the answer back: the default then stands.
        """
        asked = self.asked(key)
        refused = {name: typed for name, typed in self.refused.items() if name != key}
        raw = copy.deepcopy(dict(self.raw))
        if not text.strip():
            take_out(raw, key)
            return replace(self, raw=raw, refused=refused)
        try:
            value = accept(asked, text, at=key)
        except InputError:
            # What was taken before stays out as well: a field shows one text, and that is the one which counts.
            take_out(raw, key)
            return replace(self, raw=raw, refused=refused | {key: text})
        set_value(raw, key, value)
        return replace(self, raw=raw, refused=refused)

    def without_group(self, key: str, index: int) -> Draft[M]:
        """Give the draft without one member of a list of groups; what was typed into later members moves with them."""
        raw = copy.deepcopy(dict(self.raw))
        members = value_at(raw, key, [])
        del members[index]
        refused = {}
        for name, typed in self.refused.items():
            moved = _moved(name, key, index)
            if moved is not None:
                refused[moved] = typed
        return replace(self, raw=raw, refused=refused)

    def with_group(self, key: str) -> Draft[M]:
        """Give the draft with one more, empty, member of a list of groups."""
        raw = copy.deepcopy(dict(self.raw))
        set_value(raw, key, [*value_at(raw, key, []), {}])
        return replace(self, raw=raw)

    def asked(self, key: str) -> Asked:
        """Give the question of a key. KeyError for a key that nobody asks for: a bug of the caller."""
        return by_key(self.model)[general(key)]

    def text(self, key: str) -> str:
        """Give what the field of a key shows: what was typed, or what was taken; empty for the default."""
        if key in self.refused:
            return self.refused[key]
        return as_typed(self.asked(key), entry_at(self.raw, key))

    @cached_property
    def given(self) -> dict[str, Any]:
        """Answers by key, defaults filled in."""
        return answered(self.raw, self.model)

    @cached_property
    def questions(self) -> tuple[Asked, ...]:
        """Give the questions that apply, given the answers so far."""
        return tuple(asked for asked in catalogue(self.model) if asked.applies(self.given))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that keeps these from being answers, each at its key."""
        return self._built[1]

    @property
    def answers(self) -> M | None:
        """Give the answers, or None while there is a problem."""
        return self._built[0]

    @cached_property
    def missing(self) -> tuple[Asked, ...]:
        """Give the questions that have to be answered and are not."""
        return tuple(asked for asked in unanswered(self.raw, self.model) if asked.key not in self.refused)

    @cached_property
    def _built(self) -> tuple[M | None, tuple[Problem, ...]]:
        answers: M | None = None
        found: list[Problem] = []
        for key, text in self.refused.items():
            try:
                accept(self.asked(key), text, at=key)
            except InputError as error:
                found += error.problems
        have = {problem.path for problem in found}
        try:
            answers = build(self.raw, self.model, source="answers")
        except InputError as error:
            found += [problem for problem in error.problems if problem.path not in have]
        return (None if found else answers), tuple(found)


def as_typed(asked: Asked, value: Any) -> str:
    """Give the text that `accept` takes for a value."""
    if value is None:
        return ""
    if asked.shape is Shape.YES_NO:
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={entry}" for name, entry in value.items())
    return str(value)


def _moved(name: str, key: str, gone: int) -> str | None:
    if not name.startswith(f"{key}["):
        return name
    number, _, rest = name.removeprefix(f"{key}[").partition("]")
    if int(number) == gone:
        return None
    return f"{key}[{int(number) - (int(number) > gone)}]{rest}"
