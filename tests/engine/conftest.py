"""Small configurations for the real engine: built-in resources only, so that no provider has to be installed.

An apply is held by a gate, a file that its provisioner waits for: no test waits for time to pass.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bounded import bounded
from wizard.engine import follow
from wizard.engine.commands import StackEngine, Subject
from wizard.engine.environment import Credentials
from wizard.engine.events import RunState
from wizard.engine.locate import Engine, find_engine
from wizard.engine.mirrors import write_cli_config
from wizard.engine.runs import Run
from wizard.errors import EngineError
from wizard.workspace import Place

STREAMS = Path(__file__).parent / "streams"
PATIENCE_S = 120

GATED = """
variable "note" {{
  type    = string
  default = "first"
}}
resource "terraform_data" "before" {{
  input = var.note
}}
resource "terraform_data" "slow" {{
  input      = var.note
  depends_on = [terraform_data.before]
  provisioner "local-exec" {{
    command = "while [ ! -e '{gate}' ]; do sleep 0.02; done"
  }}
}}
resource "terraform_data" "after" {{
  input      = var.note
  depends_on = [terraform_data.slow]
}}
output "note" {{
  value = terraform_data.after.output
}}
"""

S3 = """
terraform {{
  backend "s3" {{
    bucket       = "states"
    key          = "{key}/terraform.tfstate"
    region       = "us-east-1"
    use_lockfile = true
  }}
}}
"""

#: Takes a port as it binds: one that was chosen before may be somebody else's by then.
S3_SERVER = """
import sys
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
"""


def stream(name: str) -> bytes:
    """A recorded stream."""
    return (STREAMS / f"{name}.jsonl").read_bytes()


@pytest.fixture(scope="session")
def real_engine() -> Engine:
    """The engine of this machine."""
    try:
        return find_engine(os.environ.get("PLANEWRIGHT_ENGINE"), search_path=os.environ["PATH"])
    except EngineError as error:
        pytest.skip(str(error))


@dataclass
class Bench:
    """One stack of its own, its gate, and where its runs go."""

    place: Place
    engine: StackEngine
    gate: Path
    environ: dict[str, str]

    @property
    def stack(self) -> Path:
        return self.engine.stack_dir

    def write(self, text: str) -> None:
        (self.stack / "main.tf").write_text(text)

    def open_gate(self) -> None:
        self.gate.touch()

    def apply_started(self, **plan: object) -> Run:
        """Plan, start the apply, and return once it is held at the gate."""
        run = self.engine.start_apply(self.place.runs, self.engine.plan(self.place.runs, **plan))  # type: ignore[arg-type]
        wait_for(run, lambda state: any(item.address == "terraform_data.slow" for item in state.in_flight))
        return run

    def finish(self, run: Run) -> RunState:
        """Follow a run to its end."""
        return last_of(run)


def wait_for(run: Run, met: Callable[[RunState], bool]) -> RunState:
    """Follow a run until its state meets the condition."""
    deadline = time.monotonic() + PATIENCE_S
    for state in follow.follow(run, poll=0.02):
        if met(state):
            return state
        assert time.monotonic() < deadline, f"still {state}"
    raise AssertionError(f"run {run.id} ended before: {follow.result_of(run)} {run.journal.read_text()}")


def last_of(run: Run) -> RunState:
    """The state of a run at its end, however many followers died before."""
    state = RunState()
    deadline = time.monotonic() + PATIENCE_S
    for state in follow.follow(run, poll=0.02):
        assert time.monotonic() < deadline, f"still {state}"
    return state


@pytest.fixture
def make_bench(tmp_path: Path, real_engine: Engine) -> Iterator[Callable[..., Bench]]:
    """Make a stack on local state, or on an S3 backend when its endpoint is given."""
    gates: list[Path] = []

    def make(
        name: str = "acme",
        endpoint: str | None = None,
        root: Path = tmp_path,
        credentials: Credentials | None = None,
        with_engine: Engine | None = None,
        **environ: str,
    ) -> Bench:
        place = Place("deployment", name, root / "deployments" / name)
        stack_dir = place.stack("instance")
        stack_dir.mkdir(parents=True)
        gate = tmp_path / f"{name}.gate"
        gates.append(gate)
        base = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **environ}
        if endpoint:
            base |= {"AWS_ENDPOINT_URL": endpoint, "AWS_EC2_METADATA_DISABLED": "true"}
            if credentials is None:
                base |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        engine = StackEngine(
            with_engine or real_engine,
            stack_dir,
            place.engine_data("instance"),
            subject=Subject("deployment", name, "instance"),
            environ=base,
            cli_config=write_cli_config(place.hidden, None, base, tmp_path),
            credentials=credentials,
        )
        bench = Bench(place, engine, gate, base)
        bench.write(GATED.format(gate=gate) + (S3.format(key=name) if endpoint else ""))
        engine.init()
        return bench

    yield make
    for gate in gates:
        gate.touch()  # a provisioner whose engine was killed must not wait for ever


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """A stack on local state."""
    return make_bench()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """An embedded S3 with a bucket for states."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", S3_SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            with bounded(server):
                endpoint = server.stdout.readline().strip()
            assert endpoint, "the embedded S3 died"
            request = urllib.request.Request(f"{endpoint}/states", method="PUT")
            request.add_header(
                "Authorization", "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request"
            )
            urllib.request.urlopen(request).close()
            yield endpoint
        finally:
            server.terminate()


@pytest.fixture
def s3_bench(make_bench: Callable[..., Bench], s3_endpoint: str) -> Bench:
    """A stack whose state and lock lie in S3."""
    return make_bench(f"acme-{os.urandom(4).hex()}", endpoint=s3_endpoint)
