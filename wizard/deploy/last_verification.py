"""What the newest verification of an object said, from its report alone: nothing is looked at, AWS is not asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard.workspace import Place

#: Reports sort by time, since their names hold it.
_PREFIX = "verification-"


@dataclass(frozen=True, slots=True)
class LastVerification:
    """A verification that was written down.

    `at` is when it ended, UTC; `verified` whether nothing failed and nobody was waited for; `waiting_on` the parties
    that hops waited on (the customer, the operator, AWS), each once, in the path's order; `failed` how many hops
    failed; `path` the report as people read it; `services` how the hop of Springtail's services was, empty without one;
    `by` who AWS said was asking.
    """

    at: datetime
    verified: bool
    waiting_on: tuple[str, ...]
    failed: int
    path: Path
    services: str = ""
    by: str = ""


def last_verification(place: Place) -> LastVerification | None:
    """Read the newest report of an object.

    None while there is none, and also when it cannot be understood: an older one would tell what is no longer true,
    and the way on is the same in both cases, to verify.
    """
    try:
        path = newest(place.reports, suffix=".json")
    except OSError:
        return None
    return read(path) if path is not None else None


def newest(reports: Path, *, suffix: str = ".md") -> Path | None:
    """Give the newest report of a folder: `.md` for people, `.json` for programs. None while there is none. Raises OSError."""
    try:
        names = [path.name for path in reports.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return None
    name = max((name for name in names if name.startswith(_PREFIX) and name.endswith(suffix)), default=None)
    return None if name is None else reports / name


def read(path: Path) -> LastVerification | None:
    """Read one report's JSON; None when it cannot be understood."""
    try:
        value = json.loads(path.read_bytes())
        return _of(value, path.with_suffix(".md"))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _of(value: dict[str, Any], path: Path) -> LastVerification:
    waiting = [str(hop["waiting_on"]) for hop in value["hops"] if hop["state"] == "waiting" and hop["waiting_on"]]
    return LastVerification(
        at=datetime.fromisoformat(value["ended_at"]).astimezone(UTC),
        verified=value["verified"] is True,
        waiting_on=tuple(dict.fromkeys(waiting)),
        failed=int(value["counts"]["failed"]),
        path=path,
        services=next((str(hop["state"]) for hop in value["hops"] if hop.get("key") == "springtail.services"), ""),
        by=str(value.get("identity", {}).get("arn", "")),
    )
