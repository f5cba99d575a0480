"""Ask the engine something short, and understand what it says."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from wizard.engine.events import Diagnostic, parse, read_diagnostic

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered. Held in memory: `show`, `output` and `state pull` may hold secrets."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def spoken(self) -> Diagnostic:
        """What a command without a JSON form said, its box drawing taken off."""
        said = _COLOUR.sub("", (self.stderr or self.stdout).decode(errors="replace"))
        lines = [line.strip("╷│╵ \t") for line in said.splitlines()]
        text = [line.removeprefix("Error: ") for line in lines if line]
        return Diagnostic("error", text[0] if text else f"it ended with code {self.code}", "\n".join(text[1:]))

    @property
    def streamed(self) -> list[Diagnostic]:
        """Errors of a command that answers in events (`init -json`)."""
        events = [parse(line) for line in self.stdout.splitlines()]
        found = [read_diagnostic(event.body["diagnostic"]) for event in events if event and "diagnostic" in event.body]
        return [item for item in found if item.severity == "error"] or [self.spoken]

    @property
    def listed(self) -> list[Diagnostic]:
        """Diagnostics of a command that answers in one document (`validate -json`)."""
        try:
            return [read_diagnostic(item) for item in json.loads(self.stdout).get("diagnostics", [])]
        except ValueError:
            return [self.spoken]


#: Raises KeyboardInterrupt once a command is not wanted any more.
Look = Callable[[], None]
#: Seconds between two looks.
_POLL_S = 0.1


def ask(argv: list[str], *, cwd: Path, environment: dict[str, str], look: Look | None = None) -> Answer:
    """Run a command that only reads; its answer comes through a pipe and is never on a disk."""
    code, stdout, stderr = _run(argv, cwd, environment, (subprocess.PIPE, subprocess.PIPE), look)
    return Answer(code, stdout, stderr)


def order(argv: list[str], *, cwd: Path, environment: dict[str, str], look: Look | None = None) -> Answer:
    """Run a command that changes something: into unnamed files, so that it goes on when this process is killed."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        code, _, _ = _run(argv, cwd, environment, (stdout, stderr), look)
        stdout.seek(0)
        stderr.seek(0)
        return Answer(code, stdout.read(), stderr.read())


def _run(
    argv: list[str],
    cwd: Path,
    environment: dict[str, str],
    output: tuple[int | IO[bytes], int | IO[bytes]],
    look: Look | None,
) -> tuple[int, bytes, bytes]:
    with subprocess.Popen(
        argv,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output[0],
        stderr=output[1],
        start_new_session=True,  # Ctrl-C is ours to pass on, once
    ) as process:
        try:
            said, complained = _communicated(process, look)
        except KeyboardInterrupt:
            os.kill(process.pid, signal.SIGINT)
            process.communicate()
            raise
    return process.returncode, said or b"", complained or b""


def _communicated(process: subprocess.Popen[bytes], look: Look | None) -> tuple[bytes | None, bytes | None]:
    while look is not None:
        look()
        try:
            return process.communicate(timeout=_POLL_S)
        except subprocess.TimeoutExpired:
            continue
    return process.communicate()
