"""`planewright check` where no AWS is needed: answers alone, facts out of a file, and what cannot be used."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from wizard.checks.run import asks_of
from wizard.deploy.target import open_target, subject_of
from wizard.facts import record
from wizard.facts.access import RegionStatus
from wizard.facts.asking import Facts, Read, Reason, Unread
from wizard.workspace import Workspace


@pytest.fixture
def facts(workspace: Path) -> Path:
    """Facts in which one thing was read and everything else was refused, two hours ago."""
    return write(workspace, workspace.parent / f"{workspace.name}-facts.json")


def write(workspace: Path, path: Path, **file: str) -> Path:
    subject = subject_of(open_target(Workspace(workspace), "acme-prod"))
    at = datetime.now(UTC) - timedelta(hours=2)
    refused = Unread(Reason.DENIED, at, "ec2:DescribeX", "no", "ec2:DescribeX")
    readings: dict[Any, Any] = dict.fromkeys(asks_of(subject), refused)
    readings[RegionStatus(region="us-east-1")] = Read("opted-in", at, "ec2:DescribeRegions")
    of = {"account": "111111111111", "region": "us-east-1"} | file
    path.write_text(record.dump(Facts(readings), **of))
    return path


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_offline_says_that_nothing_was_checked_against_aws(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "acme-prod", "--offline") == 0

    assert "answers alone: nothing was checked against AWS" in capsys.readouterr().out


def test_offline_tells_a_program_that_there_are_no_facts(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "acme-prod", "--offline", "--json") == 0

    told = document(capsys)
    assert set(told) == {"name", "findings", "holding", "facts"}
    assert told["facts"] | {"seconds": 0} == {
        "source": "none",
        "account": "111111111111",
        "region": "us-east-1",
        "read": 0,
        "unread": 0,
        "asked": 0,
        "at": [],
        "seconds": 0,
    }


def test_facts_in_a_file_are_checked_and_their_time_is_told(
    run: Run, facts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", "acme-prod", "--facts", str(facts)) == 1, "what was refused then is unchecked now"

    told = capsys.readouterr().out
    assert "FACT_DENIED" in told
    assert "FACTS_OLD" in told
    assert "2 hours ago" in told
    assert f"1 fact of account 111111111111 in us-east-1 out of {facts}, read 20" in told
    assert "could not be read" in told


def test_a_program_is_told_the_source_and_the_time_of_the_facts(
    run: Run, facts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("check", "acme-prod", "--facts", str(facts), "--json")

    told = document(capsys)
    assert (told["facts"]["source"], told["facts"]["read"], told["facts"]["asked"]) == ("file", 1, 0)
    assert told["facts"]["unread"] > 0
    assert [datetime.fromisoformat(at).tzinfo for at in told["facts"]["at"]] == [UTC, UTC]
    assert any(held.startswith("FACT_DENIED ") for held in told["holding"])
    assert [f["severity"] for f in told["findings"] if f["code"] == "FACTS_OLD"] == ["info"]


def test_facts_of_another_account_are_refused(
    run: Run, workspace: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = write(workspace, tmp_path_factory.mktemp("theirs") / "facts.json", account="222222222222")

    assert run("check", "acme-prod", "--facts", str(theirs)) == 2
    assert "the facts are of 222222222222, the answers say 111111111111" in capsys.readouterr().err


@pytest.mark.parametrize("made", ["nothing", "a folder", "bytes"])
def test_a_file_that_cannot_be_read_is_no_crash(
    run: Run, tmp_path_factory: pytest.TempPathFactory, made: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path_factory.mktemp("facts") / "facts.json"
    if made == "a folder":
        path.mkdir()
    if made == "bytes":
        path.write_bytes(b"\xff\xfe\x00")

    assert run("check", "acme-prod", "--facts", str(path)) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_name_that_is_not_there_is_told(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "nobody") == 2
    assert "nobody" in capsys.readouterr().err


def test_one_source_of_facts_at_a_time(run: Run, facts: Path) -> None:
    assert run("check", "acme-prod", "--offline", "--facts", str(facts)) == 2
    assert run("check", "acme-prod", "--facts", str(facts), "--export", "out.json") == 2
