"""The customer's three policies at one site, derived from the steps there: to look, to do them, to take them back.

To look is part of the other two: whoever does the steps holds `read` and `do`, whoever takes them back `read` and `undo`. An
action that no step at the site needs is in none of them, and each is held to the ids of the steps as far as IAM can hold it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from wizard.handoff.database import is_rds_name
from wizard.handoff.model import (
    Act,
    Admit,
    Connection,
    Outlet,
    Parameters,
    Peering,
    Routes,
    Site,
    Step,
    Zone,
    at,
)
from wizard.permissions.documents import Document, documents
from wizard.permissions.grants import REGION_KEY, Condition, Grant, Stage, Where

BY: Final = "customer"
#: What parameter groups are called that the script makes.
OWN_GROUPS: Final = "planewright-*"

_Target = TypeVar("_Target")


@dataclass(frozen=True, slots=True)
class Policies:
    """The documents of each policy: one, or more where one would be larger than AWS takes."""

    read: tuple[Document, ...]
    do: tuple[Document, ...]
    undo: tuple[Document, ...]

    def named(self) -> Iterator[tuple[str, Document]]:
        """Give each document by the name that its file has: `read`, or `read-1` and `read-2`."""
        for name, found in (("read", self.read), ("do", self.do), ("undo", self.undo)):
            many = len(found) > 1
            yield from ((f"{name}-{number}" if many else name, one) for number, one in enumerate(found, start=1))


def policies(steps: Iterable[Step], site: Site) -> Policies:
    """Give the policies of one account and region."""
    found = tuple(dict.fromkeys(grants(steps, site)))
    by_stage = (documents(grant for grant in found if grant.stage is stage) for stage in Stage)
    return Policies(*by_stage)


def grants(steps: Iterable[Step], site: Site) -> Iterator[Grant]:
    """Give what the script calls, and where, for the steps at a site."""
    own = at(tuple(steps), site)
    place = _Place(site)
    yield from _accept(place, _of(own, Act.ACCEPT_PEERING, Peering))
    yield from _names(place, _of(own, Act.ALLOW_DNS, Peering))
    yield from _routes(place, _of(own, Act.ADD_ROUTES, Routes))
    yield from _rules(place, _of(own, Act.ADMIT_PORT, Admit))
    yield from _zones(place, _of(own, Act.ASSOCIATE_ZONE, Zone))
    yield from _principals(place, _of(own, Act.ALLOW_PRINCIPAL, Connection))
    yield from _connections(place, _of(own, Act.ACCEPT_ENDPOINT, Connection))
    yield from _outlets(place, _of(own, Act.CONNECT_PROXY, Outlet))
    yield from _outlet_names(place, _of(own, Act.NAME_PROXY, Outlet))
    yield from _parameters(place, _of(own, Act.SET_PARAMETERS, Parameters))
    yield from _restart(place, _of(own, Act.REBOOT, Parameters))


def _of(steps: tuple[Step, ...], act: Act, kind: type[_Target]) -> tuple[_Target, ...]:
    return tuple(step.target for step in steps if step.act is act and isinstance(step.target, kind))


@dataclass(frozen=True, slots=True)
class _Place:
    """Writes ARNs of a site."""

    site: Site

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.site.partition}:{service}:{self.site.region}:{self.site.account_id}:{resource}"

    @property
    def anywhere(self) -> Where:
        """What knows no resource, in the site's region."""
        return Where("Any", conditions=(Condition("StringEquals", REGION_KEY, (self.site.region,)),))

    def vpcs(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.arn("ec2", f"vpc/{vpc}") for vpc in ids))

    def looks(self, *actions: str) -> Iterator[Grant]:
        return (Grant(action, Stage.READ, self.anywhere, BY) for action in actions)

    def peerings(self, found: tuple[Peering, ...]) -> Where:
        accepter = Condition("ArnEquals", "ec2:AccepterVpc", self.vpcs(peering.vpc_id for peering in found))
        ids = tuple(self.arn("ec2", f"vpc-peering-connection/{peering.id}") for peering in found)
        return Where("Peerings", ids, (accepter,))


def _accept(place: _Place, found: tuple[Peering, ...]) -> Iterator[Grant]:
    if not found:
        return
    yield from place.looks("ec2:DescribeVpcPeeringConnections")
    own = Where("OwnVpcs", place.vpcs(peering.vpc_id for peering in found))
    yield Grant("ec2:AcceptVpcPeeringConnection", Stage.DO, place.peerings(found), BY)
    yield Grant("ec2:AcceptVpcPeeringConnection", Stage.DO, own, BY)
    yield Grant("ec2:DeleteVpcPeeringConnection", Stage.UNDO, place.peerings(found), BY)


def _names(place: _Place, found: tuple[Peering, ...]) -> Iterator[Grant]:
    if not found:
        return
    yield from place.looks("ec2:DescribeVpcPeeringConnections")
    for stage in (Stage.DO, Stage.UNDO):
        yield Grant("ec2:ModifyVpcPeeringConnectionOptions", stage, place.peerings(found), BY)


