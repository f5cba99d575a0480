"""Whatever dies, the engine ends well, and whoever looks afterwards is told what is true and how to go on."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import GATED, Bench, last_of, wait_for
from tests.engine.test_runs import made
from wizard.engine import aftermath, cancel, follow, launch, locks, runs
from wizard.engine.environment import Ambient, Keys, Served
from wizard.engine.events import RunState
from wizard.engine.processes import me
from wizard.engine.runs import Run
from wizard.engine.saved import PlanRun
from wizard.engine.verdict import verdict
from wizard.errors import AccountError, EngineError, StateLockedError

pytestmark = pytest.mark.engine

# A front end of its own process: it starts the apply of a plan, says which run it is, and follows it for ever.
FRONT_END = """
import sys
from pathlib import Path
from wizard.engine import follow, runs
from wizard.engine.commands import StackEngine, Subject
from wizard.engine.locate import probe
engine_path, stack, data, config, runs_dir, plan_run, path, home = sys.argv[1:]
engine = StackEngine(probe(Path(engine_path)), Path(stack), Path(data), subject=Subject("deployment", "acme", "instance"),
                     environ={"PATH": path, "HOME": home}, cli_config=Path(config))
run = engine.start_apply(Path(runs_dir), engine.reopen(runs.load(Path(runs_dir) / plan_run)))
print(run.path, flush=True)
for state in follow.follow(run):
    pass
