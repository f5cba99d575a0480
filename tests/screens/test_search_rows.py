"""Lists are searched by the same keys as long texts: the hops of a path, the steps of a handoff; with what is told of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from screens.help import keys
from screens.styles import DARK, of_app, of_steps
from screens.widgets.hop_list import HopList
from screens.widgets.search import SearchLine
from screens.widgets.task_list import TaskList
from tests.screens.test_search import found_said
from tests.verify import world
from wizard.walk.handoff import Party, State, Task

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HOPS = world.look(world.FakeReads(), on_hop=lambda _hop: None).hops
TASKS = (
    Task("accept", Party.CUSTOMER, "accept the peering", values=(("id", "pcx-1"),)),
    Task("routes", Party.CUSTOMER, "routes to the transit VPC", command="aws ec2 create-route"),
    Task("rule", Party.CUSTOMER, "a rule for port 5432", state=State.DONE, seen=("a route was seen",)),
)


class Bed(App[None]):
    CSS_PATH: ClassVar = [*of_app(), *of_steps()]

    def __init__(self, rows: HopList | TaskList) -> None:
        super().__init__()
        self.rows = rows
        self.masks: Callable[[str], str] = str
        self.register_theme(DARK)
        self.theme = DARK.name

    def compose(self) -> ComposeResult:
        yield self.rows

    def on_mount(self) -> None:
        if isinstance(self.rows, HopList):
            self.rows.show(HOPS)
        else:
            self.rows.show(TASKS, NOW)
        self.query_one(OptionList).focus()

    def mask(self, text: str) -> str:
        return self.masks(text)

    @property
    def at(self) -> int | None:
        return self.query_one(OptionList).highlighted

    @property
    def lit(self) -> list[int]:
        """The rows in which something is marked."""
        options = self.query_one(OptionList)
        prompts = (options.get_option_at_index(row).prompt for row in range(options.option_count))
        return [row for row, it in enumerate(prompts) if "reverse" in str(getattr(it, "spans", ""))]


async def search(pilot: Pilot[None], text: str) -> None:
    await pilot.press("slash", *text)
    await pilot.pause()


async def test_a_step_is_found_by_what_it_says_or_takes_and_gone_through_both_ways() -> None:
    app = Bed(TaskList())
    async with app.run_test(size=(120, 24)) as pilot:
        await search(pilot, "ROUTE")
        assert (app.at, found_said(app), app.lit) == (1, "1 of 2 found", [1])
        await pilot.press("enter", "greater_than_sign")
        assert (app.at, found_said(app)) == (2, "2 of 2 found")
        assert "reverse" in str(app.query_one("#task-detail", Static).content.spans), "it stands in what was seen"
        await pilot.press("greater_than_sign")
        assert app.at == 1
        await pilot.press("less_than_sign")
        assert app.at == 2
        await pilot.press("up", "up")
        assert (app.at, found_said(app)) == (0, "2 found")
        await pilot.press("less_than_sign")
        assert app.at == 2
        await pilot.press("escape")
        assert (app.at, found_said(app), app.lit) == (2, "", [])
        assert not app.query_one(SearchLine).display
        assert app.query_one(OptionList).has_focus


async def test_what_is_nowhere_is_said_and_nothing_moves() -> None:
    app = Bed(TaskList())
    async with app.run_test(size=(120, 24)) as pilot:
        await pilot.press("down")
        await search(pilot, "nowhere")
        assert (app.at, found_said(app)) == (1, "not found")
        await pilot.press("enter", "greater_than_sign", "less_than_sign")
        assert app.at == 1


async def test_a_list_that_is_looked_at_again_keeps_its_search() -> None:
    app = Bed(TaskList())
    async with app.run_test(size=(120, 24)) as pilot:
        await search(pilot, "route")
        more = Task("more", Party.CUSTOMER, "another route")
        app.query_one(TaskList).show((*TASKS, more), NOW)
        await pilot.pause()
        assert (app.at, found_said(app), app.lit) == (1, "1 of 3 found", [1, 3])


async def test_hops_are_searched_with_what_was_seen_of_them_in_the_order_that_is_shown() -> None:
    hidden = next(hop for hop in HOPS if hop.evidence)
    app = Bed(HopList())
    async with app.run_test(size=(120, 40)) as pilot:
        await search(pilot, hidden.evidence[0][:30])
        assert app.query_one(HopList).chosen == hidden
        await pilot.press("enter", "w")
        shown = app.query_one(HopList)._shown
        assert app.at == shown.index(hidden)
        assert found_said(app).startswith("1 of ")


async def test_hops_that_come_while_one_searches_are_searched() -> None:
    app = Bed(HopList())
    async with app.run_test(size=(120, 40)) as pilot:
        app.query_one(HopList).show(HOPS[:3])
        await search(pilot, HOPS[3].title)
        assert found_said(app) == "not found"
        app.query_one(HopList).add(HOPS[3])
        await pilot.pause()
        assert found_said(app) == "1 found"
        await pilot.press("enter", "greater_than_sign")
        assert app.query_one(HopList).chosen == HOPS[3]


async def test_names_are_searched_as_they_are_shown() -> None:
    app = Bed(TaskList())
    async with app.run_test(size=(120, 24)) as pilot:
        app.masks = lambda text: text.replace("pcx-1", "peering-A")
        app.query_one(TaskList).show(TASKS, NOW)
        await search(pilot, "pcx-1")
        assert found_said(app) == "not found"
        await pilot.press(*["backspace"] * 5, *"peering-a")
        assert found_said(app) == "1 of 1 found"


@pytest.mark.parametrize("rows", [TaskList, HopList])
async def test_the_key_is_named_where_there_are_rows(rows: type[HopList | TaskList]) -> None:
    app = Bed(rows())
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "/" in {str(pair.label) for pair in keys(app.screen)}
        assert app.rows.searchable()
        app.query_one(OptionList).clear_options()
        assert not app.rows.searchable()
