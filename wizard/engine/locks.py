"""What the engine says about a state lock: in a diagnostic, in a lock file, in an S3 lock object. Pure.

A command of ours that writes a state by itself holds the same lock in the same form; its `info` says which process it is, so
that a lock whose command has died is known for dead.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from wizard.engine.processes import Identity

_FIELD = re.compile(r"^\s+(ID|Path|Operation|Who|Version|Created|Info):[ \t]*(.*?)\s*$", re.MULTILINE)
_OURS = re.compile(r"planewright process (\d+) started (\S+)")
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?")


@dataclass(frozen=True, slots=True)
class LockInfo:
    """Who holds a state's lock. `who` is `user@host`; `created` is UTC, None when it cannot be read; `info` is free text."""

    id: str
    path: str
    operation: str
    who: str
    version: str
    created: datetime | None
    info: str = ""

    @property
    def process(self) -> Identity | None:
        """The command of ours that took it by itself; None for one that an engine took."""
        match = _OURS.fullmatch(self.info)
        return Identity(int(match[1]), match[2]) if match else None

    @property
    def doing(self) -> str:
        """The operation as a verb: OperationTypeApply -> apply."""
        return self.operation.removeprefix("OperationType").lower() or "an unknown operation"


def from_text(text: str) -> LockInfo | None:
    """Read the `Lock Info:` block of a diagnostic's detail; None when there is none.

    Only what follows these words counts: the request id of the failed call stands before them.
    """
    head, mark, block = text.partition("Lock Info:")
    del head
    if not mark:
        return None
    return _from_fields(dict(_FIELD.findall(block)))


def from_json(content: str | bytes) -> LockInfo | None:
    """Read a lock file (`.terraform.tfstate.lock.info`) or an S3 lock object; None when it is neither."""
    try:
        value = json.loads(content)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    return _from_fields({key: item for key, item in value.items() if isinstance(item, str)})


def info_of(process: Identity) -> str:
    """Give the `info` of a lock that a command of ours takes by itself."""
    return f"planewright process {process.pid} started {process.started}"


def to_json(lock: LockInfo) -> str:
    """Give a lock as the engine writes it, byte for byte: OpenTofu removes one from a table only when it is what it would write."""
    created = f"{lock.created:%Y-%m-%dT%H:%M:%S.%f}".rstrip("0").rstrip(".") + "Z" if lock.created else ""
    fields = {
        "ID": lock.id,
        "Operation": lock.operation,
        "Info": lock.info,
        "Who": lock.who,
        "Version": lock.version,
        "Created": created,
        "Path": lock.path,
    }
    # Go's encoder leaves no spaces, and writes what HTML would mistake as escapes.
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _from_fields(fields: dict[str, str]) -> LockInfo | None:
    if not fields.get("ID"):
        return None
    return LockInfo(
        id=fields["ID"],
        path=fields.get("Path", ""),
        operation=fields.get("Operation", ""),
        who=fields.get("Who", ""),
        version=fields.get("Version", ""),
        created=_time(fields.get("Created", "")),
        info=fields.get("Info", ""),
    )


def _time(text: str) -> datetime | None:
    # Go prints nanoseconds and two zone forms; both are UTC, and a microsecond is exact enough.
    match = _STAMP.search(text)
    if match is None:
        return None
    fraction = (match[3] or ".0")[1:7].ljust(6, "0")
    return datetime.fromisoformat(f"{match[1]}T{match[2]}.{fraction}").replace(tzinfo=UTC)
