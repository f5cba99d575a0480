"""What a draft says otherwise than the saved answers, key by key. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wizard.answers.catalogue import Shape, catalogue, value_at
from wizard.answers.draft import Draft, as_typed
from wizard.answers.types import Answers


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """One answer. A text is empty where nothing is answered, so that the default stands."""

    key: str
    before: str
    after: str

    @property
    def word(self) -> str:
        """What happened to it."""
        if not self.before:
            return "added"
        return "changed" if self.after else "taken back"

    @property
    def symbol(self) -> str:
        """One character, never shown without the word."""
        return {"added": "+", "changed": "~", "taken back": "-"}[self.word]

    @property
    def line(self) -> str:
        """What became of it, in a line."""
        return f"{self.word}: {self.key}: from {self.before or 'its default'} to {self.after or 'its default'}"


def changed_answers(saved: Draft[Any] | None, now: Draft[Any]) -> tuple[ChangedAnswer, ...]:
    """Compare a draft of the saved answers (None: nothing was saved yet) with the one in hand."""
    before = {} if saved is None else _texts(saved)
    after = _texts(now)
    return tuple(
        ChangedAnswer(key, before.get(key, ""), after.get(key, ""))
        for key in sorted({*before, *after})
        if before.get(key, "") != after.get(key, "")
    )


def changed_in_effect(applied: Draft[Any], now: Draft[Any]) -> tuple[ChangedAnswer, ...]:
    """Compare what was applied with a draft. An answer that says what its default says has not changed by being written down."""

    def default(key: str) -> str:
        asked = now.asked(key)
        return as_typed(asked, asked.default)

    return tuple(
        one
        for one in changed_answers(applied, now)
        if (one.before or default(one.key)) != (one.after or default(one.key))
    )


def draft_of(answers: Answers) -> Draft[Any]:
    """Give answers as a draft that says what they say: what was left to its default is left to it."""
    return Draft(type(answers), answers.model_dump(mode="json", exclude_none=True, exclude_unset=True))


def _texts(draft: Draft[Any]) -> dict[str, str]:
    """What stands in each field that is not left to its default."""
    return {key: text for key in _keys(draft) if (text := draft.text(key))}


def _keys(draft: Draft[Any]) -> Iterator[str]:
    for asked in catalogue(draft.model):  # type: ignore[arg-type]
        if asked.shape is not Shape.GROUPS:
            yield asked.key
            continue
        for index in range(len(value_at(draft.raw, asked.key, []))):
            yield from (member.key.replace("[]", f"[{index}]", 1) for member in asked.members)
