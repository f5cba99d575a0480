"""What a look asks AWS beside the engine's plan: who, how peerings stand, whose groups these are, what no state knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from wizard.aws.session import AwsSession
from wizard.blueprints.springtail import names
from wizard.blueprints.springtail.ownership import DEPLOYMENT_TAG, SHARD_TAG
from wizard.blueprints.springtail.stacks import LINK
from wizard.changes.change import Change
from wizard.changes.ignored import strings
from wizard.deploy.target import Target, neighbours
from wizard.drift.designed import Neighbours
from wizard.drift.explain import PEERING, Status, id_of
from wizard.drift.found import Stray
from wizard.engine.held import Held
from wizard.errors import PlanewrightError

#: EC2's words for types, as the engine has them.
_TYPES: Final = {
    "elastic-ip": "aws_eip",
    "instance": "aws_instance",
    "internet-gateway": "aws_internet_gateway",
    "natgateway": "aws_nat_gateway",
    "route-table": "aws_route_table",
    "security-group": "aws_security_group",
    "security-group-rule": "aws_vpc_security_group_ingress_rule",
    "subnet": "aws_subnet",
    "volume": "aws_ebs_volume",
    "vpc": "aws_vpc",
    "vpc-endpoint": "aws_vpc_endpoint",
    "vpc-endpoint-service": "aws_vpc_endpoint_service",
    "vpc-peering-connection": "aws_vpc_peering_connection",
}


@dataclass(frozen=True, slots=True)
class Strays:
    """What carries our tags and is in no state. Where that could not be read, `unread` says why."""

    found: tuple[Stray, ...] = ()
    unread: str = ""


def neighbours_of(target: Target, session: AwsSession, drift: Sequence[Change], held: Iterable[Held]) -> Neighbours:
    """Say what differs by design: what deployments add to a shard, by answers and tags, and what the state's own resources show."""
    if not drift:
        return Neighbours()
    own = own_of(target, held)
    if target.place.kind != "shard":
        return own
    return replace(own, groups=frozenset(session_groups(session, target.name)))


def own_of(target: Target, held: Iterable[Held]) -> Neighbours:
    """Say what of it needs no AWS to be known."""
    volumes, routes, vpcs = set(), set(), set()
    for one in held:
        if one.type == "aws_ebs_volume":
            volumes.add(str(one.values.get("id")))
        elif one.type == "aws_vpc":
            vpcs.add(str(one.values.get("id")))
        elif one.type == "aws_route":
            routes.add((str(one.values.get("route_table_id")), str(one.values.get("destination_cidr_block"))))
    return Neighbours(
        users=users_on(target), volumes=frozenset(volumes), routes=frozenset(routes), vpcs=frozenset(vpcs)
    )


def users_on(target: Target) -> frozenset[str]:
    """Give the Redis users of the deployments on a shard, by this workspace's answers; none for a deployment."""
    if target.place.kind != "shard":
        return frozenset()
    return frozenset(names.names(other)["redis_user_id"] for other in neighbours(target))


def session_groups(session: AwsSession, shard: str) -> Iterable[str]:
    """Give the security groups that belong to a deployment on the shard, in whatever workspace it lies."""
    with session.call("read whose security groups these are"):
        pages = session.client("ec2").get_paginator("describe_security_groups")
        found = pages.paginate(
            Filters=[{"Name": f"tag:{SHARD_TAG}", "Values": [shard]}, {"Name": "tag-key", "Values": [DEPLOYMENT_TAG]}]
        )
        return [group["GroupId"] for page in found for group in page["SecurityGroups"]]


def statuses(session: AwsSession, drift: Iterable[Change]) -> dict[str, Status]:
    """Read how the peerings among these stand, in AWS's own words. One that AWS has forgotten is missing."""
    from wizard.aws.reads import peering

    found = {}
    for change in drift:
        if change.type == PEERING and (fact := peering(session, id_of(change))) is not None:
            found[id_of(change)] = Status(fact.status, fact.message)
    return found


def strays(target: Target, stack: str, session: AwsSession, held: Sequence[Held]) -> Strays:
    """Give what carries this object's tags in EC2, and that the state does not know under any attribute."""
    from wizard.aws.strays import alive, tagged

    if stack == LINK:
        return Strays()
    known = strings([item.values for item in held])
    try:
        if target.place.kind == "deployment":
            own = tagged(session, DEPLOYMENT_TAG, target.name)
        else:
            # What belongs to a deployment carries the shard's tag as well.
            theirs = {one.id for one in tagged(session, DEPLOYMENT_TAG)}
            own = tuple(one for one in tagged(session, SHARD_TAG, target.name) if one.id not in theirs)
        living = alive(session, [one for one in own if one.id not in known and one.kind in _TYPES])
    except PlanewrightError as error:
        return Strays(
            unread=f"what carries our tags and is in no state was not looked for: {error.title} ({error.cause})"
        )
    return Strays(tuple(Stray(one.id, _TYPES[one.kind], one.name) for one in living))


def matched(found: Iterable[Stray], planned: Iterable[Change]) -> tuple[Stray, ...]:
    """Name for each stray the addresses that a plan would make anew, of its type and by its name."""
    creates = [change for change in planned if change.kind == "create"]
    return tuple(
        Stray(
            one.id,
            one.type,
            one.name,
            tuple(change.address for change in creates if _is(change, one)),
        )
        for one in found
    )


def _is(change: Change, stray: Stray) -> bool:
    if change.type != stray.type and not change.type.startswith(stray.type.replace("_ingress_rule", "_")):
        return False
    tags = change.after("tags_all") or change.after("tags") or {}
    return not stray.name or tags.get("Name", "") == stray.name
