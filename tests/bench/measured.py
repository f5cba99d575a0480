"""The application with a note of each paint, its text made for a terminal as it would be."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import screens  # noqa: F401 - before Textual, whose paints it times
from tests.bench.moments import Moment

#: Seconds after which something that is waited for is taken for broken.
PATIENCE_S = 60


def application(root: Path, environ: Mapping[str, str] | None = None) -> Any:
    """Give the application over a workspace; without an environment every check is made, and nobody answers it.

    It has `painted` and `shown`, the moments of its last paint and of the one that had the step `shows` first, `came`, that of
    the first one at which `awaited` was true, and `steady` once all is imported.
    """
    from textual._compositor import CompositorUpdate

    from screens.app import Planewright
    from screens.desk import Desk
    from screens.pace import Pace
    from wizard.deploy.checking import Checker
    from wizard.errors import AccountError
    from wizard.workspace import Workspace

    def nobody() -> Any:
        raise AccountError("there is no AWS here")

    class CountingDesk(Desk):
        """Counts the checks that are begun."""

        checks = 0

        def checker(self, target: Any) -> Any:
            self.checks += 1
            return super().checker(target) if environ is not None else (Checker(nobody), threading.Lock())

    class Measured(Planewright):
        painted = shown = came = Moment(0, 0, {})
        shows: Any = None
        awaited: Callable[[], bool] | None = None
        steady = False

        def on_prepared(self) -> None:
            super().on_prepared()
            self.steady = True

        def _display(self, screen: Any, renderable: Any) -> None:
            if isinstance(renderable, CompositorUpdate):
                renderable.render_segments(self.console)
            super()._display(screen, renderable)
            if renderable is None:
                return
            self.painted = Moment.now()
            if self.awaited is not None and self.awaited():
                self.came, self.awaited = self.painted, None
            pane = getattr(screen, "pane", None)
            if pane is not None and pane.region.height > 0 and pane.step is not self.shows:
                self.shows, self.shown = pane.step, self.painted

    variables = {"PATH": os.environ.get("PATH", ""), **(environ or {})}
    return Measured(CountingDesk(Workspace(root), variables), pace=Pace())


async def until(true: Callable[[], Any], every_s: float = 0.002) -> None:
    """Wait until something is so."""
    limit = time.perf_counter() + PATIENCE_S
    while not true():
        if time.perf_counter() > limit:
            raise TimeoutError("it never came true")
        await asyncio.sleep(every_s)
