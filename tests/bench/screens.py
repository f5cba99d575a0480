"""What an operator waits for at the screens: the first one, a list, a step, a key. Painted, with checks under way."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import screens_keys
from tests.bench.core import workspace
from tests.bench.figures import Figure
from tests.bench.measured import application, until
from tests.bench.moments import Moment, Took, middle, painted

DEPLOYMENTS = 1000
ROUNDS = 7
#: Deployments whose steps are gone through, one after the other, and how often each.
TOURS, VISITS = 4, 3
#: Seconds that somebody looks at a step, and at a deployment before they leave its first step.
LOOKS_S, ARRIVES_S = 0.4, 1.5

_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("one line")
Bare().run()
"""
_OURS = """
import sys
from pathlib import Path
from screens.opening import open_screens
from wizard.walk.opening import Wanted
open_screens(Wanted(Path(sys.argv[1])))
"""


def measure() -> Iterator[Figure]:
    """Measure them in this order."""
    with tempfile.TemporaryDirectory() as folder:
        workspace(Path(folder), TOURS)
        yield from _first(folder)
        yield from asyncio.run(_steps(Path(folder)))
    yield from screens_keys.measure()
    with tempfile.TemporaryDirectory() as folder:
        workspace(Path(folder), DEPLOYMENTS)
        yield from asyncio.run(_list(Path(folder)))


def _first(folder: str) -> Iterator[Figure]:
    """Process start to content on the terminal, turn and turn about with a bare application."""
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(painted("one line", _BARE))
        ours.append(painted("acme-0", _OURS, [folder]))
    peer, own = middle(bare), middle(ours)
    times = statistics.median(mine.alone / its.alone for mine, its in zip(ours, bare, strict=True))
    cpu = statistics.median(mine.cpu / its.cpu for mine, its in zip(ours, bare, strict=True))
    yield Figure("first screen: the list, from process start", own.alone, "ms", peer=f"{own}; bare {peer.alone:.0f} ms")
    yield Figure(
        "first screen / a bare Textual application's", times, "x", 1.5, f"in pairs; on the processor {cpu:.2f} x"
    )


async def _steps(root: Path) -> list[Figure]:
    """Open deployments one after the other, and go through all steps of each, again and again."""
    from screens.wizard import WizardScreen

    app = application(root)
    opened: list[Took] = []
    first: dict[Any, list[Took]] = {}
    again: dict[Any, list[Took]] = {}
    async with app.run_test(size=(120, 40)):
        await until(lambda: app.steady)
        for number in range(TOURS):
            took = await _opened(app, f"acme-{number}")
            screen = app.screen
            assert isinstance(screen, WizardScreen)
            screen.course.closed = lambda *_: ""  # nothing is deployed here: the later steps are shown all the same
            await until(lambda screen=screen: not screen.walk.checking)
            await asyncio.sleep(ARRIVES_S)
            begun = screen.step
            for visit in range(VISITS):
                for step in screen.steps:
                    if step is not screen.step and not (step is begun and visit == 0):
                        (again if visit else first).setdefault(step, []).append(await _step(app, step))
                        await asyncio.sleep(LOOKS_S)
            if number:  # before the first one everything is imported and parsed for the first time
                opened.append(took)
            await app.pop_screen()
    return [
        Figure("a deployment opened, from the key", middle(opened).alone, "ms", peer=str(middle(opened))),
        _worst("step change, first visit", first),
        _worst("step change, again", again),
    ]


def _worst(what: str, took: dict[Any, list[Took]]) -> Figure:
    """Give the step that takes longest, as it usually is."""
    usual = {step: middle(every) for step, every in took.items()}
    step = max(usual, key=lambda it: usual[it].alone)
    others = ", ".join(f"{it.value} {usual[it].alone:.0f}" for it in usual if it is not step)
    said = f"{usual[step]}; alone: {others}"
    return Figure(f"{what}: {step.value}, the slowest", usual[step].alone, "ms", 120, said)


async def _opened(app: Any, name: str) -> Took:
    place = app.desk.workspace.find(name)
    began = Moment.now()
    app.push_screen(app.wizard(place, None))
    await until(lambda: getattr(app.screen, "place", None) == place and app.screen.pane is not None)
    await until(lambda: app.painted.clock > began.clock and app.screen.pane.region.height > 0)
    return app.painted.since(began)


async def _step(app: Any, step: Any) -> Took:
    """From asking for a step to the paint that has it."""
    began = Moment.now()
    await app.screen.action_step(app.screen.steps.index(step))
    await until(lambda: app.shows is step and app.shown.clock > began.clock)
    return app.shown.since(began)


async def _list(root: Path) -> list[Figure]:
    """Read a large workspace as the list does when somebody comes to it, and paint it."""
    from screens.deployments import Deployments

    took = []
    for _ in range(ROUNDS):
        app = application(root)
        async with app.run_test(size=(120, 40)):
            await until(lambda app=app: isinstance(app.screen, Deployments))
            began = Moment.now()
            await until(lambda app=app: len(app.screen.rows) == DEPLOYMENTS + 1)
            seen = Moment.now()
            await until(lambda app=app, seen=seen: app.painted.clock > seen.clock)
            took.append(app.painted.since(began))
    said = f"{middle(took)}, each time by an application that knows nothing yet"
    return [Figure(f"list of {DEPLOYMENTS} deployments: read and painted", middle(took).alone, "ms", 500, said)]
