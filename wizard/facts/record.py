"""Facts in a file: exported from one check, read again by another, on a machine that need not reach AWS.

The file holds what AWS said of an account: ARNs, addresses, names. No credential is in it, and what AWS said of a call
that failed passes the redactor, since it may quote the request.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from wizard.errors import InputError, Problem
from wizard.facts.asking import Ask, Facts, Read, Reading, Reason, Unread
from wizard.facts.kinds import kinds
from wizard.files import to_json
from wizard.redact import Redactor

_ANEW = "export the facts anew with this version"


class _Unread(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason
    said: str
    permission: str = ""
    remedy: str = ""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: str
    ask: dict[str, Any]
    at: AwareDatetime
    source: str
    value: Any = None
    unread: _Unread | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if ("value" in self.model_fields_set) == (self.unread is not None):
            raise ValueError("an entry holds either a value or why it was not read")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    planewright_facts: Literal[1]
    account: str
    region: str
    readings: list[_Entry]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How asks of a kind, and what they give, are written and read."""

    ask: TypeAdapter[Ask[Any]]
    value: TypeAdapter[Any]


@cache
def _kind(name: str) -> _Kind:
    # Building an adapter is dear, and a region's catalogue has many entries of one kind.
    ask = kinds()[name]
    return _Kind(TypeAdapter(ask), TypeAdapter(ask.gives()))


def dump(facts: Facts, *, account: str, region: str, compact: bool = False) -> str:
    """Write facts as JSON, in an order that depends on nothing but themselves; `compact` is for nobody to read."""
    redactor = Redactor()
    entries = [_entry(ask, reading, redactor) for ask, reading in facts.items()]
    entries.sort(key=lambda entry: (entry["kind"], json.dumps(entry["ask"], sort_keys=True)))
    document = {"planewright_facts": 1, "account": account, "region": region, "readings": entries}
    return json.dumps(document, sort_keys=True, ensure_ascii=False) if compact else to_json(document)


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
            if ask in readings:
                raise ValueError(f"{entry.kind} of {json.dumps(entry.ask)} is there twice")
        except ValidationError as error:
            wrong.append(Problem(f"readings[{number}]", f"{entry.kind}: {_problems(error)[0].what}", _ANEW))
        except ValueError as error:
            wrong.append(Problem(f"readings[{number}]", str(error), _ANEW))
        else:
            readings[ask] = reading
    if wrong:
        raise InputError(f"{source} cannot be used", tuple(wrong))
    return Facts(readings)


def _entry(ask: Ask[Any], reading: Reading[Any], redactor: Redactor) -> dict[str, Any]:
    kind = _kind(ask.kind)
    entry: dict[str, Any] = {
        "kind": ask.kind,
        "ask": kind.ask.dump_python(ask, mode="json"),
        "at": reading.at.isoformat(timespec="seconds"),
        "source": reading.source,
    }
    if isinstance(reading, Read):
        return entry | {"value": kind.value.dump_python(reading.value, mode="json")}
    unread = {
        "reason": reading.reason.value,
        "said": redactor.text(reading.said),
        "permission": reading.permission,
        "remedy": redactor.text(reading.remedy),
    }
    return entry | {"unread": unread}


def _reading(entry: _Entry) -> tuple[Ask[Any], Reading[Any]]:
    if entry.kind not in kinds():
        raise ValueError(f"no ask is called {entry.kind}")
    kind = _kind(entry.kind)
    # Through JSON: strict types still take a list for a tuple then.
    ask = kind.ask.validate_json(json.dumps(entry.ask))
    # A field that this version does not know would be dropped, and another question's answer taken for this one's.
    if kind.ask.dump_python(ask, mode="json") != entry.ask:
        raise ValueError(f"{entry.kind}: {json.dumps(entry.ask)} is not a question that this version asks")
    if entry.unread is not None:
        unread = entry.unread
        return ask, Unread(unread.reason, entry.at, entry.source, unread.said, unread.permission, unread.remedy)
    return ask, Read(kind.value.validate_json(json.dumps(entry.value)), entry.at, entry.source)


def _problems(error: ValidationError) -> tuple[Problem, ...]:
    return tuple(
        Problem(_path(e["loc"]) or "file", e["msg"].removeprefix("Value error, ").lower(), _ANEW)
        for e in error.errors(include_url=False)
    )


def _path(location: tuple[int | str, ...]) -> str:
    """Give `readings[3].at`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).removeprefix(".")
