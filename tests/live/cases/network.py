"""Networks, zones, names and private zones that do not fit."""

from __future__ import annotations

from tests.live.account import Case

CASES: tuple[Case, ...] = ()
