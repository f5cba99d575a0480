"""Python's own work under the screens: done when it is not felt, and undone by nobody."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from screens.pace import FELT_S, QUIET_S, TURN_S, Pace


class Clock:
    """A clock that a test moves; each look at it takes `step` seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.step = 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the interpreter as it was for the other tests."""
    thresholds, turn = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    gc.enable()
    sys.setswitchinterval(turn)


@pytest.fixture
def garbage() -> None:
    """What makes a collection worth its while."""
    gc.collect()
    gc.collect(1)
    assert gc.get_count()[2]


def test_nothing_is_collected_before_the_first_screen_stands() -> None:
    pace = Pace()
    pace.begin()
    assert not gc.isenabled()
    pace.steady()
    assert gc.isenabled()


def test_what_was_imported_is_set_aside_and_threads_take_short_turns() -> None:
    before = gc.get_freeze_count()
    Pace().steady()
    assert gc.get_freeze_count() > before + 10_000
    assert sys.getswitchinterval() == pytest.approx(TURN_S)


def test_garbage_waits_until_nobody_types(garbage: None) -> None:
    clock = Clock()
    pace = Pace(clock)
    clock.now = QUIET_S * 2
    pace.touched()
    clock.now += QUIET_S / 2
    assert not pace.tidy()
    clock.now += QUIET_S
    assert pace.tidy()


def test_nothing_is_looked_through_when_there_can_be_nothing(garbage: None) -> None:
    clock = Clock()
    pace = Pace(clock)
    clock.now = QUIET_S * 2
    assert pace.tidy()
    assert not pace.tidy()


@pytest.mark.parametrize(("seconds", "aside"), [(FELT_S / 2, False), (FELT_S * 2, True)])
def test_what_takes_long_to_look_through_is_set_aside(garbage: None, seconds: float, aside: bool) -> None:
    clock = Clock()
    pace = Pace(clock)
    clock.now, clock.step = QUIET_S * 2, seconds
    before = gc.get_freeze_count()
    assert pace.tidy()
    assert (gc.get_freeze_count() > before) is aside