def _routes(place: _Place, found: tuple[Routes, ...]) -> Iterator[Grant]:
    if not found:
        return
    # Who looks at them with a role of the customer's reads what a route's prefix list holds, too.
    yield from place.looks("ec2:DescribeRouteTables", "ec2:GetManagedPrefixListEntries")
    if any(routes.host for routes in found):
        yield from _database_seen(place)
    own = Condition("ArnEquals", "ec2:Vpc", place.vpcs(routes.vpc_id for routes in found))
    tables = Where("RouteTables", (place.arn("ec2", "route-table/*"),), (own,))
    yield Grant("ec2:CreateRoute", Stage.DO, tables, BY)
    yield Grant("ec2:DeleteRoute", Stage.UNDO, tables, BY)


def _rules(place: _Place, found: tuple[Admit, ...]) -> Iterator[Grant]:
    if not found:
        return
    yield from place.looks("ec2:DescribeSecurityGroupRules")
    # The script needs none of these: they tell whoever looks with a role of the customer's what keeps us out.
    yield from place.looks(
        "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces", "ec2:GetManagedPrefixListEntries"
    )
    yield from _database_seen(place)
    own = Condition("ArnEquals", "ec2:Vpc", place.vpcs(rule.vpc_id for rule in found))
    groups = Where("SecurityGroups", (place.arn("ec2", "security-group/*"),), (own,))
    # A rule that is named or tagged is a resource of the call, too, and knows no VPC.
    rules = Where("Rules", (place.arn("ec2", "security-group-rule/*"),))
    for where in (groups, rules):
        yield Grant("ec2:AuthorizeSecurityGroupIngress", Stage.DO, where, BY)
        yield Grant("ec2:RevokeSecurityGroupIngress", Stage.UNDO, where, BY)
    made = Condition("StringEquals", "ec2:CreateAction", ("AuthorizeSecurityGroupIngress",))
    yield Grant("ec2:CreateTags", Stage.DO, Where("RuleTags", rules.resources, (made,)), BY)


def _zones(place: _Place, found: tuple[Zone, ...]) -> Iterator[Grant]:
    if not found:
        return
    yield Grant("route53:ListHostedZonesByVPC", Stage.READ, Where("AnyZone"), BY)
    zones = tuple(dict.fromkeys(f"arn:{place.site.partition}:route53:::hostedzone/{zone.zone_id}" for zone in found))
    # The zone is ours; each side says yes for its own VPC.
    vpcs = tuple(f"VPCId={zone.vpc_id},VPCRegion={zone.region}" for zone in found)
    where = Where("Zone", zones, (Condition("ForAllValues:StringEquals", "route53:VPCs", vpcs),))
    for stage, action in ((Stage.DO, "Associate{}With"), (Stage.UNDO, "Disassociate{}From")):
        yield Grant(f"route53:{action.format('VPC')}HostedZone", stage, where, BY)
        # Route 53 asks EC2 about the VPC with the caller's permission.
        yield Grant("ec2:DescribeVpcs", stage, place.anywhere, BY)


# -- through a service of the customer's


def _services(place: _Place, found: tuple[Connection, ...]) -> Where:
    ids = dict.fromkeys(place.arn("ec2", f"vpc-endpoint-service/{ours.service_id}") for ours in found)
    return Where("Service", tuple(ids))


def _principals(place: _Place, found: tuple[Connection, ...]) -> Iterator[Grant]:
    if not found:
        return
    yield from place.looks("ec2:DescribeVpcEndpointServicePermissions")
    for stage in (Stage.DO, Stage.UNDO):
        yield Grant("ec2:ModifyVpcEndpointServicePermissions", stage, _services(place, found), BY)


def _connections(place: _Place, found: tuple[Connection, ...]) -> Iterator[Grant]:
    if not found:
        return
    yield from place.looks("ec2:DescribeVpcEndpointConnections")
    yield Grant("ec2:AcceptVpcEndpointConnections", Stage.DO, _services(place, found), BY)
    yield Grant("ec2:RejectVpcEndpointConnections", Stage.UNDO, _services(place, found), BY)


def _outlets(place: _Place, found: tuple[Outlet, ...]) -> Iterator[Grant]:
    """An endpoint is made in a VPC, a subnet and a group, each a resource of the call; the first two have to be the VPC's."""
    if not found:
        return
    yield from place.looks("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints")
    vpcs = place.vpcs(outlet.vpc_id for outlet in found)
    own = Condition("ArnEquals", "ec2:Vpc", vpcs)
    network = Where("OutletVpcs", vpcs)
    inside = Where(
        "OutletSubnetsAndGroups", tuple(place.arn("ec2", f"{kind}/*") for kind in ("subnet", "security-group")), (own,)
    )
    endpoints = Where("Outlets", (place.arn("ec2", "vpc-endpoint/*"),))
    groups = Where("OutletGroups", (place.arn("ec2", "security-group/*"),))
    for where in (network, inside, endpoints):
        yield Grant("ec2:CreateVpcEndpoint", Stage.DO, where, BY)
    for where in (network, groups):
        yield Grant("ec2:CreateSecurityGroup", Stage.DO, where, BY)
    group_in_vpc = Where("OutletGroupRules", groups.resources, (own,))
    yield Grant("ec2:AuthorizeSecurityGroupIngress", Stage.DO, group_in_vpc, BY)
    made = Condition("StringEquals", "ec2:CreateAction", ("CreateSecurityGroup", "CreateVpcEndpoint"))
    yield Grant("ec2:CreateTags", Stage.DO, Where("OutletTags", groups.resources + endpoints.resources, (made,)), BY)
    yield Grant("ec2:DeleteVpcEndpoints", Stage.UNDO, endpoints, BY)
    yield Grant("ec2:DeleteSecurityGroup", Stage.UNDO, group_in_vpc, BY)


