"""`planewright report`: made from the workspace, checked from a file alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from wizard.deploy.last_verification import last_verification
from wizard.deploy.target import open_target
from wizard.facts import record
from wizard.facts.asking import Facts
from wizard.workspace import Workspace


def made(run: Run, workspace: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> dict[str, object]:
    assert run("report", "acme-prod", "--offline", "--json", *flags) == 0
    value: dict[str, object] = json.loads(capsys.readouterr().out)
    return value


def test_it_writes_three_forms_beside_the_verifications_and_is_none_of_them(
    run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = made(run, workspace, capsys)
    place = Workspace(workspace).find("acme-prod")
    assert sorted(path.suffix for path in place.reports.iterdir()) == [".html", ".json", ".md"]
    assert [Path(file).parent for file in told["files"]] == [place.reports] * 3  # type: ignore[attr-defined]
    assert last_verification(place) is None


def test_people_are_told_what_is_not_proven_and_the_digest_to_note(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("report", "acme-prod", "--offline") == 0
    told = capsys.readouterr().out
    assert told.startswith("acme-prod: not verified\n")
    assert "not proven: the data path" in told
    assert "digest: sha256:" in told


def test_a_record_is_checked_from_its_file_alone_and_against_the_digest_that_was_noted(
    run: Run, workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = made(run, workspace, capsys, "--signed-off-by", "Ada of Acme", "--out", str(tmp_path / "sent"))
    for file in told["files"]:  # type: ignore[attr-defined]
        assert "Ada of Acme" in Path(file).read_text()
        assert run("report", "--verify", file, "--expect", told["digest"]) == 0
        assert run("report", "--verify", file, "--expect", "sha256:other") == 1
        Path(file).write_text(Path(file).read_text().replace("Ada", "Eve"))
        assert run("report", "--verify", file) == 1
    assert "was altered after it was made" in capsys.readouterr().out


def test_without_a_name_or_a_file_it_says_what_it_needs(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("report") == 2
    assert run("report", "acme-prod", "--expect", "sha256:x") == 2
    assert "planewright report NAME" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    assert run("report", "acme-prod", "--offline", "--out", str(tmp_path / "taken")) == 2


def test_exported_facts_serve_as_they_do_a_check(run: Run, tmp_path: Path, workspace: Path) -> None:
    account = open_target(Workspace(workspace), "acme-prod").shard.account
    exported, out = tmp_path / "facts.json", tmp_path / "out"
    assert run("report", "acme-prod", "--facts", str(exported), "--out", str(out)) == 2
    exported.write_text(record.dump(Facts(), account=account.id, region=account.region))
    assert run("report", "acme-prod", "--facts", str(exported), "--out", str(out)) == 0
    told = next(out.glob("*.json")).read_text()
    assert f"facts of account {account.id} that were exported before" in told
    assert "facts could not be read" in told
