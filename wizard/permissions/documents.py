"""Grants as IAM policy documents, each small enough to be a managed policy and valid by itself."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from wizard.permissions.grants import Condition, Grant, Where

#: What AWS allows a managed policy, not counting white space.
LIMIT: Final = 6144

Document = dict[str, Any]


def documents(grants: Iterable[Grant], *, limit: int = LIMIT) -> tuple[Document, ...]:
    """Give as few documents as hold all the grants, in an order that depends on nothing but them."""
    statements = [part for statement in _statements(grants) for part in _parts(statement, limit)]
    filled: list[list[Document]] = []
    for statement in statements:
        home = next((into for into in filled if size(_document([*into, statement])) <= limit), None)
        if home is None:
            filled.append([statement])
        else:
            home.append(statement)
    return tuple(_document(one) for one in filled)


def size(document: Any) -> int:
    """Count characters as AWS does: without white space."""
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))


def _document(statements: list[Document]) -> Document:
    return {"Version": "2012-10-17", "Statement": statements}


def _statements(grants: Iterable[Grant]) -> Iterator[Document]:
    by_place: dict[Where, set[str]] = defaultdict(set)
    for grant in grants:
        by_place[Where(grant.where.name, grant.where.resources, grant.where.conditions)].add(grant.action)
    anywhere = {action for where, actions in by_place.items() if where.unbound for action in actions}
    sids: set[str] = set()
    for where in sorted(by_place, key=lambda where: (where.name, where.resources, repr(where.conditions))):
        # What is allowed everywhere needs no second line that allows it somewhere.
        actions = by_place[where] if where.unbound else by_place[where] - anywhere
        if actions:
            yield _statement(_unused(where.name, sids), where, actions)


def _statement(sid: str, where: Where, actions: set[str]) -> Document:
    statement: Document = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": _one_or_more(sorted(actions)),
        "Resource": _one_or_more(list(where.resources)),
    }
    if where.conditions:
        statement["Condition"] = _conditions(where.conditions)
    return statement


def _conditions(conditions: Iterable[Condition]) -> Document:
    block: Document = {}
    for condition in conditions:
        block.setdefault(condition.operator, {})[condition.key] = _one_or_more(list(condition.values))
    return block


def _one_or_more(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _unused(name: str, sids: set[str]) -> str:
    """Sids are unique in a policy; places of one name get numbers."""
    found = next(sid for sid in (name, *(f"{name}{number}" for number in range(2, 1000))) if sid not in sids)
    sids.add(found)
    return found


def _parts(statement: Document, limit: int) -> Iterator[Document]:
    """Cut a statement in two, by its actions, until each part fits into a document."""
    actions = statement["Action"]
    if size(_document([statement])) <= limit or isinstance(actions, str):
        yield statement
        return
    middle = len(actions) // 2
    for number, some in enumerate((actions[:middle], actions[middle:]), start=1):
        sid = f"{statement['Sid']}Part{number}"
        yield from _parts({**statement, "Sid": sid, "Action": _one_or_more(some)}, limit)
