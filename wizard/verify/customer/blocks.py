"""Arithmetic of IPv4 blocks. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, collapse_addresses


def minus(block: IPv4Network, hole: IPv4Network) -> tuple[IPv4Network, ...]:
    """Give what is left of a block without another."""
    if not block.overlaps(hole):
        return (block,)
    if block.subnet_of(hole):
        return ()
    return tuple(block.address_exclude(hole))


def meet(one: IPv4Network, other: IPv4Network) -> IPv4Network | None:
    """Give the block that two have in common: of two that overlap, one holds the other."""
    if not one.overlaps(other):
        return None
    return one if one.subnet_of(other) else other


def uncovered(block: IPv4Network, covers: Iterable[IPv4Network]) -> tuple[IPv4Network, ...]:
    """Give the parts of a block that none of the others covers, in order and as few as they can be told in."""
    left: tuple[IPv4Network, ...] = (block,)
    for cover in covers:
        left = tuple(part for one in left for part in minus(one, cover))
    return tuple(collapse_addresses(left))


def told(blocks: Iterable[IPv4Network]) -> str:
    """Say blocks."""
    return ", ".join(map(str, blocks))
