"""Quotas that are used up."""

from __future__ import annotations

from tests.live.account import Case

CASES: tuple[Case, ...] = ()
