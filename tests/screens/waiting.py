"""Waiting for what an application comes to, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual.command import CommandList
from textual.pilot import Pilot

#: No test is to fail because it had to wait its turn: only what never comes takes so long.
PATIENCE_S = 120.0
#: What comes later than this is no answer to a rest: a notice that goes again.
LATE_S = 1.0


async def until(pilot: Pilot[Any], there: Callable[[], object], *, patience: float = PATIENCE_S) -> None:
    """Let the application work until something holds. What it crashes with is raised at once."""
    deadline = time.monotonic() + patience
    while not there():
        if pilot.app._exception is not None:
            raise pilot.app._exception
        assert time.monotonic() < deadline, "it never came to hold"
        await pilot.pause(0.005)


async def rested(pilot: Pilot[Any]) -> None:
    """Until nothing is put off any more: what a rest of the cursor or of the keys would bring is there."""

    def put_off() -> bool:
        nodes = [node for screen in pilot.app.screen_stack for node in screen.walk_children(with_self=True)]
        timers = [timer for node in (pilot.app, *nodes) for timer in node._timers]
        return any(
            timer._repeat == 0 and timer._interval < LATE_S and timer._task is not None and not timer._task.done()
            for timer in timers
        )

    await until(pilot, lambda: not put_off())


async def palette_offers(pilot: Pilot[Any], name: str) -> None:
    """Until the palette is done searching, and a command stands under its cursor that begins with this name."""

    def stands() -> bool:
        rows = pilot.app.screen.query(CommandList)
        at = rows.first().highlighted if rows else None
        prompt = str(getattr(rows.first().get_option_at_index(at), "prompt", "")) if at is not None else ""
        return prompt.startswith(name)

    await until(pilot, stands)
