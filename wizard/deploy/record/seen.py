"""The newest verification, with its hops, as its report for programs has it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from pydantic import ValidationError

from wizard.deploy.last_verification import newest
from wizard.deploy.record.model import Seen
from wizard.files import digest
from wizard.workspace import Place


def newest_seen(place: Place, *, after: datetime | None) -> Seen | None:
    """Read the newest verification; `after` is when something was applied last.

    None while there is none, and when it cannot be understood: an older one would tell what is no longer true.
    """
    try:
        path = newest(place.reports, suffix=".json")
        if path is None:
            return None
        data = path.read_bytes()
        value = json.loads(data)
        ended = datetime.fromisoformat(value["ended_at"]).astimezone(UTC)
        current = after is None or ended >= after
        return Seen.model_validate({**value, "file": path.name, "digest": digest(data), "current": current})
    except (OSError, ValueError, TypeError, KeyError, ValidationError):
        return None
