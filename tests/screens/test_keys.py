"""The line of keys: what can be pressed, clicked and read about, drawn anew only when it says something else."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from screens.widgets.keys import Key, Keys, Line, named
from tests.tools.drawn import drawn


class One(Widget, can_focus=True):
    """Something with a key of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "press", "Press")]

    def action_press(self) -> None:
        """Nothing."""


class Pressing(App[None]):
    """Two widgets, one of which has a key of its own, above the line."""

    CSS = "Input, One { height: 1; border: none; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "first", "First", tooltip="What the first one does"),
        Binding("f3", "second", "Second", tooltip="What the second one does"),
        Binding("f4", "hidden", "Hidden", show=False),
        Binding("f5", "missing", "Missing"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.drawn = 0

    def compose(self) -> ComposeResult:
        yield One(id="one")
        yield Input(id="two")
        yield Drawn(self)

    def action_first(self) -> None:
        self.done.append("first")

    def action_second(self) -> None:
        self.done.append("second")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "second" else action != "missing"


class Drawn(Keys):
    """Counts how often it is drawn."""

    def __init__(self, app: Pressing) -> None:
        super().__init__()
        self._counts = app

    def render(self) -> object:  # type: ignore[override]
        self._counts.drawn += 1
        return super().render()


def shown(app: App[None]) -> str:
    return drawn(app)[-1].text


async def test_the_keys_of_what_has_the_focus_stand_there_and_the_commands_at_the_right() -> None:
    app = Pressing()
    async with app.run_test(size=(80, 5)) as pilot:
        app.query_one("#one").focus()
        await pilot.pause()
        assert shown(app).split() == ["⏎", "Press", "f2", "First", "f3", "Second", "▏^p", "palette"]
        assert shown(app).endswith("▏^p palette ")
        app.query_one("#two").focus()
        await pilot.pause()
        assert "Press" not in shown(app)


async def test_a_key_that_leads_nowhere_now_is_told_apart_and_one_that_is_not_there_is_not_shown() -> None:
    app = Pressing()
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.pause()
        keys = {key.word: key for key in app.query_one(Keys).line.keys}
        assert keys["First"].enabled
        assert not keys["Second"].enabled
        assert keys.keys().isdisjoint({"Hidden", "Missing"})


async def test_a_click_presses_the_key_under_the_mouse_and_only_one_that_leads_somewhere() -> None:
    app = Pressing()
    async with app.run_test(size=(80, 5)) as pilot:
        app.query_one("#two").focus()
        await pilot.pause()
        for word in ("First", "Second"):
            await pilot.click(Keys, offset=(shown(app).index(word) + 1, 0))
            await pilot.pause()
        assert app.done == ["first"]


async def test_the_mouse_over_a_key_tells_what_it_does() -> None:
    app = Pressing()
    async with app.run_test(size=(80, 5)) as pilot:
        app.query_one("#two").focus()
        await pilot.pause()
        keys = app.query_one(Keys)
        for word, said in (("First", "What the first one does"), ("Second", "What the second one does")):
            await pilot.hover(Keys, offset=(shown(app).index(word), 0))
            assert keys.tooltip == said
        await pilot.hover(Keys, offset=(40, 0))
        assert keys.tooltip is None


async def test_a_focus_that_moves_among_the_same_keys_draws_nothing_anew() -> None:
    app = Pressing()
    async with app.run_test(size=(80, 5)) as pilot:
        app.query_one("#two").focus()
        await pilot.pause()
        before = app.drawn
        app.screen.refresh_bindings()
        app.screen.refresh_bindings()
        await pilot.pause()
        assert app.drawn == before
        app.query_one("#one").focus()
        await pilot.pause()
        assert app.drawn == before + 1


@pytest.mark.parametrize("width", range(30))
def test_keys_never_take_more_room_than_there_is(width: int) -> None:
    line = Line((Key("f2", "f2", "First", ""), Key("f3", "f3", "Second", "")), Key("^p", "^p", "palette", ""))
    cells = sorted((it.start, it.end) for it in line.placed(width))
    assert all(start <= end <= width for start, end in cells)
    assert all(end <= start for (_, end), (start, _) in pairwise(cells))


def test_where_there_is_little_room_the_ways_out_on_and_to_help_stay() -> None:
    words = ("Choose", "Problem", "Back", "Findings", "Next", "Help")
    keys = tuple(Key(w[0], w[0], w, "", essential=w in {"Back", "Next", "Help"}) for w in words)
    commands = Key("^p", "^p", "Commands", "")
    narrow = [it.key.word for it in sorted(Line(keys, commands).placed(50), key=lambda it: it.start)]
    assert narrow == ["Choose", "Back", "Next", "Help", "Commands"]
    wide = [it.key.word for it in sorted(Line(keys, commands).placed(90), key=lambda it: it.start)]
    assert wide == [*words, "Commands"]


@pytest.mark.parametrize(("key", "called"), [("esc", "Esc"), ("f12", "F12"), ("⏎", "Enter"), ("^n", "^n"), ("f", "f")])
def test_keys_are_named_as_in_all_texts(key: str, called: str) -> None:
    assert named(key) == called
