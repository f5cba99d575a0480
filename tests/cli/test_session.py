"""`planewright session`: one node is taken, of several the person says which; nobody is asked where nobody is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.nodes import applied, node
from wizard.cli import common
from wizard.deploy import session
from wizard.deploy.session import Shell
from wizard.errors import AwsError
from wizard.workspace import Workspace

LINE = f"aws ssm start-session --target {node('fdw-1').instance_id} --region us-east-1"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The shells that were opened, at a terminal; no AWS is asked."""
    made: list[str] = []
    monkeypatch.setattr(common, "interactive", lambda: True)
    monkeypatch.setattr(common, "session_of", lambda _target: None)
    monkeypatch.setattr(
        session, "shell", lambda _target, _session, key: Shell(key, node(key), ("aws", "ssm"), {"PATH": ""})
    )
    monkeypatch.setattr(session, "run", lambda shell: made.append(shell.key))
    return made


def lay(workspace: Path, *keys: str) -> None:
    applied(Workspace(workspace).place("deployment", "acme-prod"), *([keys] if keys else []))


def answering(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("builtins.input", lambda _question: answer)


def test_the_one_node_there_is_needs_no_name(run: Run, workspace: Path, opened: list[str]) -> None:
    lay(workspace, "fdw-0")
    assert run("session", "acme-prod") == 0
    assert opened == ["fdw-0"]


@pytest.mark.parametrize(
    ("answer", "key"), [("2", "fdw-1"), ("", "fdw-0"), ("proxy-0", "proxy-0"), ("proxy", "proxy-0")]
)
def test_of_several_the_person_says_which(
    run: Run,
    workspace: Path,
    opened: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    key: str,
) -> None:
    lay(workspace)
    answering(monkeypatch, answer)
    assert run("session", "acme-prod") == 0
    assert opened == [key]
    assert f"2  fdw-1          {node('fdw-1').instance_id}" in capsys.readouterr().out


@pytest.mark.parametrize("answer", ["9", "fdw", "nothing"])
def test_an_answer_that_means_no_one_node_opens_none(
    run: Run, workspace: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    lay(workspace)
    answering(monkeypatch, answer)
    assert run("session", "acme-prod") == 2
    assert opened == []


def test_a_node_is_named_by_its_role_and_number(run: Run, workspace: Path, opened: list[str]) -> None:
    lay(workspace)
    assert run("session", "acme-prod", "fdw-1") == 0
    assert opened == ["fdw-1"]


def test_where_nobody_can_be_asked_the_nodes_are_told(
    run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(workspace)
    assert run("session", "acme-prod", "fdw") == 2
    assert "nodes: fdw-0, fdw-1" in capsys.readouterr().err
    assert run("session", "acme-prod", "fdw-1") == 2
    assert "planewright session acme-prod fdw-1 --print" in capsys.readouterr().err


def test_the_command_is_printed_for_somewhere_else(
    run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(workspace)
    assert run("session", "acme-prod", "fdw-1", "--print") == 0
    assert capsys.readouterr().out.splitlines() == [
        "# fdw-1 of acme-prod; credentials: any of account 111111111111",
        LINE,
    ]


def test_programs_get_the_command_as_json(run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(workspace)
    assert run("session", "acme-prod", "fdw-1", "--json") == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert " ".join(told["command"]) == LINE
    assert (told["node"], told["role"], told["account"]) == ("fdw-1", "fdw", "111111111111")


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        (("acme-prod",), 1, "planewright apply acme-prod"),
        (("use1-a",), 2, "use1-a is a shard"),
        (("nobody",), 2, "no shard or deployment named nobody"),
    ],
)
def test_what_has_no_nodes_says_so(
    run: Run, capsys: pytest.CaptureFixture[str], line: tuple[str, ...], code: int, told: str
) -> None:
    assert run("session", *line) == code
    assert told in capsys.readouterr().err


def test_an_unknown_role_names_the_roles(run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(workspace)
    assert run("session", "acme-prod", "watcher") == 2
    assert "roles: fdw, ingestion, proxy" in capsys.readouterr().err


def test_a_shell_that_ends_badly_is_the_commands_failure(
    run: Run, workspace: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(workspace)

    def fails(_shell: Shell) -> None:
        raise AwsError("the shell on fdw-1 did not open")

    monkeypatch.setattr(session, "run", fails)
    assert run("session", "acme-prod", "fdw-1") == 1
    assert "did not open" in capsys.readouterr().err
