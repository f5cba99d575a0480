"""What the customer's RDS says of the database."""

from __future__ import annotations
