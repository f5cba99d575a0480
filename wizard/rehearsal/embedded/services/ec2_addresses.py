"""Public addresses: each its own, and such as a public network could have."""

from __future__ import annotations

import itertools
from typing import Final

from wizard.rehearsal.embedded.patching import replace

_numbers: Final = itertools.count(1)


def next_public_address() -> str:
    """Give the next address of 54.214.0.0/16; moto chooses at random, from the loopback network for Elastic IPs."""
    number = next(_numbers) % 64_000
    return f"54.214.{number // 250}.{number % 250 + 1}"


def install() -> None:
    """Hand out addresses that a check of public networks accepts, and none twice."""
    from moto.ec2.models import elastic_ip_addresses, elastic_network_interfaces

    replace(elastic_ip_addresses, "random_ip", next_public_address)
    replace(elastic_network_interfaces, "random_public_ip", next_public_address)
