"""Opening a session: whose credentials, from where, for how long."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from tests.aws.conftest import ACCOUNT_ID, ENVIRON, SECRET_KEY, account
from wizard.aws.session import AwsSession, Identity, open_session, require_account
from wizard.errors import AccountError, InputError

ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/deployer"
DEVICE = f"arn:aws:iam::{ACCOUNT_ID}:mfa/operator"


def profiles(folder: Path, text: str) -> dict[str, str]:
    (folder / "config").write_text(text)
    (folder / "credentials").write_text("")
    return {
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_keys_of_the_given_environment_open_a_session_and_not_the_processs_own(aws: None) -> None:
    # moto puts keys of its own into the process: they must not be the ones that are found.
    session = open_session(account(), environ=ENVIRON)
    assert session.frozen().access_key == ENVIRON["AWS_ACCESS_KEY_ID"]
    assert session.identity().account == ACCOUNT_ID
    assert (session.method, session.region, session.partition) == ("env", "us-east-1", "aws")
    assert session.credentials_expiry() is None


def test_the_profile_of_the_answers_wins_over_keys_in_the_environment(aws: None, tmp_path: Path) -> None:
    environ = ENVIRON | profiles(tmp_path, "[profile acme]\naws_access_key_id=AKIAPROFILE\naws_secret_access_key=p\n")
    session = open_session(account(profile="acme"), environ=environ)
    assert session.frozen().access_key == "AKIAPROFILE"
    assert (session.method, session.profile) == ("config-file", "acme")


def test_keys_in_the_environment_win_over_its_profile_as_in_every_aws_tool(aws: None, tmp_path: Path) -> None:
    environ = ENVIRON | profiles(tmp_path, "[profile acme]\naws_access_key_id=AKIAPROFILE\naws_secret_access_key=p\n")
    session = open_session(account(), environ=environ | {"AWS_PROFILE": "acme"})
    assert session.frozen().access_key == ENVIRON["AWS_ACCESS_KEY_ID"]


def test_a_role_of_the_answers_is_assumed_and_renews_itself(aws: None) -> None:
    session = open_session(account(role_arn=ROLE, external_id="ours-1"), environ=ENVIRON)
    assert ":assumed-role/deployer/" in session.identity().arn
    assert session.method == "assume-role"
    expiry = session.credentials_expiry()
    assert expiry is not None
    assert expiry > datetime.now(UTC)


def test_the_external_id_and_the_mfa_code_reach_sts(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []
    from botocore.client import BaseClient

    original = BaseClient._make_api_call  # type: ignore[attr-defined]

    def spy(self: BaseClient, operation: str, request: dict[str, str]) -> object:
        if operation == "AssumeRole":
            sent.append(request)
        return original(self, operation, request)

    monkeypatch.setattr(BaseClient, "_make_api_call", spy)
    asked: list[str] = []

    def code(device: str) -> str:
        asked.append(device)
        return "123456"

    session = open_session(
        account(role_arn=ROLE, external_id="ours-1", mfa_serial=DEVICE), environ=ENVIRON, mfa_code=code
    )
    assert session.method == "assume-role-mfa"
    assert asked == [DEVICE]
    assert sent == [
        {
            "RoleArn": ROLE,
            "RoleSessionName": "planewright",
            "ExternalId": "ours-1",
            "SerialNumber": DEVICE,
            "TokenCode": "123456",
        }
    ]


def test_a_role_that_wants_a_code_says_so_when_nobody_can_be_asked(aws: None) -> None:
    with pytest.raises(AccountError, match="MFA code is needed"):
        open_session(account(role_arn=ROLE, mfa_serial=DEVICE), environ=ENVIRON, mfa_code=None)


def test_a_profile_that_asks_for_a_code_asks_through_ours_and_not_the_terminal(aws: None, tmp_path: Path) -> None:
    environ = profiles(
        tmp_path,
        f"[profile base]\naws_access_key_id=AKIABASE\naws_secret_access_key=p\n"
        f"[profile acme]\nrole_arn={ROLE}\nsource_profile=base\nmfa_serial={DEVICE}\n",
    )
    asked: list[str] = []

    def code(prompt: str) -> str:
        asked.append(prompt)
        return "654321"

    session = open_session(account(profile="acme"), environ=environ, mfa_code=code)
    assert ":assumed-role/deployer/" in session.identity().arn
    assert DEVICE in asked[0]
    assert session.method == "assume-role-mfa"


def test_an_endpoint_of_the_given_environment_is_used_also_to_assume_the_role() -> None:
    environ = ENVIRON | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    session = open_session(account(), environ=environ)
    assert session.client("s3").meta.endpoint_url == "http://127.0.0.1:9"
    only_ssm = open_session(account(), environ=ENVIRON | {"AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:8"})
    assert only_ssm.client("ssm").meta.endpoint_url == "http://127.0.0.1:8"
    assert only_ssm.client("sts").meta.endpoint_url == "https://sts.us-east-1.amazonaws.com"


def test_no_credentials_at_all_is_said_with_the_ways_to_give_some() -> None:
    environ = {k: v for k, v in ENVIRON.items() if "KEY" not in k}
    with pytest.raises(AccountError, match="Unable to locate credentials") as caught:
        open_session(account(), environ=environ)
    assert "account.profile" in caught.value.action


def test_a_region_of_another_partition_is_refused_by_its_answer() -> None:
    with pytest.raises(InputError) as caught:
        open_session(account(region="cn-north-1"), environ=ENVIRON)
    assert [problem.path for problem in caught.value.problems] == ["account.partition"]
    assert "aws-cn" in caught.value.problems[0].remedy


def test_credentials_of_another_account_are_refused_naming_both() -> None:
    stranger = Identity("999999999999", "arn:aws:iam::999999999999:user/x", "AIDAX")
    with pytest.raises(AccountError, match="999999999999") as caught:
        require_account(stranger, account())
    assert ACCOUNT_ID in caught.value.cause
    require_account(Identity(ACCOUNT_ID, f"arn:aws:iam::{ACCOUNT_ID}:user/x", "AIDAX"), account())


def test_credentials_of_another_partition_are_refused() -> None:
    with pytest.raises(AccountError, match="aws-us-gov"):
        require_account(Identity(ACCOUNT_ID, f"arn:aws-us-gov:iam::{ACCOUNT_ID}:user/x", "AIDAX"), account())


def test_the_expiry_that_the_environment_tells_is_believed(aws: None) -> None:
    environ = ENVIRON | {"AWS_SESSION_TOKEN": "t", "AWS_CREDENTIAL_EXPIRATION": "2030-01-02T03:04:05Z"}
    session = open_session(account(), environ=environ)
    expiry = session.credentials_expiry()
    assert expiry is not None
    assert expiry.astimezone(UTC) == datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_pasted_keys_that_have_ended_are_aws_s_to_refuse_and_break_nothing_here(aws: None) -> None:
    environ = ENVIRON | {"AWS_SESSION_TOKEN": "t", "AWS_CREDENTIAL_EXPIRATION": "2020-01-02T03:04:05Z"}
    session = open_session(account(), environ=environ)
    expiry = session.credentials_expiry()
    assert expiry is not None
    assert expiry < datetime.now(UTC)
    assert session.identity().account == ACCOUNT_ID


@pytest.mark.parametrize(
    ("process", "said"),
    [
        ("no-such-program --token canary", "no-such-program: No such file"),
        ("echo nothing-but-a-canary", "prints no JSON"),
        ("cat {ended}", "have ended"),
    ],
)
def test_a_profiles_process_that_gives_nothing_of_use_is_told_without_its_arguments(
    tmp_path: Path, process: str, said: str
) -> None:
    ended = tmp_path / "ended.json"
    ended.write_text(
        '{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T", "Expiration": "2020-01-01T00:00:00Z"}'
    )
    environ = profiles(tmp_path, f"[profile acme]\ncredential_process = {process.format(ended=ended)}\n")
    with pytest.raises(AccountError) as caught:
        open_session(account(profile="acme"), environ=environ).frozen()
    assert said in caught.value.cause
    assert "canary" not in str(caught.value)


def test_threads_share_one_client(session: AwsSession) -> None:
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(session.client("ec2"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(client) for client in found}) == 1
    assert session.client("ec2", "eu-west-1") is not found[0]


def test_calls_are_bounded_and_slow_down_when_throttled(session: AwsSession) -> None:
    config = session.client("sts").meta.config
    assert config.retries == {"mode": "adaptive", "total_max_attempts": 6}
    assert (config.connect_timeout, config.read_timeout) == (5, 30)


def test_no_secret_is_in_what_a_session_shows_of_itself(session: AwsSession, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        fresh = open_session(account(role_arn=ROLE), environ=ENVIRON)
        fresh.identity()
        boto3.client("sts", region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="B")
    shown = f"{session!r} {session.frozen()!r} {fresh.frozen()!r} {fresh!r} {caplog.text}"
    assert SECRET_KEY not in shown
    assert fresh.frozen().secret_key not in shown
    assert fresh.frozen().token not in shown
