"""The world in a process of its own: it answers its front end, and nothing of it outlives the front end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from wizard.errors import RehearsalError
from wizard.rehearsal.handle import start_world

FRONT_END = """
import json, sys, time
from pathlib import Path
from wizard.rehearsal.handle import start_world
world = start_world("private", workspace=Path(sys.argv[1]))
print(json.dumps({"pid": world.pid, "endpoint": world.endpoint_url}), flush=True)
time.sleep(300)
"""


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory for temporary files that nobody else uses; PostgreSQL's own user must be able to enter it."""
    with tempfile.TemporaryDirectory(prefix="keeper-") as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def gone(processes: list[psutil.Process], seconds: float = 120) -> list[psutil.Process]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        alive = [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        if not alive:
            return []
        time.sleep(0.05)
    return alive


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[psutil.Process]:
    """Something that runs as an engine does, in a session of its own and deaf to SIGINT, known by its process.json."""
    deaf = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True); time.sleep(300)"
    with subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        record(tmp_path, process.pid)
        yield psutil.Process(process.pid)
        process.kill()


def record(workspace: Path, pid: int) -> None:
    from wizard.engine.processes import started

    run = workspace / "deployments" / "acme" / ".planewright" / "runs" / "one"
    run.mkdir(parents=True)
    (workspace / "deployments" / "acme" / "answers.yaml").write_text("kind: deployment\n")
    identity = {"runner_pid": pid, "runner_started": started(pid)}
    identity |= {"engine_pid": pid, "engine_started": started(pid), "host": "here"}
    (run / "process.json").write_text(json.dumps(identity))


def test_nothing_is_left_when_the_front_end_is_killed(tmp_path: Path, temporary: Path, engine: psutil.Process) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FRONT_END, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as front_end:
        assert front_end.stdout is not None
        said = json.loads(front_end.stdout.readline())
        keeper = psutil.Process(said["pid"])
        everything = [keeper, *keeper.children(recursive=True), engine]
        assert len(everything) > 2
        assert len(left(temporary)) == 2

        front_end.send_signal(signal.SIGKILL)

    assert gone(everything) == []
    assert left(temporary) == []


def test_a_world_answers_its_front_end_and_ends_with_it(tmp_path: Path, temporary: Path) -> None:
    with start_world("public", log=tmp_path / "log") as world:
        keeper = psutil.Process(world.pid)
        everything = [keeper, *keeper.children(recursive=True)]
        assert "ca_pem" in world.answers.deployment
        assert world.environ()["AWS_ACCESS_KEY_ID"] != world.environ("customer")["AWS_ACCESS_KEY_ID"]
        assert world.call("verdicts") == []
        with pytest.raises(RehearsalError, match="knows no action fly"):
            world.call("fly")
        world.call("comply")
        listening = {
            c.laddr.ip for p in everything for c in p.net_connections("inet") if c.status in ("LISTEN", "NONE")
        }
        assert listening
        assert all(address.startswith("127.") for address in listening)

    assert gone(everything) == []
    assert left(temporary) == []
    assert world.database_password not in (tmp_path / "log").read_text()
    with pytest.raises(RehearsalError, match="has ended"):
        world.call("comply")
