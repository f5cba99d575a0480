"""Report: where it lies, and what it says; the sealed record of the call, and what support gets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide.talk import Option
from wizard.deploy.last_verification import newest
from wizard.redact import Redactor

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way

DONE = Option("done", "leave it at that")
READ = Option("read", "read the report out")
MAKE = (
    Option("record", "write the sealed record of this call; AWS is asked once more"),
    Option("offline-record", "the same, with findings of the answers alone"),
    Option("history", "all that was done: who, when, which plan, and why"),
    Option("bundle", "collect journals, facts and reports for support, in one redacted file here"),
)


def go(way: Way) -> None:
    """Say where the newest report is; read it out, make a record or a bundle when asked."""
    path = _newest(way)
    options = [DONE, *([READ] if path is not None else []), *MAKE]
    while True:
        match way.talk.choose("what now", options, default="done")[0]:
            case "read" if path is not None:
                _read(way, path)
            case "record":
                _record(way)
            case "offline-record":
                _record(way, "--offline")
            case "bundle" | "history" as command:
                way.desk.command(command, way.walk.place.name)
            case _:
                return


def _newest(way: Way) -> Path | None:
    try:
        path = newest(way.walk.place.reports)
    except OSError as error:
        say(f"the reports cannot be read: {error}")
        return None
    if path is None:
        say("there is no report yet: the step Verify writes one")
        return None
    say(f"report: {path}")
    say(f"for programs: {path.with_suffix('.json')}")
    return path


def _record(way: Way, *flags: str) -> None:
    """Ask who signs, and have the command make it: of what is saved and applied, not of what is typed."""
    from wizard.deploy.record.making import Signed

    names = way.talk.ask("who signs it off (a semicolon between two; Enter: nobody)")
    signed = Signed.typed(names, way.talk.ask("a note for it (Enter: none)"))
    note = [f"--note={signed.note}"] if signed.note else []
    way.desk.command("report", way.walk.place.name, *(f"--signed-off-by={it}" for it in signed.by), *note, *flags)


def _read(way: Way, path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        say(f"the report cannot be read: {error}")
    else:
        way.talk.tell(Redactor().text(text).splitlines())
