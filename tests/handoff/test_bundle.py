"""`planewright handoff`: what is in the bundle, where it is written, and what a person's edit is worth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.verify import world
from tests.workspaces import with_examples
from wizard import cli
from wizard.deploy import store
from wizard.redact import Redactor
from wizard.workspace import Workspace

SITE = "222222222222-us-east-1"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = with_examples(tmp_path)
    found = Workspace(root)
    store.save_contract(found.place("shard", "use1-a"), "shard", world.shard_outputs())
    store.save_contract(found.place("deployment", "acme-prod"), "instance", world.outputs("private"))
    store.save_contract(found.place("deployment", "globex-prod"), "instance", world.outputs("public"))
    return root


def run(workspace: Path, *arguments: str) -> int:
    return cli.run(["handoff", *arguments, "--workspace", str(workspace)])


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_all_of_it_is_written_into_the_deployments_own_folder(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, "acme-prod") == 0

    folder = workspace / "deployments" / "acme-prod" / "handoff"
    assert {
        "handoff.html",
        "manifest.json",
        f"{SITE}/handoff.sh",
        f"{SITE}/policies/read.json",
        f"{SITE}/policies/do.json",
        f"{SITE}/policies/undo.json",
        f"{SITE}/tofu/main.tf",
        f"{SITE}/cloudformation/database.yaml",
    } <= files(folder)
    assert "database.accept" in capsys.readouterr().out


def test_the_public_topology_has_no_account_to_script_for_and_is_the_page_alone(workspace: Path) -> None:
    assert run(workspace, "globex-prod") == 0

    assert files(workspace / "deployments" / "globex-prod" / "handoff") == {"handoff.html", "manifest.json"}


def test_a_second_time_nothing_is_written(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(workspace, "acme-prod", "--json")
    first = json.loads(capsys.readouterr().out)
    run(workspace, "acme-prod", "--json")
    second = json.loads(capsys.readouterr().out)

    assert sorted(first["written"]) == first["files"] == second["files"]
    assert second["written"] == []


def test_json_tells_every_step_with_its_values(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(workspace, "acme-prod", "--json")

    steps = {step["key"]: step for step in json.loads(capsys.readouterr().out)["steps"]}
    assert steps["database.accept"]["values"]["peering"] == "pcx-db"
    assert steps["database.accept"]["reversible"] is False
    assert steps["application.web.zone"]["account"] == "222222222222"
    assert steps["database.tls"]["account"] is None


def test_only_what_was_asked_for_is_left_in_the_folder(workspace: Path, tmp_path: Path) -> None:
    out = tmp_path / "sent"
    run(workspace, "acme-prod", "--out", str(out))
    assert run(workspace, "acme-prod", "--out", str(out), "--format", "script", "--format", "page") == 0

    assert files(out) == {"handoff.html", "manifest.json", f"{SITE}/handoff.sh"}


def test_an_edit_is_not_overwritten_silently(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(workspace, "acme-prod")
    script = workspace / "deployments" / "acme-prod" / "handoff" / SITE / "handoff.sh"
    script.write_text(script.read_text() + "# mine\n")

    assert run(workspace, "acme-prod") == 1
    assert "edited" in capsys.readouterr().err
    assert script.read_text().endswith("# mine\n")

    assert run(workspace, "acme-prod", "--force") == 0
    assert not script.read_text().endswith("# mine\n")
    assert script.with_name("handoff.sh.edited-1").read_text().endswith("# mine\n")


def test_before_the_apply_there_is_nothing_to_hand_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(with_examples(tmp_path), "acme-prod") == 2

    told = capsys.readouterr().err
    assert "nothing to hand over" in told
    assert "planewright apply acme-prod" in told


def test_a_shard_asks_nothing_of_a_customer(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "use1-a") == 2

    assert "no customer's" in capsys.readouterr().err


def test_there_is_nothing_in_it_that_a_secret_could_look_like(workspace: Path) -> None:
    run(workspace, "acme-prod")
    folder = workspace / "deployments" / "acme-prod" / "handoff"

    for name in files(folder) - {"manifest.json"}:
        text = (folder / name).read_text()
        assert Redactor().text(text) == text, name
