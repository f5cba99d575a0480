"""The customer's three policies, for each account of theirs: to look, to do their part, and to take it back.

What can be given before anything is built, and suffices for the script of `planewright handoff`, whose own policies are
derived from the steps themselves (`wizard.handoff.policies`). Scoped to the accounts, regions and VPCs of the answers, and to the peerings and
the zone by their ids once the stacks that make them have been applied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wizard.blueprints.springtail.answers import (
    Application,
    CertificateAuthority,
    DatabaseVpc,
    DeploymentAnswers,
    ShardAnswers,
    Topology,
)
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.permissions.grants import REGION_KEY, Condition, Grant, Stage, Where

#: The account of a customer who named none: the public topology asks for no account.
ANY_ACCOUNT: Final = ""
BY: Final = "customer"

_RDS_DOMAIN: Final = ".rds.amazonaws.com"


@dataclass(frozen=True, slots=True)
class _Vpc:
    """A VPC of the customer's; `*` for what the answers do not tell."""

    account: str
    region: str
    id: str
    peering: str
    partition: str

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def within(self) -> tuple[Condition, ...]:
        """Holds for resources of this VPC alone."""
        return () if self.id == "*" else (Condition("ArnEquals", "ec2:Vpc", (self.arn("ec2", f"vpc/{self.id}"),)),)

    @property
    def there(self) -> tuple[Condition, ...]:
        """Holds for calls in this VPC's region alone."""
        return () if self.region == "*" else (Condition("StringEquals", REGION_KEY, (self.region,)),)


def customer_grants(
    deployment: DeploymentAnswers, shard: ShardAnswers, built: InstanceOutputs | None = None
) -> dict[str, tuple[Grant, ...]]:
    """Give the customer's grants by the account that they belong to."""
    partition = shard.account.partition.value
    if deployment.topology is Topology.PUBLIC:
        anywhere = _Vpc("*", "*", "*", "*", partition)
        return {ANY_ACCOUNT: tuple(dict.fromkeys((*_look(anywhere), *_open_the_port(anywhere))))}
    found: dict[str, list[Grant]] = defaultdict(list)
    database = deployment.database.vpc
    if deployment.through_service:
        if database is not None:
            found[database.account_id] += _service_side(_vpc(database, "", partition), deployment)
        for application in deployment.applications:
            outlet = _outlet_side(_vpc(application, "", partition), deployment.proxy.host)
            found[application.account_id] += outlet
        return {account: tuple(dict.fromkeys(grants)) for account, grants in sorted(found.items())}
    private = built.private if built else None
    if database is not None:
        peering = private.database_peering.id if private else "*"
        found[database.account_id] += _database_side(_vpc(database, peering, partition), deployment)
    zone = private.private_zone_id if private else ""
    for application in deployment.applications:
        known = private.application_peerings.get(application.name) if private else None
        vpc = _vpc(application, known.id if known else "*", partition)
        found[application.account_id] += _application_side(vpc, zone or "*")
    return {account: tuple(dict.fromkeys(grants)) for account, grants in sorted(found.items())}


def _vpc(vpc: DatabaseVpc | Application, peering: str, partition: str) -> _Vpc:
    return _Vpc(vpc.account_id, vpc.region, vpc.vpc_id, peering, partition)


def _database_side(vpc: _Vpc, deployment: DeploymentAnswers) -> Iterator[Grant]:
    yield from _look(vpc)
    yield from _peer(vpc)
    yield from _open_the_port(vpc)
    yield from _of_rds(vpc, deployment)


def _of_rds(vpc: _Vpc, deployment: DeploymentAnswers) -> Iterator[Grant]:
    database = deployment.database
    name, _, rest = database.host.partition(".")
    if database.host.endswith(_RDS_DOMAIN):
        # An instance's host begins with its name, a cluster's with the cluster's, whose instances have names of their own.
        yield from _parameters(vpc, "*" if rest.startswith("cluster-") else name, name)
    elif database.certificate_authority is CertificateAuthority.RDS:
        # A name of the customer's own that leads to RDS: what the database itself is called is not known.
        yield from _parameters(vpc, "*", "*")


