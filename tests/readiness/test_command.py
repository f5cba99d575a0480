"""`planewright readiness`: from here with psql, or by what the customer's DBA sends back. No secret shows anywhere."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard import cli
from wizard.blueprints.load import parse
from wizard.deploy import readiness
from wizard.rehearsal.answers import example
from wizard.rehearsal.postgres import Postgres
from wizard.workspace import Workspace

SECRET = "canary-of-the-password"
NAME = "acme-prod"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres(("db.acme.example.com",), role="springtail", password=SECRET, databases=("orders",)) as running:
        yield running


@pytest.fixture
def workspace(tmp_path: Path, server: Postgres) -> Workspace:
    workspace = Workspace(tmp_path / "work")
    values = example("private")
    values["database"] |= {
        "port": server.port,
        "databases": ["postgres", "orders"],
        "certificate_authority": "pem",
        "ca_pem": server.certificates.authority,
    }
    for kind, named in (("shard", example("shard")), ("deployment", values)):
        place = workspace.place(kind, named["name"])  # type: ignore[arg-type]
        place.path.mkdir(parents=True)
        place.answers.write_text(json.dumps(named))
        parse(place.answers.read_text(), source="test")
    return workspace


@pytest.fixture
def recorded(tmp_path: Path, server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A psql in front of the real one that records how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    calls = tmp_path / "calls"
    wrapper = folder / "psql"
    wrapper.write_text(
        f'#!/bin/sh\ntr "\\0" " " < /proc/$$/cmdline >> {calls}\necho >> {calls}\nexec {server.binaries.psql} "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return calls


def command(workspace: Workspace, *arguments: str) -> int:
    return cli.run(["readiness", NAME, "--workspace", str(workspace.root), *arguments])


def test_psql_looks_at_each_database_and_no_secret_is_in_its_arguments_or_on_disk(
    workspace: Workspace, recorded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANEWRIGHT_DATABASE_PASSWORD", SECRET)
    assert command(workspace, "--psql", "--address", "127.0.0.1") == 0, capsys.readouterr().err

    kept = readiness.load(workspace.place("deployment", NAME))
    assert kept is not None
    assert [database.name for database in kept.databases] == ["orders", "postgres"]
    assert (kept.looked_as, kept.asked_role, kept.source) == ("springtail", "springtail", "psql")
    calls = recorded.read_text()
    assert calls.count("sslmode='verify-full'") == 2
    told = capsys.readouterr()
    files = "".join(path.read_text() for path in workspace.root.rglob("*") if path.is_file())
    assert SECRET not in calls + told.out + told.err + files
    assert "DB_SLOT_KEEP_UNLIMITED" not in told.out


def test_a_wrong_password_is_told_in_the_server_s_words_and_nothing_is_kept(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTHER", "canary-of-a-guess")
    assert command(workspace, "--psql", "--address", "127.0.0.1", "--password-env", "OTHER") == 1
    told = capsys.readouterr().err
    assert "password authentication failed" in told
    assert "--script" in told
    assert "canary" not in told
    assert not workspace.place("deployment", NAME).readiness.exists()


def test_a_certificate_of_another_name_is_refused(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = workspace.place("deployment", NAME).answers
    answers.write_text(answers.read_text().replace("db.acme.example.com", "other.acme.example.com"))
    monkeypatch.setenv("PLANEWRIGHT_DATABASE_PASSWORD", SECRET)
    assert command(workspace, "--psql", "--address", "127.0.0.1") == 1
    assert "does not match host name" in capsys.readouterr().err


def test_without_a_password_and_a_terminal_it_says_what_to_do(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PLANEWRIGHT_DATABASE_PASSWORD", raising=False)
    assert command(workspace, "--psql") == 2
    assert "PLANEWRIGHT_DATABASE_PASSWORD" in capsys.readouterr().err


def test_the_script_goes_to_the_dba_and_what_they_send_back_is_kept(
    workspace: Workspace, server: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "readiness.sql"
    assert command(workspace, "--script", str(script)) == 0
    sent = tmp_path / "readiness.json"
    sent.write_text("\n".join(server.sql(script.read_text(), name) for name in ("postgres", "orders")))
    assert command(workspace, "--read", str(sent), "--json") == 0
    told = json.loads(capsys.readouterr().out.split("\n", 2)[2])
    assert [one["name"] for one in told["readiness"]["databases"]] == ["orders", "postgres"]
    assert told["holding"] == []


def test_findings_that_hold_end_it_with_one(workspace: Workspace, tmp_path: Path, server: Postgres) -> None:
    server.sql("CREATE TABLE keyless (x int)", "orders")
    try:
        sent = tmp_path / "sent"
        sent.write_text(server.sql(readiness.script(), "orders"))
        assert command(workspace, "--read", str(sent)) == 1
    finally:
        server.sql("DROP TABLE keyless", "orders")


def test_a_file_that_is_something_else_keeps_what_was_there(workspace: Workspace, tmp_path: Path) -> None:
    place = workspace.place("deployment", NAME)
    place.readiness.write_text("before")
    wrong = tmp_path / "wrong"
    wrong.write_text("hello")
    assert command(workspace, "--read", str(wrong)) == 2
    assert place.readiness.read_text() == "before"
