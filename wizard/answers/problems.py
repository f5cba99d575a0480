"""What is wrong with answers, in people's words: pydantic's errors become problems with a path and a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from wizard.answers.catalogue import Asked, Shape
from wizard.errors import Problem

PASSWORD_REMEDY = "passwords are never answers: `planewright seed-secrets` asks for it"  # noqa: S105 - a sentence

_SECRET_KEY = re.compile(
    r"(?i)pass(wd|word|phrase)?$|password|pwd|secret|token|credential|private_?key|(api|access)_?key"
)
_SECRET_VALUE = re.compile(r"(?i)://|:\S*@|PRIVATE KEY|password|secret|^AKIA|^ASIA")
#: What a generated password has of everything.
_KINDS = ("[a-z]", "[A-Z]", "[0-9]")
_PLAIN_TYPES = {
    "string_type": "a text",
    "model_type": "a group of keys",
    "model_attributes_type": "a group of keys",
    "dict_type": "a group of keys",
    "tuple_type": "a list",
}
_INDEX = re.compile(r"\[\d+\]")


def path_of(location: Iterable[str | int]) -> str:
    """Write pydantic's location as the answers file's key: `applications[0].name`."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def general(path: str) -> str:
    """Give the catalogue's form of a key: `applications[].name` for `applications[3].name`."""
    return _INDEX.sub("[]", path)


def nearest(path: str, known: Iterable[str]) -> str | None:
    """Find the known key that was most likely meant: the same last word elsewhere, or a close spelling."""
    keys = sorted({*known, *groups_of(known)})
    wanted = general(path)
    parent, _, last = wanted.rpartition(".")
    siblings = [k for k in keys if k.rpartition(".")[0] == parent]
    close = get_close_matches(wanted, siblings, n=1, cutoff=0.6) or get_close_matches(
        last, [k.rpartition(".")[2] for k in siblings], n=1, cutoff=0.6
    )
    if close:
        return close[0] if close[0] in keys else f"{parent}.{close[0]}" if parent else close[0]
    elsewhere = [k for k in keys if k.rpartition(".")[2] == last]
    return elsewhere[0] if len(elsewhere) == 1 else next(iter(get_close_matches(wanted, keys, n=1, cutoff=0.6)), None)


def groups_of(known: Iterable[str]) -> set[str]:
    """Give the keys that hold other keys: `database` and `database.vpc` for `database.vpc.cidr`."""
    return {key[:at] for key in known for at, char in enumerate(key) if char == "."} - set(known)


def unknown_key(path: str, known: Iterable[str]) -> Problem:
    """Name an unknown key and the nearest known one. Its value is never repeated: it may be a secret."""
    if _SECRET_KEY.search(path.rpartition(".")[2]):
        return Problem(path, "no such question", PASSWORD_REMEDY)
    near = nearest(path, known)
    for index in _INDEX.findall(path) if near else ():
        near = near.replace("[]", index, 1) if near else near
    return Problem(
        path, "no such question", f"did you mean {near}?" if near else "remove it; docs/questions.md lists all"
    )


def missing(asked: Asked, path: str | None = None) -> Problem:
    """Say that a required answer is missing, with what is asked."""
    key = path or asked.key
    like = f": {asked.expected}" if asked.shape is not Shape.TEXT else ""
    return Problem(key, f"not answered: {asked.ask}{like}", f"{asked.help or 'It has no default.'} Set `{key}`.")


def could_be_secret(text: str) -> bool:
    """Whether a text may be a password or a key in the wrong field: by its words, or because it is mixed as generated ones are."""
    mixed = len(text) >= 12 and not re.search(r"\s", text) and all(re.search(kind, text) for kind in _KINDS)
    return mixed or _SECRET_VALUE.search(text) is not None


def shown(value: Any) -> str:
    """Show a wrong value, unless it could hold a secret or would fill the screen."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        return "a list" if isinstance(value, list) else "a group of keys"
    if could_be_secret(value) or len(value) > 60 or not value.isprintable():
        return f"a text of {len(value)} characters"
    return f'"{value}"'


def problems_of(error: ValidationError, known: Mapping[str, Asked], at: str = "") -> list[Problem]:
    """Translate each of pydantic's errors. `at` is put before every path, for a value validated by itself."""
    return [_translate(entry, known, at) for entry in error.errors(include_url=False, include_context=True)]


def _translate(entry: Any, known: Mapping[str, Asked], at: str) -> Problem:
    location = [part for part in entry["loc"] if part != "[key]"]
    inside = path_of(location)
    path = at + (inside if inside.startswith("[") or not at or not inside else f".{inside}")
    asked = known.get(general(path))
    kind: str = entry["type"]
    if kind == "extra_forbidden":
        return unknown_key(path, known)
    if kind == "missing":
        return missing(asked, path) if asked else Problem(path, "not answered", f"set `{path}`")
    if kind == "value_error":
        # Our own validators: the message says what a right value looks like.
        what = str(entry["ctx"]["error"])
        value = f", got {shown(entry['input'])}" if what.startswith("expected") and not _private(path) else ""
        return Problem(path, f"{what}{value}", asked.help if asked and asked.help else "write it as described")
    if kind in {"too_long", "string_too_long"}:
        limit = entry["ctx"]["max_length"]
        unit = "characters" if kind == "string_too_long" else "entries"
        return Problem(path, f"longer than {limit} {unit}", f"at most {limit} {unit} fit")
    return _mismatch(path, asked, entry["input"], kind)


def _mismatch(path: str, asked: Asked | None, value: Any, kind: str) -> Problem:
    if asked is None:
        # A group, a list's member, or a value of a table.
        expected = _PLAIN_TYPES.get(kind, "another kind of value")
        return Problem(path, f"expected {expected}", "see docs/questions.md for the keys")
    got = "" if _private(path) else f", got {shown(value)}"
    remedy = asked.help or asked.ask
    if asked.shape is Shape.CHOICE and isinstance(value, str):
        near = get_close_matches(value.lower(), [str(o) for o in asked.options], n=1)
        remedy = f"did you mean {near[0]}?" if near else remedy
    if asked.shape is Shape.NUMBER and isinstance(value, str) and value.strip().isdigit():
        remedy = "write the number without quotes"
    return Problem(path, f"expected {asked.expected}{got}", remedy)


def _private(path: str) -> bool:
    """A certificate's text is long, and a key may have been pasted with it."""
    return path.endswith("ca_pem")
