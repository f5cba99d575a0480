"""A run, drawn: live on a terminal, line by line everywhere else. Both read the same state and neither owns it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, Self

from wizard.walk.run_news import News, duration, totals, words

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from wizard.engine.events import RunState

REPAINTS_PER_SECOND = 10
SHOWN_IN_FLIGHT = 12


class View(Protocol):
    """A renderer of a run's states."""

    def update(self, state: RunState) -> None:
        """Show this state; the last one shown stays."""


class Lines:
    """Plain lines: for a pipe, a log, a screen reader."""

    def __init__(self, *, heartbeat: float = 30.0) -> None:
        self._news = News()
        self._heartbeat = heartbeat
        self._spoke = time.monotonic()

    def update(self, state: RunState) -> None:
        """Print what is new, and now and then what is still in flight: silence is not a hang."""
        lines = list(self._news.of(state))
        if not lines and state.in_flight and time.monotonic() - self._spoke > self._heartbeat:
            now = datetime.now(UTC)
            longest = min(state.in_flight, key=lambda flight: flight.started_at)
            lines = [
                f"  {totals(state)}; {len(state.in_flight)} in flight, longest {longest.address} {duration(longest.elapsed(now))}"
            ]
        for line in lines:
            sys.stdout.write(line + "\n")
            self._spoke = time.monotonic()
        if lines:
            sys.stdout.flush()


class Live:
    """A block that repaints at the foot of the terminal; what is done scrolls away above it."""

    def __init__(self, console: Console, started: datetime) -> None:
        from rich.live import Live as RichLive

        self._news = News()
        self._console = console
        self._started = started
        self._state: RunState | None = None
        self._live = RichLive(
            console=console, refresh_per_second=REPAINTS_PER_SECOND, transient=True, get_renderable=self._draw
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def update(self, state: RunState) -> None:
        """Take the state; the painting follows its own clock."""
        self._state = state
        for line in self._news.of(state):
            style = "red" if line.startswith("✗") else "green" if line.startswith("✓") else "dim"
            self._console.print(line, style=style, highlight=False, markup=False)

    def _draw(self) -> RenderableType:
        from rich.table import Table
        from rich.text import Text

        state, now = self._state, datetime.now(UTC)
        if state is None:
            return Text("starting …")
        grid = Table.grid(padding=(0, 1))
        for flight in sorted(state.in_flight, key=lambda item: item.started_at)[:SHOWN_IN_FLIGHT]:
            symbol, doing, _ = words(flight.action)
            grid.add_row(
                Text(symbol), Text(doing), Text(flight.address), Text(duration(flight.elapsed(now)), style="bold")
            )
        hidden = len(state.in_flight) - SHOWN_IN_FLIGHT
        if hidden > 0:
            grid.add_row("", "", Text(f"and {hidden} more", style="dim"), "")
        foot = Text.assemble(
            (f"{totals(state)}", "bold"), f"  ·  {len(state.in_flight)} in flight  ·  {duration(now - self._started)}"
        )
        if state.interrupted:
            foot.append("  ·  stopping gracefully", style="yellow")
        whole = Table.grid()
        whole.add_row(grid)
        whole.add_row(foot)
        return whole


@contextmanager
def view(*, started: datetime | None = None, plain: bool = False) -> Iterator[View]:
    """Choose the renderer for where the output goes."""
    if plain or not sys.stdout.isatty():
        yield Lines()
        return
    from rich.console import Console

    with Live(Console(), started or datetime.now(UTC)) as live:
        yield live