def _service_side(vpc: _Vpc, deployment: DeploymentAnswers) -> Iterator[Grant]:
    """Allow and accept on the service that is named; of one that is still to be made, on any of the account's."""
    yield from _look(vpc)
    everywhere = Where("Any", conditions=vpc.there)
    for look in ("Connections", "ServicePermissions"):
        yield Grant(f"ec2:DescribeVpcEndpoint{look}", Stage.READ, everywhere, BY)
    service = deployment.database.service_name.rpartition(".")[2] or "*"
    where = Where("Service", (vpc.arn("ec2", f"vpc-endpoint-service/{service}"),))
    for stage in (Stage.DO, Stage.UNDO):
        yield Grant("ec2:ModifyVpcEndpointServicePermissions", stage, where, BY)
    yield Grant("ec2:AcceptVpcEndpointConnections", Stage.DO, where, BY)
    yield Grant("ec2:RejectVpcEndpointConnections", Stage.UNDO, where, BY)
    yield from _open_the_port(vpc)
    yield from _of_rds(vpc, deployment)


def _outlet_side(vpc: _Vpc, host: str) -> Iterator[Grant]:
    """An endpoint to the proxies in the application's VPC, and a private zone of exactly the proxy's name."""
    yield from _look(vpc)
    everywhere = Where("Any", conditions=vpc.there)
    yield Grant("ec2:DescribeVpcEndpoints", Stage.READ, everywhere, BY)
    network = Where("OutletVpcs", (vpc.arn("ec2", f"vpc/{vpc.id}"),))
    groups, endpoints = vpc.arn("ec2", "security-group/*"), vpc.arn("ec2", "vpc-endpoint/*")
    inside = Where("OutletSubnetsAndGroups", (vpc.arn("ec2", "subnet/*"), groups), vpc.within)
    for where in (network, inside, Where("Outlets", (endpoints,))):
        yield Grant("ec2:CreateVpcEndpoint", Stage.DO, where, BY)
    for where in (network, Where("OutletGroups", (groups,))):
        yield Grant("ec2:CreateSecurityGroup", Stage.DO, where, BY)
    own_groups = Where("OutletGroupRules", (groups,), vpc.within)
    yield Grant("ec2:AuthorizeSecurityGroupIngress", Stage.DO, own_groups, BY)
    made = Condition("StringEquals", "ec2:CreateAction", ("CreateSecurityGroup", "CreateVpcEndpoint"))
    yield Grant("ec2:CreateTags", Stage.DO, Where("OutletTags", (groups, endpoints), (made,)), BY)
    yield Grant("ec2:DeleteVpcEndpoints", Stage.UNDO, Where("Outlets", (endpoints,)), BY)
    yield Grant("ec2:DeleteSecurityGroup", Stage.UNDO, own_groups, BY)
    if not host:
        return
    zones = Where("OwnZones", (f"arn:{vpc.partition}:route53:::hostedzone/*",))
    key = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    named = Where("OwnRecord", zones.resources, (Condition("ForAllValues:StringEquals", key, (host,)),))
    yield Grant("route53:ListHostedZonesByVPC", Stage.READ, Where("AnyZone"), BY)
    for action in ("route53:ListResourceRecordSets", "route53:GetHostedZone"):
        yield Grant(action, Stage.READ, zones, BY)
    yield Grant("route53:CreateHostedZone", Stage.DO, Where("AnyZone"), BY)
    yield Grant("ec2:DescribeVpcs", Stage.DO, everywhere, BY)
    for stage in (Stage.DO, Stage.UNDO):
        yield Grant("route53:ChangeResourceRecordSets", stage, named, BY)
    yield Grant("route53:DeleteHostedZone", Stage.UNDO, zones, BY)


def _application_side(vpc: _Vpc, zone: str) -> Iterator[Grant]:
    yield from _look(vpc)
    yield from _peer(vpc)
    # The name of the proxy: the zone is the vendor's, and each side says yes for its own VPC.
    zones = f"arn:{vpc.partition}:route53:::hostedzone/{zone}"
    own = Condition("ForAllValues:StringEquals", "route53:VPCs", (f"VPCId={vpc.id},VPCRegion={vpc.region}",))
    where = Where("Zone", (zones,), (own,))
    yield Grant("route53:ListHostedZonesByVPC", Stage.READ, Where("AnyZone"), BY)
    yield Grant("route53:AssociateVPCWithHostedZone", Stage.DO, where, BY)
    yield Grant("ec2:DescribeVpcs", Stage.DO, Where("Any", conditions=vpc.there), BY)
    yield Grant("route53:DisassociateVPCFromHostedZone", Stage.UNDO, where, BY)
    yield Grant("ec2:DescribeVpcs", Stage.UNDO, Where("Any", conditions=vpc.there), BY)


