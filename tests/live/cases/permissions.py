"""Actions that are not allowed."""

from __future__ import annotations

from tests.live.account import Case

CASES: tuple[Case, ...] = ()
