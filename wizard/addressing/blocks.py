"""Arithmetic of IPv4 blocks as AWS has them."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

#: AWS keeps the first four addresses of every subnet (network, router, DNS, future use) and the last (broadcast).
KEPT_BY_AWS = 5

#: Private address space that a load balancer's IP targets may lie in, where a new block is looked for, in this order.
#: The shared space (RFC 6598) goes first: customers' networks are seldom made of it.
ROUTABLE = tuple(map(IPv4Network, ("100.64.0.0/10", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def usable(cidr: str) -> int:
    """Give how many addresses a subnet of this block has to give."""
    return max(0, IPv4Network(cidr).num_addresses - KEPT_BY_AWS)


def overlap(one: str, other: str) -> bool:
    """Whether an address is in both blocks."""
    return IPv4Network(one).overlaps(IPv4Network(other))


def next_free(prefixlen: int, taken: Iterable[str], within: Iterable[IPv4Network] = ROUTABLE) -> str | None:
    """Give the first block of this length that overlaps with nothing taken, or None when there is no room.

    `within` are looked through in their order.
    """
    blocks = sorted({IPv4Network(cidr) for cidr in taken})
    for pool in within:
        found = _first_free(prefixlen, blocks, pool)
        if found is not None:
            return str(found)
    return None


def _first_free(prefixlen: int, taken: list[IPv4Network], pool: IPv4Network) -> IPv4Network | None:
    size = 2 ** (32 - prefixlen)
    start, end = int(pool.network_address), int(pool.broadcast_address)
    if prefixlen < pool.prefixlen:
        return None
    for block in taken:
        first, last = int(block.network_address), int(block.broadcast_address)
        if last < start:
            continue
        if first >= start + size:
            break
        start = _aligned(last + 1, size)
    return IPv4Network((start, prefixlen)) if start + size - 1 <= end else None


def _aligned(address: int, size: int) -> int:
    """Give the first address from here on where a block of this size can begin."""
    return -(-address // size) * size
