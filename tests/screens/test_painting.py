"""What is painted in parts is what Textual would paint, and a change is laid out once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.control import ControlType
from rich.segment import Segment
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.app import App
from textual.messages import Layout
from textual.screen import Screen
from textual.widget import Widget

from screens.painting import Settled, Sparing
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.notes import Note
from tests.screens import gallery, gallery_runs  # noqa: F401 - they fill the gallery
from tests.screens.stage import SCENES, Stage, settled
from tests.screens.variants import GOES_ON
from tests.screens.waiting import until

Cells = dict[tuple[int, int], tuple[str, Any]]


@pytest.mark.parametrize("name", ["topology-overlapping", "deployments"])
async def test_the_same_is_sent_to_the_terminal_as_textual_would_send(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, drive = SCENES[name](Stage(tmp_path, monkeypatch))
    other: list[tuple[Cells, Cells]] = []
    painted: list[int] = []

    def both(self: Sparing) -> ChopsUpdate | None:
        dirty = set(self._dirty_regions)
        theirs = Compositor.render_partial_update(self)
        self._dirty_regions = dirty
        ours = sparing(self)
        seen, wanted = cells(app, ours), cells(app, theirs)
        if seen != wanted:
            other.append((seen, wanted))
        painted.append(len(seen))
        return ours

    sparing = Sparing.render_partial_update
    monkeypatch.setattr(Sparing, "render_partial_update", both)
    async with app.run_test(size=(120, 40)) as pilot:
        await drive(pilot)
        for key in ("down", "x", "tab", "f9", "pagedown", "escape", "n"):
            await pilot.press(key)
            await settled(pilot, but=GOES_ON)
    assert other == []
    assert any(0 < count < 120 * 40 // 2 for count in painted)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("name", ["topology-overlapping", "database"])
async def test_what_is_painted_bit_by_bit_comes_to_what_is_there(
    name: str, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, drive = SCENES[name](Stage(tmp_path, monkeypatch))
    terminals: dict[Screen[Any], dict[tuple[int, int], str]] = {}
    theirs = App._display

    def display(self: App[None], screen: Screen[Any], renderable: Any) -> None:
        if isinstance(renderable, LayoutUpdate):
            terminals[screen] = whole(screen)
        elif isinstance(renderable, ChopsUpdate):
            shown = {at: char for at, (char, _) in cells(self, renderable).items()}
            terminals.setdefault(screen, {}).update(shown)
        theirs(self, screen, renderable)

    monkeypatch.setattr(App, "_display", display)
    async with app.run_test(size=size) as pilot:
        await drive(pilot)
        for key in (
            "x",
            "backspace",
            "tab",
            "pagedown",
            "ctrl+u",
            "f9",
            "end",
            "!",
            "pageup",
            "f6",
            "down",
            "f6",
            "up",
        ):
            await pilot.press(key)
            await settled(pilot, but=GOES_ON)
            there, painted = whole(app.screen), terminals[app.screen]
            assert {at: (painted.get(at), char) for at, char in there.items() if painted.get(at) != char} == {}, key


async def test_what_stays_where_it_was_is_not_painted_when_there_is_less_room_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, drive = SCENES["topology-private"](Stage(tmp_path, monkeypatch))
    async with app.run_test(size=(120, 40)) as pilot:
        await drive(pilot)
        drawn: set[Widget] = set()
        theirs = Widget.render_lines
        monkeypatch.setattr(Widget, "render_lines", lambda self, crop: drawn.add(self) or theirs(self, crop))
        line = app.screen.query_one("#standing")
        line.styles.height = 3
        await until(pilot, lambda: line.size.height == 3)
        await settled(pilot, but=GOES_ON)
        fields = [
            field
            for field in app.screen.query(Field)
            if field.region and field in app.screen._compositor.visible_widgets
        ]
        assert line in drawn
        assert [field for field in fields if field.region.bottom < line.region.y - 3]
        assert [field.key for field in fields if field in drawn and field.region.bottom < line.region.y - 3] == []


async def test_a_background_is_drawn_by_one_line_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, drive = SCENES["topology-private"](Stage(tmp_path, monkeypatch))
    async with app.run_test(size=(120, 40)) as pilot:
        await drive(pilot)
        rows: list[int] = []
        theirs = Form.render_lines
        monkeypatch.setattr(Form, "render_lines", lambda self, crop: rows.append(crop.height) or theirs(self, crop))
        app.screen.query_one(Form).refresh()
        await settled(pilot, but=GOES_ON)
        assert app.screen.query_one(Form).size.height > 10
        assert set(rows) == {1}


async def test_a_letter_has_only_its_own_field_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, drive = SCENES["topology-private"](Stage(tmp_path, monkeypatch))
    async with app.run_test(size=(120, 40)) as pilot:
        await drive(pilot)
        focused = app.focused
        assert focused is not None
        drawn: set[Widget] = set()
        theirs = Widget.render_lines
        monkeypatch.setattr(Widget, "render_lines", lambda self, crop: drawn.add(self) or theirs(self, crop))
        focused.refresh()
        await settled(pilot, but=GOES_ON)
        assert focused in drawn
        assert {it for it in drawn if isinstance(it, Field)} == {focused.parent}


async def test_what_an_answer_brings_along_is_laid_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, drive = SCENES["topology-private"](Stage(tmp_path, monkeypatch))
    asked: list[str] = []
    theirs = Screen._on_layout

    async def asking(self: Screen[None], message: Layout) -> None:
        asked.append(type(message.widget).__name__)
        await theirs(self, message)

    async with app.run_test(size=(120, 40)) as pilot:
        await drive(pilot)
        field = next(it for it in app.screen.query(Field) if it.key == "transit.vpc_cidr")
        monkeypatch.setattr(Screen, "_on_layout", asking)
        field.show(replace(field.said, notes=tuple(Note("high", code, "", "what", "", "") for code in ("ONE", "TWO"))))
        await until(pilot, lambda: field.size.height == 3)
        await settled(pilot, but=GOES_ON)
    assert set(asked) == {"Field"}


def test_textual_itself_lays_out_again_what_has_another_size() -> None:
    """When this holds no longer, `Settled` can go."""
    assert Widget.__dict__["virtual_size"]._layout
    assert not Settled.__dict__["virtual_size"]._layout


def whole(screen: Screen[Any]) -> dict[tuple[int, int], str]:
    """Give what a screen shows, all of it drawn from nothing."""
    lines = Compositor.render_strips(screen._compositor)
    return {(x, y): char for y, line in enumerate(lines) for x, char in enumerate(line.text)}


def cells(app: App[None], update: ChopsUpdate | None) -> Cells:
    """Give what an update puts where."""
    found: Cells = {}
    if update is None:
        return found
    x = y = 0
    for segment in app.console.render(update):
        for control in segment.control or ():
            if control[0] is ControlType.CURSOR_MOVE_TO:
                x, y = int(control[1]), int(control[2])  # type: ignore[misc]
        for char in "" if segment.control else _plain(segment):
            found[x, y] = (char, segment.style)
            x += 1
    return found


def _plain(segment: Segment) -> Iterator[str]:
    yield from segment.text.replace("\n", "")
