"""`--set key=value`: one answer at a time into nested plain data, every wrong one named at once."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from wizard.answers.catalogue import IDENTITY, Asked, Shape, by_key
from wizard.answers.problems import general, groups_of, unknown_key
from wizard.answers.typed import accept, checked
from wizard.answers.types import Answers
from wizard.errors import InputError, Problem

_PART = re.compile(r"(?P<name>[^.\[\]]+)(\[(?P<index>\d{1,3})\])?")


def apply_settings(raw: Mapping[str, Any], settings: Sequence[str], model: type[Answers]) -> dict[str, Any]:
    """Give a copy of `raw` with each `key=value` set, or raise InputError with every wrong one.

    A key is that of the answers file: `database.port=5433`, `applications[0].name=web`, `tags.team=data`. The
    question's own type reads the value, so that an account's leading zeros survive.
    """
    result = copy.deepcopy(dict(raw))
    problems: list[Problem] = []
    for setting in settings:
        try:
            _apply(result, setting, by_key(model))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(f"{len(problems)} setting{'s' if len(problems) > 1 else ''} cannot be used", tuple(problems))
    return result


def entry_at(raw: Mapping[str, Any], key: str) -> Any:
    """Look a key up in nested plain data, a member of a list (`applications[0].cidr`) included; None when it is not there."""
    at: Any = raw
    for part in key.split("."):
        name, _, index = part.partition("[")
        at = at.get(name) if isinstance(at, Mapping) else None
        if index and isinstance(at, list):
            number = int(index.rstrip("]"))
            at = at[number] if number < len(at) else None
    return at


def take_out(raw: MutableMapping[str, Any], key: str) -> Any:
    """Take a key out, and every group that it leaves empty: `vpc: {}` would be answers that are missing.

    A member of a list stays, empty as it is. Gives what stood there, or None.
    """
    group, _, name = key.rpartition(".")
    holder = entry_at(raw, group) if group else raw
    if not isinstance(holder, MutableMapping):
        return None
    value = holder.pop(name, None)
    if group and not holder and not group.endswith("]"):
        take_out(raw, group)
    return value


def set_value(raw: MutableMapping[str, Any], key: str, value: Any) -> None:
    """Set a key in nested plain data, making groups and list members on the way. Raises InputError."""
    at: Any = raw
    parts = [match for match in map(_PART.fullmatch, key.split(".")) if match]
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        name, index = part["name"], part["index"]
        if index is None:
            if last:
                at[name] = value
            elif not isinstance(at.get(name), dict):
                at[name] = type(at)()  # a file that is read to be written again has mappings of its own
            at = at[name]
            continue
        members = at.setdefault(name, [])
        if int(index) > len(members):
            what = f"[{index}] comes after {len(members)} members"
            raise InputError(key, (Problem(key, what, f"the next is {name}[{len(members)}]"),))
        if int(index) == len(members):
            members.append({})
        if last:
            members[int(index)] = value
        at = members[int(index)]


def _apply(raw: dict[str, Any], setting: str, known: Mapping[str, Asked]) -> None:
    key, equals, text = setting.partition("=")
    key = key.strip()
    if not equals:
        # The text is repeated only when it is a key: it may be a value that somebody pasted.
        shown = key if general(key) in known else "--set"
        raise _refused(shown, "expected key=value", "for example --set database.port=5433")
    tables = [asked for asked in known.values() if asked.shape is Shape.TABLE and key.startswith(f"{asked.key}.")]
    if tables:
        name = key.removeprefix(f"{tables[0].key}.")
        entry = checked(tables[0], {name: text.strip()})
        group: dict[str, Any] = {}
        set_value(group, tables[0].key, entry)
        _merge(raw, group)
        return
    asked = known.get(general(key))
    if key in IDENTITY:
        raise _refused(key, "this is no question", "NAME, --kind and the blueprint decide it")
    if asked is None:
        if general(key) in groups_of(known):
            inside = sorted(k for k in known if k.startswith(f"{general(key)}."))
            raise _refused(key, "this is a group of answers", f"set one of {', '.join(inside)}")
        raise InputError(key, (unknown_key(key, known),))
    if "[]" in key:
        raise _refused(key, "which member?", f"write {key.replace('[]', '[0]')}")
    if text.strip() == "" and asked.default is None:
        # Nothing given for an answer that may be absent: leave it unanswered.
        return
    set_value(raw, key, accept(asked, text, at=key))


def _merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, Mapping) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


def _refused(key: str, what: str, remedy: str) -> InputError:
    return InputError(key, (Problem(key, what, remedy),))
