"""Report: where it lies, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide.talk import Option
from wizard.deploy.last_verification import newest
from wizard.redact import Redactor

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way


def go(way: Way) -> None:
    """Say where the newest report is, and read it out when asked."""
    try:
        path = newest(way.walk.place.reports)
    except OSError as error:
        say(f"the reports cannot be read: {error}")
        return
    if path is None:
        say("there is no report yet: the step Verify writes one")
        return
    say(f"report: {path}")
    say(f"for programs: {path.with_suffix('.json')}")
    options = [Option("done", "leave it there"), Option("read", "read it out")]
    while way.talk.choose("what now", options, default="done")[0] == "read":
        _read(way, path)


def _read(way: Way, path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        say(f"the report cannot be read: {error}")
    else:
        way.talk.tell(Redactor().text(text).splitlines())
