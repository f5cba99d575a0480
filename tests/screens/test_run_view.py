"""A run on screen: followed, seen again, read in full. What it says is what the engine's stream says, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from screens.styles import DARK, of_app, of_steps
from screens.widgets.log_view import LogView
from screens.widgets.run_log import RunLog
from screens.widgets.run_rows import RunRows
from screens.widgets.run_view import RunView
from tests.screens import runs as made
from tests.screens.runs import NOW, long_journal, recorded, says, stream_lines
from tests.screens.waiting import until
from tests.workspaces import run_in
from wizard.engine.runs import Run
from wizard.walk.run_rows import said
from wizard.workspace import Place


class Viewer(App[None]):
    CSS_PATH: ClassVar = [*of_app(), *of_steps()]

    def __init__(self, run: Run, place: Place) -> None:
        super().__init__()
        self.run_shown, self.place = run, place
        self.now = NOW
        self.register_theme(DARK)
        self.theme = DARK.name

    def compose(self) -> ComposeResult:
        yield RunView(clock=lambda: self.now)

    def on_mount(self) -> None:
        self.view.attach(self.run_shown, self.place)
        self.query_one(RunRows).focus()

    @property
    def view(self) -> RunView:
        return self.query_one(RunView)

    def text(self, name: str) -> str:
        return str(self.query_one(f"#{name}", Static).render())

    @property
    def rows(self) -> list[tuple[str, str]]:
        rows = self.query_one(RunRows).rows
        return [(said(row)[1], getattr(row, "address", "")) for row in map(rows.at, range(len(rows)))]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place("deployment", "acme-prod", tmp_path / "acme-prod")


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    return iter(())


async def test_a_finished_run_is_seen_again_whole(place: Place) -> None:
    app = Viewer(recorded(place.runs, "apply-private"), place)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.view.ended is not None)
        assert app.view.state.done == 108
        assert "✓ succeeded: 108 added, 0 changed, 0 destroyed" in app.text("run-verdict")
        assert "108 of 108 done" in app.text("run-totals")
        assert "in flight" not in app.text("run-totals")
        assert ("created", "module.shard.aws_nat_gateway.nat") in app.rows


async def test_what_failed_stands_first_with_its_error_and_the_way_on(place: Place) -> None:
    app = Viewer(recorded(place.runs, "apply-fail-midway", outcome="failed"), place)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.view.ended is not None)
        assert app.rows[0][0] == "failed creating"
        failed = app.view.state.failed[0]
        assert failed.diagnostic is not None
        await until(pilot, lambda: "Creating..." in app.text("run-detail"))
        detail = app.text("run-detail")
        assert failed.address in detail
        assert failed.diagnostic.summary in " ".join(detail.split())
        assert "remedy: " in detail
        assert "✗ instance could not be applied" in app.text("run-verdict")
        assert "next: " in app.text("run-verdict")


async def test_an_error_that_belongs_to_no_resource_is_shown_too(place: Place) -> None:
    app = Viewer(recorded(place.runs, "err-no-credentials", outcome="failed", action="plan"), place)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.view.ended is not None)
        assert app.rows[0][0] == "error"
        assert "the engine has no AWS credentials" in app.text("run-verdict")


async def test_a_run_whose_engine_died_is_told_as_killed_with_what_was_in_flight(place: Place) -> None:
    app = Viewer(recorded(place.runs, "apply-sigkill", outcome=None), place)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.view.ended is not None)
        verdict = app.text("run-verdict")
        assert "the engine was killed while it applied instance" in verdict
        assert "planewright unlock acme-prod" in verdict


async def test_a_run_that_goes_on_is_followed_from_its_first_line_and_to_its_end(place: Place) -> None:
    lines = stream_lines("apply-private")
    run = run_in(place.runs)
    made.going(run)
    says(run, *lines[:150])
    app = Viewer(run, place)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.view.state.events == 150)
        assert app.view.going
        assert "in flight" in app.text("run-totals")
        says(run, *lines[150:])
        made.ends(run)
        await until(pilot, lambda: app.view.ended is not None)
        assert app.view.state.done == 108


async def test_clocks_of_what_is_in_flight_go_on_without_any_event(place: Place) -> None:
    run = run_in(place.runs)
    made.going(run)
    says(run, *stream_lines("apply-private")[:150])
    app = Viewer(run, place)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: bool(app.view.state.in_flight))
        before = app.text("run-totals")
        events = app.view.state.events
        app.now += timedelta(minutes=5)
        await until(pilot, lambda: app.text("run-totals") != before)
        assert app.view.state.events == events
        assert "7m29s" in app.text("run-totals")  # created 03:55:01, the clock now says 04:02:30


async def test_the_cursor_stays_with_its_resource_while_that_is_finished(place: Place) -> None:
    lines = stream_lines("apply-private")
    run = run_in(place.runs)
    made.going(run)
    says(run, *lines[:150])
    app = Viewer(run, place)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: bool(app.view.state.in_flight))
        await pilot.press("down")
        rows = app.query_one(RunRows)
        assert rows.chosen is not None
        address = rows.chosen.address  # type: ignore[union-attr]
        assert said(rows.chosen)[1] == "creating"
        says(run, *lines[150:])
        made.ends(run)
        await until(pilot, lambda: app.view.ended is not None)
        assert rows.chosen.address == address  # type: ignore[union-attr]
        assert said(rows.chosen)[1] == "created"
        assert "✓ created" in app.text("run-detail")


async def test_leaving_ends_the_looking_and_not_the_run(place: Place) -> None:
    run = run_in(place.runs)
    made.going(run)
    says(run, *stream_lines("apply-private")[:150])
    app = Viewer(run, place)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.view.state.events == 150)
    # Leaving the block joins every thread: a follower that outlives its screen would hang here for as long as the run.
    assert run.recorded() is None
    assert run.alive()


async def test_the_raw_log_is_the_journal_line_by_line(place: Place) -> None:
    run = recorded(place.runs, "apply-private")
    lines = run.journal.read_text().splitlines()
    app = Viewer(run, place)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.view.ended is not None)
        await pilot.press("l")
        log = app.query_one(RunLog)
        await until(pilot, lambda: log.index.lines == len(lines))
        await until(pilot, lambda: log.scroll_offset.y == log.max_scroll_y > 0)
        height, width = log.scrollable_content_region.height, log.scrollable_content_region.width
        assert log.render_line(height - 1).text == lines[-1][:width].ljust(width)
        await pilot.press("home")
        await until(pilot, lambda: log.scroll_offset.y == 0)
        assert log.render_line(0).text == lines[0][:width]
        await pilot.press("l")
        assert not app.query_one(LogView).display
        assert app.query_one(RunRows).has_focus


async def test_a_secret_in_the_engine_s_words_is_masked_in_the_log(place: Place) -> None:
    run = recorded(place.runs, "apply-private", lines=1)
    says(run, b"panic: password=hunter2-and-more \x1b[31mred")
    app = Viewer(run, place)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.view.ended is not None)
        await pilot.press("l")
        log = app.query_one(RunLog)
        await until(pilot, lambda: log.index.lines == 2)
        shown = log.render_line(1).text
        assert "panic: password=" in shown
        assert "hunter2" not in shown
        assert "\x1b" not in shown


async def test_names_and_addresses_are_masked_before_an_audience(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Viewer(recorded(place.runs, "apply-fail-midway", outcome="failed"), place)
    monkeypatch.setattr(
        app, "mask", lambda text: text.replace("acme-prod", "•••").replace("operator", "•••"), raising=False
    )
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.view.ended is not None)
        assert "acme-prod" not in app.text("run-head") + app.text("run-verdict") + app.text("run-detail")
        assert "operator" not in app.text("run-head")


async def test_a_hundred_thousand_events_are_shown_with_what_is_left_out_counted(place: Place) -> None:
    run = run_in(place.runs)
    made.gone(run)
    made.ends(run)
    long_journal(run, 100_000)
    app = Viewer(run, place)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.view.ended is not None)
        assert app.view.state.done == 25_000
        rows = app.query_one(RunRows)
        assert len(rows.rows) == 501  # what the reducer keeps, and one row that says so
        assert rows.rows.last[0].text.startswith("and 24,500 more done")


async def test_what_is_left_is_told_from_an_earlier_run(place: Place) -> None:
    before = run_in(place.runs)
    made.gone(before)
    made.ends(before)  # took 3m59s
    later = before.path.parent / "20261121T035601.000000Z-0001"
    before.path.rename(later)
    text = (later / "request.json").read_text()
    (later / "request.json").write_text(text.replace(before.id, later.name))
    run = run_in(place.runs)
    made.going(run)
    says(run, *stream_lines("apply-private")[:150])
    app = Viewer(run, place)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "left, told from the run before" in app.text("run-totals"))
        assert "about 1m30s left" in app.text("run-totals")  # 3m59s - 2m29s
