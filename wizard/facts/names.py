"""Names that are taken in the account."""

from __future__ import annotations
