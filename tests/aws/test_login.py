"""A login that has ended: told with its command, made by the AWS CLI, and then the same session opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.aws import sso
from tests.aws.conftest import account
from wizard.aws.login import log_in
from wizard.aws.session import AwsSession, open_session
from wizard.errors import AccountError, LoginNeededError

LOGIN = ("aws", "sso", "login", "--profile", "acme")


def opened(cli: sso.Cli, profile: str) -> AwsSession:
    session = open_session(account(profile=profile), environ=cli.environ)
    session.frozen()
    return session


def needed(cli: sso.Cli, profile: str) -> LoginNeededError:
    with pytest.raises(LoginNeededError) as caught:
        opened(cli, profile)
    return caught.value


def test_a_login_that_was_never_made_is_told_with_its_command(tmp_path: Path) -> None:
    error = needed(sso.cli(tmp_path), "acme")
    assert error.command == LOGIN
    assert "never begun" in error.cause
    assert "aws sso login --profile acme" in error.action


@pytest.mark.parametrize(("profile", "name"), [("acme", "corp"), ("old", "https://old.awsapps.com/start")])
def test_a_login_that_has_ended_is_told_with_its_command(tmp_path: Path, profile: str, name: str) -> None:
    cli = sso.cli(tmp_path)
    cli.token(name, "2020-01-01T00:00:00Z")
    assert needed(cli, profile).command == ("aws", "sso", "login", "--profile", profile)


def test_a_token_that_the_portal_does_not_take_any_more_needs_a_login(tmp_path: Path) -> None:
    with sso.portal() as portal:
        cli = sso.cli(tmp_path, portal=portal)
        cli.token("corp", "2099-01-01T00:00:00Z")
        assert needed(cli, "acme").command == LOGIN


def test_a_roles_profile_names_the_profile_that_it_gets_its_credentials_from(tmp_path: Path) -> None:
    assert needed(sso.cli(tmp_path), "deployer").command == LOGIN


def test_the_profile_of_the_environment_needs_the_same_login(tmp_path: Path) -> None:
    cli = sso.cli(tmp_path)
    with pytest.raises(LoginNeededError) as caught:
        open_session(account(), environ=cli.environ | {"AWS_PROFILE": "acme"}).frozen()
    assert caught.value.command == LOGIN


@pytest.mark.parametrize("profile", ["acme", "old"])
def test_after_the_login_the_portal_gives_keys(tmp_path: Path, profile: str) -> None:
    with sso.portal() as portal:
        cli = sso.cli(tmp_path, portal=portal)
        log_in(needed(cli, profile), cli.environ)
        assert cli.calls == [f"sso login --profile {profile}"]
        session = opened(cli, profile)
    assert session.method == "sso"
    assert session.frozen().access_key == sso.KEYS["accessKeyId"]


def test_without_the_aws_cli_it_is_said_what_to_install(tmp_path: Path) -> None:
    cli = sso.cli(tmp_path)
    error = needed(cli, "acme")
    with pytest.raises(AccountError, match="not installed") as caught:
        log_in(error, cli.environ | {"PATH": str(tmp_path)})
    assert "install version 2" in caught.value.action
    assert cli.calls == []


@pytest.mark.parametrize(
    ("version", "command", "since"),
    [("1.45.11", LOGIN, "2.0"), ("2.31.0", ("aws", "login", "--profile", "acme"), "2.32")],
)
def test_an_aws_cli_that_is_too_old_is_told_and_not_run(
    tmp_path: Path, version: str, command: tuple[str, ...], since: str
) -> None:
    cli = sso.cli(tmp_path, version=version)
    with pytest.raises(AccountError, match="too old") as caught:
        log_in(LoginNeededError("no login", command=command), cli.environ)
    assert since in caught.value.cause
    assert f"aws-cli/{version}" in caught.value.cause
    assert cli.calls == []


def test_a_login_that_does_not_succeed_is_told(tmp_path: Path) -> None:
    cli = sso.cli(tmp_path, code=255)
    with pytest.raises(AccountError, match="did not succeed") as caught:
        log_in(needed(cli, "acme"), cli.environ)
    assert "255" in caught.value.cause
    assert cli.calls == ["sso login --profile acme"]
