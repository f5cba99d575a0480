"""`planewright` without a command: whether the screens are wanted, and what is said where they cannot be."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_USAGE = "planewright [--workspace DIR] [--open NAME] [--presenter] [--light] [--no-mouse] [--plain]"
ELSE = """\
Line by line, where there are no screens:

  planewright --plain        all that the screens do, asked and told in plain lines; from a pipe as well

One command for each step; each says what it does with --help:

  planewright new NAME       ask every question in plain text, or take the answers as flags
  planewright check NAME     everything that is wrong or risky, and what to do
  planewright plan NAME      what would change
  planewright apply NAME     plan, confirm, apply, hand over
  planewright watch NAME     follow a run; Ctrl+C leaves it running
  planewright verify NAME    prove the data path hop by hop, and write the report
  planewright list           what there is
  planewright rehearse       the whole journey on embedded parts: no AWS account needed
"""


def options(arguments: Sequence[str]) -> argparse.Namespace | None:
    """Read the flags of the screens; None when the command line names a command, or is not about the screens."""
    parser = argparse.ArgumentParser(prog="planewright", usage=_USAGE, add_help=False, exit_on_error=False)
    default = Path(os.environ.get("PLANEWRIGHT_WORKSPACE", "."))
    parser.add_argument("--workspace", type=Path, default=default)
    parser.add_argument("--open", metavar="NAME")
    parser.add_argument("--engine")
    parser.add_argument("--mirror")
    parser.add_argument("--presenter", action="store_true")
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--no-mouse", dest="mouse", action="store_false")
    parser.add_argument("--plain", action="store_true")
    try:
        found, rest = parser.parse_known_args(arguments)
    except argparse.ArgumentError:
        return None
    return None if rest else found


def without_screens(wanted: argparse.Namespace, environ: Mapping[str, str]) -> int | None:
    """Guide in plain lines where that is wanted, or say what to do where screens are not possible; give the exit code.

    None: the screens are to be opened.
    """
    if wanted.plain:
        return _plain(wanted, environ)
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if terminal and environ.get("TERM", "") not in {"", "dumb"}:
        return None
    why = "this terminal cannot show them (TERM is dumb)" if terminal else "this is not a terminal"
    sys.stderr.write(f"✗ no command, and the screens cannot be opened: {why}\n\n{ELSE}")
    return 2


def _plain(wanted: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from wizard.cli import guarded
    from wizard.cli.guide.opening import open_guide

    return guarded(
        lambda: open_guide(
            wanted.workspace,
            environ,
            name=wanted.open,
            engine=wanted.engine,
            mirror=wanted.mirror,
            presenter=wanted.presenter,
        )
    )