"""


def front_end_argv(bench: Bench, plan: PlanRun) -> list[str]:
    engine = bench.engine
    return [
        sys.executable,
        "-c",
        textwrap.dedent(FRONT_END),
        str(engine.engine.path),
        str(engine.stack_dir),
        str(engine.data_dir),
        engine.environment.values["TF_CLI_CONFIG_FILE"],
        str(bench.place.runs),
        plan.run.id,
        bench.environ["PATH"],
        bench.environ["HOME"],
    ]


def held(run: Run) -> None:
    wait_for(run, lambda state: any(item.address == "terraform_data.slow" for item in state.in_flight))


def ended_well(bench: Bench, run: Run) -> None:
    bench.open_gate()
    state = last_of(run)
    result = follow.result_of(run, state)
    assert result is not None
    assert (result.outcome, result.exit_code, result.inferred) == ("succeeded", 0, False)
    assert (state.done, state.total, state.in_flight) == (3, 3, ())
    assert bench.engine.outputs()["note"]["value"] == "first"
    assert aftermath.diagnose(bench.place, "instance").clean


def test_an_apply_whose_front_end_is_killed_ends_well_and_is_shown_complete_to_the_next_one(bench: Bench) -> None:
    plan = bench.engine.plan(bench.place.runs)
    with subprocess.Popen(front_end_argv(bench, plan), stdout=subprocess.PIPE, text=True) as front:
        assert front.stdout is not None
        run = runs.load(Path(front.stdout.readline().strip()))
        held(run)
        front.kill()
    assert run.alive()
    ended_well(bench, run)


def test_an_apply_whose_terminal_is_closed_ends_well(bench: Bench) -> None:
    plan = bench.engine.plan(bench.place.runs)
    argv = front_end_argv(bench, plan)
    child, terminal = pty.fork()
    if child == 0:
        os.execv(argv[0], argv)
    with os.fdopen(terminal, "r") as screen:
        run = runs.load(Path(screen.readline().strip()))
        held(run)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGHUP  # the front end did die of it
    ended_well(bench, run)


def test_an_apply_whose_runner_is_killed_ends_and_its_result_is_concluded_from_the_stream(bench: Bench) -> None:
    run = bench.apply_started()
    processes = run.processes()
    assert processes is not None
    os.kill(processes.runner_pid, signal.SIGKILL)
    assert run.engine_alive()
    bench.open_gate()
    state = last_of(run)
    result = follow.result_of(run, state)
    assert result is not None
    assert (result.outcome, result.exit_code, result.inferred) == ("succeeded", None, True)
    assert "the runner was killed" in result.cause
    assert state.done == 3
    assert follow.result_of(run) == result  # kept, not concluded anew


def test_the_engine_belongs_to_no_terminal_and_not_to_the_runners_session(bench: Bench) -> None:
    run = bench.apply_started()
    processes = run.processes()
    assert processes is not None
    assert processes.engine is not None
    assert os.getsid(processes.engine.pid) == processes.engine.pid
    assert len({os.getsid(0), os.getsid(processes.runner_pid), processes.engine.pid}) == 3
    bench.open_gate()
    last_of(run)


def test_after_the_engine_is_killed_the_next_command_knows_the_lock_the_dead_run_and_what_is_half_made(
    s3_bench: Bench,
) -> None:
    bench = s3_bench
    run = bench.apply_started()
    processes = run.processes()
    assert processes is not None
    assert processes.engine is not None
    os.kill(processes.engine.pid, signal.SIGKILL)
    state = last_of(run)
    result = follow.result_of(run, state)
    assert result is not None
    assert (result.outcome, result.signal) == ("killed", signal.SIGKILL)
    error = verdict(run.request, state, result)
    assert error is not None
    assert "killed while it applied instance, after 1 of 3 steps" in error.title
    assert "terraform_data.slow (create)" in error.cause

    with pytest.raises(StateLockedError, match=me()) as refused:
        bench.engine.plan(bench.place.runs, lock_timeout_s=0)
    assert f"planewright unlock {bench.place.name}" in refused.value.action
    lock = follow.state_of(next(runs.listed(bench.place.runs))).lock
    after = aftermath.diagnose(bench.place, "instance", lock=lock)
    assert after.held is not None
    assert (after.held.owner, after.held.run) == ("our run, dead", run)
    assert [item.address for item in after.half_made] == ["terraform_data.slow"]
    told = "\n".join(after.lines())
    assert "was being created when the engine died" in told
    assert f"run {run.id} of this workspace, and it is dead" in told

    assert "removed lock" in aftermath.unlock(bench.engine, after.held)
    bench.open_gate()
    again = bench.engine.plan(bench.place.runs)
    follow_up = bench.engine.start_apply(bench.place.runs, again)
    assert last_of(follow_up).error_count == 0
    assert bench.engine.plan(bench.place.runs).view.empty


def test_a_lock_whose_run_is_alive_is_named_and_never_removed(s3_bench: Bench) -> None:
    bench = s3_bench
    run = bench.apply_started()
    with pytest.raises(StateLockedError):
        bench.engine.plan(bench.place.runs, lock_timeout_s=0)
    lock = follow.state_of(next(runs.listed(bench.place.runs))).lock
    after = aftermath.diagnose(bench.place, "instance", lock=lock)
    assert after.held is not None
    assert after.held.owner == "our run, alive"
    with pytest.raises(EngineError, match="its run is alive"):
        aftermath.unlock(bench.engine, after.held, sure=True)
    ended_well(bench, run)


def test_a_lock_of_somebody_else_is_removed_only_once_the_operator_is_sure(
    s3_bench: Bench, make_bench: Callable[..., Bench], s3_endpoint: str
) -> None:
    colleague = s3_bench
    run = colleague.apply_started()
    other = make_bench("other", endpoint=s3_endpoint)
    other.write((colleague.stack / "main.tf").read_text())
    other.engine.init(reconfigure=True)
    with pytest.raises(StateLockedError):
        other.engine.plan(other.place.runs, lock_timeout_s=0)
    lock = follow.state_of(next(runs.listed(other.place.runs))).lock
    after = aftermath.diagnose(other.place, "instance", lock=lock)
    assert after.held is not None
    assert after.held.owner == "us, no run known"
    with pytest.raises(EngineError, match="nobody here knows"):
        aftermath.unlock(other.engine, after.held)
    ended_well(colleague, run)


def test_one_interrupt_stops_in_good_order_and_the_next_apply_goes_on(s3_bench: Bench) -> None:
    bench = s3_bench
    run = bench.apply_started()
    assert cancel.interrupt(run)
    state = last_of(run)
    result = follow.result_of(run, state)
    assert result is not None
    assert (result.outcome, result.exit_code, state.interrupted) == ("interrupted", 1, True)
    error = verdict(run.request, state, result)
    assert error is not None
    assert "interrupted after 1 of 3 steps" in error.title
    assert "terraform_data.slow" in error.cause
    assert not cancel.interrupt(run)  # nobody is hit who came later
    bench.open_gate()
    plan = bench.engine.plan(bench.place.runs)  # the lock was given back
    assert {change.address: change.kind for change in plan.view.acting}["terraform_data.slow"] == "replace"
    assert last_of(bench.engine.start_apply(bench.place.runs, plan)).error_count == 0


def test_a_run_that_does_not_stop_can_be_killed_and_says_so(bench: Bench) -> None:
    run = bench.apply_started()
    cancel.interrupt(run)
    cancel.interrupt(run)
    cancel.kill_hard(run)
    state = last_of(run)
    result = follow.result_of(run, state)
    assert result is not None
    assert result.outcome in {"interrupted", "killed"}  # how far the second signal came first is the engine's affair
    assert not run.alive()
    assert not cancel.kill_hard(run)
    assert verdict(run.request, state, result) is not None


def test_an_apply_that_fails_midway_says_why_and_is_resumed_by_the_next(bench: Bench) -> None:
    bench.write(
        GATED.format(gate=bench.gate)
        .replace("while [ ! -e", "if [ ! -e")
        .replace("do sleep 0.02; done", "then exit 7; fi")
    )
    run = bench.engine.start_apply(bench.place.runs, bench.engine.plan(bench.place.runs))
    state = last_of(run)
    result = follow.result_of(run, state)
    assert result is not None
    assert (result.outcome, result.exit_code) == ("failed", 1)
    assert [failure.address for failure in state.failed] == ["terraform_data.slow"]
    assert state.failed[0].diagnostic is not None
    error = verdict(run.request, state, result)
    assert error is not None
    assert "could not be applied (1 of 3 steps were done)" in error.title
    assert "exit status 7" in error.cause
    bench.open_gate()
    plan = bench.engine.plan(bench.place.runs)
    assert "terraform_data.before" not in {change.address for change in plan.view.acting}
    assert last_of(bench.engine.start_apply(bench.place.runs, plan)).done == 3  # one of them was replaced
    assert bench.engine.plan(bench.place.runs).view.empty


def test_a_plan_that_is_out_of_date_is_refused_in_plain_words(bench: Bench) -> None:
    bench.open_gate()
    stale = bench.engine.plan(bench.place.runs, variables={"note": "never"})
    last_of(bench.engine.start_apply(bench.place.runs, bench.engine.plan(bench.place.runs)))
    run = bench.engine.start_apply(bench.place.runs, stale)
    state = last_of(run)
    result = follow.result_of(run, state)
    assert result is not None
    error = verdict(run.request, state, result)
    assert error is not None
    assert "out of date" in error.title
    assert "plan again" in error.action
    assert bench.engine.outputs()["note"]["value"] == "first"


def test_a_plan_file_that_was_altered_is_refused_before_the_engine_is_called(bench: Bench) -> None:
    plan = bench.engine.plan(bench.place.runs)
    plan.run.plan_file.write_bytes(plan.run.plan_file.read_bytes() + b"\0")
    before = len(list(runs.listed(bench.place.runs)))
    with pytest.raises(EngineError, match="not the one that was shown"):
        bench.engine.start_apply(bench.place.runs, plan)
    with pytest.raises(EngineError, match="not the one that was shown"):
        bench.engine.reopen(plan.run)
    assert len(list(runs.listed(bench.place.runs))) == before


def test_stray_settings_of_the_engine_change_nothing_and_are_named(make_bench: Callable[..., Bench]) -> None:
    stray = {
        "TF_VAR_note": "stray",
        "TF_CLI_ARGS": "-var=note=stray",
        "TF_CLI_ARGS_apply": "-target=terraform_data.before",
        "TF_WORKSPACE": "elsewhere",
        "TF_LOG": "trace",
        "TF_CLI_CONFIG_FILE": "/nonexistent/rc",
    }
    bench = make_bench(**stray)
    bench.open_gate()
    run = bench.engine.start_apply(bench.place.runs, bench.engine.plan(bench.place.runs))
    assert last_of(run).done == 3
    assert bench.engine.outputs()["note"]["value"] == "first"
    assert run.stderr.read_text() == ""
    for name in ("TF_VAR_note", "TF_CLI_ARGS", "TF_CLI_ARGS_apply", "TF_WORKSPACE", "TF_LOG"):
        assert name in bench.engine.environment.note


def test_an_interrupted_plan_gives_the_lock_back_before_it_says_so(s3_bench: Bench) -> None:
    bench = s3_bench

    def ctrl_c(_state: RunState) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.engine.plan(bench.place.runs, on_state=ctrl_c)
    assert not next(runs.listed(bench.place.runs)).alive()
    assert bench.engine.plan(bench.place.runs, lock_timeout_s=0).view.steps == 3


def test_a_session_is_served_to_the_engine_and_its_end_is_said(
    make_bench: Callable[..., Bench], s3_endpoint: str, tmp_path: Path
) -> None:
    session = Served(Keys("ASIATESTING", "canary-secret-key", "canary-token"))
    bench = make_bench(f"acme-{os.urandom(4).hex()}", endpoint=s3_endpoint, credentials=session)
    bench.open_gate()
    assert last_of(bench.engine.start_apply(bench.place.runs, bench.engine.plan(bench.place.runs))).done == 3
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or b"canary" not in file.read_bytes(), file

    ended = Served(Keys("ASIATESTING", "canary-secret-key", "canary-token", "2026-01-01T00:00:00+00:00"))
    with pytest.raises(AccountError, match="the AWS session has expired") as refused:
        make_bench("late", endpoint=s3_endpoint, credentials=ended)
    assert "log in again" in refused.value.action


def test_without_credentials_the_engine_says_which_to_give(make_bench: Callable[..., Bench], s3_endpoint: str) -> None:
    with pytest.raises(AccountError, match="no AWS credentials") as refused:
        make_bench("poor", endpoint=s3_endpoint, credentials=Ambient())
    assert "AWS_PROFILE" in refused.value.action


def test_values_of_one_plan_alone_win_over_the_stacks_files(bench: Bench) -> None:
    (bench.stack / "terraform.tfvars.json").write_text('{"note": "from the file"}')
    bench.open_gate()
    plan = bench.engine.plan(bench.place.runs, variables={"note": 'a "quoted" ${note}'})
    last_of(bench.engine.start_apply(bench.place.runs, plan))
    assert bench.engine.outputs()["note"]["value"] == 'a "quoted" ${note}'
    assert "quoted" not in " ".join(plan.run.request.argv)


def test_a_destroy_plan_is_applied_as_it_was_shown(bench: Bench) -> None:
    bench.open_gate()
    last_of(bench.engine.start_apply(bench.place.runs, bench.engine.plan(bench.place.runs)))
    assert len(bench.engine.state_list()) == 3
    plan = bench.engine.plan(bench.place.runs, destroy=True)
    assert (plan.view.counts.remove, plan.run.request.action) == (3, "destroy-plan")
    state = last_of(bench.engine.start_apply(bench.place.runs, plan))
    assert (state.done, state.total) == (3, 3)
    assert bench.engine.state_list() == ()


def test_a_configuration_that_is_not_valid_says_where(bench: Bench) -> None:
    bench.write('resource "terraform_data" "a" {\n  nonsense = 1\n}\n')
    with pytest.raises(EngineError, match="instance is not valid") as refused:
        bench.engine.validate()
    assert "main.tf:2" in refused.value.cause
    bench.write("locals {\na=1\n}\n")
    assert bench.engine.validate() == ()
    assert bench.engine.fmt_check() == ("main.tf",)
    bench.write('resource "terraform_data" "a" {\n  input = file("gone")\n}\n')
    with pytest.raises(EngineError, match="could not be planned"):
        bench.engine.plan(bench.place.runs)


def test_a_run_leaves_private_files_and_no_applied_plan(bench: Bench) -> None:
    bench.open_gate()
    plan = bench.engine.plan(bench.place.runs)
    run = bench.engine.start_apply(bench.place.runs, plan)
    last_of(run)
    follow.result_of(run)
    deadline = time.monotonic() + 120
    while run.plan_file.exists() or plan.run.plan_file.exists():  # they go once the result is there
        assert time.monotonic() < deadline, "an applied plan is left"
        time.sleep(0.02)
    for folder in (plan.run.path, run.path):
        assert folder.stat().st_mode & 0o777 == 0o700
        for file in folder.iterdir():
            assert file.stat().st_mode & 0o077 == 0, file
    with pytest.raises(EngineError, match="no plan that can be applied"):
        bench.engine.reopen(plan.run)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"mount is not allowed here: {mounted.stderr.decode()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path: Path, piece: bytes) -> None:
    with path.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(piece):
            pass


def test_a_full_disk_neither_stops_the_apply_nor_hides_how_it_ended_and_is_named(
    make_bench: Callable[..., Bench], s3_endpoint: str, tiny_disk: Path
) -> None:
    bench = make_bench(f"acme-{os.urandom(4).hex()}", endpoint=s3_endpoint, root=tiny_disk)
    run = bench.apply_started()
    fill(tiny_disk / "ballast", b"\0" * 4096)
    fill(run.journal, b"\n")  # and the rest of the journal's last page
    bench.open_gate()
    state = last_of(run)
    result = follow.result_of(run, state)
    assert result is not None
    assert (result.outcome, result.exit_code, result.inferred) == ("succeeded", 0, False)
    after = aftermath.diagnose(bench.place, "instance")
    assert (after.disk_full, after.journal_cut, after.clean) == (True, True, False)
    told = "\n".join(after.lines())
    assert "disk of the run's directory is full" in told
    assert "its outputs and state are whole" in told
    (tiny_disk / "ballast").unlink()
    assert bench.engine.outputs()["note"]["value"] == "first"
    assert bench.engine.plan(bench.place.runs).view.empty


def test_on_a_full_disk_nothing_is_started(bench: Bench, tiny_disk: Path) -> None:
    plan = bench.engine.plan(bench.place.runs)
    fill(tiny_disk / "ballast", b"\0" * 4096)
    with pytest.raises(EngineError, match="was not started") as refused:
        bench.engine.start_apply(tiny_disk / "runs", plan)
    assert "No space left" in refused.value.cause
    assert bench.engine.state_list() == ()


def test_a_disk_that_fills_up_before_the_runner_is_up_starts_nothing_either(tmp_path: Path, tiny_disk: Path) -> None:
    run = made(tiny_disk, f"touch {tmp_path}/started")
    fill(tiny_disk / "ballast", b"\0" * 4096)
    with pytest.raises(EngineError, match="could not be started") as refused:
        launch.launch(run, {"PATH": os.environ["PATH"]})
    assert refused.value.cause == "the disk is full"
    assert not (tmp_path / "started").exists()


def test_a_state_that_could_not_be_saved_is_told_of_and_pushed(bench: Bench) -> None:
    bench.open_gate()
    last_of(bench.engine.start_apply(bench.place.runs, bench.engine.plan(bench.place.runs)))
    (bench.stack / "terraform.tfstate").rename(bench.stack / "errored.tfstate")
    after = aftermath.diagnose(bench.place, "instance")
    assert after.errored_state == bench.stack / "errored.tfstate"
    assert any("save it before anything else" in line for line in after.lines())
    kept = bench.engine.state_push_errored()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert aftermath.diagnose(bench.place, "instance").clean
    assert bench.engine.plan(bench.place.runs).view.empty


def test_the_lock_object_in_s3_reads_as_the_engine_tells_of_it() -> None:
    lock = locks.from_json(
        '{"ID":"bfa3cf1d","Operation":"OperationTypeApply","Info":"","Who":"root@vm","Version":"1.11.4",'
        '"Created":"2026-11-21T02:11:55.081783649Z","Path":"states/terraform.tfstate"}'
    )
    assert lock is not None
    assert (lock.who, lock.doing, str(lock.created)) == ("root@vm", "apply", "2026-11-21 02:11:55.081783+00:00")
