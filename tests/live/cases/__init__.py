"""Bad cases, one module per room of checks; together they have every code that a check can give."""

from __future__ import annotations

from tests.live.account import Case
from tests.live.cases import (
    access,
    account,
    answers,
    database,
    names,
    network,
    permissions,
    quotas,
    service,
    sizing,
    state_lock,
)

MODULES = (access, account, answers, database, names, network, permissions, quotas, service, sizing, state_lock)
CASES: tuple[Case, ...] = tuple(case for module in MODULES for case in module.CASES)
