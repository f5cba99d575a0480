"""Opening the screens for a command line, and what is said when they end. The outside of the crash boundary."""

from __future__ import annotations

import os
import sys

from wizard.walk.opening import Wanted


def open_screens(wanted: Wanted) -> int:
    """Run the application until the person leaves it, and give the exit code. Raises InputError for an unknown name."""
    from screens.pace import Pace

    pace = Pace()
    pace.begin()
    from screens.app import Planewright
    from screens.desk import Desk
    from wizard.workspace import Workspace

    workspace = Workspace(wanted.workspace)
    place = workspace.find(wanted.name) if wanted.name else None
    environ = dict(os.environ if wanted.environ is None else wanted.environ)
    desk = Desk(workspace, environ, engine=wanted.engine, mirror=wanted.mirror, played=wanted.played)
    desk.look_ahead()
    app = Planewright(desk, place=place, presenter=wanted.presenter, light=wanted.light, pace=pace)
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
