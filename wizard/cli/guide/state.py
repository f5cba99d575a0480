"""The engine's states of one object: looked at, copied, recovered, restored. As the commands of these names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.cli.guide.desk import Desk
from wizard.cli.guide.talk import Back, Option
from wizard.workspace import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENGINE = frozenset({"restore", "unlock", "recover"})


def go(desk: Desk, place: Place) -> None:
    """Ask what to do with the states until somebody goes back."""
    options = [
        Option("list", "where each state is, its versions and backups, who holds it"),
        Option("recover", "what happened to a state, and the way back, step by step", "[STACK [--import ADDRESS=ID]]"),
        Option("backup", "keep a copy of each state, beside it", "[STACK]"),
        Option("restore", "put an earlier state in the place of the one there", "STACK --version ID, or --backup ID"),
        Option("lock", "who holds each state, and whether they live"),
        Option("unlock", "release the lock of a run that is dead", "[--sure]"),
        Option("back", "to the list"),
    ]
    desk.talk.offered = []
    while True:
        try:
            word, rest = desk.talk.choose(f"states of {place.name}", options, default="list")
        except Back:
            return
        if word == "back":
            return
        desk.command("state", word, place.name, *_given(desk, word, rest.split()))


def _given(desk: Desk, word: str, typed: Sequence[str]) -> tuple[str, ...]:
    return (*typed, *(desk.engine_flags() if word in _ENGINE else ()))
