"""What differs from what was emitted and applied: versions, checksums, files, answers."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.conftest import Run as Command
from tests.deploy.objects import APPLIED, a_run
from wizard import __version__
from wizard.deploy import flow
from wizard.deploy.manifest import MANIFEST
from wizard.deploy.target import Target, open_target
from wizard.engine.runs import Action, Outcome, Run
from wizard.files import digest
from wizard.workspace import Workspace

ANSWERS = "deployments/acme-prod/answers.yaml"


@pytest.fixture
def emitted(workspace: Path) -> Path:
    """The folder of the deployment's first stack, emitted as it is answered."""
    target = open_target(Workspace(workspace), "acme-prod")
    for stack in target.stacks:
        flow.write(target, stack)
    return target.place.stack("instance")


def applied(
    workspace: Path, *, hours: int = 0, planned: Action = "plan", outcome: Outcome = "succeeded", kept: bool = True
) -> Target:
    """An apply of the first stack, planned from the answers as they are."""
    target = open_target(Workspace(workspace), "acme-prod")
    plan = a_run(target.place, APPLIED + timedelta(hours=hours), action=planned)
    if kept:
        plan_with(target, plan)
    a_run(target.place, APPLIED + timedelta(hours=hours, minutes=5), outcome=outcome, of=plan)
    return target


def plan_with(target: Target, run: Run) -> None:
    """Have the first stack planned, the engine's part being this run."""
    engine: Any = SimpleNamespace(plan=lambda *_, **__: SimpleNamespace(run=run))
    nothing: Any = None
    flow.plan(flow.Ready(target, "instance", nothing, engine, nothing, ()))


def change(workspace: Path, before: str, after: str) -> None:
    path = workspace / ANSWERS
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after, 1))


@pytest.fixture
def diff(run: Command, capsys: pytest.CaptureFixture[str]) -> Any:
    def ask(*arguments: str, ends: int = 0) -> Any:
        capsys.readouterr()
        assert run("diff", "acme-prod", *arguments) == ends
        told = capsys.readouterr().out
        return json.loads(told) if "--json" in arguments else told

    return ask


def test_right_after_an_emission_nothing_differs(emitted: Path, diff: Any) -> None:
    told = diff("--exit-code")
    assert told.endswith("nothing differs\n")
    assert f"emitted    by Planewright {__version__}\n" in told
    assert "engine     nothing stands that was applied from this workspace" in told
    stack = diff("--json")["stacks"]["instance"]
    assert stack["checksum"]["emitted"] == stack["checksum"]["on_disk"] == stack["checksum"]["now"] is not None
    assert stack["checksum"]["emitted"] == json.loads((emitted / MANIFEST).read_text())["checksum"]
    assert stack["files"] == []
    assert stack["same"] > 20


def test_what_was_never_emitted_would_be_added(workspace: Path, diff: Any) -> None:
    told = diff("instance", "--brief", "--exit-code", ends=1)
    assert "emitted    not yet" in told
    assert "+ added: main.tf\n" in told
    assert "stack link" not in told


def test_each_way_in_which_a_file_differs_is_told_apart(workspace: Path, emitted: Path, diff: Any) -> None:
    (emitted / "main.tf").write_text("# mine\n" + (emitted / "main.tf").read_text())
    (emitted / "outputs.tf").unlink()
    manifest = json.loads((emitted / MANIFEST).read_text())
    (emitted / "old.tf").write_text("# gone\n")
    manifest["files"]["old.tf"] = digest(b"# gone\n")
    (emitted / "README.md").write_text("older\n")
    manifest["files"]["README.md"] = digest(b"older\n")
    (emitted / MANIFEST).write_text(json.dumps(manifest))

    told = diff("instance", "--exit-code", ends=1)

    assert "✗ edited by hand: main.tf\n" in told
    assert "    -# mine\n" in told
    assert "+ added: outputs.tf (it was deleted by hand)\n" in told
    assert "- removed: old.tf\n" in told
    assert "~ modified: README.md\n" in told
    brief = diff("instance", "--brief")
    assert "edited by hand: main.tf" in brief
    assert "# mine" not in brief
    document = diff("--json")["stacks"]
    assert {file["path"]: file["state"] for file in document["instance"]["files"]} == {
        "README.md": "modified",
        "main.tf": "edited by hand",
        "old.tf": "removed",
        "outputs.tf": "added",
    }
    assert len(set(document["instance"]["checksum"].values())) == 3
    assert not document["link"]["differs"]


