"""One applied world per topology serves all tests of its module, in the order they stand; the last ones destroy it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import boto3
import psutil
import pytest

from tests.e2e import canaries
from tests.e2e.canaries import Canaries
from tests.e2e.customer import Customer, customer_of
from tests.e2e.tried import tried
from tests.e2e.verifying import bad_hops, verified
from tests.e2e.waiting import Waited, waiting
from tests.e2e.walking import WATCH_SECONDS
from tests.handoff.account import Held
from tests.handoff.hands import Ran
from wizard.blueprints.springtail.contracts import InstanceOutputs, ShardOutputs
from wizard.deploy import store
from wizard.deploy.reporting import Written
from wizard.deploy.target import Target, open_target
from wizard.engine.events import RunState
from wizard.rehearsal.handle import WorldHandle, operator_environ, start_world
from wizard.rehearsal.journey import Journey, Options, Outcome
from wizard.verify.hops import Hop
from wizard.workspace import Workspace


class Arguments(threading.Thread):
    """Looks at the arguments of every process that begins while the journey goes, whoever began it, and keeps them all."""

    #: Looks at a process that is new: it may become another program, with other arguments.
    LOOKS = 20

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: set[str] = set()
        self._stop_asked = threading.Event()

    def run(self) -> None:
        before = set(psutil.pids())
        looks: dict[int, int] = {}
        while not self._stop_asked.wait(0.05):
            there = set(psutil.pids()) - before
            looks = {pid: looks.get(pid, 0) + 1 for pid in there}
            for pid in (pid for pid, count in looks.items() if count <= self.LOOKS):
                with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    self.seen.add(" ".join(psutil.Process(pid).cmdline()))

    def end(self) -> None:
        self._stop_asked.set()
        self.join()


@dataclass
class Quiet:
    """Keeps what the journey told."""

    told: list[str] = field(default_factory=list)

    def step(self, title: str) -> None:
        self.told.append(title)

    def say(self, text: str) -> None:
        self.told.append(text)

    def view(self) -> AbstractContextManager[Any]:
        class Nothing:
            def update(self, state: RunState) -> None:
                pass

        return nullcontext(Nothing())

    def hop(self, hop: Hop) -> None:
        self.told.append(f"{hop.key}: {hop.state.word} {hop.reason}")


@dataclass(frozen=True)
class Acceptance:
    """How the customer did their part: the hops that were bad before, what their account held then, and the script's runs."""

    bad: dict[str, str]
    before: Held
    looked: Ran
    applied: Ran


@dataclass
class Rehearsed:
    """A world in which the journey was gone, and hands to try it with."""

    topology: str
    world: WorldHandle
    workspace: Workspace
    outcome: Outcome
    told: list[str]
    arguments: Arguments
    canaries: Canaries
    kept: dict[str, str] = field(default_factory=dict)
    hands: Customer | None = None
    acceptance: Acceptance | None = None
    waited: Waited | None = None

    @property
    def customer(self) -> Customer:
        """The customer, where they have an account with us."""
        assert self.hands is not None
        return self.hands

    @property
    def target(self) -> Target:
        return open_target(self.workspace, self.outcome.deployment)

    @property
    def temporary(self) -> Path:
        """Where its commands put what is temporary."""
        return _temporary(self.workspace.root)

    @property
    def environ(self) -> dict[str, str]:
        return operator_environ(self.world, os.environ)

    @property
    def outputs(self) -> InstanceOutputs:
        found = store.load_contract(self.target.place, "instance")
        assert isinstance(found, InstanceOutputs)
        return found

    @property
    def shard_outputs(self) -> ShardOutputs:
        found = store.load_contract(self.target.shard_place, "shard")
        assert isinstance(found, ShardOutputs)
        return found

    def client(self, service: str, account: Literal["vendor", "customer"] = "vendor") -> Any:
        values = self.world.environ(account)
        return boto3.client(
            service,  # type: ignore[call-overload]
            region_name=values["AWS_REGION"],
            endpoint_url=values["AWS_ENDPOINT_URL"],
            aws_access_key_id=values["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=values["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=values.get("AWS_SESSION_TOKEN"),
        )

    def verify(self) -> Written:
        return verified(self.target, self.environ)

    def bad(self) -> dict[str, str]:
        """Verify, and give the hops that failed or wait, with why."""
        return bad_hops(self.verify())

    def planewright(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command as an operator would, without a terminal."""
        return subprocess.run(
            [sys.executable, "-m", "wizard", *arguments, "--workspace", str(self.workspace.root)],
            env=self.environ | {"TMPDIR": str(self.temporary)},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=1500,
        )


def _temporary(workspace: Path) -> Path:
    folder = workspace.parent / "tmp"
    folder.mkdir(exist_ok=True)
    return folder


def rehearse(topology: Literal["private", "public"], folder: Path) -> Iterator[Rehearsed]:
    arguments = Arguments()
    # What is put into the environment is beside the workspace, as on an operator's machine.
    workspace, beside = folder / "workspace", folder / "beside"
    for made in (workspace, beside):
        made.mkdir()
    with ExitStack() as until_the_end:
        world = until_the_end.enter_context(
            start_world(topology, workspace=workspace, watch_seconds=WATCH_SECONDS, log=folder / "world.log")
        )
        planted = canaries.plant(world, beside)
        hands = until_the_end.enter_context(customer_of(world)) if topology == "private" else None
        accepted: list[Acceptance] = []
        waits: list[Waited] = []

        def comply(target: Target) -> None:
            """Do the customer's part: by the bundle's script where they have an account, else as the world plays them.

            Where something waits for them, it was confirmed before, and is applied by itself.
            """
            if hands is None:
                world.call("comply")
                return
            environ = operator_environ(world, os.environ)
            with waiting(target, environ | {"TMPDIR": str(_temporary(workspace))}) as applied_by_itself:
                bad, before = bad_hops(verified(target, environ)), hands.held()
                looked = hands.script(target, stages=("read",))
                applied = hands.script(target, "--apply", stages=("read", "do"))
                accepted.append(Acceptance(bad, before, looked, applied))
                waits.append(applied_by_itself())

        arguments.start()
        until_the_end.callback(arguments.end)
        narrator = Quiet()
        try:
            outcome = Journey(world, Workspace(workspace), narrator, Options(comply=comply, link=False)).go()
        except BaseException:
            print("\n".join(narrator.told))
            print((folder / "world.log").read_text()[-4000:])
            raise
        yield Rehearsed(
            topology,
            world,
            Workspace(workspace),
            outcome,
            narrator.told,
            arguments,
            planted,
            hands=hands,
            acceptance=next(iter(accepted), None),
            waited=next(iter(waits), None),
        )


@pytest.fixture(scope="session")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    yield from tried("the private world", rehearse("private", tmp_path_factory.mktemp("private")))


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    yield from tried("the public world", rehearse("public", tmp_path_factory.mktemp("public")))
