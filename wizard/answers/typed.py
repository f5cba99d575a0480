"""What people type, one answer at a time: text to plain data, by the shape of the question."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from wizard.answers.catalogue import Asked, Shape
from wizard.answers.problems import problems_of, shown
from wizard.answers.yaml_text import plain_value
from wizard.errors import InputError, Problem

_YES = frozenset({"true", "yes", "y"})
_NO = frozenset({"false", "no", "n"})


def accept(asked: Asked, text: str, *, at: str | None = None) -> Any:
    """Give the plain value that `text` stands for, valid for the question, or raise InputError.

    Texts are taken letter by letter (`001` stays `001`). A list is `a, b` or `[a, b]`; a table `k=v, k=v` or
    `{k: v}`; a list of groups `[{name: web, …}]`, or one group as `name=web, …`. `at` is the key to report.
    """
    key = at or asked.key
    try:
        value = _read(asked, text.strip(), key)
    except ValueError as error:
        raise InputError(f"{key} cannot be used", (Problem(key, str(error), asked.help or asked.ask),)) from None
    return checked(asked, value, at=key)


def checked(asked: Asked, value: Any, *, at: str | None = None) -> Any:
    """Validate plain data as the answer to one question, or raise InputError."""
    key = at or asked.key
    try:
        return asked.validate(value)
    except ValidationError as error:
        known = {key: asked, asked.key: asked, **{member.key: member for member in asked.members}}
        raise InputError(f"{key} cannot be used", tuple(problems_of(error, known, at=key))) from None


def table(text: str) -> dict[str, str]:
    """Read `key=value, key=value`. Raises ValueError for a part without an equals sign."""
    found: dict[str, str] = {}
    for part in filter(None, (p.strip() for p in re.split(r",(?=[^,=]+=)", text))):
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            raise ValueError("expected key=value, key=value")
        found[name.strip()] = value.strip()
    return found


def _read(asked: Asked, text: str, key: str) -> Any:
    value: Any = text
    match asked.shape:
        case Shape.NUMBER:
            value = _number(asked, text)
        case Shape.YES_NO:
            if text.lower() not in _YES | _NO:
                raise ValueError(f"expected yes or no, got {shown(text)}")
            value = text.lower() in _YES
        case Shape.CHOICE:
            # An unknown option goes on as it is: validation names the nearest one.
            value = {str(option): option for option in asked.options}.get(text, text)
        case Shape.LIST:
            bare = text.removeprefix("[").removesuffix("]")
            value = [part.strip("\"'") for part in re.split(r"[,\s]+", bare) if part]
        case Shape.TABLE:
            value = plain_value(text, source=key) or {} if text.startswith("{") else table(text)
        case Shape.GROUPS:
            value = _groups(asked, text, key)
        case Shape.TEXT:
            pass
    return value


def _number(asked: Asked, text: str) -> int:
    if not re.fullmatch(r"[-+]?\d{1,18}", text, re.ASCII):
        raise ValueError(f"expected {asked.expected}, got {shown(text)}")
    return int(text)


def _groups(asked: Asked, text: str, key: str) -> list[Any]:
    if not text.startswith("["):
        return [table(text)] if text else []
    members = {member.key.rpartition(".")[2]: member for member in asked.members}
    value = plain_value(text, source=key, is_text=lambda path: members.get(path.rpartition(".")[2]) is not None)
    return value if isinstance(value, list) else [value]
