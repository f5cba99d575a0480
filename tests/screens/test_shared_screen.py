"""Presenter mode on the whole application: it reaches dialogs, what is told in passing, and what is copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.widgets.ask import Ask
from tests.screens import gallery_runs
from tests.screens.picture import picture, words_of
from tests.screens.stage import Stage, opened, settled
from tests.screens.waiting import until
from wizard.walk.steps import Step


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(tmp_path, monkeypatch)


async def test_a_dialog_that_is_open_is_masked_and_shown_again_by_the_key(stage: Stage) -> None:
    app, drive = gallery_runs.apply_confirm(stage)
    async with app.run_test(size=(120, 40)) as pilot:
        await drive(pilot)
        assert isinstance(app.screen, Ask)
        assert "Apply instance of acme-prod to account 111111111111" in words_of(picture(app))
        await pilot.press("f7")
        await settled(pilot)
        shown = words_of(picture(app))
        assert "Apply instance of deployment-A to account account-A" in shown
        assert "acme-prod" not in shown
        await pilot.press("f7")
        await settled(pilot)
        assert "acme-prod" in words_of(picture(app))


async def test_what_is_told_in_passing_is_masked(stage: Stage) -> None:
    app = stage.app("acme-prod", Step.ACCOUNT)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("f7")
        app.notify("acme-prod is in 111111111111")
        await until(pilot, lambda: "is in" in words_of(picture(app)))
        assert "deployment-A is in account-A" in " ".join(words_of(picture(app)).split())


async def test_what_is_copied_is_masked_as_it_is_shown_and_that_is_said(stage: Stage, tmp_path: Path) -> None:
    app = stage.app("acme-prod", Step.REVIEW)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("e")
        await settled(pilot)
        app.screen.query_one("#source").focus()
        await pilot.press("ctrl+y")
        plain = app.clipboard
        await pilot.press("f7")
        await settled(pilot)
        await pilot.press("ctrl+y")
        assert plain
        assert app.clipboard == app.mask(plain)
        told = [notification.message for notification in app._notifications]
        assert any("masked as they are shown" in message for message in told)


async def test_the_same_thing_keeps_its_mask_while_the_application_runs(stage: Stage) -> None:
    app = stage.app("acme-prod", Step.ACCOUNT)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("f7")
        first = app.mask("222222222222 and 333333333333")
        await pilot.press("f7", "f7")
        assert app.mask("333333333333, 222222222222") == ", ".join(reversed(first.split(" and ")))
