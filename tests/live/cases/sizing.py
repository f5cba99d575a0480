"""Instance types and volumes that do not do."""

from __future__ import annotations

from tests.live.account import Case

CASES: tuple[Case, ...] = ()
