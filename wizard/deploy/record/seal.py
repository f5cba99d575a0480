"""Telling whether a record is as it was made. A digest is no signature: whoever alters a file can compute a new one.

What is worth something is the record's digest, noted by both parties when the record was made: it is the same in all
three forms. A file's own seal, its last line, tells an accident or a careless edit by itself.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from wizard.errors import InputError
from wizard.files import digest, to_json

#: Stands where a file's own digest comes to stand.
UNSEALED = f"sha256:{'0' * 64}"

_DIGEST = r"sha256:[0-9a-f]{64}"
_SEAL = re.compile(rf"\bsealed[\"` :]+({_DIGEST})")
_RECORD = re.compile(rf"\brecord[\"` :]+({_DIGEST})")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file says of itself. `record` is the record's digest; `problems` says why the file is not to be trusted."""

    record: str
    problems: tuple[str, ...]


def record_digest(record: dict[str, Any]) -> str:
    """Give the digest of a record, as JSON data: over the text that this project writes for it."""
    return digest(to_json(record).encode())


def sealed(text: str) -> str:
    """Put the digest of a text at its place in the text: the last `sealed sha256:000…` in it."""
    before, mark, after = text.rpartition(UNSEALED)
    if not mark:
        raise ValueError("the text has no place for a seal")
    return f"{before}{digest(text.encode())}{after}"


def check(data: bytes, *, name: str) -> Checked:
    """Check a file against its own seal, and a record in JSON against its digest as well.

    Raises InputError for a file that is no record at all.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")  # as mail and editors rewrite line ends
    except UnicodeDecodeError:
        raise _no_record(name, "it is no UTF-8 text") from None
    seal, record = _last(_SEAL, text), _last(_RECORD, text)
    if seal is None or record is None:
        raise _no_record(name, "it has no seal")
    problems = []
    bare = f"{text[: seal.start(1)]}{UNSEALED}{text[seal.end(1) :]}"
    if digest(bare.encode()) != seal[1]:
        problems.append("the file was altered after it was made")
    if text.lstrip().startswith("{"):
        problems += _json_problems(text, record[1])
    return Checked(record[1], tuple(problems))


def _json_problems(text: str, known: str) -> list[str]:
    try:
        value = json.loads(text)
        now = record_digest(value["record"])
    except (ValueError, KeyError, TypeError):
        return ["it can no longer be read as JSON"]
    return [] if now == known else ["the record in it is not the one that its digest is of"]


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007 - the last one counts: what stands above may quote another
        pass
    return found


def _no_record(name: str, cause: str) -> InputError:
    return InputError(
        f"{name} is no record of Planewright", cause=cause, action="name a file that `planewright report NAME` wrote"
    )
