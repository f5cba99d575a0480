"""Answers that nothing reads, because another answer made their question pointless."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.answers.catalogue import answered, catalogue
from wizard.answers.types import Answers
from wizard.checks.codes import code
from wizard.findings import Finding, Severity

UNUSED = code(
    "ANSWER_NOT_USED",
    Severity.INFO,
    why="the question does not apply while other answers are as they are, so nothing is built from this one",
    remedy="nothing to do; remove it, or look at the answers it depends on",
)


def unused(answers: Answers) -> Iterator[Finding]:
    """Name every answer that is not the default although its question does not apply."""
    values = answered(answers.model_dump(mode="json", exclude_none=True), type(answers))
    for asked in catalogue(type(answers)):
        value = values[asked.key]
        if value is not None and value != asked.default and not asked.applies(values):
            on = ", ".join(f"{key} is {values.get(key)}" for key in asked.depends_on)
            yield UNUSED.at(asked.key, f"answered, but not asked while {on}")
