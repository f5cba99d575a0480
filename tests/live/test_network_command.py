"""`planewright network` shows the blocks of the answers among those of the account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.live.account import Account
from tests.live.built import SHARD_TAGS, tagged_vpc
from tests.workspaces import with_examples
from wizard import cli


@pytest.fixture
def workspace(tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in account.environ().items():
        monkeypatch.setenv(name, value)
    return with_examples(tmp_path)


def test_the_accounts_vpcs_are_on_the_map_and_their_overlaps_marked(
    account: Account, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tagged_vpc(account, "100.64.0.0/22", {"Name": "billing"})
    tagged_vpc(account, "10.64.0.0/16", SHARD_TAGS)

    assert cli.run(["network", "acme-prod", "--workspace", str(workspace)]) == 0

    shown = capsys.readouterr().out
    lines = [line.split() for line in shown.splitlines()]
    assert ["10.64.0.0/16", "65531", "usable", "shard's", "VPC", "·", "use1-a"] in lines
    assert ["100.64.0.0/24", "251", "usable", "transit", "VPC", "·", "acme-prod"] in lines
    assert ["172.31.0.0/16", "65531", "usable", "VPC", "of", "the", "account", "·", "default"] in lines
    assert "· overlaps, without a route, with 100.64.0.0/22 (VPC of the account, billing)" in shown
    assert "free for a transit VPC: 100.64.4.0/24, 100.64.5.0/24, 100.64.6.0/24" in shown
    assert shown.count("10.64.0.0/16") == 1  # ours by its tags is not one more


def test_what_could_not_be_read_is_said(account: Account, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account.fault(denied={"ec2:DescribeVpcs"})

    assert cli.run(["network", "acme-prod", "--workspace", str(workspace), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["unread"] == [{"source": "ec2:DescribeVpcs us-east-1", "reason": "denied"}]
    assert [block["owner"] for block in told["blocks"] if block["purpose"] == "existing"] == []


def test_without_aws_the_answers_alone_are_laid_out(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    assert cli.run(["network", "acme-prod", "--workspace", str(workspace), "--offline", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert [(block["path"], block["cidr"]) for block in told["blocks"]] == [
        ("network.vpc_cidr", "10.64.0.0/16"),
        ("transit.vpc_cidr", "100.64.0.0/24"),
        ("database.vpc.cidr", "10.20.0.0/16"),
        ("applications[0].cidr", "10.30.0.0/16"),
    ]
    assert [subnet["usable"] for subnet in told["blocks"][0]["subnets"]] == [16379, 251]
    assert told["free_transit"][0] == "100.64.1.0/24"
