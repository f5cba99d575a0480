"""Journals of what was done to a deployment, a line each: names and outcomes, never a value."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from wizard.workspace import Place


def append(place: Place, name: str, event: Mapping[str, Any]) -> None:
    """Write an event down, with its time."""
    line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **event}) + "\n"
    # Appending one short line is atomic: a crash leaves whole lines.
    handle = os.open(place.hidden / name, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)
