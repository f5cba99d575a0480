"""Which answer says what AWS has by now: the ways from an attribute back to the question that it came from. Pure.

Only what the emitted code takes straight from an answer is here. An answer that several resources share is changed for
all of them, which the caller has to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from wizard.answers.catalogue import value_at
from wizard.answers.load import build
from wizard.answers.settings import set_value
from wizard.answers.types import Answers
from wizard.blueprints.springtail.wishes import WISHES
from wizard.changes.change import Change, Difference, dotted

A = TypeVar("A", bound=Answers)


@dataclass(frozen=True, slots=True)
class Answering:
    """An answer that says it: its key, the value it would take, and for whom it holds beside this resource."""

    key: str
    value: Any
    shared: str = ""


#: For whom an answer counts beside the one resource, by the name of its block.
_SHARED: Final = {"data": "all data volumes", "proxy": "all proxies", "fdw": "all FDW nodes"}


def answering(change: Change, difference: Difference) -> Answering | None:
    """Give the answer that says what a resource has now; None where no answer is about it, or its value is a secret."""
    where = (change.module, change.type, change.name, dotted(difference.path))
    wish = next((wish for wish in WISHES if wish.where == where), None)
    if wish is None or not wish.key or difference.after is None:
        return None
    return Answering(wish.key, wish.answer(difference.after), _SHARED.get(change.name, ""))


def accepted(answers: A, changes: Mapping[str, Any]) -> A:
    """Give the answers with other values. Raises InputError for what an answer cannot be."""
    raw = answers.model_dump(mode="json", exclude_none=True)
    for key, value in changes.items():
        set_value(raw, key, value)
    return build(raw, type(answers), source="the answers")


def now(answers: Answers, key: str) -> Any:
    """Give what an answer says now."""
    return value_at(answers.model_dump(mode="json"), key)
