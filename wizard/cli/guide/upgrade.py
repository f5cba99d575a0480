"""The upgrade of one object: what it would do, carried out step by step, given up. As the command of this name."""

from __future__ import annotations

from wizard.cli.common import say
from wizard.cli.guide.desk import Desk
from wizard.cli.guide.talk import Back, Option
from wizard.workspace import Place


def go(desk: Desk, place: Place) -> None:
    """Ask what to do about upgrades until somebody goes back."""
    options = [
        Option("look", "what leads to what the answers want, step by step; changes nothing"),
        Option("go", "carry out the steps, each shown and confirmed; goes on with one that is half-way", "[REASON]"),
        Option("step", "the same for one step", "[REASON]"),
        Option("abandon", "give up the one that is half-way; what is done stays", "REASON"),
        Option("back", "to the list"),
    ]
    desk.talk.offered = []
    while True:
        try:
            word, rest = desk.talk.choose(f"upgrade of {place.name}", options, default="look")
        except Back:
            return
        if word == "back":
            return
        reason = rest.strip()
        if word == "abandon" and not reason:
            say("abandon takes a REASON: the history is to say why")
            continue
        flags = () if word == "look" else (f"--{word}", *(("--reason", reason) if reason else ()))
        desk.command("upgrade", place.name, *flags, *desk.engine_flags())
