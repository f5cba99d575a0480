"""`python -m wizard.engine.runner RUN`: starts the engine of a run, waits, writes down how it ended.

It belongs to no terminal, and the engine does not belong to it: each has its own session, and the engine's output goes to
files. Killing the runner leaves the engine running; the result is then inferred later. What must not touch a disk (the
engine's environment, a session's keys) comes as JSON on stdin.

It imports little on purpose: it stands between a person's Enter and the engine's start.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard.engine import runs
from wizard.engine.processes import host, identify, started
from wizard.files import to_json

# A full disk must not take the result with it: its blocks are taken at the start and only overwritten at the end.
_RESERVED_BYTES = 4096
_INTERRUPTED = b'"@message":"\\nInterrupt received'
_WITH_CHANGES = 2  # `plan -detailed-exitcode`


def main(arguments: list[str]) -> int:
    """Read the handover, step out of the caller's sight, and report through the exit code whether the engine started."""
    run = runs.load(Path(arguments[0]))
    try:
        handover = json.load(sys.stdin)
    except ValueError:  # the front end died before it had said everything
        _conclude(
            run, runs.Result("not started", None, _now(), cause="the front end died before the engine was started")
        )
        return 1
    ready, tell = os.pipe()
    if os.fork():
        # The caller waits for this process alone, so that no zombie of ours is ever left with it.
        os.close(tell)
        return 0 if os.read(ready, 1) else 1
    os.close(ready)
    _detach()
    with contextlib.suppress(OSError):
        _run(run, handover, tell)
    return 0


def _detach() -> None:
    # SIGHUP stays ignored across exec, so the engine and its providers ignore it too; Go respects that. SIGINT must reach the
    # engine's own handler, so it is only caught here, which exec resets.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, lambda *_: None)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def _run(run: runs.Run, handover: dict[str, Any], tell: int) -> None:
    _reserve(run)
    before = _Before(run)
    try:
        environment = dict(handover["environment"]) | _credentials(handover.get("credentials"))
        engine = _start(run, environment)
    except OSError as error:
        _conclude(run, runs.Result("not started", None, _now(), cause=str(error)))
        return
    try:
        before.write(engine.pid)
    except OSError:
        # Nobody could ever find this engine again: it must not go on alone.
        engine.send_signal(signal.SIGINT)
        engine.wait()
        _conclude(run, runs.Result("not started", None, _now(), cause="the run's directory cannot be written to"))
        return
    os.write(tell, b"1")
    os.close(tell)
    code = engine.wait()
    result = _result(run, code)
    if run.request.container:
        from wizard.engine import container

        result = container.concluded(run, result)
    _conclude(run, result)
    _discard(run, 0 if result.outcome == "succeeded" else 1, handover.get("discard") or [])
    if run.request.container:
        container.remove(run.request.container)


class _Before:
    """process.json, first with the runner alone, then with the engine."""

    def __init__(self, run: runs.Run) -> None:
        self._path = run.path / "process.json"
        self._pid = os.getpid()
        self._started = started(self._pid) or ""
        runs.Processes(host(), self._pid, self._started).write(self._path)

    def write(self, engine: int) -> None:
        found = identify(engine)
        runs.Processes(host(), self._pid, self._started, engine, found.started if found else "", _now()).write(
            self._path
        )


def _start(run: runs.Run, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with run.journal.open("ab") as journal, run.stderr.open("ab") as stderr:
        return subprocess.Popen(
            run.request.argv,
            cwd=run.request.stack_dir,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=journal,
            stderr=stderr,
            start_new_session=True,
        )


def _credentials(session: dict[str, Any] | None) -> dict[str, str]:
    if not session:
        return {}
    from wizard.engine.credentials_endpoint import Renewing, serve
    from wizard.engine.environment import Keys, Served

    return serve(Renewing(Served(Keys(**session["keys"]), session.get("profile")))).environment


def _result(run: runs.Run, code: int) -> runs.Result:
    if code < 0:
        return runs.Result("killed", code, _now(), signal=-code, cause=f"the engine was killed by signal {-code}")
    if code == 0 or (code == _WITH_CHANGES and run.request.action != "apply"):
        return runs.Result("succeeded", code, _now())
    return runs.Result("interrupted" if _interrupted(run.journal) else "failed", code, _now())


def _interrupted(journal: Path) -> bool:
    # A search through the mapped file: folding a million events again would keep the caller waiting for seconds.
    with journal.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            return text.find(_INTERRUPTED) >= 0


def _reserve(run: runs.Run) -> None:
    with (run.path / "result.part").open("wb") as file:
        os.fchmod(file.fileno(), runs.PRIVATE)
        file.write(b" " * _RESERVED_BYTES)
        file.flush()
        os.fsync(file.fileno())


def _conclude(run: runs.Run, result: runs.Result) -> None:
    part = run.path / "result.part"
    text = to_json(asdict(result)).encode().ljust(_RESERVED_BYTES)
    with part.open("r+b" if part.exists() else "wb") as file:
        os.fchmod(file.fileno(), runs.PRIVATE)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(run.path / "result.json")


def _discard(run: runs.Run, code: int, after_success: list[str]) -> None:
    """A plan that was applied serves nobody any more: its own copy always goes, the original once it succeeded."""
    if run.request.action == "apply":
        run.plan_file.unlink(missing_ok=True)
    if code == 0:
        for name in after_success:
            Path(name).unlink(missing_ok=True)


def _now() -> str:
    return datetime.now(UTC).isoformat()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
