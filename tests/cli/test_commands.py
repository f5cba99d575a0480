"""Commands that ask nobody but the workspace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from wizard.deploy import flow
from wizard.deploy.exclusive import exclusive
from wizard.deploy.target import open_target
from wizard.errors import ContractError
from wizard.workspace import Workspace


def test_list_shows_each_object_and_where_it_stands(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--json") == 0

    rows = {row["name"]: row["state"] for row in json.loads(capsys.readouterr().out)}
    assert rows == {"use1-a": "draft", "acme-prod": "draft", "globex-prod": "draft"}


def test_check_passes_the_examples_and_holds_an_open_door(
    run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", "globex-prod", "--offline") == 0
    answers = workspace / "deployments/globex-prod/answers.yaml"
    answers.write_text(answers.read_text().replace("203.0.113.0/24", "0.0.0.0/0"))

    assert run("check", "globex-prod", "--offline") == 1
    told = capsys.readouterr().out
    assert "PUBLIC_INGRESS_OPEN" in told
    assert "remedy:" in told


def test_a_high_finding_holds_until_somebody_says_why_it_is_all_right(run: Run, workspace: Path) -> None:
    answers = workspace / "shards/use1-a/answers.yaml"
    answers.write_text(answers.read_text() + "state:\n  backend: local\n")

    assert run("check", "use1-a", "--offline") == 1
    assert run("check", "use1-a", "--offline", "--acknowledge", "STATE_LOCAL=") == 2
    assert run("check", "use1-a", "--offline", "--acknowledge", "NOT_A_CODE=because") == 2
    assert run("check", "use1-a", "--offline", "--acknowledge", "STATE_LOCAL=a trial on my machine") == 0
    assert run("check", "use1-a", "--offline") == 0, "and it is remembered"
    recorded = json.loads((workspace / "shards/use1-a/acknowledgements.json").read_text())
    assert [entry["reason"] for entry in recorded] == ["a trial on my machine"]


def test_a_critical_finding_cannot_be_acknowledged(run: Run, workspace: Path) -> None:
    answers = workspace / "deployments/globex-prod/answers.yaml"
    answers.write_text(answers.read_text().replace("203.0.113.0/24", "0.0.0.0/0"))

    assert run("check", "globex-prod", "--offline", "--acknowledge", "PUBLIC_INGRESS_OPEN=we like it open") == 2


def test_generate_writes_the_same_bytes_twice_and_never_over_an_edit(
    run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("generate", "acme-prod") == 0
    stacks = workspace / "deployments/acme-prod/stacks"
    before = {path: path.read_bytes() for path in stacks.rglob("*") if path.is_file()}
    assert run("generate", "acme-prod") == 0
    assert {path: path.read_bytes() for path in stacks.rglob("*") if path.is_file()} == before

    main = stacks / "instance/main.tf"
    main.write_text(main.read_text() + "# mine\n")
    capsys.readouterr()
    assert run("generate", "acme-prod") == 1
    assert "-# mine" in capsys.readouterr().err
    assert main.read_text().endswith("# mine\n")
    assert run("generate", "acme-prod", "--force") == 2, "the history is to say why"
    assert run("generate", "acme-prod", "--force", "--reason", "it was a test") == 0
    kept = list(main.parent.glob("main.tf.edited-*"))
    assert [path.read_text().endswith("# mine\n") for path in kept] == [True]


def test_two_commands_do_not_work_on_one_object(run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with exclusive(Workspace(workspace).find("acme-prod")):
        assert run("generate", "acme-prod") == 1

    assert "another planewright command works on acme-prod" in capsys.readouterr().err
    assert run("generate", "acme-prod") == 0


def test_outputs_and_watch_say_that_there_is_nothing_yet(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("outputs", "acme-prod") == 0
    assert "not applied" in capsys.readouterr().out
    assert run("watch", "acme-prod") == 2
    assert "no runs yet" in capsys.readouterr().err
    assert run("watch", "acme-prod", "../../shards") == 2


def test_a_stack_names_the_one_it_waits_for(workspace: Path) -> None:
    target = open_target(Workspace(workspace), "acme-prod")

    with pytest.raises(ContractError) as caught:
        flow.require_contract(target, "instance")
    assert "waits for stack shard of use1-a" in caught.value.title
    assert caught.value.action == "planewright apply use1-a"
    with pytest.raises(ContractError, match="waits for stack instance of acme-prod"):
        flow.require_contract(target, "link")
