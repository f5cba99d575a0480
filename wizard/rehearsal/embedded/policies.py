"""IAM's decision over identity policies, as AWS documents it: an explicit deny wins, then an allow, else nothing is allowed.

Actions and resources with their wildcards, the string, ARN, boolean and null conditions with `ForAllValues` and
`ForAnyValue`, and a permissions boundary. Policy variables are not: a value that holds one matches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

Context = Mapping[str, tuple[str, ...]]
Statement = Mapping[str, Any]
Decision = Literal["allowed", "explicitDeny", "implicitDeny"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision, whether the boundary had a say in it, and the keys that conditions asked for in vain."""

    decision: Decision
    within_boundary: bool = True
    lacks: tuple[str, ...] = ()


class Policies:
    """A principal's policies, read once for many decisions."""

    def __init__(self, documents: Iterable[Any], boundary: Any | None = None) -> None:
        self._identity = _Statements(documents)
        self._boundary = None if boundary is None else _Statements([boundary])

    def decide(self, action: str, resource: str, context: Context) -> Verdict:
        """Decide one request. The names of context keys know no case."""
        known: Context = {key.lower(): tuple(values) for key, values in context.items()}
        of_identity = self._identity.effect(action, resource, known)
        of_boundary = of_identity if self._boundary is None else self._boundary.effect(action, resource, known)
        within = self._boundary is None or of_boundary.decision == "allowed"
        lacks = () if of_identity.decision == "allowed" else of_identity.lacks
        if "explicitDeny" in (of_identity.decision, of_boundary.decision):
            return Verdict("explicitDeny", within, lacks)
        allowed = of_identity.decision == "allowed" and within
        return Verdict("allowed" if allowed else "implicitDeny", within, lacks)


class _Statements:
    def __init__(self, documents: Iterable[Any]) -> None:
        self._all = tuple(it for document in documents for it in _listed(document["Statement"]))
        self._about: dict[str, tuple[Statement, ...]] = {}

    def effect(self, action: str, resource: str, context: Context) -> Verdict:
        effects: set[str] = set()
        lacks: set[str] = set()
        for statement in self._of(action):
            if not _covers(statement, resource):
                continue
            conditions = statement.get("Condition", {})
            lacks |= {key for key in _keys(conditions) if key.lower() not in context}
            if all(_holds(operator, block, context) for operator, block in conditions.items()):
                effects.add(statement["Effect"])
        decision: Decision = (
            "explicitDeny" if "Deny" in effects else "allowed" if "Allow" in effects else "implicitDeny"
        )
        return Verdict(decision, lacks=tuple(sorted(lacks)))

    def _of(self, action: str) -> tuple[Statement, ...]:
        """Statements about an action: a simulation asks of the same one for many resources."""
        if action not in self._about:
            self._about[action] = tuple(it for it in self._all if _acts(it, action))
        return self._about[action]


def _acts(statement: Statement, action: str) -> bool:
    # The names of actions know no case; ARNs do.
    if "NotAction" in statement:
        return not any(_like(it.lower(), action.lower()) for it in _listed(statement["NotAction"]))
    return any(_like(it.lower(), action.lower()) for it in _listed(statement["Action"]))


def _covers(statement: Statement, resource: str) -> bool:
    if "NotResource" in statement:
        return not any(_like(it, resource) for it in _listed(statement["NotResource"]))
    return any(_like(it, resource) for it in _listed(statement["Resource"]))


def _keys(conditions: Mapping[str, Any]) -> Iterator[str]:
    for operator, block in conditions.items():
        if "null" not in operator.lower():
            yield from block


def _like(pattern: str, value: str) -> bool:
    return _matcher(pattern).fullmatch(value) is not None


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(it, re.escape(it)) for it in pattern))


_Compare = Callable[[str, str], bool]
#: What a value of the policy has to be to a value of the request.
_OPERATORS: Final[Mapping[str, _Compare]] = {
    "stringequals": lambda wanted, value: wanted == value,
    "stringequalsignorecase": lambda wanted, value: wanted.lower() == value.lower(),
    "stringlike": _like,
    "arnequals": _like,
    "arnlike": _like,
    "bool": lambda wanted, value: wanted.lower() == value.lower(),
}


def _holds(operator: str, block: Mapping[str, Any], context: Context) -> bool:
    return all(_key_holds(operator.lower(), key, _listed(wanted), context) for key, wanted in block.items())


def _key_holds(operator: str, key: str, wanted: list[Any], context: Context) -> bool:
    values = context.get(key.lower())
    texts = [str(it).lower() if isinstance(it, bool) else str(it) for it in wanted]
    if operator == "null":
        return texts == [str(values is None).lower()]
    quantifier, _, name = operator.rpartition(":")
    if name.endswith("ifexists"):
        if values is None:
            return True
        name = name.removesuffix("ifexists")
    negated = "not" in name
    compare = _OPERATORS[name.replace("not", "", 1)]
    if values is None:
        # A negated comparison holds for a key that is absent, and so does one of all values of none.
        return negated or quantifier == "forallvalues"
    matches = [any(compare(it, value) for it in texts) is not negated for value in values]
    return any(matches) if quantifier == "foranyvalue" else all(matches)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
