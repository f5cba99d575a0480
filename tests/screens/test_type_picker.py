"""The picker shows what the region has and what carries the role, filters as one types, and takes a name when AWS gives none."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from textual.app import App
from textual.widgets import Input, Static

from screens.machines import Machines
from screens.widgets.type_picker import TypePicker
from screens.widgets.virtual_table import VirtualTable
from tests.sizing.machines import every_type, machine, wish
from wizard.sizing.roles import Wish

FEW = ("c6i.large", "i4i.4xlarge", "m1.small", "r6i.4xlarge", "r6i.8xlarge", "r6i.large", "r7g.4xlarge", "t3.2xlarge")


def machines(*names: str, **changes: Any) -> Machines:
    kinds = [machine(name) for name in names] if names else every_type()
    known: dict[str, Any] = {
        "kinds": {kind.name: kind for kind in kinds},
        "offered": frozenset(kind.name for kind in kinds),
        "whole": True,
    }
    return Machines("us-east-1", "use1-az1", **(known | changes))


class Picking(App[None]):
    def __init__(self, known: Machines, *, role: str = "ingestion", asked: Wish | None = None) -> None:
        super().__init__()
        self.picker = TypePicker(role, asked or wish(role=role), "r6i.4xlarge", lambda: known)
        self.taken: list[str | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.picker, self.taken.append)

    @property
    def names(self) -> list[str]:
        return [row.key for row in self.picker.query_one(VirtualTable).rows]

    def text(self, of: str) -> str:
        return str(self.picker.query_one(of, Static).render())


async def ready(app: App[None], pilot: Any) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


async def test_what_fits_stands_first_the_smallest_on_top_and_the_cursor_is_on_the_current_type() -> None:
    app = Picking(machines(*FEW))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        fitting = [row.key for row in app.picker.query_one(VirtualTable).rows if not row.dim]
        assert fitting == app.names[: len(fitting)]
        assert {"r6i.4xlarge", "r6i.8xlarge", "r7g.4xlarge"} <= set(fitting)
        assert app.names.index("r6i.4xlarge") < app.names.index("r6i.8xlarge")
        current = app.picker.query_one(VirtualTable).current
        assert current is not None
        assert current.key == "r6i.4xlarge"


async def test_typing_filters_and_enter_takes_what_is_under_the_cursor() -> None:
    app = Picking(machines(*FEW))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        await pilot.press(*"r6i mem>=200")
        assert app.names == ["r6i.8xlarge"]
        await pilot.press("enter")
        assert app.taken == ["r6i.8xlarge"]


async def test_a_term_that_cannot_be_read_is_said_and_the_others_still_filter() -> None:
    app = Picking(machines(*FEW))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        await pilot.press(*"r6i mem>=x")
        assert "unclear: mem>=x" in app.text("#types-said")
        assert set(app.names) == {"r6i.large", "r6i.4xlarge", "r6i.8xlarge"}


async def test_what_does_not_fit_is_grey_and_says_why() -> None:
    app = Picking(machines(*FEW))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        await pilot.press(*"r6i.large")
        [row] = app.picker.query_one(VirtualTable).rows
        assert row.dim
        assert row.cells[-1].startswith("✗ no: 4 x 3000")
        assert "critical" in app.text("#types-reasons")
        assert "over by" in app.text("#types-reasons")


async def test_a_type_that_the_zone_lacks_does_not_fit() -> None:
    app = Picking(machines(*FEW, offered=frozenset({"c6i.large"})))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        await pilot.press(*"r6i.4xlarge")
        assert "not offered in the zone" in app.picker.query_one(VirtualTable).rows[0].cells[-1]


async def test_when_the_offer_is_not_known_that_is_said() -> None:
    app = Picking(machines(*FEW, offered=None))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        assert "zone's offer not read" in app.text("#types-said")


async def test_columns_sort_by_their_key_and_again_the_other_way_round() -> None:
    app = Picking(machines(*FEW))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        await pilot.press("tab", "m")
        by_memory = [machine(name).memory_mib for name in app.names if not _dim(app, name)]
        assert by_memory == sorted(by_memory)
        await pilot.press("m")
        by_memory = [machine(name).memory_mib for name in app.names if not _dim(app, name)]
        assert by_memory == sorted(by_memory, reverse=True)


def _dim(app: Picking, name: str) -> bool:
    return next(row.dim for row in app.picker.query_one(VirtualTable).rows if row.key == name)


async def test_only_what_fits_on_a_key_and_all_again() -> None:
    app = Picking(machines(*FEW))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        await pilot.press("ctrl+o")
        assert "r6i.large" not in app.names
        await pilot.press("ctrl+o")
        assert len(app.names) == len(FEW)


async def test_the_cursor_moves_while_one_types() -> None:
    app = Picking(machines(*FEW))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        await pilot.press(*"r6i", "down", "enter")
        assert app.taken == ["r6i.8xlarge"]


async def test_escape_takes_nothing() -> None:
    app = Picking(machines(*FEW))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        await pilot.press("escape")
        assert app.taken == [None]


UNREAD = Machines(
    "us-east-1", "use1-az1", unread=("ec2:DescribeInstanceTypes could not be read (denied): not authorized",)
)


async def test_without_a_catalogue_it_says_why_and_takes_a_name() -> None:
    app = Picking(UNREAD)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        assert "not authorized" in app.text("#types-reasons")
        await pilot.press("enter")
        assert app.taken == []
        await pilot.press(*"r6i.2xlarge", "enter")
        assert app.taken == ["r6i.2xlarge"]


async def test_enter_while_reading_takes_nothing_and_reading_is_told_after_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("screens.widgets.type_picker.PATIENCE_S", 0.001)
    go_on = threading.Event()
    known = machines(*FEW)

    def read() -> Machines:
        go_on.wait(120)
        return known

    app = Picking(known)
    app.picker = TypePicker("ingestion", wish(), "r6i.4xlarge", read)
    async with app.run_test(size=(120, 40)) as pilot:
        while "reading" not in app.text("#types-said"):
            await pilot.pause(0.01)
        await pilot.press(*"r6i", "enter")
        assert app.taken == []
        go_on.set()
        await ready(app, pilot)
        assert set(app.names) == {"r6i.large", "r6i.4xlarge", "r6i.8xlarge"}


async def test_a_region_is_scrolled_line_by_line_and_only_seen_lines_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Picking(machines())
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        table = app.picker.query_one(VirtualTable)
        made: list[int] = []
        line = table.render_line
        monkeypatch.setattr(table, "render_line", lambda y: made.append(y) or line(y))
        await pilot.press("tab", "end")
        await pilot.pause()
        current = table.current
        assert current is not None
        assert current.key == app.names[-1]
        assert app.names[-1] in table.render_line(table.size.height - 1).text
        assert len(made) <= 4 * table.size.height


async def test_nothing_matches() -> None:
    app = Picking(machines(*FEW))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot)
        await pilot.press(*"zzz", "enter")
        assert app.names == []
        assert app.taken == []
        assert app.picker.query_one(Input).value == "zzz"


async def _settled(pilot: Any) -> None:
    await ready(pilot.app, pilot)


def test_looks_while_filtered(snap_compare: Any) -> None:
    async def filtered(pilot: Any) -> None:
        await _settled(pilot)
        await pilot.press(*"r6i mem>=x")

    assert snap_compare(Picking(machines()), terminal_size=(120, 40), run_before=filtered)


def test_looks_unread(snap_compare: Any) -> None:
    assert snap_compare(Picking(UNREAD), terminal_size=(80, 24), run_before=_settled)
