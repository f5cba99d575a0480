"""The questions of a step, one after the other in the catalogue's order: only those that apply now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.answers.catalogue import Asked, Shape
from wizard.cli.common import say
from wizard.cli.guide import checking, groups, words
from wizard.cli.guide.question import ask_one
from wizard.cli.guide.talk import Back, Jump, Onward
from wizard.walk.steps import step_of

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way


def go(way: Way) -> None:
    """Ask all of the step's questions, then check them. Ends when nothing holds the step; else a Turn leads elsewhere."""
    wanted, way.key = way.key, ""
    current = _nearest(way, wanted)
    _tell_hidden(way)
    while True:
        try:
            _ask_from(way, current)
            way.key = ""
            checking.end_of_step(way)
        except _BeforeFirst:
            raise Back from None
        except Back:  # from what is asked about the whole step
            if not questions(way):
                raise
            current = questions(way)[-1].key
            continue
        except Jump as jump:
            if jump.step is not way.step:
                raise
            current = _nearest(way, jump.key)
            continue
        return


def questions(way: Way) -> tuple[Asked, ...]:
    """Give the step's questions that are asked now: advanced ones only when wanted, answered or spoken of."""
    return tuple(
        asked
        for asked in way.walk.draft.questions
        if step_of(way.walk.kind, asked.key) is way.step
        and (not asked.advanced or way.advanced or _matters(way, asked))
    )


def _ask_from(way: Way, key: str | None) -> None:
    """Ask from a question on to the step's last; Back leaves only before the first."""
    while key is not None:
        asked = way.walk.draft.asked(key)
        way.key = key
        try:
            if asked.shape is Shape.GROUPS:
                groups.ask(way, asked)
            else:
                ask_one(way, key, asked, place=_place(way, key))
        except Back:
            key = _before(way, key)
            if key is None:
                raise _BeforeFirst from None
        except Onward:
            return
        else:
            key = _after(way, key)


class _BeforeFirst(Back):
    """Back from the step's first question: to the step before."""


def _place(way: Way, key: str) -> str:
    keys = [asked.key for asked in questions(way)]
    return f"{keys.index(key) + 1} of {len(keys)}" if key in keys else ""


def _before(way: Way, key: str) -> str | None:
    """Give the question before one; an answer may have made others apply than there were."""
    order = _order(way)
    before = [asked.key for asked in questions(way) if order[asked.key] < order[key]]
    return before[-1] if before else None


def _after(way: Way, key: str) -> str | None:
    order = _order(way)
    return next((asked.key for asked in questions(way) if order[asked.key] > order[key]), None)


def _order(way: Way) -> dict[str, int]:
    from wizard.answers.catalogue import catalogue

    return {asked.key: number for number, asked in enumerate(catalogue(way.walk.draft.model))}


def _nearest(way: Way, path: str) -> str | None:
    """Give the question that a path is about, or the step's first."""
    asked = questions(way)
    for it in asked:
        if path and (words.about(path, it.key) or words.about(it.key, path)):
            return it.key
    if path:
        named = [it.key for it in asked if path.lower() in it.key]
        if len(named) == 1:
            return named[0]
    return asked[0].key if asked else None


def _matters(way: Way, asked: Asked) -> bool:
    """Whether something was answered to an advanced question, or is said of it."""
    draft = way.walk.draft
    if asked.shape is not Shape.GROUPS and draft.text(asked.key):
        return True
    return any(words.about(problem.path, asked.key) for problem in draft.problems) or any(
        words.about(finding.path, asked.key) for finding in way.walk.findings
    )


def _tell_hidden(way: Way) -> None:
    here = sum(step_of(way.walk.kind, asked.key) is way.step for asked in way.walk.draft.questions)
    hidden = here - len(questions(way))
    if hidden:
        say(
            f"{words.counted(hidden, 'question keeps its default', 'questions keep their defaults')}; :advanced asks them."
        )
