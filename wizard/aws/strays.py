"""What carries a tag of ours in EC2: ids, to be compared with what the states know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wizard.aws.session import AwsSession

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import FilterTypeDef


@dataclass(frozen=True, slots=True)
class Tagged:
    """A resource by its id, EC2's word for its type (`volume`), and its Name tag; empty where there is none, or nobody looked."""

    id: str
    kind: str
    name: str = ""


#: What goes on carrying its tags for a while when it is gone, and the call that tells whether it is.
_LINGERS: Final[dict[str, tuple[str, str, str, str]]] = {
    "vpc-peering-connection": (
        "describe_vpc_peering_connections",
        "vpc-peering-connection-id",
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
    ),
    "vpc-endpoint": ("describe_vpc_endpoints", "vpc-endpoint-id", "VpcEndpoints", "VpcEndpointId"),
    "natgateway": ("describe_nat_gateways", "nat-gateway-id", "NatGateways", "NatGatewayId"),
    "security-group-rule": (
        "describe_security_group_rules",
        "security-group-rule-id",
        "SecurityGroupRules",
        "SecurityGroupRuleId",
    ),
    "volume": ("describe_volumes", "volume-id", "Volumes", "VolumeId"),
}
#: EC2 takes so many values of a filter.
_VALUES: Final = 200
_OVER: Final = frozenset({"deleted", "deleting", "rejected", "failed", "expired", "terminated", "shutting-down"})


def tagged(session: AwsSession, key: str, value: str = "") -> tuple[Tagged, ...]:
    """Give what carries this tag, of any value where none is named. One call for a thousand resources."""
    filters: list[FilterTypeDef] = [{"Name": "key", "Values": [key]}]
    filters += [{"Name": "value", "Values": [value]}] if value else []
    with session.call(f"read what carries the tag {key}"):
        pages = session.client("ec2").get_paginator("describe_tags").paginate(Filters=filters)
        found = [tag for page in pages for tag in page["Tags"]]
    return tuple(Tagged(tag["ResourceId"], str(tag["ResourceType"])) for tag in found)


def alive(session: AwsSession, candidates: Iterable[Tagged]) -> tuple[Tagged, ...]:
    """Leave out what is gone and merely still carries its tags; give the rest with their names."""
    found: list[Tagged] = []
    left = list(candidates)
    with session.call("read which of these resources are still there"):
        for begin in range(0, len(left), _VALUES):
            found += _alive(session.client("ec2"), left[begin : begin + _VALUES])
    return tuple(found)


def _alive(ec2: Any, candidates: list[Tagged]) -> Iterator[Tagged]:
    by_kind: dict[str, list[str]] = {}
    for one in candidates:
        by_kind.setdefault(one.kind, []).append(one.id)
    living = {id_ for kind, ids in by_kind.items() for id_ in _living(ec2, kind, ids)}
    if not living:  # a filter without values would let everything through
        return
    asked = [{"Name": "resource-id", "Values": sorted(living)}, {"Name": "key", "Values": ["Name"]}]
    told = ec2.get_paginator("describe_tags").paginate(Filters=asked)
    names = {tag["ResourceId"]: tag["Value"] for page in told for tag in page["Tags"]}
    for one in candidates:
        if one.id in living:
            yield Tagged(one.id, one.kind, names.get(one.id, ""))


def _living(ec2: Any, kind: str, ids: list[str]) -> set[str]:
    if kind == "instance":
        pages = ec2.get_paginator("describe_instances").paginate(Filters=[{"Name": "instance-id", "Values": ids}])
        instances = [one for page in pages for group in page["Reservations"] for one in group["Instances"]]
        return {one["InstanceId"] for one in instances if one["State"]["Name"] not in _OVER}
    if kind not in _LINGERS:
        return set(ids)
    call, name, listed, id_ = _LINGERS[kind]
    pages = ec2.get_paginator(call).paginate(Filters=[{"Name": name, "Values": ids}])
    return {one[id_] for page in pages for one in page[listed] if _state(one) not in _OVER}


def _state(one: dict[str, Any]) -> str:
    state = one.get("State") or one.get("Status") or ""
    return str(state.get("Code", "") if isinstance(state, dict) else state).lower()
