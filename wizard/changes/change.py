"""One planned change of `show -json`: what it does to which resource, attribute by attribute. Pure.

The document holds values in clear, sensitive ones too: they stay in memory, and what leaves this module is masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from wizard.redact import MASK

ChangeKind = Literal["create", "update", "replace", "delete", "read", "forget", "noop"]

# `create` before `forget`: an object that is forgotten and made anew is first of all a new one.
_SINGLE: tuple[ChangeKind, ...] = ("create", "update", "delete", "read", "forget")
UNKNOWN = "(known after apply)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute's change. Values are rendered, secret ones masked, unknown ones say so. `forces` a replacement."""

    path: str
    before: Any
    after: Any
    forces: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What is planned for one resource. `reason` is the engine's, as `replace_because_tainted`; empty when it has none."""

    address: str
    module: str
    type: str
    name: str
    kind: ChangeKind
    reason: str = ""
    # Held back from repr, since it has sensitive values in clear; taken apart only when somebody looks.
    _change: dict[str, Any] = field(repr=False, compare=False, default_factory=dict)

    @property
    def destroys(self) -> bool:
        """Whether the resource as it is now ceases to be."""
        return self.kind in {"delete", "replace"}

    @property
    def imported(self) -> str:
        """The id under which the plan takes it into the state; empty when the state has it, or it is to be made."""
        return str((self._change.get("importing") or {}).get("id", ""))

    @property
    def attributes(self) -> frozenset[str]:
        """Names of the top-level attributes that it has afterwards."""
        return frozenset(self._change.get("after") or {})

    @property
    def new_first(self) -> bool:
        """Whether a replacement makes the new one before it destroys the old one."""
        return list(self._change.get("actions") or [])[:1] == ["create"]

    def before(self, attribute: str) -> Any:
        """Value of a top-level attribute as it is now; None when it is absent or secret."""
        return _open(self._change.get("before"), self._change.get("before_sensitive"), attribute)

    def after(self, attribute: str) -> Any:
        """Value of a top-level attribute afterwards; None when it is unknown, absent or secret."""
        return _open(self._change.get("after"), self._change.get("after_sensitive"), attribute)

    def planned(self, path: str) -> Any:
        """Value at a dotted path (`root_block_device.0.volume_size`) afterwards; UNKNOWN when nobody may or can say."""
        sides = _sides(self._change)
        for part in path.split("."):
            sides = sides.at(int(part) if part.isdigit() else part)
        return UNKNOWN if sides.hidden or sides.unknown is True else sides.after

    def differences(self) -> tuple[Difference, ...]:
        """Attributes that change, in the order of their names."""
        forcing = {tuple(path) for path in self._change.get("replace_paths") or [] if isinstance(path, list)}
        return tuple(_differences(self._change, forcing))


def kind_of(actions: list[str]) -> ChangeKind:
    """Fold the engine's list of actions into one kind: delete + create, in either order, is a replacement."""
    if {"create", "delete"} <= set(actions):
        return "replace"
    for kind in _SINGLE:
        if kind in actions:
            return kind
    return "noop"


def read_changes(entries: list[dict[str, Any]] | None) -> Iterator[Change]:
    """Read `resource_changes`, or `resource_drift`, of `show -json`."""
    for entry in entries or []:
        change = entry.get("change") or {}
        yield Change(
            address=str(entry.get("address", "")),
            module=str(entry.get("module_address", "")),
            type=str(entry.get("type", "")),
            name=str(entry.get("name", "")),
            kind=kind_of(list(change.get("actions") or [])),
            reason=str(entry.get("action_reason", "")),
            _change=change,
        )


def _open(values: Any, secret: Any, attribute: str) -> Any:
    hidden = secret is True or (isinstance(secret, dict) and _marked(secret.get(attribute)))
    return None if hidden else (values or {}).get(attribute)


def _marked(mark: Any) -> bool:
    """Whether the engine marks anything in it (as secret, as unknown); what it does not has its shape alone, as `[{}]`."""
    if isinstance(mark, dict):
        return any(map(_marked, mark.values()))
    return any(map(_marked, mark)) if isinstance(mark, list) else mark is True


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both sides of one attribute, and the engine's marks for it: unknown until applied, secret."""

    before: Any
    after: Any
    unknown: Any
    secret_before: Any
    secret_after: Any

    @property
    def hidden(self) -> bool:
        return self.secret_before is True or self.secret_after is True

    def at(self, key: Any) -> _Sides:
        return _Sides(
            _at(self.before, key),
            _at(self.after, key),
            _at(self.unknown, key),
            _at(self.secret_before, key),
            _at(self.secret_after, key),
        )

    def stays(self, key: Any) -> bool:
        """Whether nothing differs below a key."""
        return bool(_at(self.before, key) == _at(self.after, key)) and not _marked(_at(self.unknown, key))

    def keys(self) -> list[Any]:
        """Keys to go down by; none for leaves and for sides of different shape."""
        if not any(isinstance(side, dict | list) for side in (self.before, self.after, self.unknown)):
            return []
        sides = [side for side in (self.before, self.after) if side is not None]
        if all(isinstance(side, dict) for side in sides):
            holders = [side for side in (*sides, self.unknown) if isinstance(side, dict)]
            return sorted({key for holder in holders for key in holder})
        if len(sides) == 2 and all(isinstance(side, list) for side in sides) and len(sides[0]) == len(sides[1]):
            return list(range(len(sides[0])))
        return []


def _differences(change: dict[str, Any], forcing: set[tuple[Any, ...]]) -> Iterator[Difference]:
    yield from _walk((), _sides(change), forcing)


def _sides(change: Mapping[str, Any]) -> _Sides:
    marks = ("before", "after", "after_unknown", "before_sensitive", "after_sensitive")
    return _Sides(*(change.get(mark) for mark in marks))


def dotted(path: str) -> str:
    """Spell a path as `planned` takes it: `root_block_device.0.volume_size` for `root_block_device[0].volume_size`."""
    return re.sub(r"\[(\d+)\]", r".\1", path)


def _walk(path: tuple[Any, ...], sides: _Sides, forcing: set[tuple[Any, ...]]) -> Iterator[Difference]:
    """Take both sides apart as far as they have the same shape; the marks go along."""
    keys = [] if sides.hidden or sides.unknown is True else sides.keys()
    if keys:
        for key in keys:
            # Most of a resource stays as it is: ten thousand of them are judged in a second because this looks no deeper.
            if not sides.stays(key):
                yield from _walk((*path, key), sides.at(key), forcing)
        return
    before, after = sides.before, UNKNOWN if sides.unknown is True else sides.after
    if before == after:
        return
    if sides.hidden:
        before, after = _masked(before), after if after is UNKNOWN else _masked(after)
    yield Difference(_spell(path), before, after, any(path[: len(item)] == item for item in forcing))


def _at(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int):
        return value[key] if key < len(value) else None
    return value if value is True else None  # a whole branch that is secret or unknown


def _masked(value: Any) -> Any:
    return MASK if value or value in (0, False) else value  # that there is none is no secret


def _spell(path: tuple[Any, ...]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text
