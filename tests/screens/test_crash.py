"""The one crash boundary: a private, redacted report, drafts on disk, a screen of its own to copy it from."""

from __future__ import annotations

import argparse
import stat
from pathlib import Path

import pytest

from screens.app import CRASH_EXIT, Planewright
from screens.crash import Crashed
from screens.opening import Wanted, open_screens
from tests.screens.shell import desk
from tests.screens.test_shell import screen_text
from tests.workspaces import with_examples
from wizard.cli import start
from wizard.crash import CrashReport, report
from wizard.errors import InputError


class Broken(Planewright):
    """Fails in a handler, and in a worker."""

    def action_fail(self) -> None:
        raise ZeroDivisionError("password=hunter22")

    def action_fail_in_worker(self) -> None:
        self.run_worker(self.action_fail, thread=True)


@pytest.mark.parametrize("how", ["fail", "fail_in_worker"])
async def test_whatever_fails_ends_in_one_redacted_report(tmp_path: Path, how: str) -> None:
    at = desk(with_examples(tmp_path))
    walk = at.walk(at.workspace.find("acme-prod"))
    app = Broken(at)

    async def fail() -> None:
        async with app.run_test() as pilot:
            walk.typed("database.port", "5433")
            app.call_later(getattr(app, f"action_{how}"))
            while app.crash is None:
                await pilot.pause(0.01)

    with pytest.raises(Exception, match="hunter22"):  # what a test is told; nobody else is
        await fail()
    at.close()
    assert app.crash is not None
    assert app.return_code == CRASH_EXIT
    text = app.crash.path.read_text()
    assert "ZeroDivisionError" in text
    assert "hunter22" not in text
    assert stat.S_IMODE(app.crash.path.stat().st_mode) == 0o600
    assert "5433" in walk.place.draft.read_text()


async def test_the_report_is_shown_and_copied() -> None:
    app = Crashed(CrashReport(Path("report.txt"), "the report", "✗ Planewright itself failed\n  why: a bug\n"))
    async with app.run_test() as pilot:
        assert "itself failed" in screen_text(app)
        assert "Everything that was typed is saved." in screen_text(app)
        await pilot.press("c")
        assert app.clipboard == "the report"
        assert "clipboard" in screen_text(app)
        await pilot.press("q")
    assert app.return_code == 0


def test_a_crash_ends_the_command_with_its_own_code_after_drafts_are_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order = []

    def run(app: Planewright, **_options: object) -> None:
        app._handle_exception(ZeroDivisionError("oh"))

    monkeypatch.setattr(Planewright, "run", run)
    monkeypatch.setattr("screens.desk.Desk.close", lambda _desk: order.append("saved"))
    monkeypatch.setattr(Crashed, "run", lambda _app, **_options: order.append("shown"))
    assert open_screens(Wanted(tmp_path)) == CRASH_EXIT
    assert order == ["saved", "shown"]
    assert "a run that was started goes on" in capsys.readouterr().err


def test_a_report_has_no_local_variables() -> None:
    def failing() -> None:
        typed = "what a person typed"
        raise ValueError(len(typed))

    try:
        failing()
    except ValueError as error:
        made = report(error)
    assert "failing" in made.text
    assert "what a person typed" not in made.path.read_text().replace('typed = "what a person typed"', "")


def test_an_unknown_name_is_told_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no shard or deployment named nobody"):
        open_screens(Wanted(with_examples(tmp_path), name="nobody"))


# -- whether the screens open at all


@pytest.mark.parametrize("line", [["plan", "acme"], ["--help"], ["new", "x", "--workspace", "w"], ["--nonsense"]])
def test_a_command_is_the_command_lines(line: list[str]) -> None:
    assert start.options(line) is None


def test_without_a_command_the_screens_are_wanted() -> None:
    found = start.options(["--workspace", "w", "--open", "acme", "--presenter", "--no-mouse"])
    assert found is not None
    assert (found.workspace, found.open, found.presenter, found.mouse) == (Path("w"), "acme", True, False)


def _wanted(**changes: bool) -> argparse.Namespace:
    return argparse.Namespace(**{"plain": False, **changes})


@pytest.mark.parametrize(("terminal", "term", "why"), [(False, "xterm", "not a terminal"), (True, "dumb", "dumb")])
def test_where_they_cannot_be_shown_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: bool, term: str, why: str
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: terminal)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    assert start.without_screens(_wanted(), {"TERM": term}) == 2
    assert why in capsys.readouterr().err


def test_in_a_terminal_they_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert start.without_screens(_wanted(), {"TERM": "xterm-256color"}) is None


def test_every_command_that_plain_tells_is_there() -> None:
    from wizard.cli import COMMANDS

    told = {line.split()[1] for line in start.ELSE.splitlines() if line.startswith("  planewright ")}
    assert told - {"--plain"} <= set(COMMANDS)
