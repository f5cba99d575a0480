"""Long texts are searched where they are read: the report of a verification, and the raw log of a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.containers import VerticalScroll
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Static

from screens.help import keys
from screens.steps.report import ReportPane
from screens.widgets.log_view import LogView
from screens.widgets.search import Found, SearchLine, lit, spans
from tests.screens import runs as made
from tests.screens.runs import long_journal, recorded, says
from tests.screens.test_run_view import Viewer
from tests.screens.test_verify_pane import Bed
from tests.screens.waiting import until
from tests.workspaces import run_in, with_examples
from wizard.engine.runs import Run
from wizard.walk.walk import Walk
from wizard.workspace import Place, Workspace

REPORT = "\n".join(
    ["# Verification", *(f"- hop {number}: {'Needle ' * (number % 10 == 3)}seen" for number in range(100))]
)
HITS = list(range(4, 101, 10))


def found_said(app: App[None]) -> str:
    return str(app.query_one("#search-found", Static).content)


# -- what is found ---------------------------------------------------------------------------------------------------


def test_a_text_is_found_however_it_is_written_and_as_itself() -> None:
    assert list(spans("A.b a.B axb", "a.b")) == [(0, 3), (4, 7)]
    assert list(spans("anything", "")) == []


def test_one_begins_at_what_comes_first_from_here_on_and_goes_round_both_ways() -> None:
    found = Found.of(["x", "y", "x", "x"], "x")
    assert found.lines == (0, 2, 3)
    assert found.gone(1, top=1).line == 2
    assert found.gone(1, top=1).gone(1, top=0).gone(1, top=0).line == 0
    assert found.gone(1, top=0).gone(-1, top=0).line == 3
    assert found.gone(1, top=9).line == 0
    assert Found().gone(1, top=0).line == -1


def test_who_types_on_stays_at_what_still_stands_there() -> None:
    assert Found.of(["ab", "a", "ab", "ab"], "ab", begin=2).gone(1, top=0).line == 2
    assert Found.of(["ab", "a", "ab", "ab"], "ab", begin=1).gone(1, top=0).line == 2


def test_what_was_found_is_turned_round_and_where_one_is_stands_out() -> None:
    content = lit(Content("x one\ntwo\nx three"), "x", Found((0, 2), 1))
    assert [(span.start, span.end, str(span.style)) for span in content.spans] == [
        (0, 1, "reverse"),
        (10, 11, "bold underline reverse"),
    ]


# -- the report ------------------------------------------------------------------------------------------------------


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    workspace = Workspace(with_examples(tmp_path))
    walk = Walk(workspace, workspace.place("deployment", "acme-prod"))
    walk.place.reports.mkdir(exist_ok=True)
    (walk.place.reports / "verification-20260301T120000Z.md").write_text(REPORT)
    return walk


async def read(pilot: Pilot[None]) -> VerticalScroll:
    app = pilot.app
    await until(pilot, lambda: "hop 99" in str(app.query_one("#report", Static).content))
    await pilot.pause()
    return app.query_one("#report-box", VerticalScroll)


async def test_a_report_is_searched_gone_through_and_left(walk: Walk) -> None:
    app = Bed(ReportPane, walk)
    async with app.run_test(size=(80, 24)) as pilot:
        box = await read(pilot)
        await pilot.press("slash", *"nEEDLE")
        assert found_said(app) == f"1 of {len(HITS)} found"
        await pilot.press("enter", "greater_than_sign", "greater_than_sign")
        assert box.has_focus
        assert found_said(app) == f"3 of {len(HITS)} found"
        assert box.scroll_offset.y == HITS[2] - 2
        await pilot.press("less_than_sign", "less_than_sign", "less_than_sign")
        assert found_said(app) == f"{len(HITS)} of {len(HITS)} found"
        assert box.scroll_offset.y <= HITS[-1] < box.scroll_offset.y + box.size.height
        await pilot.press("escape")
        assert found_said(app) == ""
        assert not app.query_one(SearchLine).display
        assert box.has_focus
        assert not any("reverse" in str(span.style) for span in app.query_one("#report", Static).content.spans)


async def test_a_report_s_hit_is_on_screen_where_long_lines_take_several_rows(walk: Walk) -> None:
    (walk.place.reports / "verification-20260302T120000Z.md").write_text(
        "\n".join([*("word " * 60 for _ in range(30)), "the needle", "hop 99"])
    )
    app = Bed(ReportPane, walk)
    async with app.run_test(size=(60, 24)) as pilot:
        box = await read(pilot)
        await pilot.press("slash", *"needle")
        await pilot.pause()
        region = app.query_one("#report", Static).content_region
        row = next(y for y in range(region.height) if "needle" in app.query_one("#report", Static).render_line(y).text)
        assert row > 100
        assert box.scroll_offset.y <= row < box.scroll_offset.y + box.size.height


async def test_a_report_is_searched_as_it_is_shown(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Bed(ReportPane, walk)
    async with app.run_test() as pilot:
        await read(pilot)
        await pilot.press("slash", *"needle")
        monkeypatch.setattr(app, "mask", lambda text: text.replace("Needle", "name-A"), raising=False)
        app.query_one(ReportPane).walk_changed()
        assert found_said(app) == "not found"
        await pilot.press(*["backspace"] * 6, *"name-a")
        assert found_said(app) == f"1 of {len(HITS)} found"


async def test_help_names_the_keys_of_a_search(walk: Walk) -> None:
    app = Bed(ReportPane, walk)
    async with app.run_test() as pilot:
        await read(pilot)
        names = lambda: {str(pair.label) for pair in keys(app.screen)}  # noqa: E731 - asked three times
        assert "/" in names()
        assert not {">", "<"} & names()
        await pilot.press("slash", *"needle", "enter")
        assert {"/", ">", "<"} <= names()


async def test_without_a_report_there_is_nothing_to_search(walk: Walk) -> None:
    for path in walk.place.reports.iterdir():
        path.unlink()
    app = Bed(ReportPane, walk)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "no report" in app.text("report-path"))
        await pilot.press("slash")
        assert not app.query(SearchLine)


# -- the raw log -----------------------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place("deployment", "acme-prod", tmp_path / "acme-prod")


@pytest.fixture
def run(place: Place) -> Run:
    run = run_in(place.runs)
    made.gone(run)
    made.ends(run)
    long_journal(run, 1_200)
    return run


async def opened(pilot: Pilot[None], run: Run) -> LogView:
    view = pilot.app.query_one("RunView")
    await until(pilot, lambda: view.ended is not None)  # type: ignore[attr-defined]
    await pilot.press("l")
    log = pilot.app.query_one(LogView)
    lines = run.journal.read_bytes().count(b"\n")
    await until(pilot, lambda: log.text_view.index.lines == lines)
    await until(pilot, lambda: log.text_view.scroll_offset.y == log.text_view.max_scroll_y > 0)
    return log


async def test_the_raw_log_is_searched_gone_through_and_left(run: Run, place: Place) -> None:
    expected = [number for number, line in enumerate(run.journal.read_text().splitlines()) if '[\\"29' in line]
    assert len(expected) == 4 * 11
    app = Viewer(run, place)
    async with app.run_test(size=(200, 30)) as pilot:
        log = await opened(pilot, run)
        text = log.text_view
        await pilot.press("home")
        await until(pilot, lambda: text.scroll_offset.y == 0)
        await pilot.press("slash", *'[\\"29')
        await until(pilot, lambda: found_said(app) == f"1 of {len(expected)} found")
        assert text.scroll_offset.y == expected[0] - 2
        row = text.render_line(2)
        assert [segment.text for segment in row if segment.style and segment.style.reverse] == ['[\\"29']
        await pilot.press("enter", "less_than_sign")
        assert found_said(app) == f"{len(expected)} of {len(expected)} found"
        await until(pilot, lambda: text.scroll_offset.y == min(expected[-1] - 2, text.max_scroll_y))
        await pilot.press("greater_than_sign", "greater_than_sign")
        await until(pilot, lambda: text.scroll_offset.y == min(expected[1] - 2, text.max_scroll_y))
        await pilot.press("escape")
        assert found_said(app) == ""
        assert text.has_focus
        assert not any(segment.style and segment.style.reverse for y in range(5) for segment in text.render_line(y))


async def test_from_the_log_s_end_a_search_goes_round_to_what_stands_above(run: Run, place: Place) -> None:
    app = Viewer(run, place)
    async with app.run_test(size=(200, 30)) as pilot:
        log = await opened(pilot, run)
        await pilot.press("slash", *'[\\"12\\"]')
        await until(pilot, lambda: found_said(app) == "1 of 4 found")
        assert log.text_view.scroll_offset.y == 12 * 4 - 2


async def test_who_types_on_stays_in_the_log_where_it_still_stands(run: Run, place: Place) -> None:
    app = Viewer(run, place)
    async with app.run_test(size=(200, 30)) as pilot:
        log = await opened(pilot, run)
        await pilot.press("slash", "w")
        await until(pilot, lambda: found_said(app).endswith("of 1200 found"))
        here = log.text_view.marked_line
        assert here > 1000
        await pilot.press(*"orking")
        await until(pilot, lambda: found_said(app) == f"{here + 1} of 1200 found")
        assert log.text_view.marked_line == here


async def test_who_types_on_faster_than_it_is_found_stays_as_well(run: Run, place: Place) -> None:
    app = Viewer(run, place)
    async with app.run_test(size=(200, 30)) as pilot:
        log = await opened(pilot, run)
        await pilot.press("slash", "w")
        await until(pilot, lambda: found_said(app).endswith("of 1200 found"))
        here = log.text_view.marked_line
        log.text_view.scroll_to(y=0, animate=False)
        log.find("wo")  # two letters at once: the first is not looked for before the second is there
        log.find("wor")
        await until(pilot, lambda: found_said(app).endswith("of 1200 found"))
        assert log.text_view.marked_line == here


async def test_what_is_not_in_the_log_is_said_to_be_not_found(run: Run, place: Place) -> None:
    app = Viewer(run, place)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, run)
        await pilot.press("slash", *"nowhere")
        await until(pilot, lambda: found_said(app) == "not found")


async def test_what_is_typed_on_ends_the_search_for_what_was_typed_before(run: Run, place: Place) -> None:
    app = Viewer(run, place)
    async with app.run_test(size=(100, 30)) as pilot:
        log = await opened(pilot, run)
        await pilot.press("slash", "s")
        first = log._worker
        await pilot.press("v")
        assert first is None or first.is_cancelled or first.is_finished
        await until(pilot, lambda: found_said(app).endswith("of 1200 found"))


async def test_what_the_log_gains_is_counted_and_nothing_jumps(place: Place) -> None:
    run = recorded(place.runs, "apply-private", outcome=None)
    made.going(run)
    app = Viewer(run, place)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.view.state.events > 0)
        await pilot.press("l")
        log = app.query_one(LogView)
        await until(pilot, lambda: log.text_view.scroll_offset.y == log.text_view.max_scroll_y > 0)
        await pilot.press("home")
        await until(pilot, lambda: log.text_view.scroll_offset.y == 0)
        await pilot.press("slash", *"panic")
        await until(pilot, lambda: found_said(app) == "not found")
        here = log.text_view.scroll_offset.y  # where the first letters were found
        says(run, b"panic: one\n", b"calm\n", b"panic: two\n")
        log.show(run.journal)
        await until(pilot, lambda: found_said(app) == "2 found")
        assert log.text_view.scroll_offset.y == here
        await pilot.press("enter", "greater_than_sign")
        await until(pilot, lambda: found_said(app) == "1 of 2 found")


async def test_before_an_audience_the_log_is_searched_as_it_is_shown(
    run: Run, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Viewer(run, place)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, run)
        await pilot.press("slash", *'[\\"12\\"]')
        await until(pilot, lambda: found_said(app) == "1 of 4 found")
        monkeypatch.setattr(app, "mask", lambda text: text.replace('\\"12\\"', "name-A"), raising=False)
        monkeypatch.setattr(app, "presenter", True, raising=False)
        app.view.refresh_words()
        await until(pilot, lambda: found_said(app) == "not found")
        await pilot.press(*["backspace"] * 8, *"name-a")
        await until(pilot, lambda: found_said(app) == "1 of 4 found")
