"""A run is a directory that can be read by whoever comes later; the runner writes the end down whatever happens."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.engine.conftest import last_of, stream
from wizard.engine import aftermath, cancel, follow, launch, runs
from wizard.engine.locks import LockInfo
from wizard.engine.processes import Identity, elsewhere, host, identify, me
from wizard.engine.runs import Processes, Request, Result, Run
from wizard.errors import EngineError

NOW = datetime.now(UTC)


def made(
    folder: Path, *script: str, action: runs.Action = "apply", created: datetime | None = None, expected: int = 0
) -> Run:
    moment = created or datetime.now(UTC)
    path = runs.directory(folder / "runs", runs.new_id(moment))
    request = Request(
        id=path.name,
        object_kind="deployment",
        object_name="acme",
        stack="instance",
        action=action,
        engine_kind="tofu",
        engine_version="1.10.0",
        engine_path="/bin/sh",
        argv=("/bin/sh", "-c", *script),
        stack_dir=str(folder),
        who=me(),
        created_at=moment.isoformat(),
        planewright="0.1.0",
        expected=expected,
    )
    return runs.create(path, request)


def started(folder: Path, script: str, **environment: str) -> Run:
    run = made(folder, script)
    launch.launch(run, {"PATH": os.environ["PATH"], **environment})
    return run


def test_ids_sort_by_time() -> None:
    ids = [runs.new_id(NOW + timedelta(microseconds=step)) for step in (0, 1, 10**6, 10**9)]
    assert ids == sorted(ids)


def test_a_request_is_read_back_as_it_was_and_unknown_keys_of_a_later_version_are_ignored(tmp_path: Path) -> None:
    run = made(tmp_path, "true")
    file = run.path / "request.json"
    assert runs.load(run.path) == run
    file.write_text(json.dumps({**json.loads(file.read_text()), "later": 1}))
    assert runs.load(run.path).request == run.request
    file.write_text("{")
    with pytest.raises(EngineError, match="cannot be read"):
        runs.load(run.path)


def test_runs_are_listed_newest_first_and_found_by_stack_and_action(tmp_path: Path) -> None:
    old = made(tmp_path, "true", created=NOW)
    new = made(tmp_path, "true", action="plan", created=NOW + timedelta(seconds=1))
    (tmp_path / "runs" / "99999999T-left-over").mkdir()
    assert list(runs.listed(tmp_path / "runs")) == [new, old]
    assert runs.latest(tmp_path / "runs", stack="instance", actions=("apply",)) == old
    assert runs.latest(tmp_path / "runs", stack="shard") is None
    assert list(runs.listed(tmp_path / "nowhere")) == []


def test_the_engines_output_and_end_are_written_down(tmp_path: Path) -> None:
    run = started(tmp_path, 'echo \'{"type":"log","@message":"hello"}\'; echo oops >&2; exit 1')
    assert last_of(run).last_message == "hello"
    assert run.stderr.read_text() == "oops\n"
    result = run.recorded()
    assert result is not None
    assert (result.outcome, result.exit_code, result.inferred) == ("failed", 1, False)


@pytest.mark.parametrize(
    ("script", "outcome", "code"),
    [
        ("exit 0", "succeeded", 0),
        ("exit 2", "failed", 2),
        ("kill -9 $$", "killed", -9),
        ("printf '%s\\n' '{\"@message\":\"\\nInterrupt received.\\n\"}'; exit 1", "interrupted", 1),
    ],
)
def test_how_an_apply_ended(tmp_path: Path, script: str, outcome: str, code: int) -> None:
    run = started(tmp_path, script)
    last_of(run)
    result = follow.result_of(run)
    assert result is not None
    assert (result.outcome, result.exit_code) == (outcome, code)


def test_a_plan_with_changes_has_succeeded(tmp_path: Path) -> None:
    run = made(tmp_path, "exit 2", action="plan")
    launch.launch(run, {})
    last_of(run)
    result = follow.result_of(run)
    assert result is not None
    assert result.outcome == "succeeded"


def test_an_engine_that_cannot_be_started_is_an_error_at_once(tmp_path: Path) -> None:
    run = made(tmp_path, "true")
    request = json.loads((run.path / "request.json").read_text()) | {"argv": ["/nonexistent/tofu"]}
    (run.path / "request.json").write_text(json.dumps(request))
    with pytest.raises(EngineError, match="could not be started") as refused:
        launch.launch(runs.load(run.path), {})
    assert "No such file" in refused.value.cause
    result = run.recorded()
    assert result is not None
    assert result.outcome == "not started"


def test_a_front_end_that_dies_before_it_has_said_everything_starts_nothing(tmp_path: Path) -> None:
    run = made(tmp_path, f"touch {tmp_path}/started")
    done = subprocess.run(
        [sys.executable, "-m", "wizard.engine.runner", str(run.path)], input=b'{"environ', capture_output=True
    )
    assert done.returncode == 1
    assert not (tmp_path / "started").exists()
    result = follow.result_of(run)
    assert result is not None
    assert (result.outcome, run.alive()) == ("not started", False)


def test_the_engine_gets_the_environment_it_was_given_and_nothing_of_it_is_written(tmp_path: Path) -> None:
    run = started(tmp_path, 'test "${#CANARY}" -eq 11 && test -z "$HOME"', CANARY="canary-7731")
    last_of(run)
    result = run.recorded()
    assert result is not None
    assert result.exit_code == 0
    for file in run.path.iterdir():
        assert b"canary-7731" not in file.read_bytes(), file


def test_a_hang_up_is_ignored_by_the_engine_and_an_interrupt_is_not(tmp_path: Path) -> None:
    run = started(tmp_path, f"kill -HUP $$; touch {tmp_path}/survived; kill -INT $$; sleep 60")
    last_of(run)
    result = run.recorded()
    assert result is not None
    assert (tmp_path / "survived").exists()
    assert result.signal == signal.SIGINT


def test_a_process_that_has_ended_or_whose_pid_is_used_again_is_not_alive() -> None:
    mine = identify(os.getpid())
    assert mine is not None
    assert mine.alive()
    assert not Identity(mine.pid, "another-boot/1").alive()
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert identify(child.pid) is None  # a zombie


def test_nobody_is_signalled_who_only_has_the_pid_of_a_dead_engine(tmp_path: Path) -> None:
    run = made(tmp_path, "true")
    with subprocess.Popen(["sleep", "60"]) as innocent:
        Processes("host", 1, "x", innocent.pid, "another-boot/1").write(run.path / "process.json")
        assert not cancel.interrupt(run)
        assert not cancel.kill_hard(run)
        assert innocent.poll() is None
        innocent.kill()


def test_a_run_of_another_machine_is_never_taken_for_dead(tmp_path: Path) -> None:
    run = made(tmp_path, "true", created=NOW - timedelta(days=1))
    Processes("elsewhere", 1, "another-boot/1", 2, "another-boot/2").write(run.path / "process.json")
    assert run.alive()
    assert follow.result_of(run) is None


@pytest.mark.parametrize(
    ("name", "boot", "is_elsewhere"),
    [
        ("another", "another", True),
        ("another", "mine", False),  # renamed since, or a container of this machine
        ("mine", "another", False),  # started anew since
        ("mine", "mine", False),
    ],
)
def test_another_machine_has_another_name_and_another_boot(name: str, boot: str, is_elsewhere: bool) -> None:
    found = identify(os.getpid())
    assert found is not None
    mark = found.started if boot == "mine" else "another-boot/1"
    assert elsewhere(host() if name == "mine" else name, mark) is is_elsewhere


def dead(folder: Path, name: str, *, action: runs.Action = "apply") -> Run:
    """A run whose runner and engine are gone and that nobody wrote the end of."""
    run = made(folder, "true", action=action, created=NOW - timedelta(hours=1))
    gone = (identify(os.getpid()) or Identity(0, "/")).started + "9"
    Processes("host", os.getpid(), gone, os.getpid(), gone).write(run.path / "process.json")
    run.journal.write_bytes(stream(name))
    return run


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("apply-private", "succeeded"),
        ("destroy-private", "succeeded"),
        ("apply-fail-midway", "failed"),
        ("apply-sigint", "interrupted"),
        ("apply-sigkill", "killed"),
    ],
)
def test_an_end_that_nobody_wrote_down_is_concluded_from_the_stream(tmp_path: Path, name: str, outcome: str) -> None:
    result = follow.result_of(dead(tmp_path, name))
    assert result is not None
    assert (result.outcome, result.inferred, result.exit_code) == (outcome, True, None)


def test_a_plan_without_its_file_has_not_succeeded_whatever_its_stream_says(tmp_path: Path) -> None:
    run = dead(tmp_path, "plan-private", action="plan")
    result = follow.result_of(run)
    assert result is not None
    assert result.outcome == "killed"


def test_an_end_that_was_written_down_is_never_concluded_anew(tmp_path: Path) -> None:
    run = dead(tmp_path, "apply-private")
    Result("failed", 1, NOW.isoformat()).write(run.path / "result.json")
    result = follow.result_of(run)
    assert result is not None
    assert result.outcome == "failed"


def lock(who: str, created: datetime, operation: str = "OperationTypeApply") -> LockInfo:
    return LockInfo("id-1", "states/x", operation, who, "1.10.0", created)


def test_a_lock_is_matched_to_the_run_that_was_under_way(tmp_path: Path) -> None:
    run = dead(tmp_path, "apply-sigkill")
    inside = run.request.created + timedelta(seconds=3)
    assert aftermath.whose(lock(me(), inside), [run]).owner == "our run, dead"
    assert aftermath.whose(lock(me(), inside, "OperationTypePlan"), [run]).owner == "us, no run known"
    assert aftermath.whose(lock(me(), run.request.created - timedelta(seconds=1)), [run]).owner == "us, no run known"
    assert aftermath.whose(lock("eve@laptop", inside), [run]).owner == "another"
    Result("failed", 1, (inside - timedelta(seconds=60)).isoformat()).write(run.path / "result.json")
    assert aftermath.whose(lock(me(), inside), [run]).owner == "us, no run known"
