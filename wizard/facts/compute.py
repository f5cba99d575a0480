"""What instance types can do, where they are offered, and which image a role would boot."""

from __future__ import annotations
