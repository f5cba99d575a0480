"""`planewright policy`: one document on the standard output, or a file for each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workspaces import with_examples
from wizard import cli


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return with_examples(tmp_path)


def run(workspace: Path, *arguments: str) -> int:
    return cli.run(["policy", *arguments, "--workspace", str(workspace)])


def test_a_single_document_is_printed_as_it_is_to_be_pasted(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, "acme-prod", "--for", "check") == 0

    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"Version", "Statement"}


def test_several_documents_want_a_folder(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "acme-prod") == 2

    told = capsys.readouterr()
    assert told.out == ""
    assert "acme-prod-operator-1" in told.err
    assert "--out DIR" in told.err


def test_each_document_gets_a_file(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = workspace / "policies"

    assert run(workspace, "acme-prod", "--for", "customer", "--out", str(folder)) == 0

    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"acme-prod-customer-222222222222-{stage}.json" for stage in ("do", "read", "undo")]
    assert all("Statement" in json.loads(path.read_text()) for path in folder.iterdir())
    told = capsys.readouterr().out
    assert all(name in told for name in names)
    assert "of 6144 characters" in told


def test_programs_get_all_of_them_with_their_names(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "use1-a", "--json") == 0

    told = json.loads(capsys.readouterr().out)
    assert all(set(policy) == {"name", "document"} for policy in told)
    assert told[0]["name"].startswith("use1-a-operator")


def test_a_stage_gives_its_actions_alone(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "acme-prod", "--for", "customer", "--stage", "undo") == 0

    document = json.loads(capsys.readouterr().out)
    actions = [statement["Action"] for statement in document["Statement"]]
    assert any("ec2:DeleteRoute" in action for action in actions)
    assert not any("ec2:CreateRoute" in action for action in actions)


def test_a_shard_has_no_customer(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "use1-a", "--for", "customer") == 2

    assert "name a deployment" in capsys.readouterr().err


def test_answers_that_give_no_stack_have_no_operator_s_policy(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = workspace / "deployments" / "acme-prod" / "answers.yaml"
    path.write_text(path.read_text().replace("database:\n", "database:\n  link: customer_service\n"))

    assert run(workspace, "acme-prod") == 2

    assert "planewright generate acme-prod" in capsys.readouterr().err
