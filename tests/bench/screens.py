"""What an operator waits for at the screens: the first one, a list, a step, a key. Painted, with checks under way."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from tests.bench.core import workspace
from tests.bench.figures import Figure

DEPLOYMENTS = 1000
ROUNDS = 7
KEYS = 40
#: Longer than the pause after which a check begins: every key meets the check of the one before.
BETWEEN_KEYS_S = 0.33

_RUN = """
async def pilot(pilot):
    while not painted(pilot.app):
        await pilot.pause()
    print("painted", flush=True)
    os._exit(0)
app.run(headless=True, size=(120, 40), auto_pilot=pilot)
"""
_BARE = f"""
import os
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("one line")
app = Bare()
painted = lambda app: bool(app.query(Static))
{_RUN}
"""
_OURS = f"""
import os, sys
from pathlib import Path
from screens.app import Planewright
from screens.desk import Desk
from wizard.workspace import Workspace
app = Planewright(Desk(Workspace(Path(sys.argv[1])), {{}}))
painted = lambda app: bool(getattr(app.screen, "_drawn", ()))
{_RUN}
"""


def measure() -> Iterator[Figure]:
    """Measure them in this order."""
    with tempfile.TemporaryDirectory() as folder:
        workspace(Path(folder), 3)
        yield from _first(folder)
        yield from asyncio.run(_in_one(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        workspace(Path(folder), DEPLOYMENTS)
        yield from asyncio.run(_list(Path(folder)))


def _first(folder: str) -> Iterator[Figure]:
    """Process start to content on screen, turn and turn about with a bare application."""
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(_painted(_BARE))
        ours.append(_painted(_OURS, folder))
    peer = statistics.median(bare)
    yield Figure(
        "first screen: the list, from process start", statistics.median(ours), "ms", peer=f"bare {peer:.0f} ms"
    )
    yield Figure("first screen / a bare Textual application's", statistics.median(ours) / peer, "x", 1.5)


def _painted(script: str, *arguments: str) -> float:
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    took = (time.perf_counter() - started) * 1000
    process.wait()
    if line.strip() != "painted":
        raise RuntimeError(f"nothing was painted: {line!r}")
    return took


async def _in_one(root: Path) -> list[Figure]:
    """Steps and keys in one deployment, each check really made, though nobody answers it."""
    from screens.wizard import WizardScreen
    from wizard.walk.steps import Step

    app = _application(root, "acme-0")
    found: list[Figure] = []
    async with app.run_test(size=(120, 40)):
        await _until(lambda: isinstance(app.screen, WizardScreen) and app.screen.pane is not None)
        screen = app.screen
        await _until(lambda: not screen.walk.checking)
        found.append(Figure("a deployment opened, from the key", await _opening(app), "ms"))
        screen = app.screen
        await _until(lambda: not screen.walk.checking)
        first, again = [], []
        for visits in (first, again, again):
            for step in screen.steps:
                if step is not screen.step:
                    visits.append(await _step(app, step))
        found += [
            Figure("step change, first visit: worst", max(first), "ms", 120),
            Figure("step change, again: worst", max(again), "ms", 120),
        ]
        await _step(app, Step.DATABASE)
        found += await _keys(app)
    return found


async def _opening(app: Any) -> float:
    from screens.wizard import WizardScreen

    place = app.desk.workspace.find("acme-1")
    started = time.perf_counter()
    app.push_screen(app.wizard(place, None))
    await _until(lambda: isinstance(app.screen, WizardScreen) and app.screen.place == place and app.screen.pane)
    await _until(lambda: app.painted > started and app.screen.pane.region.height > 0)
    return (app.painted - started) * 1000


async def _step(app: Any, step: Any) -> float:
    """Milliseconds from asking for a step to the paint that has it."""
    started = time.perf_counter()
    await app.screen.action_step(app.screen.steps.index(step))
    await _until(lambda: app.painted > started and app.shows is step)
    return (app.painted_first[step] - started) * 1000 if app.painted_first[step] > started else 0.0


async def _keys(app: Any) -> list[Figure]:
    from textual import events
    from textual.widgets import Input

    screen = app.screen
    screen.pane.focus_on("database.host")
    await asyncio.sleep(0.5)
    assert isinstance(app.focused, Input)
    took = []
    for number in range(KEYS):
        key = "abcdefghij"[number % 10]
        text = app.focused.value
        started = time.perf_counter()
        event = events.Key(key, key)
        app._driver.send_message(event)
        await _until(lambda text=text: app.focused.value != text, 0.0005)
        await _until(lambda started=started: app.painted > started, 0.0005)
        took.append((app.painted - started) * 1000)
        await asyncio.sleep(BETWEEN_KEYS_S)
    took.sort()
    return [
        Figure("key to paint, checks under way: p50", took[len(took) // 2], "ms"),
        Figure("key to paint, checks under way: p95", took[int(len(took) * 0.95) - 1], "ms", 20),
    ]


async def _list(root: Path) -> list[Figure]:
    from screens.deployments import Deployments

    app = _application(root, None)
    async with app.run_test(size=(120, 40)):
        await _until(lambda: isinstance(app.screen, Deployments) and len(app.screen.rows) == DEPLOYMENTS + 1)
        screen = app.screen
        took = []
        for _ in range(ROUNDS):
            screen.rows = screen._drawn = ()
            started = time.perf_counter()
            screen._read()
            await _until(lambda: len(screen.rows) == DEPLOYMENTS + 1)
            await _until(lambda started=started: app.painted > started)
            took.append((time.perf_counter() - started) * 1000)
    return [Figure(f"list of {DEPLOYMENTS} deployments: read and painted", statistics.median(took), "ms", 500)]


def _application(root: Path, name: str | None) -> Any:
    """Give the application with a note of each paint, its text made for a terminal as it would be."""
    from textual._compositor import CompositorUpdate

    from screens.app import Planewright
    from screens.desk import Desk
    from wizard.deploy.checking import Checker
    from wizard.errors import AccountError
    from wizard.workspace import Workspace

    def nobody() -> Any:
        raise AccountError("there is no AWS here")

    class BenchDesk(Desk):
        def checker(self, target: Any) -> Any:
            return Checker(nobody), threading.Lock()

    class Measured(Planewright):
        painted = 0.0
        shows: Any = None
        painted_first: ClassVar[dict[Any, float]] = {}

        def _display(self, screen: Any, renderable: Any) -> None:
            if isinstance(renderable, CompositorUpdate):
                renderable.render_segments(self.console)
            super()._display(screen, renderable)
            self.painted = time.perf_counter()
            shown = getattr(screen, "pane", None)
            if shown is not None and shown.region.height > 0 and shown.step is not self.shows:
                self.shows = shown.step
                self.painted_first[shown.step] = self.painted

    desk = BenchDesk(Workspace(root), {"PATH": os.environ.get("PATH", "")})
    return Measured(desk, place=desk.workspace.find(name) if name else None)


async def _until(true: Callable[[], Any], every_s: float = 0.002) -> None:
    limit = time.perf_counter() + 60
    while not true():
        if time.perf_counter() > limit:
            raise TimeoutError("it never came true")
        await asyncio.sleep(every_s)
