"""The line that says how far a reading is: on a terminal, when it takes long, and never left behind."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest

from wizard.cli.reading import Progress


class Terminal(io.StringIO):
    """Takes what is written, and tells when a text was."""

    def __init__(self, wanted: str = "", *, tty: bool = True) -> None:
        super().__init__()
        self.wanted, self.tty, self.seen = wanted, tty, threading.Event()

    def isatty(self) -> bool:
        return self.tty

    def write(self, text: str) -> int:
        if self.wanted and self.wanted in text:
            self.seen.set()
        return super().write(text)


@pytest.fixture(autouse=True)
def _xterm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def read(progress: Progress, count: int) -> None:
    anything: Any = None
    for _ in range(count):
        progress.on_reading(anything, anything)


def test_it_counts_while_nothing_else_moves_and_leaves_a_clean_line() -> None:
    terminal = Terminal("reading 18 of 31 facts…")
    with Progress(terminal, patience_s=0) as progress:
        progress.on_asks(31)
        read(progress, 18)
        assert terminal.seen.wait(120), terminal.getvalue()

    assert terminal.getvalue().endswith("\r\x1b[K")


def test_whoever_waits_less_than_the_patience_sees_nothing() -> None:
    terminal = Terminal()
    with Progress(terminal, patience_s=60) as progress:
        progress.on_asks(2)
        read(progress, 2)

    assert terminal.getvalue() == ""


@pytest.mark.parametrize(("tty", "term"), [(False, "xterm"), (True, "dumb")])
def test_a_pipe_and_a_dumb_terminal_get_no_moving_line(tty: bool, term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    terminal = Terminal(tty=tty)
    before = threading.active_count()
    with Progress(terminal, patience_s=0) as progress:
        progress.on_asks(1)
        assert threading.active_count() == before
        read(progress, 1)

    assert terminal.getvalue() == ""


def test_nothing_is_drawn_before_reading_begins() -> None:
    terminal = Terminal()
    before = threading.active_count()
    with Progress(terminal, patience_s=0):
        assert threading.active_count() == before, "a code may be asked for on the same terminal"

    assert terminal.getvalue() == ""
