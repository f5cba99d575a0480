"""Answers that are wrong by themselves."""

from __future__ import annotations

from tests.live.account import Case

CASES: tuple[Case, ...] = ()
