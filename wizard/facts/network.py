"""Networks that the account has: VPCs, subnets, zones, endpoint services, peerings, private zones."""

from __future__ import annotations
