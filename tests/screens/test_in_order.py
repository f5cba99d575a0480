"""What is typed ahead goes where it would have gone if it had been typed slowly."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.screen import ModalScreen
from textual.widgets import Input

from screens import in_order
from screens.in_order import KeysInOrder
from tests.screens.waiting import until


class Dialog(ModalScreen[str]):
    def compose(self) -> ComposeResult:
        yield Input(id="word")

    @on(Input.Submitted)
    def done(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)


class Form(KeysInOrder):
    """Two fields: Enter goes to the next by way of a message, F2 asks for a word, F3 builds for a while."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "ask", "Ask"),
        Binding("f3", "build", "Build"),
        Binding("f4", "gone", "Gone"),
    ]
    said = ""

    def compose(self) -> ComposeResult:
        yield Input(id="first")
        yield Input(id="second")

    @on(Input.Submitted)
    def to_the_next(self) -> None:
        self.screen.focus_next()

    def action_ask(self) -> None:
        def answered(word: str | None) -> None:
            self.said = word or ""

        self.push_screen(Dialog(), answered)

    async def action_build(self) -> None:
        await asyncio.sleep(0.1)
        third = Input(id="third")
        await self.mount(third)
        third.focus()

    async def action_gone(self) -> None:
        await self.query_one("#first").remove()


def typed(app: App[None], *keys: str) -> None:
    """Press keys faster than anything can act on them."""
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


def values(app: App[None]) -> dict[str | None, str]:
    return {field.id: field.value for field in app.query(Input)}


async def test_a_letter_after_tab_goes_to_the_next_field() -> None:
    app = Form()
    async with app.run_test() as pilot:
        typed(app, "a", "tab", "b", "shift+tab", "c")
        # A field that is entered again is typed anew.
        await until(pilot, lambda: values(app) == {"first": "c", "second": "b"})


async def test_a_letter_after_enter_goes_to_where_enter_leads() -> None:
    app = Form()
    async with app.run_test() as pilot:
        typed(app, "a", "enter", "b")
        await until(pilot, lambda: values(app) == {"first": "a", "second": "b"})


async def test_what_is_typed_while_a_step_is_being_built_goes_into_it() -> None:
    app = Form()
    async with app.run_test() as pilot:
        typed(app, "f3", "x", "y")
        await until(pilot, lambda: len("".join(values(app).values())) == 2)
        assert values(app) == {"first": "", "second": "", "third": "xy"}


async def test_what_is_typed_ahead_of_a_dialog_answers_the_dialog() -> None:
    app = Form()
    async with app.run_test() as pilot:
        typed(app, "f2", "y", "e", "s", "enter", "z")
        await until(pilot, lambda: values(app) == {"first": "z", "second": ""})
        assert app.said == "yes"


async def test_pasted_text_keeps_its_place_among_the_keys() -> None:
    app = Form()
    async with app.run_test() as pilot:
        typed(app, "tab")
        app.post_message(Paste("10.0.0.0/16"))
        typed(app, "x")
        await until(pilot, lambda: values(app) == {"first": "", "second": "10.0.0.0/16x"})


async def test_keys_go_on_when_the_field_that_had_one_is_gone() -> None:
    app = Form()
    async with app.run_test() as pilot:
        typed(app, "f4", "tab", "b")
        await until(pilot, lambda: values(app) in ({"second": "b"}, {"second": ""}))
        typed(app, "tab", "c")
        await until(pilot, lambda: values(app)["second"].endswith("c"))


async def test_an_action_that_does_not_end_does_not_take_the_keyboard_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_order, "PATIENCE_S", 0.01)

    class Lost(Form):
        async def on_settled(self, message: in_order.Settled) -> None:
            message.stop()  # never comes back

    app = Lost()
    async with app.run_test() as pilot:
        typed(app, "a", "b", "c")
        await until(pilot, lambda: values(app)["first"] == "abc")
