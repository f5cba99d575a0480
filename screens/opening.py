"""Opening the screens for a command line, and what is said when they end. The outside of the crash boundary."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for. `name` is of the object to open at once; `engine`, `mirror` as for any command."""

    workspace: Path
    name: str | None = None
    engine: str | None = None
    mirror: str | None = None
    mouse: bool = True
    presenter: bool = False
    light: bool = False


def open_screens(wanted: Wanted) -> int:
    """Run the application until the person leaves it, and give the exit code. Raises InputError for an unknown name."""
    from screens.app import Planewright
    from screens.desk import Desk
    from wizard.workspace import Workspace

    workspace = Workspace(wanted.workspace)
    place = workspace.find(wanted.name) if wanted.name else None
    desk = Desk(workspace, dict(os.environ), engine=wanted.engine, mirror=wanted.mirror)
    app = Planewright(desk, place=place, presenter=wanted.presenter, light=wanted.light)
    try:
        app.run(mouse=wanted.mouse)
    finally:
        desk.close()
    if app.crash is None:
        return app.return_code or 0
    from screens.crash import Crashed

    Crashed(app.crash, dark=not wanted.light).run(mouse=False)
    sys.stderr.write(app.crash.summary)
    return app.return_code or 0
