"""Which differences of a fresh refresh are our own other resources, seen from the resource they belong to. Pure.

A security group lists the rules that stand as resources of their own, a role its attached policies, a route table its
routes. The engine read the group before the rules were made, and calls the difference drift. It is explained only when each
added element is, value for value, one of the rules in this very state that name the group; an added rule of somebody
else's is in no state, and stays drift.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wizard.engine.held import Held
from wizard.engine.plans import Change, Difference


@dataclass(frozen=True, slots=True)
class _Reflection:
    """An attribute that reflects siblings of type `sibling`; of an element only `keys` are compared (all, when empty)."""

    sibling: str
    keys: tuple[str, ...] = ()


_REFLECTED: dict[tuple[str, str], _Reflection] = {
    ("aws_security_group", "ingress"): _Reflection("aws_vpc_security_group_ingress_rule"),
    ("aws_security_group", "egress"): _Reflection("aws_vpc_security_group_egress_rule"),
    ("aws_iam_role", "managed_policy_arns"): _Reflection("aws_iam_role_policy_attachment"),
    ("aws_iam_role", "inline_policy"): _Reflection("aws_iam_role_policy"),
    ("aws_route_table", "route"): _Reflection("aws_route"),
    ("aws_lb_target_group", "load_balancer_arns"): _Reflection("aws_lb_listener"),
    ("aws_instance", "ebs_block_device"): _Reflection("aws_volume_attachment", ("volume_id",)),
}
#: Where an address is attached follows from the resource that took it, and from nothing else.
_ADDRESS = frozenset(
    {"association_id", "network_interface", "private_dns", "private_ip", "public_dns", "instance", "allocation_id"}
)
_TAKES_ADDRESS = ("aws_nat_gateway", "aws_lb")


def explained(entry: Change, difference: Difference, state: Iterable[Held]) -> bool:
    """Whether a difference is nothing but our own resources, reflected."""
    own = {str(value) for key in ("id", "name", "arn") if (value := entry.after(key))}
    if entry.type == "aws_eip" and difference.path in _ADDRESS:
        return any(own & _leaves(item.values) for item in state if item.type in _TAKES_ADDRESS)
    reflection = _REFLECTED.get((entry.type, difference.path))
    if reflection is None:
        return False
    siblings = [leaves for item in state if item.type == reflection.sibling and own & (leaves := _leaves(item.values))]
    before, after = _elements(difference.before), _elements(difference.after)
    if any(element not in after for element in before):
        return False
    added = [element for element in after if element not in before]
    return all(
        any(single <= sibling for sibling in siblings)
        for element in added
        for single in _singles(element, reflection.keys, own)
    )


def _elements(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _singles(element: Any, keys: tuple[str, ...], own: set[str]) -> Iterator[frozenset[str]]:
    """Take an element apart into what one sibling each must hold: AWS merges rules that differ only in their source."""
    if not isinstance(element, dict):
        yield frozenset({_spelled(element)})
        return
    chosen = {key: item for key, item in element.items() if not keys or key in keys}
    base = {_spelled(item) for item in chosen.values() if not isinstance(item, list | dict | bool) and item}
    sources = [_spelled(item) for value in chosen.values() if isinstance(value, list) for item in value]
    if chosen.get("self") is True:
        sources += [name for name in own if name.startswith("sg-")]
    if not sources:
        yield frozenset(base)
    for source in sources:
        yield frozenset(base | {source})


def _leaves(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {leaf for item in value.values() for leaf in _leaves(item)}
    if isinstance(value, list):
        return {leaf for item in value for leaf in _leaves(item)}
    return set() if value is None or isinstance(value, bool) else {_spelled(value)}


def _spelled(value: Any) -> str:
    """Spell a scalar, a JSON document in one way: policies come back with other spaces and order."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            return json.dumps(json.loads(value), sort_keys=True)
        except ValueError:
            return value
    return str(value)
