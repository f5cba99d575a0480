"""What the account says holds a plan, before anything is made or written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.account import Account
from tests.workspaces import with_examples
from wizard.cli import run

pytestmark = pytest.mark.engine


@pytest.fixture
def workspace(tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in account.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PLANEWRIGHT_WORKSPACE", str(tmp_path))
    return with_examples(tmp_path)


def test_a_fact_that_cannot_be_read_holds_the_plan_and_nothing_is_made(
    workspace: Path, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.fault(denied={"ec2:DescribeRegions"})
    assert run(["plan", "use1-a"]) == 1
    assert "FACT_DENIED (high, facts.ec2:DescribeRegions)" in capsys.readouterr().err
    assert not (workspace / "shards" / "use1-a" / "stacks").exists()
    assert account.client("s3").list_buckets()["Buckets"] == []


def test_it_goes_on_once_somebody_has_said_why(
    workspace: Path, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.fault(denied={"ec2:DescribeRegions"})
    reason = "FACT_DENIED=our role may not list regions; the region is ours"
    assert run(["check", "use1-a", "--acknowledge", reason]) == 0
    account.fault(denied={"ec2:DescribeRegions", "s3:ListBucket", "s3:CreateBucket"})
    assert run(["plan", "use1-a"]) == 1, "held by the state's bucket now, not by the finding"
    assert "FACT_DENIED" not in capsys.readouterr().err


def test_the_wrong_account_is_refused_before_anything_is_asked(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = workspace / "shards" / "use1-a" / "answers.yaml"
    answers.write_text(answers.read_text().replace('"111111111111"', '"333333333333"'))
    assert run(["plan", "use1-a"]) == 1
    assert "these credentials are for account 111111111111, not 333333333333" in capsys.readouterr().err
