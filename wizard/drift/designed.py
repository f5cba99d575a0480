"""What differs by design: what another stack of ours, or the customer as they were asked, adds to a resource. Pure.

A stack's state knows what its own last apply left. Deployments add their users and rules to the shard's Redis, `link` and the
customer set the DNS options of a peering that `instance` asked for, and the customer accepts it. None of that is drift.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wizard.blueprints.springtail.wishes import LEFT_ALONE
from wizard.changes.change import Change, Difference
from wizard.drift.rules import entries

#: Attributes that are lists of things, which AWS gives in any order.
LISTS: Final = frozenset(
    {
        "ebs_block_device",
        "ingress",
        "egress",
        "user_ids",
        "vpc",
        "route",
        "managed_policy_arns",
        "inline_policy",
        "requester",
        "accepter",
    }
)
_OPTION: Final = {"requester": "stack link sets our side's", "accepter": "the customer sets theirs"}


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What deployments add to the shard that they stand on: their Redis users, and the groups that their rules name.

    `groups` are security groups of the account that carry the shard's and some deployment's tag. `volumes` and `routes` (table
    and destination) are resources of the state's own: what others show of them is told of by themselves, or is as it should be.
    `vpcs` are the state's own as well: another one in the private zone is a customer's.
    """

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()
    routes: frozenset[tuple[str, str]] = frozenset()
    vpcs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Suspect:
    """A resource with the differences that no design explains. `designed` says what was explained, and by what."""

    change: Change
    differences: tuple[Difference, ...]
    designed: tuple[str, ...] = ()


def suspects(drift: Iterable[Change], known: Neighbours) -> tuple[tuple[Suspect, ...], tuple[str, ...]]:
    """Part what somebody has to look at from what is by design; of the latter give a line each."""
    drift = tuple(drift)
    found, explained = [], []
    for change in drift:
        if change.kind == "delete":
            found.append(Suspect(change, ()))
            continue
        left = []
        for item in _whole(change):
            why = _why(change, item, known, drift)
            if why:
                explained.append(f"{change.address}: {why}")
            else:
                left.append(item)
        if left:
            found.append(Suspect(change, _without_doubles(left)))
    return tuple(found), tuple(dict.fromkeys(explained))


def _whole(change: Change) -> Iterator[Difference]:
    """Give its differences, those inside an attribute that is a list of things as one: what was added shows only beside all."""
    told: set[str] = set()
    for item in change.differences():
        attribute = item.path.partition(".")[0].partition("[")[0]
        if attribute not in LISTS:
            yield item
        elif attribute not in told:
            told.add(attribute)
            yield Difference(attribute, change.before(attribute), change.after(attribute))


def _without_doubles(items: Sequence[Difference]) -> tuple[Difference, ...]:
    """A tag of one resource's own shows in `tags` and in `tags_all`: once is enough."""
    own = {item.path.removeprefix("tags.") for item in items if item.path.startswith("tags.")}
    return tuple(item for item in items if not (item.path.startswith("tags_all.") and item.path[9:] in own))


def _why(change: Change, item: Difference, known: Neighbours, drift: Sequence[Change]) -> str:
    """Say why a difference is by design; empty when it is not."""
    attribute = item.path.partition(".")[0].partition("[")[0]
    design, text = False, ""
    match change.type, attribute:
        case "aws_vpc_peering_connection", "accept_status":
            design, text = item.after == "active", "the customer has accepted it"
        case "aws_vpc_peering_connection", "requester" | "accepter":
            design = _options_on(item.after)
            text = f"the DNS option is on: {_OPTION[attribute]}"
        case "aws_vpc_endpoint", "state":
            design, text = str(item.after).lower() == "available", "it has been accepted"
        case "aws_elasticache_user_group", "user_ids":
            design, text = _added(item) <= known.users and not _removed(item), "users of deployments"
        case "aws_instance", "ebs_block_device":
            design, text = _told_by_volumes(item, drift, known), "its volumes are resources of their own"
        case "aws_route_table", "route":
            design, text = _told_by_routes(change, item, drift, known), "its routes are resources of their own"
        case "aws_security_group", "ingress" | "egress" if _told_by_rules(change, item, drift):
            design, text = True, "rules of its own that are gone are told of by themselves"
        case "aws_security_group", "ingress" | "egress":
            design, text = _only_of(item, known.groups), "rules of deployments"
        case "aws_route53_zone", "vpc":
            # Who associates is let in by an authorization of ours, for the one VPC; what is theirs they take away again.
            design, text = _of_customers(item, known.vpcs), "customers associate their VPCs, and take them away again"
        case "aws_elasticache_user", _:
            attributes, text = LEFT_ALONE[change.type]
            design = attribute in attributes
    return text if design else ""


def _options_on(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(one, dict) and one.get("allow_remote_vpc_dns_resolution") is True for one in value)


def _elements(value: Any) -> dict[str, Any]:
    members = value if isinstance(value, list) else [] if value is None else [value]
    return {json.dumps(member, sort_keys=True): member for member in members}


def _added(item: Difference) -> set[Any]:
    before = _elements(item.before)
    return {_hashable(member) for key, member in _elements(item.after).items() if key not in before}


def _removed(item: Difference) -> set[Any]:
    after = _elements(item.after)
    return {_hashable(member) for key, member in _elements(item.before).items() if key not in after}


def _hashable(member: Any) -> Any:
    return member if isinstance(member, str) else json.dumps(member, sort_keys=True)


def _of_customers(item: Difference, own: frozenset[str]) -> bool:
    """Whether no VPC of ours has gone from the zone. Which are ours has to be known, once any has gone."""
    gone = [json.loads(one).get("vpc_id") for one in _removed(item)]
    return not gone or (bool(own) and own.isdisjoint(gone))


def _only_of(item: Difference, groups: frozenset[str]) -> bool:
    """Whether each source that came or went is a group of a deployment on this shard."""
    changed = entries(item.before) ^ entries(item.after)
    return bool(changed) and all(entry.kind == "security_groups" and entry.source in groups for entry in changed)


def _changed(item: Difference) -> list[Any]:
    before, after = _elements(item.before), _elements(item.after)
    return [{**before, **after}[key] for key in before.keys() ^ after.keys()]


def _told_by_volumes(item: Difference, drift: Sequence[Change], known: Neighbours) -> bool:
    """Whether a node merely shows what has become of volumes that are resources of their own."""
    told = {change.before("id") for change in drift if change.type == "aws_ebs_volume"} | known.volumes
    changed = _changed(item)
    return bool(changed) and all(isinstance(one, dict) and one.get("volume_id") in told for one in changed)


def _told_by_routes(change: Change, item: Difference, drift: Sequence[Change], known: Neighbours) -> bool:
    """Whether a table merely shows what has become of routes that are resources of their own."""
    table = change.after("id")
    gone = {
        (route.before("route_table_id"), route.before("destination_cidr_block"))
        for route in drift
        if route.type == "aws_route"
    }
    changed = _changed(item)
    return bool(changed) and all(
        isinstance(one, dict) and (table, one.get("cidr_block")) in gone | known.routes for one in changed
    )


def _told_by_rules(change: Change, item: Difference, drift: Sequence[Change]) -> bool:
    """Whether a group merely lacks rules that are resources of their own, and are told of as gone themselves."""
    gone = [
        other
        for other in drift
        if other.kind == "delete"
        and other.type.startswith("aws_vpc_security_group_")
        and other.before("security_group_id") == change.after("id")
    ]
    return bool(gone) and not entries(item.after) - entries(item.before)
