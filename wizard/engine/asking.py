"""Ask the engine something short, and understand what it says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from wizard.engine.events import Diagnostic, parse, read_diagnostic


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered. Held in memory: `show`, `output` and `state pull` may hold secrets."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def spoken(self) -> Diagnostic:
        """What a command without a JSON form said, its box drawing taken off."""
        said = (self.stderr or self.stdout).decode(errors="replace")
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


def ask(argv: list[str], *, cwd: Path, environment: dict[str, str]) -> Answer:
    """Run a command that only reads; its answer comes through a pipe and is never on a disk."""
    code, stdout, stderr = _run(argv, cwd, environment, subprocess.PIPE, subprocess.PIPE)
    return Answer(code, stdout, stderr)


def order(argv: list[str], *, cwd: Path, environment: dict[str, str]) -> Answer:
    """Run a command that changes something: into unnamed files, so that it goes on when this process is killed."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        code, _, _ = _run(argv, cwd, environment, stdout, stderr)
        stdout.seek(0)
        stderr.seek(0)
        return Answer(code, stdout.read(), stderr.read())


def _run(
    argv: list[str], cwd: Path, environment: dict[str, str], stdout: int | IO[bytes], stderr: int | IO[bytes]
) -> tuple[int, bytes, bytes]:
    with subprocess.Popen(
        argv,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,  # Ctrl-C is ours to pass on, once
    ) as process:
        try:
            said, complained = process.communicate()
        except KeyboardInterrupt:
            os.kill(process.pid, signal.SIGINT)
            process.communicate()
            raise
    return process.returncode, said or b"", complained or b""
