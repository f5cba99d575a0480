"""Service quotas, and what is in use of them. Readers."""

from __future__ import annotations

from typing import Any

READERS: dict[Any, Any] = {}
