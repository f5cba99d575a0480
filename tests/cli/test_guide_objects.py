"""The plain guide's start: what there is, in words; what can be done with it; how it is opened and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.guiding import Guided
from tests.screens.runs import going, recorded
from wizard import cli
from wizard.cli import start
from wizard.cli.guide import desk
from wizard.errors import InputError, UsageError


def test_objects_are_listed_with_their_states_in_words(guided: Guided) -> None:
    said = guided.go()

    assert "  1. use1-a, shard: draft\n  2. acme-prod, deployment: draft\n  3. globex-prod, deployment: draft\n" in said


def test_one_is_opened_by_number_name_or_how_it_begins(guided: Guided) -> None:
    for typed in ("2", "acme-prod", "ac"):
        assert "deployment acme-prod. :steps" in guided.go(typed, "resume")
    assert "nothing here is called zzz" in guided.go("zzz")


def test_a_part_of_a_name_lists_only_those(guided: Guided) -> None:
    said = guided.go("/prod").rpartition("workspace")[2]

    assert "acme-prod" in said
    assert "use1-a" not in said
    assert "nothing matches" in guided.go("/nobody")


def test_a_named_object_is_opened_at_once_and_one_that_is_not_there_is_an_error(guided: Guided) -> None:
    assert "Step 5 of 10: Review" in guided.go(name="acme-prod")
    with pytest.raises(InputError, match="no shard or deployment named"):
        guided.go(name="nobody")


def test_what_was_only_typed_so_far_can_be_opened_too(guided: Guided) -> None:
    guided.go("new deployment", "beta-prod", "use1-a")

    assert "beta-prod, deployment: draft" in guided.go()
    assert "shard (Enter keeps use1-a)" in guided.go(name="beta-prod")


def test_a_run_in_progress_is_offered_first_and_followed(guided: Guided) -> None:
    folder = guided.root / "deployments/acme-prod/.planewright/runs"
    run = recorded(folder, "apply-private", outcome=None, lines=4)
    going(run)

    said = guided.go("acme-prod", "follow", ":quit", meantime=("", "leave"))

    assert "1. follow: follow the run that goes on" in said
    assert "a run goes on: apply of instance, by operator@laptop" in said
    assert "left: the run goes on" in said
    assert "2. follow: follow the run that goes on\n  3. cancel:" in said, "and it can be taken up again"


def test_destroy_status_diff_and_history_are_the_commands_of_these_names(
    guided: Guided, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(cli, "run", lambda arguments: ran.append(arguments) or 0)
    guided.go("acme-prod", "destroy", "acme-prod", "status", "acme-prod", "diff", "acme-prod", "history", engine="tofu")

    root = str(guided.root)
    assert ran == [
        ["destroy", "acme-prod", "--engine", "tofu", "--workspace", root],
        ["status", "acme-prod", "--engine", "tofu", "--workspace", root],
        ["diff", "acme-prod", "--brief", "--workspace", root],
        ["history", "acme-prod", "--workspace", root],
    ]


def test_verify_of_what_was_never_applied_says_so_and_asks_on(guided: Guided, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.common, "session_of", lambda _: None)
    said = guided.go("acme-prod", "verify", ":quit")

    assert "error: stack shard of use1-a has not been applied from this workspace" in said
    assert guided.code == 0


def test_presenter_mode_is_refused_with_the_reason(guided: Guided) -> None:
    with pytest.raises(UsageError) as refused:
        guided.go(presenter=True)

    assert "nothing can mask that" in refused.value.cause


class TestCommandLine:
    def test_plain_guides_from_a_pipe(
        self, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        import io

        monkeypatch.setattr("sys.stdin", io.StringIO(":quit\n"))
        wanted = start.options(["--plain", "--workspace", str(workspace)])
        assert wanted is not None

        assert start.without_screens(wanted, {}) == 0
        assert "acme-prod, deployment: draft" in capsys.readouterr().out

    def test_an_error_is_title_cause_and_action(self, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
        wanted = start.options(["--plain", "--presenter", "--workspace", str(workspace)])
        assert wanted is not None

        assert start.without_screens(wanted, {}) == 2
        told = capsys.readouterr().err
        assert told.startswith("✗ --plain has no presenter mode\n  why:  ")
        assert "  next: " in told

    def test_a_bug_is_a_report_and_no_traceback(
        self, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("wizard.cli.guide.objects.go", lambda *_, **__: 1 / 0)
        wanted = start.options(["--plain", "--workspace", str(workspace)])
        assert wanted is not None

        assert start.without_screens(wanted, {}) == cli.CRASH_EXIT
        told = capsys.readouterr().err
        assert "Planewright itself failed: ZeroDivisionError" in told
        assert "Traceback" not in told

    def test_without_a_terminal_and_without_plain_it_says_what_to_do(
        self, workspace: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        wanted = start.options(["--workspace", str(workspace)])
        assert wanted is not None

        assert start.without_screens(wanted, {"TERM": "xterm"}) == 2
        told = capsys.readouterr().err
        assert "this is not a terminal" in told
        assert "planewright --plain" in told
