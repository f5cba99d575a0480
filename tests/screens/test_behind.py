"""What follows from a key is shown behind the keys, part by part, each of them painted, and always the newest."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App
from textual.screen import Screen

from screens.behind import Behind
from tests.screens.waiting import until


class Bench(App[None]):
    """An application in which a key is on its way or not, as a test says."""

    typing = False


class Parts:
    """Two parts; notes which were shown, and what was on its way then."""

    def __init__(self, screen: Screen[None], between: Callable[[], None] = lambda: None) -> None:
        self.shown: list[str] = []
        self.newest = 0
        self._between = between
        self.behind = Behind(screen, self._first, self._second)

    def _first(self) -> None:
        self.shown.append(f"first {self.newest}")
        self._between()

    def _second(self) -> None:
        self.shown.append(f"second {self.newest}")


async def test_parts_are_shown_one_after_the_other_and_once_however_often_somebody_asked() -> None:
    async with Bench().run_test() as pilot:
        parts = Parts(pilot.app.screen)
        parts.behind.soon()
        parts.behind.soon()
        assert parts.shown == []  # the letter is painted first
        await until(pilot, lambda: parts.shown == ["first 0", "second 0"])
        parts.behind.soon()
        await until(pilot, lambda: len(parts.shown) == 4)
        assert parts.shown[2:] == ["first 0", "second 0"]


async def test_a_key_that_comes_between_two_parts_acts_before_the_second() -> None:
    app = Bench()
    async with app.run_test() as pilot:

        def comes() -> None:
            app.typing = True

        parts = Parts(app.screen, comes)
        parts.behind.soon()
        await until(pilot, lambda: parts.shown)
        for _ in range(5):
            await pilot.pause(0.02)
        assert parts.shown == ["first 0"]
        app.typing = False
        await until(pilot, lambda: parts.shown == ["first 0", "second 0"])


async def test_what_a_key_between_two_parts_changes_is_shown_from_the_first_again() -> None:
    app = Bench()
    async with app.run_test() as pilot:

        def comes() -> None:
            app.typing = parts.newest == 0

        parts = Parts(app.screen, comes)
        parts.behind.soon()
        await until(pilot, lambda: parts.shown)
        parts.newest, app.typing = 1, False
        parts.behind.soon()
        await until(pilot, lambda: len(parts.shown) >= 3)
        assert parts.shown == ["first 0", "first 1", "second 1"]
