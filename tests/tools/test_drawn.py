"""What is drawn of a dialog."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from tests.tools.drawn import drawn


class Dialog(ModalScreen[None]):
    def compose(self) -> ComposeResult:
        yield Static("the question")


class Behind(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("\n".join(["what is behind"] * 9))


async def test_what_is_behind_a_dialog_shows_even_when_the_reader_draws_it_first() -> None:
    app = Behind()
    async with app.run_test(size=(40, 6)) as pilot:
        drawn(app)
        await app.push_screen(Dialog())
        await pilot.pause()
        app.screen.refresh()
        text = "\n".join(strip.text for strip in drawn(app))
        assert "the question" in text
        assert "what is behind" in text
