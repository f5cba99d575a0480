"""A database that is not ready."""

from __future__ import annotations

from tests.live.account import Case

CASES: tuple[Case, ...] = ()
