"""Prices, as AWS's Price List gives them. Readers."""

from __future__ import annotations

from typing import Any

READERS: dict[Any, Any] = {}
