"""A front end's hold on a rehearsed world: the world ends when the hold does, whatever becomes of the front end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from wizard.errors import RehearsalError
from wizard.rehearsal.answers import AnswerTexts

_STOP_SECONDS = 30.0

# What an AWS-minded shell leaves in the environment must not reach a world that has accounts of its own.
_KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")


class WorldHandle:
    """A world in a process of its own. Make one with `start_world`. Any thread may call it."""

    def __init__(self, process: subprocess.Popen[str], greeting: Mapping[str, Any]) -> None:
        self._process = process
        self._greeting = greeting
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process that keeps the world."""
        return self._process.pid

    @property
    def endpoint_url(self) -> str:
        """The embedded AWS."""
        return str(self._greeting["endpoint_url"])

    @property
    def answers(self) -> AnswerTexts:
        """Answers files that fit the world, as YAML."""
        return AnswerTexts(**self._greeting["answers"])

    @property
    def database_password(self) -> str:
        """The replication user's password, for `seed-secrets`: in memory, never on disk."""
        return str(self._greeting["database_password"])

    def environ(self, account: Literal["vendor", "customer"] = "vendor") -> dict[str, str]:
        """Give the variables with which a process acts in an account."""
        return dict(self._greeting["environ"][account])

    def call(self, action: str, **arguments: Any) -> Any:
        """Do one of the world's actions (`wizard.rehearsal.world.actions`). RehearsalError when it fails."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None or self._process.poll() is not None:
            raise RehearsalError("The rehearsed world has ended", action="start the rehearsal again")
        try:
            with self._one_at_a_time:
                stdin.write(json.dumps({"action": action, "arguments": arguments}) + "\n")
                stdin.flush()
                return _result(stdout.readline())
        except BrokenPipeError:
            raise RehearsalError("The rehearsed world has ended", action="start the rehearsal again") from None

    def stop(self) -> None:
        """End the world and wait until nothing of it is left. Stopping twice does no harm."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def operator_environ(world: WorldHandle, environ: Mapping[str, str]) -> dict[str, str]:
    """Give the environment in which an operator works on a world: whatever AWS the shell is used to has no business there."""
    own = {name: value for name, value in environ.items() if not name.startswith("AWS_")}
    return own | world.environ()


def start_world(
    topology: Literal["private", "service", "public"],
    *,
    workspace: Path | None = None,
    region: str = "us-east-1",
    watch_seconds: float = 5.0,
    log: Path | None = None,
) -> WorldHandle:
    """Start a world in a process of its own and wait until it is up. RehearsalError when it cannot start.

    Engine runs of `workspace` end with it. `log` takes what the process has to say (default: nowhere).
    """
    command = [sys.executable, "-m", "wizard.rehearsal.keeper", "--topology", topology, "--region", region]
    command += ["--watch-seconds", str(watch_seconds)]
    if workspace is not None:
        command += ["--workspace", str(workspace.resolve())]
    with (log or Path(os.devnull)).open("ab") as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            encoding="utf-8",
            # A session of its own: a Ctrl-C in the terminal is for the front end.
            start_new_session=True,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
        )
    assert process.stdout is not None  # noqa: S101 - asked for above
    try:
        return WorldHandle(process, _result(process.stdout.readline()))
    except BaseException:
        process.kill()
        process.communicate()
        raise


def _result(line: str) -> Any:
    if not line:
        raise RehearsalError("The rehearsed world ended unexpectedly", action="start the rehearsal again")
    said = json.loads(line)
    if "error" in said:
        raise RehearsalError(said["error"].pop("title"), **said["error"])
    return said["result"]
