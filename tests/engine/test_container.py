"""The engine in a container: the whole way of a run, through a stand-in for Docker that starts the engine of this machine.

Docker itself does not run here. What is proven is our side: the command line, what goes inside and what does not, signals,
deaths of whoever stands in front of the container, and the end that is found again.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import PATIENCE_S, Bench, last_of
from wizard.engine import cancel, follow, runs
from wizard.engine.container_shape import Bind, binds, container_of, image_of, inside
from wizard.engine.environment import Keys, Served
from wizard.engine.locate import Engine, find_engine
from wizard.engine.runs import Run
from wizard.errors import EngineError

SESSION = Served(Keys("ASIATESTING", "canary-secret-key", "canary-token"))
IMAGE = f"ghcr.io/opentofu/opentofu:1.12.6@sha256:{'5' * 64}"
SILENT = "#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n"


@dataclass
class Docker:
    """The stand-in: where it is, and what it was asked."""

    folder: Path

    def calls(self, verb: str) -> list[list[str]]:
        lines = (self.folder / "calls.jsonl").read_text().splitlines()
        asked = [json.loads(line)["argv"] for line in lines]
        return [argv for argv in asked if argv[:2] == ["container", verb]]

    def record(self, name: str) -> dict[str, Any]:
        """What a container was given, removed or not."""
        home = self.folder / "containers" / name
        found = home / "record.json" if (home / "record.json").exists() else home / "removed.json"
        return dict(json.loads(found.read_text()))

    def names(self) -> list[str]:
        """Every container there ever was."""
        return [home.name for home in (self.folder / "containers").iterdir()]

    def removed(self, name: str) -> bool:
        return (self.folder / "containers" / name / "removed.json").exists()

    def wait_until(self, met: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not met():
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture
def docker(tmp_path: Path, real_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Docker:
    folder = tmp_path / "docker"
    folder.mkdir()
    program = (Path(__file__).parent / "docker_stand_in.py").read_text().split("\n", 1)[1]
    (folder / "docker").write_text(f"#!{sys.executable} -S\n{program}")
    (folder / "docker").chmod(0o755)
    (folder / "images.json").write_text(json.dumps({IMAGE: str(real_engine.path)}))
    (folder / "security.json").write_text(json.dumps(["name=seccomp,profile=builtin"]))
    (folder / "calls.jsonl").touch()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    return Docker(folder)


@pytest.fixture
def contained(docker: Docker) -> Engine:
    return find_engine(f"container:{IMAGE}", search_path=os.environ["PATH"])


@pytest.fixture
def bench(make_bench: Callable[..., Bench], contained: Engine) -> Bench:
    return make_bench(with_engine=contained, credentials=SESSION)


def kill(run: Run, *, runner: bool) -> None:
    """Kill what stands in front of the container: the process with Docker's client, and the runner before it."""
    processes = run.processes()
    assert processes is not None
    assert processes.engine is not None
    if runner:
        os.kill(processes.runner_pid, signal.SIGKILL)
    os.kill(processes.engine.pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_S
    while processes.engine.alive() or (runner and processes.runner.alive()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.engine
def test_a_plan_and_an_apply_go_through_it_and_nothing_of_it_is_left(
    bench: Bench, docker: Docker, contained: Engine, real_engine: Engine
) -> None:
    assert (contained.kind, contained.version, contained.image) == (real_engine.kind, real_engine.version, IMAGE)
    bench.open_gate()
    run = bench.engine.start_apply(bench.place.runs, bench.engine.plan(bench.place.runs))
    assert last_of(run).done == 3
    result = follow.result_of(run)
    assert result is not None
    assert (result.outcome, result.exit_code, result.inferred) == ("succeeded", 0, False)
    assert (bench.stack / "terraform.tfstate").exists()
    assert bench.engine.outputs()["note"]["value"] == "first"
    assert run.request.engine_path == f"container:{IMAGE}"

    given = docker.record(container_of(run.id))["options"]
    assert given["--network"] == given["--uts"] == ["host"]
    assert given["--user"] == [f"{os.getuid()}:{os.getgid()}"]
    assert (given["--pull"], given["--cap-drop"]) == (["never"], ["ALL"])
    assert given["--security-opt"] == ["no-new-privileges"]
    assert "--read-only" in given
    assert given["--workdir"] == [str(bench.stack)]
    seen = [line.removesuffix(",readonly") for line in given["--mount"] if not line.endswith(",readonly")]
    assert {line.rpartition("target=")[2] for line in seen} == {
        str(bench.stack),
        str(bench.place.engine_data("instance")),
        str(run.path),
    }
    docker.wait_until(lambda: docker.removed(container_of(run.id)))
    assert [name for name in docker.names() if not docker.removed(name)] == []


@pytest.mark.engine
def test_a_session_goes_inside_through_the_endpoint_alone(
    make_bench: Callable[..., Bench], contained: Engine, docker: Docker, s3_endpoint: str, tmp_path: Path
) -> None:
    bench = make_bench(f"acme-{os.urandom(4).hex()}", endpoint=s3_endpoint, credentials=SESSION, with_engine=contained)
    bench.open_gate()
    run = bench.engine.start_apply(bench.place.runs, bench.engine.plan(bench.place.runs))
    assert last_of(run).done == 3  # its state is in S3, reached with what the endpoint served
    told = docker.record(container_of(run.id))["env"]
    assert told["AWS_CONTAINER_CREDENTIALS_FULL_URI"].startswith("http://127.0.0.1:")
    assert "AWS_CONTAINER_AUTHORIZATION_TOKEN" not in told
    token = Path(told["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"])
    assert token.parent.parent in {Path("/dev/shm"), Path(os.environ.get("XDG_RUNTIME_DIR") or "/dev/shm")}
    docker.wait_until(lambda: not token.parent.exists())  # and goes with the run
    for file in tmp_path.rglob("*"):  # what Docker was told is among them
        assert not file.is_file() or b"canary" not in file.read_bytes(), file


@pytest.mark.engine
def test_keys_of_the_environment_are_served_and_not_handed_in(
    make_bench: Callable[..., Bench], contained: Engine, docker: Docker
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIATESTING", "AWS_SECRET_ACCESS_KEY": "canary-secret-key"}
    bench = make_bench(with_engine=contained, **keys)
    assert bench.engine.plan(bench.place.runs).view.steps == 3
    told = "".join(json.dumps(docker.record(name)) for name in docker.names())
    assert "canary" not in told
    assert "AKIATESTING" not in told
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in told


@pytest.mark.engine
def test_one_interrupt_reaches_the_engine_inside(bench: Bench, docker: Docker) -> None:
    run = bench.apply_started()
    assert cancel.interrupt(run)
    state = last_of(run)
    result = follow.result_of(run, state)
    assert result is not None
    assert (result.outcome, result.exit_code, state.interrupted, result.cause) == ("interrupted", 1, True, "")
    assert [argv[2:] for argv in docker.calls("kill")] == [["--signal", "SIGINT", container_of(run.id)]]
    assert not cancel.interrupt(run)


@pytest.mark.engine
def test_killing_kills_the_engine_inside_and_says_so(bench: Bench) -> None:
    run = bench.apply_started()
    assert cancel.kill_hard(run)
    result = follow.result_of(run, last_of(run))
    assert result is not None
    assert (result.outcome, result.signal) == ("killed", signal.SIGKILL)
    assert result.cause == "the engine was killed by signal 9"
    assert not cancel.kill_hard(run)


@pytest.mark.engine
def test_a_container_outlives_whoever_started_it_and_its_end_is_found_again(bench: Bench, docker: Docker) -> None:
    run = bench.apply_started()
    kill(run, runner=True)
    stand_in = (docker.folder / "docker").read_text()
    (docker.folder / "docker").write_text(SILENT)
    assert run.alive()  # nobody can look: its lock must not be taken for a dead one's
    (docker.folder / "docker").write_text(stand_in)
    assert run.alive()
    assert run.engine_alive()
    assert follow.result_of(run) is None  # it has not ended
    bench.open_gate()
    state = last_of(runs.load(run.path))
    assert state.done == 3
    assert state.summary is not None  # said while nobody wrote it down
    result = follow.result_of(run)
    assert result is not None
    assert (result.outcome, result.exit_code, result.inferred) == ("succeeded", 0, False)
    docker.wait_until(lambda: docker.removed(container_of(run.id)))
    assert bench.engine.outputs()["note"]["value"] == "first"


@pytest.mark.engine
def test_one_whose_client_died_can_still_be_stopped_and_the_runner_waits_for_it(bench: Bench, docker: Docker) -> None:
    run = bench.apply_started()
    kill(run, runner=False)
    docker.wait_until(lambda: len(docker.calls("inspect")) > 1)  # it looks again and again
    assert follow.result_of(run) is None
    assert f"waiting for as long as container {container_of(run.id)} runs" in run.log.read_text()
    assert cancel.interrupt(run)
    state = last_of(run)
    result = follow.result_of(run)
    assert result is not None
    assert (result.outcome, result.exit_code, state.interrupted) == ("interrupted", 1, True)


def test_an_image_is_named_by_its_digest() -> None:
    assert image_of(f"container:{IMAGE}") == IMAGE
    for loose in ("ghcr.io/opentofu/opentofu:1.12.6", "ghcr.io/opentofu/opentofu@sha256:12", "", "--privileged"):
        with pytest.raises(EngineError, match="does not say which image") as refused:
            image_of(f"container:{loose}")
        assert "sha256" in refused.value.action


def test_what_is_missing_is_said_before_anything_runs(docker: Docker, monkeypatch: pytest.MonkeyPatch) -> None:
    path = os.environ["PATH"]
    other = IMAGE.replace("5" * 64, "6" * 64)
    with pytest.raises(EngineError, match="is not on this machine") as refused:
        find_engine(f"container:{other}", search_path=path)
    assert refused.value.action == f"docker pull {other}"
    with pytest.raises(EngineError) as refused:
        find_engine(f"container:{IMAGE}", search_path="")
    assert "no docker on PATH" in refused.value.cause
    monkeypatch.setenv("DOCKER_HOST", "ssh://elsewhere")
    with pytest.raises(EngineError) as refused:
        find_engine(f"container:{IMAGE}", search_path=path)
    assert "ssh://elsewhere" in refused.value.cause


def test_a_docker_that_fails_says_what_it_said(docker: Docker) -> None:
    (docker.folder / "docker").write_text(SILENT)
    with pytest.raises(EngineError) as refused:
        find_engine(f"container:{IMAGE}", search_path=os.environ["PATH"])
    assert "Cannot connect to the Docker daemon" in refused.value.cause


def test_a_secret_that_can_go_in_no_other_way_is_refused() -> None:
    for environ in ({"TF_ENCRYPTION": "passphrase"}, {"HTTPS_PROXY": "http://user:secret@proxy:3128"}):
        with pytest.raises(EngineError, match="cannot be given") as refused:
            inside(environ)
        assert "docker inspect" in refused.value.cause
    kept = inside(
        {
            "HTTPS_PROXY": "http://proxy:3128",
            "AWS_REGION": "us-east-1",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_PROFILE": "acme",
            "AWS_SHARED_CREDENTIALS_FILE": "/home/x/.aws/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "secret",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:5000",
            "DOCKER_HOST": "unix:///run/docker.sock",
            "PATH": "/opt/bin",
            "HOME": "/home/x",
        }
    )
    assert kept == {
        "HTTPS_PROXY": "http://proxy:3128",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:5000",
        "HOME": "/tmp",
        "TMPDIR": "/tmp",
    }


def test_providers_are_read_only_but_for_an_init_that_fills_the_cache() -> None:
    config = 'plugin_cache_dir   = "/cache"\nprovider_installation {\n  filesystem_mirror {\n    path = "/mirror, odd"\n  }\n}\n'
    environ = {"TF_DATA_DIR": "/ws/data", "TF_CLI_CONFIG_FILE": "/ws/cli.tfrc"}
    plan = binds(
        ["plan", "-out=/ws/runs/1/plan.bin", "-var-file=/ws/runs/1/o.json"], Path("/ws/stack"), environ, config
    )
    assert plan == (
        Bind(Path("/ws/stack"), writable=True),
        Bind(Path("/ws/data"), writable=True),
        Bind(Path("/ws/runs/1"), writable=True),
        Bind(Path("/ws/cli.tfrc")),
        Bind(Path("/mirror, odd")),
        Bind(Path("/cache")),
    )
    assert Bind(Path("/cache"), writable=True) in binds(["init", "-json"], Path("/ws/stack"), environ, config)
    assert Bind(Path("/mirror, odd")).option == 'type=bind,"source=/mirror, odd","target=/mirror, odd",readonly'
    assert [bind.path for bind in binds(["show", "-json", "/ws/runs/2/plan.bin"], Path("/ws/stack"), {}, "")] == [
        Path("/ws/stack"),
        Path("/ws/runs/2"),
    ]


def test_without_root_dockers_own_root_is_this_user(docker: Docker, contained: Engine, tmp_path: Path) -> None:
    from wizard.engine.container import client
    from wizard.engine.container_shim import _user

    assert _user(client()) == f"{os.getuid()}:{os.getgid()}"
    (docker.folder / "security.json").write_text(json.dumps(["name=seccomp,profile=builtin", "name=rootless"]))
    assert _user(client()) == "0:0"
