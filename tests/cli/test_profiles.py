"""Listing the profiles that there are: kinds, accounts, and no secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from tests.cli.conftest import Run

#: With the others that stand on a stock moto in this process: the rehearsal's extension would change whose key is whose.
pytestmark = pytest.mark.xdist_group("moto")

CONFIG = """
[default]
region = eu-west-1

[profile plain]
aws_access_key_id = AKIACANARYOFPROFILES
aws_secret_access_key = canary-of-a-secret
region = us-east-1

[profile deployer]
role_arn = arn:aws:iam::333333333333:role/deployer
source_profile = plain

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-central-1

[profile acme]
sso_session = corp
sso_account_id = 444444444444
sso_role_name = Deployer

[profile vault]
credential_process = vault --token canary-of-a-token

[profile china]
region = cn-north-1
role_arn = arn:aws-cn:iam::555555555555:role/deployer
source_profile = nowhere
"""
CANARIES = ("AKIACANARYOFPROFILES", "canary-of-a-secret", "canary-of-a-token")


@pytest.fixture
def config(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("aws")
    (folder / "config").write_text(CONFIG)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    # One that does not exist: the listing is what tells so.
    monkeypatch.setenv("AWS_PROFILE", "gone")
    return folder


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    yield
    server.stop()


def test_each_profile_tells_its_kind_and_the_account_that_it_says_it_is_for(
    config: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("profiles", "--json") == 0
    found = {it["name"]: it for it in json.loads(capsys.readouterr().out)}
    assert {name: (it["kind"], it["says_account"]) for name, it in found.items()} == {
        "default": ("none", ""),
        "plain": ("keys", ""),
        "deployer": ("role", "333333333333"),
        "acme": ("sso", "444444444444"),
        "vault": ("process", ""),
        "china": ("role", "555555555555"),
    }
    assert found["deployer"]["source"] == "arn:aws:iam::333333333333:role/deployer from plain"
    assert found["plain"]["region"] == "us-east-1"


def test_aws_tells_whose_they_are_and_one_that_cannot_be_used_hides_no_other(
    config: Path, sts: None, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("profiles", "--identify", "--json") == 0
    text = capsys.readouterr().out
    found = {it["name"]: it for it in json.loads(text)}
    assert found["plain"]["account"] == "123456789012"
    assert found["deployer"]["account"] == "333333333333"
    assert ":assumed-role/deployer/" in found["deployer"]["arn"]
    assert "aws sso login --profile acme" in found["acme"]["unread"]
    assert "vault: No such file" in found["vault"]["unread"]
    assert "nowhere" in found["china"]["unread"]
    assert not [canary for canary in CANARIES if canary in text]


def test_people_get_a_line_each_and_no_secret(config: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("profiles") == 0
    text = capsys.readouterr().out
    assert len(text.splitlines()) == 6
    assert "acme" in text
    assert not [canary for canary in CANARIES if canary in text]
