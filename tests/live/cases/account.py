"""Credentials, logins and regions."""

from __future__ import annotations

from tests.live.account import Case

CASES: tuple[Case, ...] = ()
