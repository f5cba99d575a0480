"""A login that has ended is offered where a person sits, once; elsewhere its command is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.aws import sso
from tests.cli.conftest import Run
from wizard.cli import common
from wizard.errors import LoginNeededError

LOGIN = ("aws", "sso", "login", "--profile", "acme")


@pytest.fixture
def cli(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> sso.Cli:
    cli = sso.cli(tmp_path_factory.mktemp("sso"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in cli.environ.items():
        monkeypatch.setenv(name, value)
    return cli


def answering(monkeypatch: pytest.MonkeyPatch, answer: str) -> list[str]:
    """Sit at a terminal and give this answer; the questions are remembered."""
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr(common, "interactive", lambda: True)
    monkeypatch.setattr("builtins.input", ask)
    return asked


class Opening:
    """Something that needs a login so many times before it opens."""

    def __init__(self, refused: int) -> None:
        self.refused, self.tried = refused, 0

    def __call__(self) -> str:
        self.tried += 1
        if self.tried <= self.refused:
            raise LoginNeededError("could not get credentials", cause="the SSO session has ended", command=LOGIN)
        return "open"


def test_a_yes_logs_in_and_opens_once_more(cli: sso.Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, "y")
    opening = Opening(refused=1)
    assert common.opened(opening) == "open"
    assert (opening.tried, cli.calls) == (2, ["sso login --profile acme"])
    assert "aws sso login --profile acme" in asked[0]


def test_it_is_offered_once_and_no_more(cli: sso.Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, "y")
    opening = Opening(refused=2)
    with pytest.raises(LoginNeededError):
        common.opened(opening)
    assert (opening.tried, len(asked), len(cli.calls)) == (2, 1, 1)


def test_a_no_runs_nothing(cli: sso.Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "n")
    with pytest.raises(LoginNeededError):
        common.opened(Opening(refused=1))
    assert cli.calls == []


def test_without_a_terminal_the_check_tells_the_command_in_one_finding(
    cli: sso.Cli, run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = workspace / "shards" / "use1-a" / "answers.yaml"
    answers.write_text(answers.read_text().replace("  region: us-east-1", "  region: us-east-1\n  profile: acme"))
    assert run("check", "use1-a", "--json") == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    unusable = [it for it in findings if it["code"] == "CREDENTIALS_UNUSABLE"]
    assert len(unusable) == 1
    assert "aws sso login --profile acme" in unusable[0]["remedy"]
    assert "unchecked" in unusable[0]["what"]
    assert cli.calls == []


def test_a_command_that_needs_a_session_tells_the_command(
    cli: sso.Cli, run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = workspace / "shards" / "use1-a" / "answers.yaml"
    answers.write_text(answers.read_text().replace("  region: us-east-1", "  region: us-east-1\n  profile: acme"))
    assert run("verify", "acme-prod") == 1
    assert "aws sso login --profile acme" in capsys.readouterr().err
