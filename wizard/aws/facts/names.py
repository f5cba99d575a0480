"""Names that are taken in the account. Readers."""

from __future__ import annotations

from typing import Any

READERS: dict[Any, Any] = {}