def _outlet_names(place: _Place, found: tuple[Outlet, ...]) -> Iterator[Grant]:
    if not found:
        return
    yield from place.looks("ec2:DescribeVpcEndpoints")
    zones = Where("OwnZones", (f"arn:{place.site.partition}:route53:::hostedzone/*",))
    for action in ("route53:ListHostedZonesByVPC", "route53:ListResourceRecordSets", "route53:GetHostedZone"):
        yield Grant(action, Stage.READ, Where("AnyZone") if action.endswith("ByVPC") else zones, BY)
    names = tuple(dict.fromkeys(outlet.host.lower() for outlet in found))
    key = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    named = Where("OwnRecord", zones.resources, (Condition("ForAllValues:StringEquals", key, names),))
    yield Grant("route53:CreateHostedZone", Stage.DO, Where("AnyZone"), BY)
    # Route 53 asks EC2 about the VPC with the caller's permission.
    yield Grant("ec2:DescribeVpcs", Stage.DO, place.anywhere, BY)
    for stage in (Stage.DO, Stage.UNDO):
        yield Grant("route53:ChangeResourceRecordSets", stage, named, BY)
    yield Grant("route53:DeleteHostedZone", Stage.UNDO, zones, BY)


# -- the database in RDS


def _database_seen(place: _Place) -> Iterator[Grant]:
    return place.looks("rds:DescribeDBClusters", "rds:DescribeDBInstances")


def _parameters(place: _Place, found: tuple[Parameters, ...]) -> Iterator[Grant]:
    # Of a database that is not known to be of RDS nothing in RDS is changed: its administrator sets it.
    for settings in filter(_managed, found):
        yield from _database_seen(place)
        yield from place.looks("rds:ListTagsForResource")
        instance = "*" if _is_cluster(settings.host) or not is_rds_name(settings.host) else _first_label(settings.host)
        cluster = _first_label(settings.host) if _is_cluster(settings.host) else "*"
        if not _is_cluster(settings.host):
            yield from _group(place, "", "pg", place.arn("rds", f"db:{instance}"), "rds:ModifyDBInstance")
        yield from _group(place, "Cluster", "cluster-pg", place.arn("rds", f"cluster:{cluster}"), "rds:ModifyDBCluster")


def _group(place: _Place, word: str, kind: str, database: str, modify: str) -> Iterator[Grant]:
    """A default group cannot be changed: one is made and associated. One that is the customer's own is changed."""
    yield from place.looks(f"rds:DescribeDB{word}ParameterGroups", f"rds:DescribeDB{word}Parameters")
    every, own = place.arn("rds", f"{kind}:*"), place.arn("rds", f"{kind}:{OWN_GROUPS}")
    groups, made = Where(f"{word}ParameterGroups", (every,)), Where(f"Own{word}ParameterGroups", (own,))
    changed = Where(f"{word or 'Instance'}AndGroups", (database, every))
    yield Grant(f"rds:CreateDB{word}ParameterGroup", Stage.DO, made, BY)
    yield Grant(f"rds:DeleteDB{word}ParameterGroup", Stage.UNDO, made, BY)
    # What a value was before is kept as a tag of the group, for the way back.
    yield Grant("rds:AddTagsToResource", Stage.DO, groups, BY)
    yield Grant("rds:RemoveTagsFromResource", Stage.UNDO, groups, BY)
    for stage in (Stage.DO, Stage.UNDO):
        yield Grant(modify, stage, changed, BY)
        yield Grant(f"rds:ModifyDB{word}ParameterGroup", stage, groups, BY)


def _restart(place: _Place, found: tuple[Parameters, ...]) -> Iterator[Grant]:
    for settings in filter(_managed, found):
        yield from _database_seen(place)
        known = is_rds_name(settings.host) and not _is_cluster(settings.host)
        name = _first_label(settings.host) if known else "*"
        yield Grant("rds:RebootDBInstance", Stage.DO, Where("Instance", (place.arn("rds", f"db:{name}"),)), BY)


def _managed(settings: Parameters) -> bool:
    return settings.managed


def _first_label(host: str) -> str:
    return host.lower().partition(".")[0]


def _is_cluster(host: str) -> bool:
    """Whether a name is a cluster's: its instances have names of their own."""
    return is_rds_name(host) and host.partition(".")[2].lower().startswith("cluster-")
