"""Drift of one object: looked for, and the three ways on. As the command of this name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide.desk import Desk
from wizard.cli.guide.talk import Back, Option
from wizard.workspace import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

_WAYS = {"accept": "--accept", "revert": "--revert", "import": "--import"}


def go(desk: Desk, place: Place) -> None:
    """Ask what to do about drift until somebody goes back."""
    options = [
        Option("look", "what AWS has otherwise than the state, by whom, and what that interrupts", "[STACK]"),
        Option("accept", "keep it: into the answers, or, where no answer is about it, into the state", "STACK ADDRESS"),
        Option("revert", "put it back by a plan that is shown first; without an address all of it", "STACK [ADDRESS]"),
        Option("import", "take what exists in AWS into the state", "STACK ADDRESS=ID"),
        Option("back", "to the list"),
    ]
    desk.talk.offered = []
    while True:
        try:
            word, rest = desk.talk.choose(f"drift of {place.name}", options, default="look")
        except Back:
            return
        if word == "back":
            return
        arguments = _arguments(word, _words(rest))
        if arguments is None:
            say(f"{word} takes {next(option.takes for option in options if option.word == word)}, as they are shown")
            continue
        desk.command("drift", place.name, *arguments, *desk.engine_flags())


def _words(rest: str) -> list[str]:
    # Single quotes around an address as a shell takes it; the double ones inside belong to the address.
    return [word.strip("'") for word in rest.split()]


def _arguments(word: str, typed: Sequence[str]) -> list[str] | None:
    """Give the command's arguments; None where something is missing."""
    if word == "look":
        return list(typed)
    if not typed or (word != "revert" and len(typed) < 2):
        return None
    stack, *named = typed
    return [stack, *(part for one in named for part in (_WAYS[word], one))] if named else [stack, _WAYS[word]]
