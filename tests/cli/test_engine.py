"""Installing and listing engines on the command line: what is verified is said, and which one is used, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.engine.release_server import VERSION, Signing, published, script, serving, wanted
from wizard.engine.release_signature import spaced


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without an engine; gives the folder that is on its PATH."""
    path = tmp_path / "bin"
    path.mkdir()
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return path


def test_installing_says_what_was_verified_and_listing_says_why_it_is_used(
    bare: Path, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("engine", "list") == 1
    assert "planewright engine install" in capsys.readouterr().out
    signing = Signing()
    with serving() as server:
        server.files = published(signing, wanted())
        arguments = ("engine", "install", "--from", server.url, "--key", str(signing.public(tmp_path)))
        assert run(*arguments) == 0
        said = capsys.readouterr().out
        assert f"signed with {spaced(signing.fingerprint)}" in said
        assert "the key in" in said
        assert wanted().archive in said
        assert run(*arguments) == 0
        assert "is there, and is the file that was verified" in capsys.readouterr().out
    assert run("engine", "list") == 0
    said = capsys.readouterr().out
    assert f"▸ OpenTofu {VERSION}" in said
    assert "installed by Planewright" in said
    assert f"signed with {spaced(signing.fingerprint)}" in said
    terraform = bare / "terraform"
    terraform.write_bytes(script("Terraform v1.11.4"))
    terraform.chmod(0o755)
    assert run("engine", "list") == 0
    said = capsys.readouterr().out
    assert f"used: Terraform 1.11.4 ({terraform}): it comes first" in said
    assert f"✓ OpenTofu {VERSION}" in said


def test_json_has_the_verification_and_an_altered_engine_is_told(
    bare: Path, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signing = Signing()
    with serving() as server:
        server.files = published(signing, wanted())
        assert run("engine", "install", "--json", "--from", server.url, "--key", str(signing.public(tmp_path))) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["verified"]["key"] == signing.fingerprint
    assert (document["fresh"], document["key_shipped"]) == (True, False)
    path = Path(document["path"])
    assert run("engine", "list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["used"] == {"kind": "tofu", "version": VERSION, "engine": str(path)}
    assert [(item["path"], item["used"], item["whole"]) for item in listed["engines"]] == [(str(path), True, True)]
    with path.open("ab") as file:
        file.write(b"# altered\n")
    assert run("engine", "list") == 0
    assert "it is not the file that was verified" in capsys.readouterr().out


def test_what_is_named_and_will_not_do_is_told(bare: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    old = bare / "tofu"
    old.write_bytes(script("OpenTofu v1.6.0"))
    old.chmod(0o755)
    assert run("engine", "list", "--engine", str(old)) == 1
    said = capsys.readouterr().out
    assert "needs 1.10 or later" in said
    assert f"✗ {old}, on PATH" in said


def test_without_a_key_of_ones_own_only_opentofus_signature_will_do(
    bare: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as server:
        server.files = published(Signing(), wanted())
        assert run("engine", "install", "--from", server.url) == 1
    assert "E3E6 E43D 84CB 852E ADB0 051D 0C0A F313 E5FD 9F80" in capsys.readouterr().err
    assert run("engine", "list") == 1
