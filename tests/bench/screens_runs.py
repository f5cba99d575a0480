"""A run on screen: re-attached to a million events, followed with flat memory, painted calmly, while keys are answered."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import psutil
from textual.app import App, ComposeResult
from textual.events import Event, Key

from screens.pace import Pace
from screens.painting import SparingScreen
from screens.styles import DARK, of_app, of_steps
from screens.widgets.run_log import RunLog
from screens.widgets.run_rows import RunRows
from screens.widgets.run_view import RunView
from tests.bench.figures import Figure
from tests.bench.moments import Moment, Took, middle, ninety_fifth
from tests.screens import runs as made
from tests.workspaces import run_in
from wizard.engine.runs import Run
from wizard.walk.journal import history
from wizard.workspace import Place

MILLION = 1_000_000
SIZE = (120, 40)


class Viewer(App[None]):
    """A run's view and nothing else; counts what it paints."""

    CSS_PATH: ClassVar = [*of_app(), *of_steps()]

    def __init__(self) -> None:
        super().__init__()
        self.paints: list[float] = []
        self.last = Moment.now()
        self.key_at = 0.0
        self.painted = asyncio.Event()
        self.register_theme(DARK)
        self.theme = DARK.name

    def get_default_screen(self) -> SparingScreen[None]:
        """Paint as the wizard's screen does."""
        return SparingScreen()

    def compose(self) -> ComposeResult:
        yield RunView()

    async def on_event(self, event: Event) -> None:
        """Note keys, as the application does."""
        if isinstance(event, Key):
            self.key_at = time.monotonic()
        await super().on_event(event)

    def _display(self, screen: Any, renderable: Any) -> None:
        super()._display(screen, renderable)
        if renderable is not None:
            self.last = Moment.now()
            self.paints.append(self.last.clock)
            self.painted.set()


def measure() -> Iterator[Figure]:
    """Everything about a run on screen, Python set up as the application has it."""
    Pace().steady()
    with tempfile.TemporaryDirectory() as folder:
        place = Place("deployment", "acme-prod", Path(folder) / "acme-prod")
        run = run_in(place.runs)
        made.long_journal(run, MILLION)
        made.gone(run)
        made.ends(run)
        yield from asyncio.run(_re_attached(run, place))
        began = time.perf_counter()
        history(run.journal, 'module.nodes.aws_instance.svc["200000"]')
        yield Figure("run: one resource's history among a million events", time.perf_counter() - began, "s")
    with tempfile.TemporaryDirectory() as folder:
        place = Place("deployment", "acme-prod", Path(folder) / "acme-prod")
        yield from asyncio.run(_busy(run_in(place.runs), place))


async def _re_attached(run: Run, place: Place) -> list[Figure]:
    app = Viewer()
    keys: list[Took] = []
    early = 0.0
    first: Took | None = None
    async with app.run_test(size=SIZE) as pilot:
        view, rows = app.query_one(RunView), app.query_one(RunRows)
        rows.focus()
        await pilot.pause()
        app.paints.clear()
        began = Moment.now()
        view.attach(run, place)
        while view.ended is None:
            if first is None and len(rows.rows) and app.paints and app.paints[-1] > began.clock:
                first = app.last.since(began)
            if not early and view.state.events >= MILLION // 10:
                gc.collect()
                early = psutil.Process().memory_info().rss
            if first is not None:
                keys.append(await _key(app, rows))
            await asyncio.sleep(0.02)
        took = Moment.now().since(began)
        gc.collect()
        late = psutil.Process().memory_info().rss
        paints = _most_per_second(app.paints)
        log = await _log(app, pilot, view)
        if view.state.events != MILLION:
            raise AssertionError(f"{view.state.events} of {MILLION} events were seen")
    assert first is not None
    usual, slow = middle(keys), ninety_fifth(keys)
    return [
        Figure("run: re-attach to a million events, first rows painted", first.alone / 1e3, "s", 1, str(first)),
        Figure("run: re-attach to a million events, all of it", took.clock / 1e3, "s"),
        Figure("run: memory from 100,000 to 1,000,000 events on screen", (late - early) / 1e6, "MB more", 8),
        Figure("run: key to paint p50, a million events being folded", usual.alone, "ms", peer=str(usual)),
        Figure(
            "run: key to paint p95, a million events being folded", slow.alone, "ms", 20, f"{slow}; {len(keys)} keys"
        ),
        Figure("run: paints a second at most, keys included", paints, "paints"),
        Figure("run: raw log of a million events, its end shown", log.alone / 1e3, "s", 1, str(log)),
    ]


async def _busy(run: Run, place: Place) -> list[Figure]:
    """An engine that says two thousand things a second, nobody touching a key."""
    made.going(run)
    app = Viewer()
    lines = [line for line in made.stream_lines("apply-private") if b'"apply_' in line]
    async with app.run_test(size=SIZE) as pilot:
        view = app.query_one(RunView)
        view.attach(run, place)
        await pilot.pause()
        app.paints.clear()
        began = time.perf_counter()
        written = 0
        while time.perf_counter() - began < 5:
            made.says(run, *(lines[(written + step) % len(lines)] for step in range(40)))
            written += 40
            await asyncio.sleep(0.02)
        paints = _most_per_second(app.paints)
        made.ends(run)
    return [Figure("run: paints a second at most, 2,000 events a second", paints, "paints", 20)]


async def _key(app: Viewer, rows: RunRows) -> Took:
    """Move the cursor, and wait for the paint that shows it."""
    app.painted.clear()
    began = Moment.now()
    app.post_message(Key("down" if (rows.cursor or 0) < 20 else "home", None))
    await asyncio.wait_for(app.painted.wait(), 10)
    return app.last.since(began)


async def _log(app: Viewer, pilot: Any, view: RunView) -> Took:
    began = Moment.now()
    await view.action_log()
    log = app.query_one(RunLog)
    while log.index.lines < MILLION or log.scroll_offset.y < log.max_scroll_y or not log.max_scroll_y:
        await pilot.pause(0.005)
    return Moment.now().since(began)


def _most_per_second(moments: list[float]) -> float:
    return max(Counter(int(moment) for moment in moments).values(), default=0)
