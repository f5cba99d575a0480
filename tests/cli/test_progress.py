"""A run, drawn from recorded streams."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wizard.cli.progress import Live
from wizard.engine.events import Diagnostic
from wizard.engine.reducer import Reducer
from wizard.walk.run_news import News, duration, explain, time_left

STREAMS = Path(__file__).parent.parent / "engine" / "streams"


def news(stream: str, *, batch: int) -> list[str]:
    """Feed a stream in batches of lines, as a follower would, and collect what is told."""
    lines = (STREAMS / stream).read_bytes().splitlines()
    reducer, told, teller = Reducer(), [], News()
    for start in range(0, len(lines), batch):
        reducer.feed(lines[start : start + batch])
        told += list(teller.of(reducer.snapshot()))
    return told


@pytest.mark.parametrize("stream", ["apply-private.jsonl", "apply-fail-midway.jsonl", "destroy-private.jsonl"])
def test_what_is_told_does_not_depend_on_how_often_one_looks(stream: str) -> None:
    # Within one look what is done stands before what failed; nothing is lost or told twice.
    assert sorted(news(stream, batch=1)) == sorted(news(stream, batch=7)) == sorted(news(stream, batch=100_000))


def test_each_resource_is_told_once() -> None:
    told = [line for line in news("apply-private.jsonl", batch=3) if line.startswith("✓ created")]

    assert len(told) == 108
    assert len(set(told)) == 108


def test_a_failure_is_told_with_its_address() -> None:
    told = [line for line in news("apply-fail-midway-small.jsonl", batch=5) if line.startswith("✗")]

    assert told
    assert all("failed creating" in line for line in told)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (59.9, "59s"), (60, "1m00s"), (3599, "59m59s"), (3600, "1h00m"), (7265, "2h01m")]
)
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text


MINUTES = [timedelta(minutes=4), timedelta(minutes=6), timedelta(minutes=10)]


@pytest.mark.parametrize(
    ("elapsed", "said"),
    [
        (1, "about 5m00s left, told from 3 earlier runs"),
        (7, "up to 3m00s left, told from 3 earlier runs"),
        (10, "longer than 3 earlier runs (at most 10m00s)"),
    ],
)
def test_what_is_left_is_told_from_earlier_runs(elapsed: int, said: str) -> None:
    assert time_left(MINUTES, timedelta(minutes=elapsed)) == said


def test_without_an_earlier_run_nothing_is_said_of_what_is_left() -> None:
    assert time_left([], timedelta(minutes=1)) == ""


def test_a_diagnostic_is_shown_redacted() -> None:
    shown = explain(Diagnostic("error", "it failed", "password=hunter2-and-more was refused", "aws_x.a"))

    assert shown.startswith("✗ it failed  aws_x.a")
    assert "hunter2" not in shown


def test_the_live_block_fits_a_narrow_terminal() -> None:
    from rich.console import Console

    reducer = Reducer(expected=108)
    reducer.feed((STREAMS / "apply-private.jsonl").read_bytes().splitlines()[:150])
    console = Console(width=80, height=24, file=io.StringIO(), force_terminal=False)
    live = Live(console, datetime.now(UTC))
    live.update(reducer.snapshot())
    console.print(live._draw())

    assert isinstance(console.file, io.StringIO)
    drawn = console.file.getvalue().splitlines()
    assert any("of 108 done" in line for line in drawn)
    assert max(map(len, drawn)) <= 80
