"""What fits itself to its room does so however it came to it, also where Textual tells nobody."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from screens.fitting import Fitting
from tests.screens.waiting import until


class Told(Static):
    """What is told of its size by Textual alone."""

    told = 0

    def on_resize(self) -> None:
        self.told += 1


class Fits(VerticalScroll, Fitting):
    """What remembers the widths that it was fitted to."""

    def __init__(self) -> None:
        super().__init__(Static("one", id="text"))
        self.widths: list[int] = []

    def fit(self) -> None:
        self.widths.append(self.scrollable_content_region.width)


class Room(App[None]):
    CSS = "Fits { height: 4; } Told { height: 1; }"

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="scrolled"):
            yield Static("a line\n" * 60)
        with Vertical(id="later"):
            yield Told("told")
            yield Fits()

    def on_mount(self) -> None:
        self.query_one("#later").display = False


async def test_what_is_shown_after_a_scroll_is_fitted_although_nobody_is_told() -> None:
    app = Room()
    async with app.run_test(size=(40, 20)) as pilot:
        app.query_one("#scrolled").scroll_to(y=5, animate=False)
        await pilot.pause()
        app.query_one("#later").display = True
        assert app.query_one("#scrolled").region  # somebody asks for a place before the next layout

        fits = app.query_one(Fits)
        await until(pilot, lambda: fits.widths)

        assert fits.widths == [40]
        assert app.query_one(Told).told == 0, "Textual has learnt to tell: this is needed no more"


async def test_a_scrollbar_that_comes_takes_its_room_and_gives_it_back() -> None:
    app = Room()
    async with app.run_test(size=(40, 20)) as pilot:
        fits, text = app.query_one(Fits), app.query_one("#text", Static)
        app.query_one("#later").display = True
        await until(pilot, lambda: fits.widths)
        text.update("a line\n" * 9)
        await until(pilot, lambda: fits.widths[-1] == 38 == fits.scrollable_content_region.width)
        text.update("a line")
        await until(pilot, lambda: fits.widths[-1] == 40 == fits.scrollable_content_region.width)


async def test_the_same_room_is_fitted_to_once() -> None:
    app = Room()
    async with app.run_test(size=(40, 20)) as pilot:
        app.query_one("#later").display = True
        fits = app.query_one(Fits)
        await until(pilot, lambda: fits.widths)
        app.screen.refresh(layout=True)
        await pilot.pause()
        assert fits.widths == [40]
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: len(fits.widths) > 1)
        assert fits.widths == [40, 60]
