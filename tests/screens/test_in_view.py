"""The focused field is seen whole, with what is said of it, whatever comes and goes around it, and in whatever order."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from screens.in_view import InView


class Kept(InView):
    """Keeps in view what has the focus."""

    keeps: ClassVar[bool] = True


class Shown(App[None]):
    """Twenty fields of two lines, and below them something that takes room at times."""

    CSS = """
    Kept { height: 1fr; } #below { height: 5; } .field { height: 2; } Input { height: 1; border: none; }
    """

    def compose(self) -> ComposeResult:
        with Kept():
            for number in range(20):
                yield Vertical(Input(id=f"field-{number}"), classes="field")
        yield Static(id="below")

    def on_mount(self) -> None:
        self.query_one("#below").display = False
        for each in self.query(".field"):
            each.in_view_whole = True  # type: ignore[attr-defined]

    def field(self, number: int) -> Vertical:
        """The field with a number."""
        return self.query(".field")[number]  # type: ignore[return-value]

    def whole(self, number: int) -> bool:
        """Whether all of a field is seen."""
        return self.query_one(Kept).scrollable_content_region.contains_region(self.field(number).region)


async def test_what_takes_room_below_leaves_the_field_in_view() -> None:
    app = Shown()
    async with app.run_test(size=(40, 12)) as pilot:
        app.query_one("#field-5", Input).focus(scroll_visible=False)
        await pilot.pause()
        assert app.query_one(Kept).scroll_y == 0
        app.query_one("#below").display = True
        await pilot.pause()
        assert app.whole(5)


async def test_what_is_said_of_it_is_seen_too() -> None:
    app = Shown()
    async with app.run_test(size=(40, 12)) as pilot:
        app.query_one("#field-5", Input).focus(scroll_visible=False)
        await pilot.pause()
        app.field(5).styles.height = 6
        await pilot.pause()
        assert app.whole(5)


async def test_what_came_and_went_makes_no_difference() -> None:
    app = Shown()
    async with app.run_test(size=(40, 12)) as pilot:
        app.query_one("#field-5", Input).focus(scroll_visible=False)
        for shown in (True, False):
            app.query_one("#below").display = shown
            await pilot.pause()
        assert app.query_one(Kept).scroll_y == 0


async def test_whoever_scrolls_goes_where_they_want() -> None:
    app = Shown()
    async with app.run_test(size=(40, 12)) as pilot:
        app.query_one("#field-5", Input).focus(scroll_visible=False)
        await pilot.pause()
        app.query_one(Kept).scroll_to(y=20, animate=False, immediate=True)
        await pilot.pause()
        app.query_one("#below").display = True
        await pilot.pause()
        assert app.query_one(Kept).scroll_y == 20
