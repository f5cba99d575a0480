"""What instance types can do, where they are offered, and which image a role would boot. Readers."""

from __future__ import annotations

from typing import Any

READERS: dict[Any, Any] = {}
