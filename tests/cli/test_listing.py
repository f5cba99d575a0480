"""`list` and `status`: where objects stand, in the words of the screens."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.deploy import objects
from tests.deploy.objects import APPLIED
from wizard import cli
from wizard.deploy.overview import overview
from wizard.deploy.target import open_target
from wizard.engine.aftermath import Aftermath
from wizard.workspace import Workspace


def test_each_object_has_a_line_with_state_and_when(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["list", "--workspace", str(objects.in_every_state(tmp_path))]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].split() == ["✓", "use1-a", "shard", "applied", "applied", "2026-11-21"]
    assert "… stark-prod                       deployment  waiting for the customer  applied 2026-11-21" in told
    assert "✓ acme-test                        deployment  applied · draft           applied 2026-11-21" in told
    assert any(line.startswith("? wayne-prod") for line in told)


def test_programs_are_told_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = objects.in_every_state(tmp_path)
    assert cli.run(["list", "--json", "--workspace", str(root)]) == 0
    assert json.loads(capsys.readouterr().out) == [row.as_dict() for row in overview(Workspace(root))]


@pytest.fixture
def without_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that nobody asks, and stacks of which there is nothing to say."""

    def both(args: Any, **_: object) -> tuple[object, object]:
        return open_target(Workspace(args.workspace), args.name), SimpleNamespace(session=None)

    monkeypatch.setattr("wizard.cli.plan.open_both", both)
    monkeypatch.setattr("wizard.deploy.standing.standing", lambda target, stack, _: nothing_left(target, stack))


def nothing_left(target: Any, stack: str) -> Aftermath:
    from wizard.engine.aftermath import diagnose

    return diagnose(target.place, stack, lock=None)


@pytest.mark.usefixtures("without_aws")
def test_status_begins_with_the_whole(run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = Workspace(workspace).find("acme-prod")
    objects.a_run(place)
    objects.handed_over(place, topology="private")
    objects.looked_at(place, APPLIED.replace(hour=8), waiting_on=("the customer", "AWS"))
    run("status", "acme-prod")
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == [
        "… waiting for the customer · looked at 2026-11-21",
        "  waiting on the customer, AWS",
    ]
    run("status", "acme-prod", "--json")
    document = json.loads(capsys.readouterr().out)
    assert document["state"] == "waiting for the customer"
    assert [stack["stack"] for stack in document["stacks"]] == ["instance", "link"]
