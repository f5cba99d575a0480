"""Lists of groups (application VPCs and the like): what there is, one more, one less, one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.answers.catalogue import Asked, value_at
from wizard.cli.common import say
from wizard.cli.guide import words
from wizard.cli.guide.question import ask_one
from wizard.cli.guide.talk import Back, Option

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way


def ask(way: Way, asked: Asked) -> None:
    """Show the list, and ask what to do with it until it is as it shall be."""
    say()
    say(f"{asked.ask}")
    while True:
        count = _count(way, asked)
        _tell(way, asked, count)
        options = [Option("on", "leave the list as it is"), Option("add", "one more")]
        if count:
            options += [
                Option("change", "answer one again", "NUMBER"),
                Option("remove", "take one out", "NUMBER"),
            ]
        word, rest = way.talk.choose(
            asked.key, options, default="on", about=lambda: say(f"  {asked.help or asked.ask}")
        )
        if word == "on":
            return
        if word == "add":
            way.change(lambda: way.walk.add_group(asked.key))
            _ask_members(way, asked, count)
            continue
        index = _index(rest, count)
        if index is None:
            say(f"which one? Say {word} and a number from 1 to {count}.")
        elif word == "change":
            _ask_members(way, asked, index)
        else:
            way.change(lambda index=index: way.walk.remove_group(asked.key, index))  # type: ignore[misc]
            say(f"removed: {index + 1}")


def _ask_members(way: Way, asked: Asked, index: int) -> None:
    """Ask a group's questions. Back before the first leaves it; one that was never answered goes away again."""
    members = [member for member in asked.members if not member.advanced or way.advanced]
    keys = [member.key.replace("[]", f"[{index}]", 1) for member in members]
    at = 0
    try:
        while at < len(keys):
            way.key = keys[at]
            try:
                ask_one(way, keys[at], members[at], place=f"{asked.key} {index + 1}, {at + 1} of {len(keys)}")
                at += 1
            except Back:
                if at == 0:
                    break
                at -= 1
    finally:
        way.key = asked.key
        all_keys = [member.key.replace("[]", f"[{index}]", 1) for member in asked.members]
        if not any(way.walk.draft.text(key) for key in all_keys):
            way.change(lambda: way.walk.remove_group(asked.key, index))
            say("nothing was answered: it is not kept")


def _tell(way: Way, asked: Asked, count: int) -> None:
    say(f"  {words.counted(count, 'entry', 'entries') if count else 'none'}")
    for index in range(count):
        said = [
            f"{member.key.rpartition('.')[2]} {text}"
            for member in asked.members
            if (text := way.walk.draft.text(member.key.replace("[]", f"[{index}]", 1)))
        ]
        say(f"  {index + 1}. {', '.join(said) or 'nothing answered yet'}")
    for problem in way.walk.draft.problems:
        if words.about(problem.path, asked.key):
            for line in words.problem_lines(problem):
                say(line)
    for finding in words.in_order(found for found in way.walk.findings if words.about(found.path, asked.key)):
        for line in words.finding_lines(finding):
            say(line)


def _count(way: Way, asked: Asked) -> int:
    return len(value_at(way.walk.draft.raw, asked.key, []))


def _index(typed: str, count: int) -> int | None:
    if not typed and count == 1:
        return 0
    if typed.isascii() and typed.isdigit() and 0 < int(typed[:6]) <= count:
        return int(typed[:6]) - 1
    return None
