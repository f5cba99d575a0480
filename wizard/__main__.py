"""`planewright` and `python -m wizard`: the one place that knows both front ends.

Without a command it opens the screens; everything else is the command line's. Answers --version before anything heavy
is imported.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def main() -> int:
    """Run the screens or a command, and return the exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from wizard import __version__

        sys.stdout.write(f"planewright {__version__}\n")
        return 0
    from wizard.cli import run, start

    wanted = start.options(arguments)
    if wanted is None:
        return run(arguments)
    code = start.without_screens(wanted, os.environ)
    return _screens(wanted) if code is None else code


def _screens(wanted: argparse.Namespace) -> int:
    from screens.opening import Wanted, open_screens
    from wizard.errors import PlanewrightError

    try:
        return open_screens(
            Wanted(
                wanted.workspace.resolve(),
                name=wanted.open,
                engine=wanted.engine,
                mirror=wanted.mirror,
                mouse=wanted.mouse,
                presenter=wanted.presenter,
                light=wanted.light,
            )
        )
    except PlanewrightError as error:
        sys.stderr.write(f"✗ {error}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
