"""Extend moto, once per process, in an order that does not matter."""

from __future__ import annotations

import threading
from typing import Final

_lock = threading.Lock()
_done: Final[list[bool]] = []


def install() -> None:
    """Apply every extension; a second call does nothing. RehearsalError when moto is not as expected."""
    with _lock:
        if _done:
            return
        _install()
        _done.append(True)


def _install() -> None:
    from wizard.rehearsal.embedded import accounts, gate, settings
    from wizard.rehearsal.embedded.services import (
        ec2_groups,
        ec2_instances,
        elasticache,
        elbv2,
        images,
        route53,
    )

    foundation = (settings, accounts, gate)
    services = (ec2_groups, ec2_instances, elasticache, elbv2, images, route53)
    for extension in (*foundation, *services):
        extension.install()
