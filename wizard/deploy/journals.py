"""Journals of what was done to a deployment, a line each: names and outcomes, never a value."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from wizard.engine.processes import me
from wizard.workspace import Place

Told = TypeVar("Told")


def append(place: Place, name: str, event: Mapping[str, Any]) -> None:
    """Write an event down, with its time and whose it is unless it says so; it is on the disk before the next thing is done."""
    line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), "who": me(), **event}) + "\n"
    # Appending one short line is atomic: a crash leaves whole lines, and at most one half of the last.
    handle = os.open(place.hidden / name, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read(place: Place, name: str, told: Callable[[datetime, Mapping[str, Any]], Told]) -> Iterator[Told]:
    """Give each event as `told` makes it of its time (UTC) and of itself, the oldest first. Makes no folder.

    What is not whole is passed over, as half a line of a crash is; and what `told` lacks something of.
    """
    try:
        lines = (place.path / ".planewright" / name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        try:
            event = json.loads(line)
            found = told(datetime.fromisoformat(event["at"]).astimezone(UTC), event)
        except (ValueError, KeyError, TypeError):
            continue
        yield found
