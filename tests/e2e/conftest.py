"""One applied world per topology serves all tests of its module, in the order they stand; the last ones destroy it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import boto3
import psutil
import pytest

from wizard.blueprints.springtail.contracts import InstanceOutputs, ShardOutputs
from wizard.deploy import store
from wizard.deploy.reporting import Written, verify_target
from wizard.deploy.site import open_site
from wizard.deploy.target import Target, open_target
from wizard.engine.events import RunState
from wizard.rehearsal.handle import WorldHandle, start_world
from wizard.rehearsal.journey import Journey, Options, Outcome
from wizard.verify.hops import Hop, HopState
from wizard.workspace import Workspace


class Arguments(threading.Thread):
    """Looks at the arguments of every process below this one while the journey goes, and keeps them all."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: set[str] = set()
        self._stop_asked = threading.Event()

    def run(self) -> None:
        me = psutil.Process()
        while not self._stop_asked.wait(0.05):
            for process in me.children(recursive=True):
                try:
                    self.seen.add(" ".join(process.cmdline()))
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue

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


@dataclass
class Rehearsed:
    """A world in which the journey was gone, and hands to try it with."""

    topology: str
    world: WorldHandle
    workspace: Workspace
    outcome: Outcome
    told: list[str]
    arguments: Arguments
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def target(self) -> Target:
        return open_target(self.workspace, self.outcome.deployment)

    @property
    def environ(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return own | self.world.environ()

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
        site = open_site(self.target, environ=self.environ)
        return verify_target(self.target, site.session, on_hop=lambda _hop: None)

    def bad(self) -> dict[str, str]:
        """Verify, and give the hops that failed or wait, with why."""
        seen = self.verify().verification.in_state(HopState.FAILED, HopState.WAITING)
        return {hop.key: hop.reason for hop in seen}

    def planewright(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command as an operator would, without a terminal."""
        return subprocess.run(
            [sys.executable, "-m", "wizard", *arguments, "--workspace", str(self.workspace.root)],
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=600,
        )


def rehearse(topology: Literal["private", "public"], folder: Path) -> Iterator[Rehearsed]:
    arguments = Arguments()
    with start_world(topology, workspace=folder, watch_seconds=2.0, log=folder / "world.log") as world:
        arguments.start()
        narrator = Quiet()
        try:
            outcome = Journey(world, Workspace(folder), narrator, Options()).go()
        except BaseException:
            print("\n".join(narrator.told))
            print((folder / "world.log").read_text()[-4000:])
            raise
        yield Rehearsed(topology, world, Workspace(folder), outcome, narrator.told, arguments)
        arguments.end()


@pytest.fixture(scope="session")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    yield from rehearse("private", tmp_path_factory.mktemp("private"))


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    yield from rehearse("public", tmp_path_factory.mktemp("public"))
