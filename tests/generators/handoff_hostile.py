"""Steps as they would be if no validator stood before them: code in every free string."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from wizard.handoff.model import Step


def poisoned(steps: tuple[Step, ...], text: str) -> tuple[Step, ...]:
    """The same steps with `text` in every value, sentence and id. What belongs together stays together."""
    return tuple(_step(step, text) for step in steps)


def _step(step: Step, text: str) -> Step:
    word = text + step.key.rpartition(".")[0]
    return replace(
        step,
        title=word,
        why=word,
        undo=word,
        values=tuple((label, word) for label, _ in step.values),
        target=_target(step.target, word),
    )


def _target(target: Any, word: str) -> Any:
    changes: dict[str, Any] = {}
    for field in fields(target):
        value = getattr(target, field.name)
        if isinstance(value, str):
            # An empty host says that there is none, which is structure.
            changes[field.name] = word if value else value
        elif isinstance(value, tuple):
            changes[field.name] = tuple(word if isinstance(one, str) else (word, word) for one in value)
    return replace(target, **changes)
