"""What the customer's RDS says of the database. Readers."""

from __future__ import annotations

from typing import Any

READERS: dict[Any, Any] = {}
