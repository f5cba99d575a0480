"""Opening the guide, and ending it in good order whatever ends it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide.desk import Desk
from wizard.cli.guide.lines import Lines, lines_of
from wizard.cli.guide.talk import Leave, Talk
from wizard.errors import UsageError
from wizard.workspace import Workspace

if TYPE_CHECKING:
    from wizard.walk.opening import Played

INTERRUPTED = 130
SAVED = "What was typed is saved, and runs go on by themselves."


def open_guide(
    workspace: Path,
    environ: Mapping[str, str],
    *,
    name: str | None = None,
    engine: str | None = None,
    mirror: str | None = None,
    presenter: bool = False,
    lines: Lines | None = None,
    played: Played | None = None,
) -> int:
    """Guide until somebody leaves, and give the exit code: 0, or 130 after a Ctrl-C. Raises PlanewrightError.

    `played` is the customer's part in a rehearsal.
    """
    from wizard.cli.guide import objects

    if presenter:
        raise UsageError(
            "--plain has no presenter mode",
            cause="a plain terminal shows every letter as it is typed, and keeps it on its roll; nothing can mask that",
            action="leave --presenter out, or share the screens instead: planewright --presenter",
        )
    _make_robust()
    desk = Desk(Workspace(workspace.resolve()), Talk(lines or lines_of(environ)), engine, mirror, played)
    say("Planewright, line by line. ? helps with a question, < goes back, :quit leaves.")
    if played is not None:
        say(f"rehearsal: nothing here is real. The customer's DBA has sent {played.readiness}; :readiness reads it.")
    try:
        objects.go(desk, name=name)
    except Leave:
        say(SAVED)
    except EOFError:
        say()
        say(f"end of input. {SAVED}")
    except KeyboardInterrupt:
        say()
        say(f"interrupted. {SAVED}")
        return INTERRUPTED
    return 0


def _make_robust() -> None:
    """A character that the terminal cannot show, or that is none, ends nothing: it becomes a question mark."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
