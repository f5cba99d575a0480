"""Secrets are planted wherever one could come in. None comes out: not in a bundle, not in a record, not on the terminal."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from tests.deploy.bundle.planted import Canaries, planted
from tests.e2e.secrets import found_in, spellings
from wizard import cli


def leaked(canaries: Canaries, out: Path, told: str) -> list[str]:
    """Name every canary of which anything got out, and where: its beginning, its end, or all of it in disguise."""
    found = []
    for place, secret in canaries.made.items():
        pieces = (secret[:9], secret[-6:], secret)
        found += [f"{place}: in {file}" for file in found_in(out, pieces)]
        if any(spelling in told.encode() for piece in pieces for spelling in spellings(piece)):
            found.append(f"{place}: on the terminal")
    return found


@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["for people", "for programs"])
def test_no_canary_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...]
) -> None:
    canaries = Canaries()
    root, out = tmp_path / "workspace", tmp_path / "out"
    root.mkdir()
    out.mkdir()
    planted(root, canaries)
    crash = tmp_path / "crash.txt"
    crash.write_text(f'session_token: "{canaries.new("added file")}"\n')
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", canaries.made["environment"])
    for place, secret in canaries.made.items():
        assert found_in(tmp_path, [secret[:9]]), f"{place}: nothing was planted"

    at = ("--workspace", str(root), *flags)
    bundle = out / "b.tar.gz"
    assert cli.run(["bundle", "acme-prod", "--out", str(bundle), "--add", str(crash), *at]) == 0
    note = f"password='{canaries.new('note')}'"
    assert cli.run(["report", "acme-prod", "--offline", "--out", str(out), "--note", note, *at]) == 0
    assert cli.run(["bundle", "acme-prod", "--out", str(bundle), *at]) == 2, "it is there already"

    told = capsys.readouterr()
    with tarfile.open(bundle) as archive:
        archive.extractall(out / "unpacked", filter="data")
    assert leaked(canaries, out, told.out + told.err) == []
    assert len(list(out.glob("record-*"))) == 3


def test_a_secret_among_the_answers_is_refused_and_told_by_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    canaries = Canaries()
    root, out = tmp_path / "workspace", tmp_path / "out"
    root.mkdir()
    out.mkdir()
    answers = planted(root, canaries).place.answers
    where = f"postgres://springtail:{canaries.new('address').replace(' ', '_')}@db"
    canaries.made["address"] = canaries.made["address"].replace(" ", "_")
    text = answers.read_text().replace("database:\n", f"database:\n  password: '{canaries.new('answer')}'\n")
    lines = [f"  host: {where}" if line.strip().startswith("host:") else line for line in text.splitlines()]
    answers.write_text("\n".join(lines) + "\n")

    at = ("--workspace", str(root))
    assert cli.run(["report", "acme-prod", "--offline", "--out", str(out), *at]) == 2
    assert cli.run(["bundle", "acme-prod", "--out", str(out / "b.tar.gz"), *at]) == 0
    told = capsys.readouterr()
    del canaries.made["environment"]  # nobody has said here that it is one
    with tarfile.open(out / "b.tar.gz") as archive:
        archive.extractall(out / "unpacked", filter="data")
    assert leaked(canaries, out, told.out + told.err) == []
    problems = out / "unpacked/support-acme-prod/deployments/acme-prod/answers.problems.txt"
    assert "database.password" in problems.read_text()


def test_what_was_planted_beside_known_words_is_masked_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    root, out = tmp_path / "workspace", tmp_path / "b.tar.gz"
    root.mkdir()
    planted(root, Canaries())
    assert cli.run(["bundle", "acme-prod", "--out", str(out), "--workspace", str(root)]) == 0
    with tarfile.open(out) as archive:
        files = {name: archive.extractfile(name) for name in archive.getnames()}
        journal = next(file for name, file in files.items() if name.endswith("engine.jsonl") and file and file.read(1))
        journal.seek(0)
        lines = journal.read().decode().splitlines()
    events = [json.loads(line) for line in lines[:-1]]
    assert [event.get("type") for event in events] == ["outputs", "outputs", "log", "diagnostic", None, None, "log"]
    assert lines[-1].startswith("not JSON: auth_token = ")
