"""`planewright check` and `planewright cost` against an account."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.live.account import Account
from tests.workspaces import with_examples
from wizard.cli import run


@pytest.fixture
def check(tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Check the private example with these flags; give the exit code and what was printed."""
    for name, value in account.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PLANEWRIGHT_WORKSPACE", str(with_examples(tmp_path / "workspace")))

    def check(*flags: str, command: str = "check") -> tuple[int, str]:
        code = run([command, "acme-prod", *flags])
        return code, capsys.readouterr().out

    return check


def test_good_answers_hold_nothing_and_it_says_what_was_read_of_whom(check: Any) -> None:
    code, told = check()

    assert code == 0
    assert "nothing holds acme-prod: planewright plan acme-prod" in told
    assert "facts of account 111111111111 in us-east-1, in " in told
    assert "asked as arn:aws:iam::111111111111:user/operator" in told
    assert "could not be read" not in told
    assert "reading " not in told, "no moving line in what is not a terminal"


def test_the_worst_stands_first_and_what_could_not_be_read_is_counted(check: Any, account: Account) -> None:
    account.fault(denied={"ec2:DescribeRegions"})

    code, told = check()

    assert code == 1
    assert told.index("‼ high") < told.index("· info")
    assert "1 could not be read" in told
    assert "1 high" in told.splitlines()[-3]


def test_exported_facts_give_the_same_findings_where_there_is_no_aws(
    check: Any, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.fault(denied={"ec2:DescribeRegions"})
    file = tmp_path / "facts.json"
    live_code, live = check("--export", str(file), "--json")
    for name in account.environ():
        monkeypatch.delenv(name)

    code, told = check("--facts", str(file), "--json")

    assert (code, live_code) == (1, 1)
    recorded, live = json.loads(told), json.loads(live)
    assert [f for f in recorded["findings"] if f["code"] != "FACTS_OLD"] == live["findings"]
    assert live["facts"]["read"] > 0
    assert (recorded["facts"]["read"], recorded["facts"]["unread"]) == (live["facts"]["read"], 1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert account.environ()["AWS_SECRET_ACCESS_KEY"] not in file.read_text()


def test_facts_that_cannot_be_written_are_told(check: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    code, _ = check("--export", str(tmp_path / "file" / "below a file"))

    assert code == 2


def test_a_rehearsed_account_has_no_prices_and_none_is_made_up(check: Any) -> None:
    code, told = check("--json", command="cost")

    assert code == 0
    document = json.loads(told)
    lines = [*document["own"]["lines"], *document["shared"]["lines"]]
    assert {line["month"] for line in lines} == {None}
    assert all("the embedded AWS does not have pricing" in line["unknown"] for line in lines)
    assert document["own"]["sum"]["known"] is None
