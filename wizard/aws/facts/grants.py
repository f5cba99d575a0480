"""What the caller is allowed, by simulation and by dry run. Readers."""

from __future__ import annotations

from typing import Any

READERS: dict[Any, Any] = {}