def test_answers_are_compared_with_those_of_the_plan_that_was_applied(
    workspace: Path, emitted: Path, diff: Any
) -> None:
    applied(workspace)
    assert "answers    none changed since the apply of 2026-11-21 04:04 UTC" in diff("instance")
    change(workspace, "count: 2", "count: 5")
    target = open_target(Workspace(workspace), "acme-prod")
    flow.write(target, "instance")
    # A plan that nobody applied counts for nothing, nor does taking drift in.
    plan_with(target, a_run(target.place, APPLIED + timedelta(hours=2), action="plan"))
    applied(workspace, hours=3, planned="refresh-plan")

    told = diff("instance", "--exit-code", ends=1)

    assert "answers    1 changed since the apply of 2026-11-21 04:04 UTC" in told
    assert "~ changed: nodes.fdw.count: from 2 to 5\n" in told
    assert "engine     tofu 1.10.0 wrote the state last: 2026-11-21 07:04 UTC, operator@laptop" in told
    stack = diff("--json")["stacks"]["instance"]
    assert stack["answers"]["changed"] == [{"key": "nodes.fdw.count", "state": "changed", "before": "2", "after": "5"}]
    assert stack["answers"]["digest"].startswith("sha256:")


def test_answers_that_are_not_on_record_are_said_to_be(workspace: Path, emitted: Path, diff: Any) -> None:
    applied(workspace, kept=False)
    assert "answers    those of the apply of 2026-11-21 04:04 UTC are not on record here" in diff("instance")
    assert diff("--json", "--exit-code")["stacks"]["instance"]["answers"]["changed"] is None


@pytest.mark.parametrize(("planned", "outcome"), [("destroy-plan", "succeeded"), ("plan", "not started")])
def test_what_was_destroyed_or_never_started_was_not_applied(
    workspace: Path, emitted: Path, diff: Any, planned: Action, outcome: Outcome
) -> None:
    if planned == "destroy-plan":
        applied(workspace)
    applied(workspace, hours=2, planned=planned, outcome=outcome)
    assert diff("--json")["stacks"]["instance"]["answers"] is None


def test_another_version_and_other_pins_are_told(emitted: Path, diff: Any) -> None:
    manifest = json.loads((emitted / MANIFEST).read_text())
    ((name, (version, constraint)),) = manifest["providers"].items()
    manifest["planewright"] = "0.0.1"
    manifest["providers"] = {name: ["5.1.0", "~> 5.1"]}
    (emitted / MANIFEST).write_text(json.dumps(manifest))

    told = diff("instance", "--brief")

    assert "by Planewright 0.0.1, another version than this one" in told
    assert (
        f"provider   {name} 5.1.0 ~> 5.1, to be {version} {constraint}; the lock file on disk has {version}\n" in told
    )


def test_constraints_that_an_engine_adds_to_its_lock_file_are_no_other_pin(emitted: Path, diff: Any) -> None:
    lock = emitted / ".terraform.lock.hcl"
    lock.write_text(lock.read_text().replace('"~> 5.100"', '">= 5.0.0, ~> 5.100, < 7.0.0"'))
    assert "provider   hashicorp/aws 5.100.0 ~> 5.100\n" in diff("instance", "--exit-code")
    lock.write_text(lock.read_text().replace('"5.100.0"', '"5.101.2"'))
    told = diff("instance", "--exit-code")
    assert "provider   hashicorp/aws 5.100.0 ~> 5.100; the lock file on disk has 5.101.2\n" in told
    assert diff("--json")["stacks"]["instance"]["providers"]["on_disk"] == {"hashicorp/aws": "5.101.2"}


def test_a_stack_that_there_is_not_is_named_with_those_there_are(
    run: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("diff", "acme-prod", "shard") == 2
    assert "its stacks: instance, link" in capsys.readouterr().err
