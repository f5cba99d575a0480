"""Facts in a file: exported from one check, read again by another, on a machine that need not reach AWS."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from wizard.errors import InputError, Problem
from wizard.facts.asking import Ask, Facts, Read, Reading, Reason, Unread
from wizard.facts.kinds import kinds
from wizard.files import to_json


class _Unread(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason
    said: str
    permission: str = ""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: str
    ask: dict[str, Any]
    at: datetime
    source: str
    value: Any = None
    unread: _Unread | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    planewright_facts: Literal[1]
    account: str
    region: str
    readings: list[_Entry]


def dump(facts: Facts, *, account: str, region: str) -> str:
    """Write facts as JSON, in an order that depends on nothing but themselves."""
    entries = [_entry(ask, reading) for ask, reading in facts.items()]
    entries.sort(key=lambda entry: (entry["kind"], json.dumps(entry["ask"], sort_keys=True)))
    return to_json({"planewright_facts": 1, "account": account, "region": region, "readings": entries})


def load(text: str, *, source: str, account: str, region: str) -> Facts:
    """Read exported facts. InputError names every entry that cannot be used, and a file of another account or region."""
    try:
        file = _File.model_validate_json(text)
    except ValidationError as error:
        raise InputError(f"{source} holds no facts", _problems(error)) from None
    wrong = [
        Problem(key, f"the facts are of {found}, the answers say {wanted}", "export them anew with these answers")
        for key, found, wanted in (("account", file.account, account), ("region", file.region, region))
        if found != wanted
    ]
    readings: dict[Ask[Any], Reading[Any]] = {}
    for number, entry in enumerate(file.readings):
        try:
            ask, reading = _reading(entry)
        except (ValidationError, KeyError, TypeError) as error:
            what = _problems(error)[0].what if isinstance(error, ValidationError) else f"no ask is called {entry.kind}"
            wrong.append(Problem(f"readings[{number}]", what, "export the facts anew with this version"))
            continue
        readings[ask] = reading
    if wrong:
        raise InputError(f"{source} cannot be used", tuple(wrong))
    return Facts(readings)


def _entry(ask: Ask[Any], reading: Reading[Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "kind": ask.kind,
        "ask": TypeAdapter(type(ask)).dump_python(ask, mode="json"),
        "at": reading.at.isoformat(timespec="seconds"),
        "source": reading.source,
    }
    if isinstance(reading, Read):
        return entry | {"value": TypeAdapter(ask.gives()).dump_python(reading.value, mode="json")}
    unread = {"reason": reading.reason.value, "said": reading.said, "permission": reading.permission}
    return entry | {"unread": unread}


def _reading(entry: _Entry) -> tuple[Ask[Any], Reading[Any]]:
    ask_type = kinds()[entry.kind]
    # Through JSON: strict types still take a list for a tuple then.
    ask = TypeAdapter(ask_type).validate_json(json.dumps(entry.ask))
    if entry.unread is not None:
        unread = entry.unread
        return ask, Unread(unread.reason, entry.at, entry.source, unread.said, unread.permission)
    value = TypeAdapter(ask_type.gives()).validate_json(json.dumps(entry.value))
    return ask, Read(value, entry.at, entry.source)


def _problems(error: ValidationError) -> tuple[Problem, ...]:
    return tuple(
        Problem(".".join(map(str, e["loc"])) or "file", e["msg"].lower(), "export the facts anew with this version")
        for e in error.errors(include_url=False)
    )
