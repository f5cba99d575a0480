"""The embedded AWS in a process of its own ends when it is told to, and when nobody is left to tell it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "wizard.rehearsal.embedded", "--watch-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline().startswith("http://127.0.0.1:")
        yield started
        if started.poll() is None:
            started.kill()


def test_it_stops_when_it_is_told_to(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(120) == 0


def test_it_stops_when_its_parent_is_gone(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(120) == 0
