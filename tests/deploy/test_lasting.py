"""For how long credentials have to last, told from the applies before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.workspaces import run_in, with_examples
from wizard.deploy.lasting import MARGIN, UNKNOWN_APPLY
from wizard.deploy.target import open_target, subject_of
from wizard.engine.runs import Action, Outcome, Result
from wizard.workspace import Workspace


def needs(workspace: Path) -> timedelta:
    return subject_of(open_target(Workspace(workspace), "acme-prod")).apply_needs


def ended(workspace: Path, action: Action, ended_at: str, outcome: Outcome = "succeeded") -> None:
    """Record a run of stack `instance` that began at 03:55:01."""
    run = run_in(open_target(Workspace(workspace), "acme-prod").place.runs, action)
    Result(outcome=outcome, exit_code=0, ended_at=ended_at).write(run.path / "result.json")


def test_before_any_apply_it_is_a_careful_guess_and_a_margin(tmp_path: Path) -> None:
    assert needs(with_examples(tmp_path)) == UNKNOWN_APPLY + MARGIN == timedelta(minutes=30)


def test_the_longest_apply_before_tells_and_the_margin_comes_on_top(tmp_path: Path) -> None:
    workspace = with_examples(tmp_path)
    ended(workspace, "apply", "2026-11-21T05:25:01+00:00")
    assert needs(workspace) == timedelta(minutes=90) + MARGIN


def test_a_plan_tells_nothing_of_an_apply(tmp_path: Path) -> None:
    workspace = with_examples(tmp_path)
    ended(workspace, "plan", "2026-11-21T05:25:01+00:00")
    assert needs(workspace) == UNKNOWN_APPLY + MARGIN


def test_an_apply_that_failed_at_once_tells_nothing_of_one_that_does_not(tmp_path: Path) -> None:
    workspace = with_examples(tmp_path)
    ended(workspace, "apply", "2026-11-21T03:55:31+00:00", "failed")
    assert needs(workspace) == UNKNOWN_APPLY + MARGIN
