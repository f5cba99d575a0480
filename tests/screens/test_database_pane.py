"""The database step: its questions, its own word, the script for the DBA and the file that comes back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from screens.desk import Desk
from screens.messages import CheckAgain
from screens.steps.database import DatabasePane
from screens.widgets.ask_path import AskPath
from screens.widgets.panel import Panel
from tests.readiness.documents import document, said
from tests.screens.asking import Asking, finding, walk_in
from wizard.deploy import readiness
from wizard.findings import Severity

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def on_pane(root: Path, name: str = "acme-prod", *, looked: bool = False) -> Asking:
    walk = walk_in(root / "workspace", name)
    if looked:
        readiness.save(walk.place, said(now=AT))
    return Asking(walk, lambda walk: DatabasePane(walk, Desk(walk.workspace, {})))


def panel(app: Asking) -> str:
    return " ".join(app.query_one(Panel).render().plain.split())


async def settled(app: Asking, pilot: Any) -> None:
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()


async def give(app: Asking, pilot: Any, path: Path) -> None:
    """Type a path into the modal, and let what follows come to its end."""
    await pilot.pause()
    assert isinstance(app.screen, AskPath)
    app.screen.query_one(Input).value = str(path)
    await pilot.press("enter")
    await settled(app, pilot)


async def test_who_said_what_of_the_database_and_when_is_shown(tmp_path: Path) -> None:
    app = on_pane(tmp_path, looked=True)
    async with app.run_test() as pilot:
        await settled(app, pilot)
        assert "2026-11-20 09:00 UTC" in panel(app)
        assert "by the script, run by the customer's DBA" in panel(app)
        assert "nobody has looked" not in panel(app)


async def test_that_nobody_has_looked_is_told_with_the_ways_to(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    async with app.run_test() as pilot:
        await settled(app, pilot)
        assert "nobody has looked yet" in panel(app)
        assert "planewright readiness acme-prod --psql" in panel(app)


async def test_a_file_that_cannot_be_read_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    app.walk.place.readiness.write_text("{")
    async with app.run_test() as pilot:
        await settled(app, pilot)
        assert "✗ problem" in panel(app)


async def test_what_is_wrong_with_the_database_is_counted_by_weight(tmp_path: Path) -> None:
    app = on_pane(tmp_path, looked=True)
    async with app.run_test() as pilot:
        await settled(app, pilot)
        app.check(
            finding("database.host", Severity.CRITICAL, "DB_WAL_LEVEL"),
            finding("database.host", Severity.WARN, "DB_SLOTS"),
            finding("database.host", Severity.WARN, "OTHER"),
        )
        assert "✗ critical DB_WAL_LEVEL" in panel(app)
        assert "! warn DB_SLOTS" in panel(app)
        assert "OTHER" not in panel(app)


async def test_the_script_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    async with app.run_test() as pilot:
        await settled(app, pilot)
        app.form.focus_on("database.host")
        await pilot.pause()
        await pilot.press("f3")
        await give(app, pilot, tmp_path / "ask.sql")
        assert app.walk.target is not None
        assert (tmp_path / "ask.sql").read_text() == readiness.script_for(app.walk.target.deployment)
        assert "✓ done" in panel(app)


async def test_the_script_goes_over_no_other_file(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    mine = tmp_path / "mine.sql"
    mine.write_text("select 1;")
    async with app.run_test() as pilot:
        await settled(app, pilot)
        app.query_one("#write-script").focus()
        await pilot.pause()
        await pilot.press("enter")
        await give(app, pilot, mine)
        assert mine.read_text() == "select 1;"
        assert "another file" in panel(app)


async def test_the_script_waits_until_the_database_is_known(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "new-one")
    async with app.run_test() as pilot:
        await settled(app, pilot)
        app.query_one(DatabasePane).action_write_script()
        await pilot.pause()
        assert not isinstance(app.screen, AskPath)
        assert "answer what is lacking first" in panel(app)


async def test_what_the_dba_sent_is_kept_and_checked(tmp_path: Path) -> None:
    sent = tmp_path / "sent.json"
    sent.write_text(json.dumps(document(at="2026-11-20T09:00:00Z")))
    app = on_pane(tmp_path)
    async with app.run_test() as pilot:
        await settled(app, pilot)
        app.query_one(DatabasePane).action_read_sent()
        await give(app, pilot, sent)
        await settled(app, pilot)
        assert readiness.load(app.walk.place) is not None
        assert "2026-11-20 09:00 UTC" in panel(app)
        assert isinstance(app.said[-1], CheckAgain)


@pytest.mark.parametrize("text", ["not json", None])
async def test_a_file_that_is_not_what_the_script_gave_is_refused(tmp_path: Path, text: str | None) -> None:
    sent = tmp_path / "sent.json"
    if text is not None:
        sent.write_text(text)
    app = on_pane(tmp_path)
    async with app.run_test() as pilot:
        await settled(app, pilot)
        app.form.focus_on("database.host")
        await pilot.pause()
        await pilot.press("f4")
        await give(app, pilot, sent)
        assert "✗ problem" in panel(app)
        assert not app.walk.place.readiness.exists()
        assert not app.said