def _look(vpc: _Vpc) -> Iterator[Grant]:
    everywhere = Where("Any", conditions=vpc.there)
    for action in (
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeVpcPeeringConnections",
        "ec2:DescribeVpcs",
        "ec2:GetManagedPrefixListEntries",
    ):
        yield Grant(action, Stage.READ, everywhere, BY)


def _peer(vpc: _Vpc) -> Iterator[Grant]:
    own = vpc.arn("ec2", f"vpc/{vpc.id}")
    accepter = Condition("ArnEquals", "ec2:AccepterVpc", (own,))
    peerings = Where("Peering", (vpc.arn("ec2", f"vpc-peering-connection/{vpc.peering}"),), (accepter,))
    yield Grant("ec2:AcceptVpcPeeringConnection", Stage.DO, peerings, BY)
    yield Grant("ec2:AcceptVpcPeeringConnection", Stage.DO, Where("OwnVpc", (own,)), BY)
    for stage in (Stage.DO, Stage.UNDO):
        yield Grant("ec2:ModifyVpcPeeringConnectionOptions", stage, peerings, BY)
    # Without a condition: a tag may be asked for as the peering is accepted.
    named = Where("PeeringTags", peerings.resources)
    yield Grant("ec2:CreateTags", Stage.DO, named, BY)
    # An accepted peering cannot be un-accepted, only deleted.
    yield Grant("ec2:DeleteVpcPeeringConnection", Stage.UNDO, peerings, BY)
    tables = Where("Routes", (vpc.arn("ec2", "route-table/*"),), vpc.within)
    yield Grant("ec2:CreateRoute", Stage.DO, tables, BY)
    yield Grant("ec2:DeleteRoute", Stage.UNDO, tables, BY)


def _open_the_port(vpc: _Vpc) -> Iterator[Grant]:
    groups = Where("SecurityGroups", (vpc.arn("ec2", "security-group/*"),), vpc.within)
    yield Grant("ec2:AuthorizeSecurityGroupIngress", Stage.DO, groups, BY)
    yield Grant("ec2:RevokeSecurityGroupIngress", Stage.UNDO, groups, BY)
    made = Condition("StringEquals", "ec2:CreateAction", ("AuthorizeSecurityGroupIngress",))
    rules = Where("RuleTags", (vpc.arn("ec2", "security-group-rule/*"),), (made,))
    yield Grant("ec2:CreateTags", Stage.DO, rules, BY)


def _parameters(vpc: _Vpc, instance: str, cluster: str) -> Iterator[Grant]:
    """Logical replication is a static parameter: a custom group, associated, and a reboot that the customer schedules."""
    everywhere = Where("Any", conditions=vpc.there)
    for action in (
        "rds:DescribeDBClusterParameterGroups",
        "rds:DescribeDBClusterParameters",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "rds:DescribeDBParameterGroups",
        "rds:DescribeDBParameters",
        "rds:ListTagsForResource",
    ):
        yield Grant(action, Stage.READ, everywhere, BY)
    database = Where("Database", (vpc.arn("rds", f"db:{instance}"), vpc.arn("rds", f"cluster:{cluster}")))
    groups = Where("ParameterGroups", (vpc.arn("rds", "pg:*"), vpc.arn("rds", "cluster-pg:*")))
    changed = Where("DatabaseAndGroups", database.resources + groups.resources)
    for action in ("rds:ModifyDBCluster", "rds:ModifyDBInstance"):
        yield Grant(action, Stage.DO, changed, BY)
        yield Grant(action, Stage.UNDO, changed, BY)
    for action in ("rds:RebootDBCluster", "rds:RebootDBInstance"):
        yield Grant(action, Stage.DO, database, BY)
        yield Grant(action, Stage.UNDO, database, BY)
    # What a value was before is kept as a tag of the group, for the way back.
    yield Grant("rds:AddTagsToResource", Stage.DO, groups, BY)
    yield Grant("rds:RemoveTagsFromResource", Stage.UNDO, groups, BY)
    for action in (
        "rds:CreateDBClusterParameterGroup",
        "rds:CreateDBParameterGroup",
        "rds:ModifyDBClusterParameterGroup",
        "rds:ModifyDBParameterGroup",
    ):
        yield Grant(action, Stage.DO, groups, BY)
    for action in (
        "rds:DeleteDBClusterParameterGroup",
        "rds:DeleteDBParameterGroup",
        "rds:ModifyDBClusterParameterGroup",
        "rds:ModifyDBParameterGroup",
    ):
        yield Grant(action, Stage.UNDO, groups, BY)
