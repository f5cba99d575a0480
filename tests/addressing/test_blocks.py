"""The planner proposes blocks that are free, and only those."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.addressing.blocks import ROUTABLE, next_free, overlap, usable

POOL = IPv4Network("10.0.0.0/16")


def _blocks(inside: IPv4Network, shortest: int, longest: int) -> st.SearchStrategy[str]:
    """Give blocks that lie inside, aligned as blocks are."""

    def block(prefixlen: int, number: int) -> str:
        size = 2 ** (32 - prefixlen)
        start = int(inside.network_address) + (number * size) % inside.num_addresses
        return str(IPv4Network((start, prefixlen)))

    return st.builds(block, st.integers(shortest, longest), st.integers(0, 2**16))


taken_blocks = st.lists(_blocks(POOL, 16, 28), max_size=12)
lengths = st.integers(17, 28)


@given(lengths, taken_blocks)
def test_a_proposed_block_lies_within_the_space_and_meets_nothing_that_is_taken(length: int, taken: list[str]) -> None:
    found = next_free(length, taken, (POOL,))
    if found is not None:
        assert IPv4Network(found).prefixlen == length
        assert IPv4Network(found).subnet_of(POOL)
        assert not [block for block in taken if overlap(found, block)]


@given(st.integers(17, 22), taken_blocks)
def test_it_is_the_first_one_and_none_only_when_there_is_none(length: int, taken: list[str]) -> None:
    every = (str(block) for block in POOL.subnets(new_prefix=length))
    free = next((block for block in every if not any(overlap(block, other) for other in taken)), None)
    assert next_free(length, taken, (POOL,)) == free


@given(lengths, taken_blocks)
def test_the_order_of_what_is_taken_does_not_matter(length: int, taken: list[str]) -> None:
    assert next_free(length, taken, (POOL,)) == next_free(length, reversed(taken), (POOL,))


@given(st.integers(24, 28))
def test_a_space_can_be_used_up(length: int) -> None:
    space = IPv4Network("10.0.0.0/22")
    taken: set[str] = set()
    while (block := next_free(length, taken, (space,))) is not None:
        taken.add(block)
    assert len(taken) == 2 ** (length - space.prefixlen)


def test_a_block_larger_than_the_space_has_no_room() -> None:
    assert next_free(15, (), (POOL,)) is None


def test_what_lies_around_the_space_is_taken_as_well() -> None:
    assert next_free(24, ["10.0.0.0/8"], (POOL,)) is None
    assert next_free(24, ["10.0.0.0/8"]) == "100.64.0.0/24"
    assert next_free(24, ["10.0.0.0/8", "100.64.0.0/10"], ROUTABLE) == "172.16.0.0/24"


def test_an_address_space_ends_where_the_addresses_end() -> None:
    assert next_free(26, ["255.255.255.0/25"], (IPv4Network("255.255.255.0/24"),)) == "255.255.255.128/26"
    assert next_free(26, ["255.255.255.0/24"], (IPv4Network("255.255.255.0/24"),)) is None


@pytest.mark.parametrize(("cidr", "addresses"), [("10.0.0.0/28", 11), ("10.0.0.0/24", 251), ("10.0.0.0/30", 0)])
def test_aws_keeps_five_addresses_of_each_subnet(cidr: str, addresses: int) -> None:
    assert usable(cidr) == addresses
