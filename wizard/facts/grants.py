"""What the caller is allowed, by simulation and by dry run."""

from __future__ import annotations
