"""Runs for the screens' tests: recorded streams in a run's directory, with or without an end, and long synthetic ones."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from tests.workspaces import run_in
from wizard.engine import launch, runs
from wizard.engine.processes import host, identify
from wizard.engine.runs import Action, Outcome, Processes, Request, Result, Run

STREAMS = Path(__file__).parent.parent / "engine" / "streams"
#: What every recorded clock is read against: nothing in a snapshot comes from the machine.
NOW = datetime(2026, 11, 21, 3, 57, 30, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def recorded(
    folder: Path,
    stream: str,
    *,
    outcome: Outcome | None = "succeeded",
    action: Action = "apply",
    lines: int | None = None,
) -> Run:
    """A run with a recorded stream as its journal. Without an outcome its runner is gone and wrote nothing down."""
    run = run_in(folder, action)
    run.journal.write_bytes(b"".join(stream_lines(stream)[:lines]))
    gone(run)
    if outcome is not None:
        Result(outcome, 0 if outcome == "succeeded" else 1, "2026-11-21T03:59:00+00:00").write(run.path / "result.json")
    return run


def gone(run: Run) -> None:
    """Let the run's processes be ones that ended long ago."""
    me = identify(os.getpid())
    assert me is not None
    Processes(host(), 1, f"{me.started}0", 1, f"{me.started}0").write(run.path / "process.json")


def going(run: Run) -> None:
    """Let the run's processes be alive: this very one."""
    me = identify(os.getpid())
    assert me is not None
    Processes(host(), me.pid, me.started, me.pid, me.started).write(run.path / "process.json")
    (run.path / "result.json").unlink(missing_ok=True)


def ends(run: Run, outcome: Outcome = "succeeded") -> None:
    Result(outcome, 0 if outcome == "succeeded" else 1, "2026-11-21T03:59:00+00:00").write(run.path / "result.json")


def launched(folder: Path, script: str, *, expected: int = 0, plan_run: str | None = None) -> Run:
    """A run whose engine is a shell script: real processes, real signals, a real end."""
    moment = datetime.now(UTC)
    path = runs.directory(folder, runs.new_id(moment))
    request = Request(
        id=path.name,
        object_kind="deployment",
        object_name="acme-prod",
        stack="instance",
        action="apply",
        engine_kind="tofu",
        engine_version="1.10.0",
        engine_path="/bin/sh",
        argv=("/bin/sh", "-c", script),
        stack_dir=str(folder),
        who="operator@laptop",
        created_at=moment.isoformat(),
        planewright="0.1.0",
        plan_run=plan_run,
        expected=expected,
    )
    run = runs.create(path, request)
    launch.launch(run, {"PATH": os.environ["PATH"]})
    return run


def says(run: Run, *lines: bytes) -> None:
    """Let the engine say more."""
    with run.journal.open("ab") as journal:
        journal.write(b"".join(line if line.endswith(b"\n") else line + b"\n" for line in lines))


def stream_lines(stream: str) -> list[bytes]:
    """A recorded stream; those of an apply are set to begin when the run was asked for."""
    said = (STREAMS / f"{stream}.jsonl").read_bytes()
    for was, now in ((b"T02:39:", b"T03:55:"), (b"T02:40:", b"T03:56:"), (b"T02:41:", b"T03:57:")):
        said = said.replace(was, now)
    return said.splitlines(keepends=True)


def long_journal(run: Run, events: int) -> None:
    """Write a journal of so many events, every resource's address its own."""
    with run.journal.open("w") as journal:
        for index in range(events // 4):
            hook = (
                f'"hook":{{"resource":{{"addr":"module.nodes.aws_instance.svc[\\"{index}\\"]","module":"module.nodes"}},'
                '"action":"create","elapsed_seconds":10}'
            )
            head = '{"@level":"info","@message":"module.nodes.aws_instance.svc: working","@module":"tofu.ui",'
            head += '"@timestamp":"2026-11-21T03:56:15.264978Z",'
            for kind in ("apply_start", "apply_progress", "apply_progress", "apply_complete"):
                journal.write(f'{head}{hook},"type":"{kind}"}}\n')
