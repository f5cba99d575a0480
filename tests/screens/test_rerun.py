"""An object that was applied is opened again: what changed since, each at its own level; what is missing is asked first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import OptionList, Static

from tests.deploy.objects import APPLIED, a_run
from tests.screens.stage import Stage, opened, settled, until
from wizard.deploy import answered
from wizard.deploy.target import open_target
from wizard.walk.steps import Step


def applied(stage: Stage) -> None:
    """Acme's instance, applied from the answers as they are."""
    target = open_target(stage.workspace, "acme-prod")
    plan = a_run(target.place, APPLIED - timedelta(minutes=5), action="plan")
    answered.keep(plan, target.answers)
    a_run(target.place, of=plan)


def edited(stage: Stage, old: str, new: str) -> None:
    """Somebody has saved other answers since."""
    answers = stage.place().answers
    text = answers.read_text()
    assert old in text
    answers.write_text(text.replace(old, new, 1))


async def again(stage: Stage, pilot: Any) -> Any:
    """Plan it again, from the list."""
    await settled(pilot)
    await pilot.press(*"acme")
    await settled(pilot)
    await pilot.press("tab", "p")
    return await opened(pilot)


async def test_the_review_tells_which_answers_changed_since_the_last_apply(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path, monkeypatch)
    applied(stage)
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await again(stage, pilot)
        await until(pilot, lambda: screen.step is Step.REVIEW)
        await settled(pilot)
        said = screen.query_one("#answers-since", Static)
        await until(pilot, lambda: "= same since the apply of instance, 2026-" in str(said.content))

        edited(stage, "count: 2", "count: 3")
        first = screen
        first.dismiss()
        await until(pilot, lambda: app.screen is not first)
        await settled(pilot)
        await pilot.press("tab", "p")
        screen = await opened(pilot)
        await settled(pilot)
        await pilot.press("w")
        listed = screen.query_one("#changed-answers", OptionList)
        await until(pilot, lambda: listed.option_count == 1)
        assert str(listed.options[0].prompt) == "~ changed    nodes.fdw.count  2 → 3"
        assert str(screen.query_one("#answers-since", Static).content).startswith("since the apply of instance, 2026-")
        assert "1 answer changed" in str(screen.query_one("#review-summary", Static).content)
        await pilot.press("e")
        await settled(pilot)
        assert screen.query_one("#review-views").active == "files-view"


async def test_what_is_no_longer_answered_is_asked_before_the_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path, monkeypatch)
    applied(stage)
    edited(stage, "  count: 2", "  count: many")
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await again(stage, pilot)
        await until(pilot, lambda: screen.step is not None)
        assert screen.step is Step.SIZING
