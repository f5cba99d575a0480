"""The history on screen: all that was done, the newest first, searched, with what is known of each beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from screens.past import Past, Read
from tests.deploy.record.told import PLAN_DIGEST, after_a_call, well
from tests.screens.stage import Stage, settled, until


def called(tmp_path: Path, patch: pytest.MonkeyPatch, seen: Any) -> Stage:
    """Acme's deployment as a call has left it."""
    after_a_call(tmp_path, seen)
    return Stage(tmp_path, patch, examples=False)


async def test_all_that_was_done_is_told_the_newest_first_and_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = called(tmp_path, monkeypatch, well())
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press(*"acme")
        await settled(pilot)
        await pilot.press("tab", "h")
        await until(pilot, lambda: isinstance(app.screen, Past) and bool(app.screen.events))
        await settled(pilot)
        screen: Any = app.screen
        days = [entry.told[0][1] for entry in screen.list.entries]
        assert days == sorted(days, reverse=True)
        everything = screen.copy_text()
        assert everything.startswith(f"{len(days)} things on record")
        assert f"plan: {PLAN_DIGEST}" in everything
        assert "use1-a: " in everything, "what its shard's runs did"
        assert "secret put: sk/acme/password" in everything

        await pilot.press(*"/sk/acme", "enter")
        await settled(pilot)
        assert "secret put" in screen.list.current.title
        assert "kind: secret" in str(screen.query_one("#entry-told", Static).content)

        screen.post_message(Read(0, ()))
        await settled(pilot)
        assert screen.events, "an earlier reading has nothing to say any more"
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is not screen)


async def test_nothing_on_record_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(tmp_path, monkeypatch)
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        app.push_screen(Past(stage.desk, stage.place()))
        await until(pilot, lambda: isinstance(app.screen, Past) and not app.screen.busy)
        await settled(pilot)
        assert "Nothing is on record" in str(app.screen.query_one("#told-said", Static).content)
