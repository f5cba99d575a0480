"""What is asked for and would not happen: an apply would succeed, and the resource stay as it is. Pure.

Two kinds are found that no difference of the plan shows:

- an answer whose resource has another value after the plan (`unmet`): something in the stack ignores it;
- an attribute that the emitted modules leave alone on purpose, and that names what the plan destroys (`left_behind`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.blueprints.springtail.wishes import Wish
from wizard.changes.change import UNKNOWN, Change

#: Attributes that emitted modules leave alone, by type, and why.
LeftAlone = Mapping[str, tuple[tuple[str, ...], str]]


@dataclass(frozen=True, slots=True)
class Ignored:
    """An attribute that would stay as it is. `instead` says how what is wanted is done; `key` is the answer, if one is.

    `refused` says that no apply may leave it so: a size or a type that was answered would silently stay.
    """

    attribute: str
    wanted: Any
    stays: Any
    reason: str
    instead: str
    key: str = ""
    refused: bool = True

    @property
    def told(self) -> str:
        """All of it in a sentence: what is wanted, what stays, and why."""
        return f"{self.attribute} is to be {self.wanted} and would stay {self.stays}: {self.reason}"


def unmet(
    changes: Iterable[Change], variables: Mapping[str, Any], wishes: Iterable[Wish]
) -> Iterator[tuple[Change, Ignored]]:
    """Give every answer that its resource, as planned, does not have."""
    there: defaultdict[tuple[str, str, str], list[Change]] = defaultdict(list)
    for change in changes:
        if change.kind in {"update", "noop"}:
            there[change.module, change.type, change.name].append(change)
    for wish in wishes if there else ():
        of_role = _wanted(variables, wish)
        for change in there[wish.module, wish.type, wish.name] if of_role is not None else ():
            wanted = _apart(variables, wish, change, of_role)
            stays = change.planned(wish.attribute)
            if stays not in (None, UNKNOWN) and str(stays) != str(wanted):
                yield change, _unmet(change, wish, wanted, stays)


def left_behind(changes: Iterable[Change], left_alone: LeftAlone) -> Iterator[tuple[Change, Ignored]]:
    """Give what goes on naming a resource that the plan destroys, because the engine is told to leave it alone."""
    changes = tuple(changes)
    gone = {str(change.before("id")): change for change in changes if change.destroys and change.before("id")}
    for change in changes if gone else ():
        if change.kind not in {"update", "noop"}:
            continue
        attributes, why = left_alone.get(change.type, ((), ""))
        for attribute in attributes:
            for lost in sorted(strings(change.before(attribute)) & set(gone)):
                yield change, _left_behind(attribute, lost, gone[lost], why)


def _wanted(variables: Mapping[str, Any], wish: Wish) -> Any:
    value: Any = variables
    for part in wish.variable.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value + wish.plus if isinstance(value, int | float) and not isinstance(value, bool) else value


def _apart(variables: Mapping[str, Any], wish: Wish, change: Change, wanted: Any) -> Any:
    """Give what is wanted of a node that stands apart from its role in the middle of an upgrade."""
    nodes = variables.get("apart")
    node = nodes.get(wish.node(change.address)) if isinstance(nodes, Mapping) and wish.apart else None
    return node.get(wish.apart, wanted) if isinstance(node, Mapping) else wanted


def _unmet(change: Change, wish: Wish, wanted: Any, stays: Any) -> Ignored:
    what = f"{change.type}.{change.name}"
    return Ignored(
        wish.attribute,
        wanted,
        stays,
        "something in the stack ignores the change",
        f"look in the stack's folder for what ignores it (`ignore_changes` of {what} in an override or an edited module), "
        f"take it away and plan again; or answer {wish.key}: {wish.answer(stays)}",
        wish.key,
    )


def _left_behind(attribute: str, lost: str, gone: Change, why: str) -> Ignored:
    return Ignored(
        attribute,
        f"the new {gone.type}",
        lost,
        f"this plan destroys {gone.address}, and {attribute} is left alone because {why}",
        "after the apply, put the new one there by hand; or leave as it is what makes the old one go",
        refused=False,
    )


def strings(value: Any) -> set[str]:
    """Give every text that stands somewhere in plain data."""
    if isinstance(value, str):
        return {value}
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for item in held for text in strings(item)}
