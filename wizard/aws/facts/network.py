"""Networks that the account has: VPCs, subnets, zones, endpoint services, peerings, private zones. Readers."""

from __future__ import annotations

from typing import Any

READERS: dict[Any, Any] = {}
