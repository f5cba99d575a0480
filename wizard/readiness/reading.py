"""Reads what somebody sent back: documents of the script, in whatever a client wrapped around them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import ValidationError

from wizard.errors import InputError, Problem
from wizard.readiness.model import VERSION, Document, Readiness

#: A document has some KB; nobody means to send megabytes.
LIMIT = 4_000_000
_MARK = "planewright_readiness"
_AGAIN = "have the script run again, and send its output as it is"


def read(text: str, *, source: Literal["psql", "script"], name: str) -> Readiness:
    """Read the documents in a text and put them together. InputError says what the text is instead, or what is wrong in it.

    `name` is what the text is called in errors. What a client prints around a document (headings, `BEGIN`, quotes of
    CSV, a JSON array) is passed over.
    """
    if len(text) > LIMIT:
        raise InputError(f"{name} is no output of the readiness script", cause="it is larger than 4 MB", action=_AGAIN)
    found = list(_documents(text))
    if not found:
        raise InputError(f"{name} holds no output of the readiness script", cause=_instead(text), action=_AGAIN)
    problems: list[Problem] = []
    documents = []
    for number, raw in enumerate(found, 1):
        try:
            documents.append(_document(raw))
        except ValidationError as error:
            problems += _problems(error, f"document {number}" if len(found) > 1 else "document")
    if problems:
        raise InputError(f"{name} cannot be used", tuple(problems))
    return together(tuple(documents), source=source, name=name)


def together(documents: tuple[Document, ...], *, source: Literal["psql", "script"], name: str) -> Readiness:
    """Put documents of one server together; of a database that comes twice, the later counts."""
    by_time = sorted(documents, key=lambda document: document.at)
    newest = by_time[-1]
    started = sorted({document.server.started_at for document in documents})
    if len(started) > 1:
        times = ", ".join(f"{at:%Y-%m-%d %H:%M:%S} UTC" for at in started)
        raise InputError(
            f"{name} cannot be used",
            (
                Problem(
                    "server.started_at", f"the documents are of servers started at {times}", "send those of one server"
                ),
            ),
            cause="they come from several servers, or it was restarted in between",
        )
    by_name = {document.database.name: document for document in by_time}
    counted = sorted(by_name.values(), key=lambda document: document.at)
    return Readiness(
        at=counted[0].at,
        source=source,
        looked_as=newest.looked_as,
        asked_role=newest.asked_role,
        not_read=newest.not_read,
        server=newest.server,
        slots=newest.slots,
        roles=newest.roles,
        databases=tuple(by_name[key].database for key in sorted(by_name)),
    )


def load(text: str, *, name: str) -> Readiness:
    """Read a saved `readiness.json`. InputError names every problem."""
    try:
        return Readiness.model_validate_json(text)
    except ValidationError as error:
        raise InputError(
            f"{name} cannot be used",
            _problems(error, "file", "look again with `planewright readiness`"),
            cause="Planewright wrote it; it has been changed since, or another version wrote it",
        ) from None


def _document(raw: dict[str, Any]) -> Document:
    # Through JSON: strict types still take a list for a tuple then.
    return Document.model_validate_json(json.dumps(raw))


def _documents(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    at = 0
    while (start := _next(text, at)) is not None:
        try:
            value, at = decoder.raw_decode(text, start)
        except ValueError:
            at = start + 1
            value = _quoted(text, start, decoder)
        yield from _inside(value)


def _next(text: str, at: int) -> int | None:
    found = re.compile(r"[{\[]").search(text, at)
    return found.start() if found else None


def _quoted(text: str, start: int, decoder: json.JSONDecoder) -> Any:
    """Read a document in a CSV cell, where each quote stands twice."""
    if not text.startswith('{""', start):
        return None
    line = text[start : text.find("\n", start) if "\n" in text[start:] else len(text)]
    try:
        return decoder.raw_decode(line.replace('""', '"'))[0]
    except ValueError:
        return None


def _inside(value: Any) -> Iterator[dict[str, Any]]:
    """Find documents in what a client exported: an array of rows, a column with an object or with its text."""
    if isinstance(value, dict):
        if _MARK in value:
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _inside(_parsed(item))


def _parsed(item: Any) -> Any:
    if not isinstance(item, str) or not item.lstrip().startswith("{"):
        return item
    try:
        return json.loads(item)
    except ValueError:
        return None


def _instead(text: str) -> str:
    """Say what the text seems to be."""
    if not text.strip():
        return "it is empty"
    if "SELECT jsonb_build_object" in text:
        return "it is the script itself, not what the script gives"
    error = re.search(r"^(?:psql:.*|.*\b(?:ERROR|FATAL):.*)$", text, re.MULTILINE)
    if error:
        return f"the script failed: {error.group(0).strip()[:300]}"
    if _MARK in text:
        return "its document is cut off, or was changed on its way"
    return "no JSON document of the script is in it"


def _problems(error: ValidationError, where: str, remedy: str = _AGAIN) -> tuple[Problem, ...]:
    problems = []
    for entry in error.errors(include_url=False, include_input=False):
        path = ".".join(map(str, entry["loc"]))
        what = entry["msg"].lower()
        if path == _MARK:
            what, remedy = f"it is of another version of the script; this one understands {VERSION}", _AGAIN
        problems.append(Problem(f"{where}: {path}" if path else where, what, remedy))
    return tuple(problems)
