"""The start: what there is in the workspace and where each stands; into one of them, or a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide.desk import Desk, attempt, tell_error
from wizard.cli.guide.talk import Back, Command, Leave, Option
from wizard.errors import PlanewrightError
from wizard.workspace import Kind, Place

if TYPE_CHECKING:
    from wizard.deploy.overview import Row
    from wizard.walk.steps import Step

#: More than so many are listed by a part of their names.
SHOWN = 50


def go(desk: Desk, *, name: str | None = None) -> None:
    """Go into the named object, then list and open objects until somebody leaves. Ends by Leave, EOFError, Ctrl-C."""
    desk.talk.commands = {"quit": Command("leave", lambda _: _leave())}
    if name is not None:
        place = next((it for it in desk.workspace.begun() if it.name == name), None)
        _enter(desk, place or desk.workspace.find(name))
    search = ""
    while True:
        rows = _rows(desk, search)
        say()
        _tell(desk, rows, search)
        search = ""
        try:
            typed = desk.talk.ask("a number or a name; new; / and a part of a name; :quit", about=_help).strip()
        except Back:
            say("this is the start; :quit leaves")
            continue
        word = typed.lower()
        if word in {"new", "new shard", "new deployment"}:
            _new(desk, word)
        elif word.startswith("/"):
            search = word[1:].strip()
        elif typed:
            chosen = _chosen(rows, typed)
            if chosen is None:
                say(f"nothing here is called {typed}, or more than one is")
            else:
                _open(desk, chosen)


def _rows(desk: Desk, search: str) -> tuple[Row, ...]:
    from wizard.deploy.overview import overview

    return tuple(row for row in overview(desk.workspace) if search in f"{row.name} {row.kind} {row.state}".lower())


def _tell(desk: Desk, rows: Sequence[Row], search: str) -> None:
    say(f"workspace {desk.workspace.root}")
    if not rows:
        say("nothing matches" if search else "nothing here yet: new makes a shard, and then a deployment on it")
    for number, row in enumerate(rows[:SHOWN], 1):
        say(f"  {number}. {row.name}, {row.kind}: {_standing(row)}")
    if len(rows) > SHOWN:
        say(f"  and {len(rows) - SHOWN} more: / and a part of a name finds them")


def _standing(row: Row) -> str:
    return f"{row.state}, an upgrade is half-way ({row.upgrade})" if row.upgrade else str(row.state)


def _chosen(rows: Sequence[Row], typed: str) -> Row | None:
    exact = [row for row in rows if row.name == typed]
    if exact:
        return exact[0]
    if typed.isascii() and typed.isdigit() and 0 < int(typed[:6]) <= len(rows):
        return rows[int(typed[:6]) - 1]
    begun = [row for row in rows if row.name.startswith(typed)]
    return begun[0] if len(begun) == 1 else None


def _open(desk: Desk, row: Row) -> None:
    """Ask what to do with an object."""
    from wizard.cli.guide import drift, state, upgrade
    from wizard.walk import applying
    from wizard.walk.steps import Step

    place = desk.workspace.place("shard" if row.kind == "shard" else "deployment", row.name)
    going = applying.alive(place) if place.path.is_dir() else None
    saved = place.answers.is_file()
    options = [
        *([Option("follow", "follow the run that goes on")] if going else []),
        Option("resume", "go on with its steps"),
        *([Option("verify", "prove the data path hop by hop")] if saved else []),
        *([Option("status", "what is true now: runs, locks, what a dead run left")] if saved else []),
        *(
            [Option("state", "where each state is, its versions and backups; what happened to one, and the way back")]
            if saved
            else []
        ),
        *(
            [Option("diff", "what differs from what was emitted and applied: versions, files, answers")]
            if saved
            else []
        ),
        *([Option("history", "all that was done: who, when, which plan, and why")] if saved else []),
        *(
            [Option("drift", "what AWS has otherwise than it was left, by whom; accept, revert, import")]
            if saved
            else []
        ),
        *(
            [Option("upgrade", "step by step to what the answers want, each step its own apply")]
            if saved and place.kind == "deployment"
            else []
        ),
        *([Option("destroy", "show what would go, and after the typed name destroy it")] if saved else []),
        Option("back", "to the list"),
    ]
    desk.talk.offered = []
    say(f"{row.kind} {row.name}: {_standing(row)}")
    try:
        word, _ = desk.talk.choose("what now", options, default="follow" if going else "resume")
    except Back:
        return
    if word == "follow":
        _enter(desk, place, Step.APPLY)
    elif word == "resume":
        _enter(desk, place)
    elif word == "verify":
        attempt(lambda: _verify(desk, place))
    elif word == "status":
        desk.command("status", place.name, *desk.engine_flags())
    elif word == "diff":
        desk.command("diff", place.name, "--brief")  # line by line, the review shows it: a page at a time
    elif word == "history":
        desk.command("history", place.name)
    elif word == "state":
        state.go(desk, place)
    elif word == "drift":
        drift.go(desk, place)
    elif word == "upgrade":
        upgrade.go(desk, place)
    elif word == "destroy":
        desk.command("destroy", place.name, *desk.engine_flags())


def _verify(desk: Desk, place: Place) -> None:
    from wizard.cli.guide.verify import verify
    from wizard.deploy.target import open_target

    verify(open_target(desk.workspace, place.name))


def _enter(desk: Desk, place: Place, step: Step | None = None) -> None:
    from wizard.cli.guide import way

    try:
        way.go(desk, place, step=step)
    except PlanewrightError as error:
        tell_error(error)


def _new(desk: Desk, word: str) -> None:
    """Ask for kind and name, and go into it. A deployment stands on a shard."""
    taken = {place.name: place.kind for place in desk.workspace.begun()}
    try:
        kind = word.partition(" ")[2]
        if not kind:
            options = [
                Option("deployment", "one customer's data plane; it stands on a shard"),
                Option("shard", "what several deployments share: network, Redis, addresses"),
            ]
            default = "deployment" if "shard" in taken.values() else "shard"
            kind, _ = desk.talk.choose("what shall it be", options, default=default)
        while True:
            name = desk.talk.ask("name: lower-case letters, digits and hyphens (Enter: none)").strip()
            if not name:
                return
            wrong = _wrong(name, taken)
            if not wrong:
                break
            say(f"problem: {wrong}")
    except Back:
        return
    chosen: Kind = "shard" if kind == "shard" else "deployment"
    _enter(desk, desk.workspace.place(chosen, name))


def _wrong(name: str, taken: dict[str, Kind]) -> str:
    from pydantic import TypeAdapter, ValidationError

    from wizard.answers.types import Name

    if name in taken:
        return f"{name} is there already: names are unique over shards and deployments"
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError as error:
        return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return ""


def _help() -> None:
    say("  a number or a name opens a shard or a deployment: its steps, its runs, verifying, destroying")
    say("  new, new shard or new deployment makes one")
    say("  / and a part of a name, a kind or a state lists only those; :quit leaves")


def _leave() -> None:
    raise Leave
