"""Service quotas, and what is in use of them."""

from __future__ import annotations
