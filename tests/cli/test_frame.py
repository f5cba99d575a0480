"""The frame: exit codes, light start, the crash boundary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bounded import PATIENCE_S
from tests.cli.conftest import Run
from wizard import cli
from wizard.cli import listing

HEAVY = ("textual", "boto3", "botocore", "pydantic", "jinja2", "moto", "rich", "questionary")


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(flag: str) -> None:
    code = (
        "import sys; sys.argv = ['planewright', sys.argv[1]]\n"
        "from wizard.__main__ import main\n"
        "code = main()\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), code, file=sys.stderr)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, flag], capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )

    assert process.stderr.strip() == "[] 0"
    assert "planewright" in process.stdout


def test_every_command_has_help_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    for command in cli.COMMANDS:
        assert cli.run([command, "--help"]) == 0
        assert f"planewright {command}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["plan"], ["list", "--no-such-flag"]])
def test_bad_usage_is_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    assert "usage:" in capsys.readouterr().err


def test_bad_input_is_exit_2_and_names_what_is_near(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "acme-prd") == 2
    assert "did you mean acme-prod?" in capsys.readouterr().err


def test_an_interrupt_is_exit_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(listing, "run", interrupted)

    assert run("list") == 130


def test_a_bug_is_no_traceback_but_a_private_redacted_report(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> int:
        raise ValueError("password=hunter2-and-more")

    monkeypatch.setattr(listing, "run", broken)

    assert run("list") == cli.CRASH_EXIT
    told = capsys.readouterr().err
    assert "Traceback" not in told
    report = Path(next(word for word in told.split() if word.endswith("report.txt")))
    assert "ValueError" in report.read_text()
    assert "hunter2" not in report.read_text() + told
    assert report.stat().st_mode & 0o777 == 0o600


def test_a_reader_that_goes_away_ends_nothing_with_an_error(workspace: Path) -> None:
    command = f"{sys.executable} -m wizard list --workspace {workspace} | true"
    process = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=PATIENCE_S
    )

    assert (process.returncode, process.stderr) == (0, "")
