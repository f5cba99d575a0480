"""Checks of answers against facts. Each module names the asks it needs and turns their values into findings. Pure."""

from wizard.checks.live import (
    account,
    addresses,
    age,
    database,
    permissions,
    private_zones,
    quotas,
    service,
    sizing,
    state_lock,
    taken,
    zones,
)

__all__ = [
    "account",
    "addresses",
    "age",
    "database",
    "permissions",
    "private_zones",
    "quotas",
    "service",
    "sizing",
    "state_lock",
    "taken",
    "zones",
]
