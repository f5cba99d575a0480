"""What a database that is ready says of itself, and what one says that is not."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

from wizard.readiness.model import Readiness
from wizard.readiness.reading import read

NONE: dict[str, Any] = {"count": 0, "listed": []}

GOOD: dict[str, Any] = {
    "planewright_readiness": 1,
    "at": "2026-11-20T08:00:00Z",
    "looked_as": "postgres",
    "asked_role": "springtail",
    "not_read": ["pg_hba.conf"],
    "server": {
        "started_at": "2026-11-01T00:00:00Z",
        "version_num": 170002,
        "version": "17.2",
        "in_recovery": False,
        "rds": False,
        "aurora": False,
        "rds_logical_replication": "",
        "wal_level": "logical",
        "ssl": True,
        "max_replication_slots": 10,
        "max_wal_senders": 10,
        "wal_senders_in_use": 0,
        "max_slot_wal_keep_size_mb": 51200,
        "pending_restart": [],
    },
    "slots": [],
    "roles": [
        {
            "name": "springtail",
            "login": True,
            "superuser": False,
            "replication": True,
            "rds_replication": False,
            "rds_superuser": False,
            "granted_backwards": False,
        }
    ],
    "database": {
        "name": "postgres",
        "encoding": "UTF8",
        "collate": "C.UTF-8",
        "ctype": "C.UTF-8",
        "provider": "c",
        "locale": "",
        "tables": 3,
        "generated": NONE,
        "collated": NONE,
        "keyless": {"count": 0, "identified": 0, "listed": []},
    },
}


def document(**changes: Any) -> dict[str, Any]:
    """Give a good document with dotted keys changed: `server__wal_level="replica"` for `server.wal_level`."""
    new = copy.deepcopy(GOOD)
    for dotted, value in changes.items():
        *path, last = dotted.split("__")
        inner: Any = new
        for key in path:
            inner = inner[int(key)] if isinstance(inner, list) else inner[key]
        inner[last] = value
    return new


def said(*, now: datetime | None = None, **changes: Any) -> Readiness:
    """Give what a good database said just now, with keys changed."""
    at = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return read(json.dumps(document(**{"at": at, **changes})), source="script", name="test")


def slot(name: str, *, database: str = "postgres", active: bool = True, kind: str = "logical") -> dict[str, Any]:
    """Give a replication slot."""
    return {"name": name, "type": kind, "database": database, "active": active}
