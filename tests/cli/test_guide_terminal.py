"""The plain guide in a real terminal that can do nothing but lines: no cursor is moved, nothing is drawn twice."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from wizard.cli.guide.lines import Capable, Dumb, Piped, lines_of
from wizard.walk.walk import Walk
from wizard.workspace import Workspace

DEADLINE_S = 120.0
#: The bell, backspace, escape: what moves a cursor or draws anew.
TRICKS = ("\x1b", "\x08", "\x07")


class Terminal:
    """A person's hands at a pseudo-terminal."""

    def __init__(self, *arguments: str, term: str, encoding: str, workspace: Path) -> None:
        self.said = ""
        self._from = 0
        environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environ |= {
            "TERM": term,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HOME": str(workspace),
            "PYTHONIOENCODING": encoding,
        }
        command = [sys.executable, "-m", "wizard", *arguments, "--workspace", str(workspace)]
        self.pid, self._handle = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, command, environ)

    def until(self, wanted: str) -> None:
        """Read on until something was said that has not been waited for yet."""
        deadline = time.monotonic() + DEADLINE_S
        while wanted not in self.said[self._from :]:
            text = self._read(deadline, f"{wanted!r} to be said")
            assert text, f"it ended, and never said {wanted!r}: {self.said[self._from :]}"
            self.said += text
        self._from = self.said.index(wanted, self._from) + len(wanted)

    def types(self, text: str | bytes) -> None:
        os.write(self._handle, text.encode() if isinstance(text, str) else text)

    def interrupts(self) -> None:
        """Type Ctrl-C once the program sleeps in its reading of the line.

        What comes between the prompt and that is noted by Python, which then goes on to wait for the line.
        """
        deadline = time.monotonic() + DEADLINE_S
        while psutil.Process(self.pid).status() != psutil.STATUS_SLEEPING:
            assert time.monotonic() < deadline, f"it never came to wait for a line: {self.said}"
        self.types("\x03")

    def ends(self) -> int:
        """Read to the end, and give the exit code."""
        deadline = time.monotonic() + DEADLINE_S
        while text := self._read(deadline, "its end"):
            self.said += text
        return psutil.Process(self.pid).wait(DEADLINE_S)

    def close(self) -> None:
        """End it, if it has not ended, and let go of the terminal."""
        try:
            os.kill(self.pid, signal.SIGKILL)
            psutil.Process(self.pid).wait(DEADLINE_S)
        except (ProcessLookupError, psutil.NoSuchProcess):
            pass
        os.close(self._handle)

    def _read(self, deadline: float, awaited: str) -> str:
        ready, _, _ = select.select([self._handle], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"waited in vain for {awaited}: {self.said[self._from :]}"
        try:
            return os.read(self._handle, 65536).decode(errors="replace")
        except OSError:  # the other end is closed
            return ""


@pytest.fixture
def at(workspace: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_(*arguments: str, term: str = "dumb", encoding: str = "utf-8") -> Terminal:
        opened.append(Terminal("--plain", *arguments, term=term, encoding=encoding, workspace=workspace))
        return opened[-1]

    yield open_
    for terminal in opened:
        terminal.close()


def test_a_dumb_terminal_is_asked_in_plain_lines_and_nothing_is_drawn(
    at: Callable[..., Terminal], workspace: Path
) -> None:
    terminal = at("--open", "acme-prod")
    terminal.until("what now")
    terminal.types(":go database\n")
    terminal.until("database.host (Enter keeps db.acme.example.com): ")
    terminal.types("\n")
    terminal.until("database.port (Enter keeps 5432): ")
    terminal.types("54x\n")
    terminal.until("problem at database.port: expected a number")
    terminal.until("database.port (Enter keeps 54x): ")
    terminal.types("5433\n")
    terminal.until("database.name")
    terminal.types("\x04")

    assert terminal.ends() == 0
    assert "end of input. What was typed is saved" in terminal.said
    assert not [trick for trick in TRICKS if trick in terminal.said], terminal.said
    assert all("\r" not in line.removesuffix("\r") for line in terminal.said.split("\n")), "no line is written over"
    draft = Walk(Workspace(workspace), Workspace(workspace).place("deployment", "acme-prod")).draft
    assert draft.text("database.port") == "5433"


def test_ctrl_c_in_a_dumb_terminal_says_what_is_saved_and_ends(at: Callable[..., Terminal]) -> None:
    terminal = at()
    terminal.until(":quit: ")
    terminal.interrupts()

    assert terminal.ends() == 130
    assert "interrupted. What was typed is saved, and runs go on by themselves." in terminal.said
    assert "Traceback" not in terminal.said


def test_bytes_that_are_no_text_end_nothing(at: Callable[..., Terminal]) -> None:
    terminal = at("--open", "acme-prod", encoding="ascii:strict")
    terminal.until("what now")
    terminal.types(":go database\n")
    terminal.until("database.host (Enter")
    terminal.types(b"\xff\xfe\n")
    terminal.until("problem at database.host")
    terminal.types(":quit\n")

    assert terminal.ends() == 0


def test_a_capable_terminal_edits_the_line(at: Callable[..., Terminal], workspace: Path) -> None:
    terminal = at("--open", "acme-prod", term="xterm")
    terminal.until("what now")
    terminal.types(":go database\r")
    terminal.until("database.host (Enter")
    terminal.types("db2.acme.example.comX\x7f\r")
    terminal.until("database.port (Enter")
    terminal.types("\x04")

    assert terminal.ends() == 0
    draft = Walk(Workspace(workspace), Workspace(workspace).place("deployment", "acme-prod")).draft
    assert draft.text("database.host") == "db2.acme.example.com"


def test_what_asks_follows_from_what_there_is_to_ask_with(monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(lines_of({"TERM": "xterm"})) is Piped
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert type(lines_of({"TERM": "xterm"})) is Capable
    assert type(lines_of({"TERM": "dumb"})) is Dumb
    assert type(lines_of({})) is Dumb


def test_a_line_typed_meanwhile_is_taken_and_the_end_of_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard, terminal = pty.openpty()
    with os.fdopen(terminal) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert Dumb().meanwhile(0.01) == ""
        os.write(keyboard, b"leave\n")
        assert Dumb().meanwhile(10) == "leave"
        os.write(keyboard, b"\x04")
        with pytest.raises(EOFError):
            Dumb().meanwhile(10)
    os.close(keyboard)
