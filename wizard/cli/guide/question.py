"""One question: what is asked, what stands, what fits; the answer; what is wrong with it and what follows from it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wizard.answers.catalogue import Asked, Shape
from wizard.answers.draft import as_typed
from wizard.cli.common import say
from wizard.cli.guide import words
from wizard.cli.prompts import HINTS, text_of
from wizard.errors import InputError, PlanewrightError, Problem

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way


def ask_one(way: Way, key: str, asked: Asked, *, place: str = "") -> None:
    """Ask until what stands will do, or Enter leaves it as it is. Each answer is kept before anything else is asked."""
    offered = _offered(way, asked)
    say()
    say(f"{f'{place}: ' if place else ''}{asked.ask}")
    _tell_choices(asked, offered)
    _tell_said(way, key)
    while True:
        text = way.talk.ask(_prompt(way, key, asked), about=lambda: _help(asked))
        if not text.strip():
            _tell_left(way, key, asked)
            return
        try:
            text = text_of(asked, _chosen(text, offered))
        except InputError as error:
            say(f"  problem at {key}: {error.title}")
            say(f"     remedy: {error.action}")
            continue
        way.change(lambda text=text: way.walk.typed(key, text))  # type: ignore[misc]
        _tell_said(way, key)
        if key not in way.walk.draft.refused:
            return


def _prompt(way: Way, key: str, asked: Asked) -> str:
    """Name the answer, and what Enter leaves."""
    now = way.walk.draft.text(key)
    default = as_typed(asked, asked.default)
    if asked.key.endswith("_pem"):
        now, default = ("a certificate" if now else ""), ""
    if now:
        enter = f"Enter keeps {now}"
    elif asked.has_default:
        enter = f"Enter: {default}" if default else "Enter: none"
    else:
        enter = "Enter leaves it open"
    return f"{key} ({enter})"


def _tell_choices(asked: Asked, offered: dict[str, str]) -> None:
    if asked.shape is Shape.YES_NO:
        say("  yes or no")
    elif offered:
        numbered = _numbered(offered)
        for number, (option, about) in enumerate(offered.items(), 1):
            say(f"  {f'{number}. ' if numbered else ''}{option}{f': {about}' if about else ''}")
    elif asked.shape in HINTS:
        say(f"  several in one line:{HINTS[asked.shape]}")
    elif asked.shape is Shape.NUMBER:
        say(f"  {asked.expected}")
    if asked.key.endswith("_pem"):
        say("  @FILE takes the certificates of a file")


def _offered(way: Way, asked: Asked) -> dict[str, str]:
    """Give the answers there are to choose from, each with what there is to say of it."""
    if asked.options:
        return {str(option): "" for option in asked.options}
    if asked.key == "shard":
        return {place.name: "" for place in way.walk.workspace.all() if place.kind == "shard"}
    if asked.key == "account.profile":
        from wizard.aws.profiles import profiles

        try:
            return {it.name: " ".join(filter(None, (it.kind, it.says, it.region))) for it in profiles(os.environ)}
        except PlanewrightError:
            return {}  # the check tells what is wrong with the configuration
    return {}


def _chosen(text: str, offered: dict[str, str]) -> str:
    """Give the option of a number; any other text is the answer itself."""
    number = text.strip()
    if _numbered(offered) and number.isascii() and number.isdigit() and 0 < int(number[:6]) <= len(offered):
        return list(offered)[int(number[:6]) - 1]
    return text


def _numbered(offered: dict[str, str]) -> bool:
    """Options that are numbers themselves stand for themselves alone."""
    return bool(offered) and not any(option.isdigit() for option in offered)


def _tell_said(way: Way, key: str) -> None:
    """Say what is wrong with the answer that stands, and what follows from it. A missing one is not yet wrong."""
    draft = way.walk.draft
    problems = [problem for problem in draft.problems if words.about(problem.path, key)]
    for problem in problems if draft.text(key) else ():
        _say_problem(problem)
    unopened = way.walk.unopened
    if key == "shard" and unopened is not None:
        _say_problem(Problem(key, unopened.title, unopened.action))
    for finding in words.in_order(found for found in way.walk.findings if words.about(found.path, key)):
        for line in words.finding_lines(finding):
            say(line)


def _tell_left(way: Way, key: str, asked: Asked) -> None:
    """Say what an answer that is left open, or left wrong, means."""
    if key in way.walk.draft.refused:
        say("  left as it is: no answer yet, and the step is held until it is one")
    elif not way.walk.draft.text(key) and (asked.required(way.walk.draft.given) or not asked.has_default):
        say("  left open: an answer is needed before this can be planned")


def _say_problem(problem: Problem) -> None:
    for line in words.problem_lines(problem):
        say(line)


def _help(asked: Asked) -> None:
    say(f"  {asked.help or asked.ask}")
    say(f"  expected: {asked.expected}")
    default = as_typed(asked, asked.default)
    say(f"  default: {default or ('none' if asked.has_default else 'none: it has to be answered')}")
    say(f"  in the answers file: {asked.key}; as a flag: {asked.flag}")
    say("  < goes back; a colon and Enter lists the other words")
