"""Hearing a run: to its end, for as long as somebody looks, and giving way to keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.widgets.run_heard import KEY_S, LONGEST_S, Listener
from tests.screens import runs as made
from tests.workspaces import run_in
from wizard.engine.events import RunState
from wizard.engine.runs import Run

EVENTS = 2000


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run that has ended, with enough events for many pieces."""
    run = run_in(tmp_path / "runs")
    made.long_journal(run, EVENTS)
    made.gone(run)
    made.ends(run)
    return run


class Time:
    """A clock that only sleeping moves; a key comes every `every` seconds of it, the last one at `last`."""

    def __init__(self, last: float, every: float = 0.01) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self._last, self._every = last, every

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def key_at(self) -> float:
        return min(self.now // self._every * self._every, self._last)


def test_a_run_is_heard_to_its_end(run: Run) -> None:
    states: list[RunState] = []
    heard = Listener(lambda: False).hear(run, states.append)
    assert heard is not None
    assert heard.error is None
    assert heard.result is not None
    assert heard.state.events == EVENTS == states[-1].events


def test_nothing_more_is_heard_once_nobody_looks(run: Run) -> None:
    states: list[RunState] = []
    assert Listener(lambda: bool(states)).hear(run, states.append) is None
    assert len(states) == 1


def test_a_run_that_cannot_be_read_says_so_and_what_goes_on(run: Run) -> None:
    run.journal.unlink()
    heard = Listener(lambda: False).hear(run, lambda _: None)
    assert heard is not None
    assert heard.error is not None
    assert "goes on by itself" in heard.error.action


def test_a_key_has_the_machine_for_itself_for_a_moment(run: Run) -> None:
    time = Time(last=0.0)
    Listener(lambda: False, time.key_at, time.clock, time.sleep).hear(run, lambda _: None)
    assert sum(time.slept) == pytest.approx(KEY_S)


def test_a_key_that_is_held_down_stops_nothing(run: Run) -> None:
    time = Time(last=3600.0)
    heard = Listener(lambda: False, time.key_at, time.clock, time.sleep).hear(run, lambda _: None)
    assert heard is not None
    assert heard.state.events == EVENTS
    pieces = run.journal.stat().st_size / (1 << 16) + 1
    assert 0 < sum(time.slept) <= pieces * (LONGEST_S + KEY_S)
