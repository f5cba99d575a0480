"""`apply --wait`: what waits for the customer is planned, shown and confirmed now; only that is left to be applied then."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.verify import world
from tests.workspaces import with_examples
from wizard.cli import apply as command
from wizard.cli import run
from wizard.deploy import acts, flow, store
from wizard.deploy.acts import Confirmed
from wizard.deploy.target import open_target
from wizard.deploy.waiting import records, starting
from wizard.deploy.waiting.records import Process, Wait
from wizard.engine.plans import Change, PlanView
from wizard.engine.processes import host, started
from wizard.workspace import Place, Workspace

SITE = SimpleNamespace(session=SimpleNamespace(method="env"))
PENDING = flow.Waiting("the owner of account 222222222222", "pcx-db: pending-acceptance", "have it accepted")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An applied instance whose link waits; a plan is a value here, and who waits is this process."""
    workspace = Workspace(with_examples(tmp_path))
    store.save_contract(workspace.place("shard", "use1-a"), "shard", world.shard_outputs())
    store.save_contract(workspace.place("deployment", "acme-prod"), "instance", world.outputs("private"))
    target = open_target(workspace, "acme-prod")
    option = Change(
        "aws_vpc_peering_connection_options.this", "", "aws_vpc_peering_connection_options", "this", "create"
    )
    plan = SimpleNamespace(view=PlanView((option,)), run=SimpleNamespace(id="P7"), digest="sha256:7")
    monkeypatch.setattr(command, "open_both", lambda *_, **__: (target, SITE))
    monkeypatch.setattr(flow, "waiting_on_customer", lambda _target, stack, _site: PENDING if stack == "link" else None)
    monkeypatch.setattr(
        command, "plan_stack", lambda _t, stack, *_: SimpleNamespace(target=target, stack=stack, plan=plan)
    )
    monkeypatch.setattr(flow, "start", lambda *_: pytest.fail("nothing may be applied before they have accepted"))

    def launch(wait: Wait, _environ: Any) -> None:
        Process(host(), os.getpid(), started(os.getpid()) or "").write(wait.path / "process.json")

    monkeypatch.setattr(starting, "launch", launch)
    return target.place


@pytest.fixture
def planewright(place: Place) -> Callable[..., int]:
    return lambda verb, *flags: run([verb, "acme-prod", "--workspace", str(place.path.parent.parent), *flags])


def test_without_a_yes_nobody_waits(
    place: Place, planewright: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert planewright("apply", "--stack", "link", "--wait") == 1
    assert "nobody said yes" in capsys.readouterr().err
    assert records.newest(place) is None


def test_without_wait_it_only_says_what_it_waits_for(
    place: Place, planewright: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert planewright("apply", "--stack", "link", "--yes") == 0
    assert "… link waits: on the owner of account 222222222222" in capsys.readouterr().out
    assert records.newest(place) is None


def test_what_was_confirmed_is_what_is_left_to_be_applied_and_it_is_told_how_to_end_it(
    place: Place,
    planewright: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert planewright("apply", "--stack", "link", "--wait", "--yes") == 0
    said = capsys.readouterr().out
    wait = records.waiting(place)
    assert wait is not None
    assert (wait.request.stack, wait.request.plan_run, wait.request.plan_digest) == ("link", "P7", "sha256:7")
    assert [act.did for act in acts.acts(place)] == [Confirmed("link", "P7", "sha256:7", "--yes")]
    assert "then applies plan P7 as" in said
    assert "planewright cancel acme-prod ends it" in said

    assert planewright("apply", "--stack", "link", "--wait", "--yes") == 1
    assert "somebody waits for the customer of acme-prod already" in capsys.readouterr().err

    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda pid, _signal: killed.append(pid))
    assert planewright("cancel") == 0
    assert killed == [os.getpid()]
    assert "plan P7 is not applied by itself" in capsys.readouterr().out
