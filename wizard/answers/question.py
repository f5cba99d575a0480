"""A question, declared once on the field that holds its answer.

The field's type, its default and its validators are the answer's; `Question` adds what a person has to read and
when the question applies. Flags, plain prompts and screens are all derived from it (`wizard.answers.catalogue`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Decides from the answers given so far, by key (`{"topology": "private", ...}`), whether a question applies.
When = Callable[[dict[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the help a person gets for it.

    `ask` is the question in a few words; `help` says what depends on the answer. `when` is None for a question
    that always applies; `depends_on` names the keys that `when` and `needed` read, so that a front end knows what to
    ask anew. `needed` says when an empty answer will not do although the type allows one. `advanced` questions keep
    their default unless somebody asks for them.
    """

    ask: str
    help: str = ""
    when: When | None = None
    needed: When | None = None
    depends_on: tuple[str, ...] = ()
    advanced: bool = False


def equals(key: str, *values: object) -> When:
    """Make a `when` that holds while the answer to `key` is one of `values`."""
    return lambda answers: answers.get(key) in values


def both(one: When, other: When) -> When:
    """Make a `when` that holds while both hold."""
    return lambda answers: one(answers) and other(answers)
