"""Looks aside from a question: machines, addresses, what it costs, the customer's database. As the commands of these names."""

from __future__ import annotations

import importlib
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide.desk import attempt
from wizard.cli.guide.talk import Command
from wizard.walk.holding import held
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way


def commands(way: Way) -> dict[str, Command]:
    """Give the words for looks that an object of this kind has."""
    both = {
        "network": Command("address blocks, where they meet, and which are free", _look(way, "network")),
        "cost": Command("what a month costs", _look(way, "cost")),
    }
    if way.walk.kind == "shard":
        return both
    return {
        "sizes": Command("instance types that would do for a role", _look(way, "sizes"), "ROLE [FILTER]"),
        **both,
        "readiness": Command(
            "what the customer's database says of itself; --script FILE and --read FILE for their DBA",
            _look(way, "readiness"),
            "[FLAGS]",
        ),
        "session": Command(
            "a shell on a node, in this terminal; `exit` comes back",
            _session(way),
            "[NODE]",
        ),
    }


def _session(way: Way) -> Callable[[str], None]:
    def do(node: str) -> None:
        way.desk.command("session", way.walk.place.name, *node.split())

    return do


def _look(way: Way, name: str) -> Callable[[str], None]:
    def do(typed: str) -> None:
        target = way.walk.target
        if target is None:
            say(f"there is nothing to look at yet: {held(way.walk, Step.REVIEW)}")
            return
        try:
            words = shlex.split(typed)
        except ValueError as error:
            say(f"not understood: {typed}: {error}")
            return
        from wizard.cli import parser_of

        try:
            args, unknown = parser_of(name).parse_known_args([name, target.name, *words])
        except SystemExit:  # argparse has said what is wrong, or has given its help
            return
        if unknown:
            say(f"not understood: {' '.join(unknown)}; `:{name} --help` lists what may follow")
            return
        module = importlib.import_module(f"wizard.cli.{name}")
        attempt(lambda: module.show(args, target), stopped="nothing was changed")

    return do
