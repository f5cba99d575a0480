"""Blocks that mean something already, on every machine or on ours."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network


@dataclass(frozen=True, slots=True)
class Reserved:
    """A block and what claims it. `fatal`: it carries no traffic of a VPC at all."""

    block: IPv4Network
    use: str
    fatal: bool


def _reserved(block: str, use: str, *, fatal: bool) -> Reserved:
    return Reserved(IPv4Network(block), use, fatal)


RESERVED = (
    _reserved("127.0.0.0/8", "loopback on every machine", fatal=True),
    _reserved("169.254.0.0/16", "link-local: instance metadata and Amazon's DNS answer there", fatal=True),
    _reserved("0.0.0.0/8", "“this network”", fatal=True),
    _reserved("224.0.0.0/3", "multicast and reserved", fatal=True),
    _reserved("172.17.0.0/16", "Docker's default bridge: containers on a node could not reach it", fatal=False),
    _reserved("198.19.0.0/16", "used inside AWS's own managed services", fatal=False),
)
