"""`planewright` and `python -m wizard`: the one place that knows both front ends.

Without a command it opens the screens; everything else is the command line's. Answers --version before anything heavy
is imported.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.walk.opening import Wanted


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
        return run(arguments, screens=_screens)
    code = start.without_screens(wanted, os.environ)
    if code is not None:
        return code
    from wizard.errors import PlanewrightError
    from wizard.walk.opening import Wanted

    try:
        return _screens(
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


def _screens(wanted: Wanted) -> int:
    from screens.opening import open_screens

    return open_screens(wanted)


if __name__ == "__main__":
    sys.exit(main())
