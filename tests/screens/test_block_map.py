"""Blocks are drawn with their sizes, overlaps are seen and said, and a free block is one key away."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from screens.messages import Typed
from screens.widgets.block_map import OWN, SHARED, BlockMap, Scale, bar, first_subnet, lines, scale_of
from tests.addressing.test_plan import deployment, shard
from wizard.addressing.plan import AddressMap, Surroundings, address_map
from wizard.facts.network import VpcFact

ACCOUNT = Surroundings(
    vpcs=(
        VpcFact("vpc-1", ("172.31.0.0/16",), is_default=True),
        VpcFact("vpc-2", ("10.20.64.0/18",), is_default=False, tags=(("Name", "billing"),)),
    )
)


def clean() -> AddressMap:
    return address_map(shard(), deployment())


def conflicting() -> AddressMap:
    return address_map(
        shard(), deployment(transit__vpc_cidr="10.20.4.0/22", transit__subnet_cidr="10.20.4.0/24"), (), ACCOUNT
    )


def text(layout: AddressMap, width: int = 100) -> str:
    return "\n".join("".join(piece for piece, _ in line) for line in lines(layout, width))


class Shown(App[None]):
    def __init__(self, block_map: BlockMap) -> None:
        super().__init__()
        self.block_map = block_map
        self.said: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield self.block_map

    def on_typed(self, message: Typed) -> None:
        self.said.append((message.key, message.text))


def test_every_block_stands_with_its_size_purpose_and_owner() -> None:
    drawn = text(clean())
    for words in (
        "10.64.0.0/18",
        "16379 usable",
        "private subnet · use1-a",
        "transit VPC · acme-prod",
        "100.64.0.0/25",
    ):
        assert words in drawn


def test_a_conflict_is_said_where_it_is_with_what_both_have() -> None:
    drawn = text(conflicting())
    assert "✗ conflicts with 10.20.0.0/16 (database's VPC, 222222222222): both have 10.20.4.0/22" in drawn
    assert "! overlaps, without a route, 10.20.64.0/18 (VPC of the account, billing)" in drawn
    assert SHARED in drawn
    assert SHARED not in text(clean())


def test_a_subnet_is_drawn_where_it_lies_in_its_vpc() -> None:
    scale = Scale(*(int(x) for x in (10 << 24, (10 << 24) + 65535)))
    pieces = bar("10.0.64.0/18", scale, (), 40)
    assert "".join(piece for piece, _ in pieces) == "·" * 10 + OWN * 10 + "·" * 20


def test_blocks_that_meet_are_drawn_on_one_scale() -> None:
    layout = conflicting()
    transit = next(block for block in layout.blocks if block.path == "transit.vpc_cidr")
    database = next(block for block in layout.blocks if block.path == "database.vpc.cidr")
    assert scale_of(transit, layout) == scale_of(database, layout)


@given(st.integers(0, 2**16 - 1), st.integers(16, 28), st.integers(4, 60))
def test_a_bar_is_exactly_as_wide_as_its_room_and_shows_every_block(address: int, length: int, width: int) -> None:
    base = (10 << 24) + (address >> (32 - length) << (32 - length))
    cidr = f"10.{base >> 16 & 255}.{base >> 8 & 255}.{base & 255}/{length}"
    drawn = "".join(piece for piece, _ in bar(cidr, Scale(10 << 24, (10 << 24) + 65535), (cidr,), width))
    assert len(drawn) == width
    assert SHARED in drawn


@pytest.mark.parametrize("width", [40, 52, 78, 88, 120])
def test_no_block_is_wider_than_the_room(width: int) -> None:
    assert max(map(len, text(clean(), width).splitlines())) <= width


def test_the_subnet_of_a_block_keeps_its_length_where_it_fits() -> None:
    assert first_subnet("100.64.1.0/24", 25) == "100.64.1.0/25"
    assert first_subnet("100.64.1.0/24", 27) == "100.64.1.0/27"
    assert first_subnet("100.64.1.0/24", 24) == "100.64.1.0/25"
    assert first_subnet("100.64.1.0/28") == "100.64.1.0/28"


def test_a_subnet_outside_of_its_vpc_is_drawn_nowhere() -> None:
    layout = address_map(shard(), deployment(transit__subnet_cidr="10.99.0.0/25"))
    [line] = [line for line in text(layout).splitlines() if "10.99.0.0/25" in line]
    assert OWN not in line


@pytest.mark.parametrize("width", [44, 52, 78, 100])
def test_what_meets_is_no_wider_than_the_room_either(width: int) -> None:
    assert max(map(len, text(conflicting(), width).splitlines())) <= width


async def test_a_key_takes_the_first_free_block_and_its_subnet() -> None:
    app = Shown(BlockMap(clean(), takes=True))
    async with app.run_test(size=(100, 40)) as pilot:
        app.block_map.focus()
        free = clean().free_transit
        await pilot.press("u")
        await pilot.press("2")
        await pilot.pause()
        assert app.said == [
            ("transit.vpc_cidr", free[0]),
            ("transit.subnet_cidr", first_subnet(free[0])),
            ("transit.vpc_cidr", free[1]),
            ("transit.subnet_cidr", first_subnet(free[1])),
        ]


async def test_where_there_is_no_transit_vpc_nothing_can_be_taken() -> None:
    app = Shown(BlockMap(address_map(shard(), deployment("public"))))
    async with app.run_test(size=(100, 40)) as pilot:
        app.block_map.focus()
        await pilot.press("u")
        assert app.said == []
        assert "free for the transit VPC" not in app.block_map.render().plain


async def test_the_map_follows_the_answers() -> None:
    app = Shown(BlockMap(clean(), takes=True))
    async with app.run_test(size=(100, 40)) as pilot:
        assert "✗" not in app.block_map.render().plain
        app.block_map.show(conflicting(), takes=True)
        await pilot.pause()
        assert "✗ conflicts" in app.block_map.render().plain


class Masking(Shown):
    def mask(self, text: str) -> str:
        return "•••"


async def test_addresses_are_masked_where_the_app_masks() -> None:
    app = Masking(BlockMap(conflicting(), takes=True))
    async with app.run_test(size=(100, 40)):
        assert "10.20" not in app.block_map.render().plain
        assert "100.64" not in app.block_map.render().plain


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("layout", [clean(), conflicting()], ids=["clean", "conflicting"])
def test_looks(snap_compare: Any, size: tuple[int, int], layout: AddressMap) -> None:
    assert snap_compare(
        Shown(BlockMap(layout, takes=True, note="VPCs of the account: not read yet")), terminal_size=size
    )
