"""Reading what the steps of a site touch there, with the permissions of the bundle's `read` policy and no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from wizard.aws.errors import DENIED_CODES, error_code
from wizard.deploy.doing.database import Found, database_of
from wizard.deploy.doing.deciding import Wish
from wizard.deploy.doing.settings import Place
from wizard.deploy.doing.theirs import TAG, Cluster, Instance, Named, ParameterGroup, Peered, Rule, Table, Theirs
from wizard.handoff.model import Admit, Parameters, Peering, Routes, Site, Step, Zone, at

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession

_TARGETS = ("VpcPeeringConnectionId", "GatewayId", "NatGatewayId", "TransitGatewayId", "NetworkInterfaceId")


def look(steps: Sequence[Step], site: Site, deployment: str, session: AwsSession, wish: Wish) -> Theirs:
    """Read all that decides about the steps of a site. Raises AwsError, AccountError."""
    own = at(tuple(steps), site)
    chosen = [step.target for step in own if not wish.only or step.key in wish.only]
    reading = _Reading(session)
    peerings = {target.id for target in chosen if isinstance(target, Peering)}
    vpcs = {target.vpc_id for target in chosen if isinstance(target, Routes)}
    hosts = any(isinstance(target, Admit | Parameters) or _of_database(target) for target in chosen)
    instances, clusters, unread = reading.databases() if hosts else ((), (), ())
    found = Theirs(
        peerings=tuple(filter(None, map(reading.peering, sorted(peerings)))),
        tables=tuple(reading.tables(sorted(vpcs))),
        zones=tuple(reading.zones({(it.vpc_id, it.region) for it in chosen if isinstance(it, Zone)})),
        instances=instances,
        clusters=clusters,
        unread=unread,
    )
    rules = [target for target in chosen if isinstance(target, Admit)]
    settings = [target for target in chosen if isinstance(target, Parameters)]
    return Theirs(
        peerings=found.peerings,
        tables=found.tables,
        rules=tuple(reading.rules(_groups(rules, found, wish.named), deployment)) if rules else (),
        zones=found.zones,
        instances=found.instances,
        clusters=found.clusters,
        parameter_groups=tuple(_parameter_groups(reading, settings, Place(site, deployment, found, wish.named))),
        unread=found.unread,
    )


def peering_status(session: AwsSession, peering_id: str) -> str:
    """Read how a peering is now; empty where AWS knows it no longer."""
    seen = _Reading(session).peering(peering_id)
    return seen.status if seen is not None else ""


def _of_database(target: object) -> bool:
    return isinstance(target, Routes) and bool(target.host)


def _groups(rules: Iterable[Admit], found: Theirs, named: Named) -> tuple[str, ...]:
    if named.security_group:
        return (named.security_group,)
    databases = (database_of(found, named, rule.host, rule.port, rule.vpc_id) for rule in rules)
    return tuple(sorted({group for one in databases if isinstance(one, Found) for group in one.groups}))


def _parameter_groups(reading: _Reading, wanted: Iterable[Parameters], place: Place) -> Iterator[ParameterGroup]:
    seen: set[tuple[str, str]] = set()
    for settings in wanted:
        database = place.database(settings)
        if not isinstance(database, Found):
            continue
        for name in (database.parameter_group, place.new_group):
            if name.startswith("default.") or (database.kind, name) in seen:
                continue
            seen.add((database.kind, name))
            group = reading.parameter_group(
                database.kind == "cluster", name, [key for key, _ in settings.wanted], place.site
            )
            if group is not None:
                yield group


class _Reading:
    """The reads, each through the session's own errors."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def peering(self, peering_id: str) -> Peered | None:
        with self._session.call(f"read peering {peering_id}"):
            try:
                seen = self._session.client("ec2").describe_vpc_peering_connections(
                    VpcPeeringConnectionIds=[peering_id]
                )
            except ClientError as error:
                if error_code(error) == "InvalidVpcPeeringConnectionID.NotFound":
                    return None
                raise
        it: Any = next(iter(seen["VpcPeeringConnections"]), None)
        if it is None:
            return None
        ours, theirs = it.get("RequesterVpcInfo", {}), it.get("AccepterVpcInfo", {})
        return Peered(
            peering_id,
            it.get("Status", {}).get("Code", ""),
            theirs.get("VpcId", ""),
            ours.get("OwnerId", ""),
            ours.get("VpcId", ""),
            ours.get("CidrBlock", ""),
            bool(theirs.get("PeeringOptions", {}).get("AllowDnsResolutionFromRemoteVpc")),
        )

    def tables(self, vpcs: Sequence[str]) -> Iterator[Table]:
        if not vpcs:
            return
        with self._session.call("read the route tables"):
            pages = self._session.client("ec2").get_paginator("describe_route_tables")
            answers: list[Any] = list(pages.paginate(Filters=[{"Name": "vpc-id", "Values": list(vpcs)}]))
        for it in (table for answer in answers for table in answer["RouteTables"]):
            associations = it.get("Associations", [])
            yield Table(
                it["RouteTableId"],
                it["VpcId"],
                any(one.get("Main") for one in associations),
                tuple(sorted(one["SubnetId"] for one in associations if one.get("SubnetId"))),
                tuple(
                    (route["DestinationCidrBlock"], _leads(route), route.get("State", ""))
                    for route in it["Routes"]
                    if route.get("DestinationCidrBlock")
                ),
            )

    def rules(self, groups: Sequence[str], deployment: str) -> Iterator[Rule]:
        """The rules of the groups, and those of the VPC that were made for the deployment."""
        wanted = [[{"Name": f"tag:{TAG}", "Values": [deployment]}]]
        wanted += [[{"Name": "group-id", "Values": list(groups)}]] if groups else []
        seen = set()
        with self._session.call("read the rules of security groups"):
            pages: Any = self._session.client("ec2").get_paginator("describe_security_group_rules")
            found = [
                rule for some in wanted for page in pages.paginate(Filters=some) for rule in page["SecurityGroupRules"]
            ]
        for it in found:
            if it.get("IsEgress") or it["SecurityGroupRuleId"] in seen:
                continue
            seen.add(it["SecurityGroupRuleId"])
            tags = {tag["Key"]: tag["Value"] for tag in it.get("Tags", [])}
            yield Rule(
                it["SecurityGroupRuleId"],
                it["GroupId"],
                str(it.get("IpProtocol", "")),
                int(it.get("FromPort", -1)),
                int(it.get("ToPort", -1)),
                it.get("CidrIpv4", ""),
                tags.get(TAG, ""),
            )

    def zones(self, vpcs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        for vpc, region in sorted(vpcs):
            more: dict[str, Any] = {}
            while True:
                with self._session.call(f"read the private zones of {vpc}"):
                    route53: Any = self._session.client("route53")
                    answer = route53.list_hosted_zones_by_vpc(VPCId=vpc, VPCRegion=region, **more)
                yield from ((vpc, str(zone["HostedZoneId"])) for zone in answer["HostedZoneSummaries"])
                if not answer.get("NextToken"):
                    break
                more = {"NextToken": answer["NextToken"]}

    def databases(self) -> tuple[tuple[Instance, ...], tuple[Cluster, ...], tuple[tuple[str, str], ...]]:
        """Those of RDS; where that may not be read, why, since it may be no database of RDS at all."""
        with self._session.call("read the databases of RDS"):
            try:
                return tuple(self._instances()), tuple(self._clusters()), ()
            except ClientError as error:
                if error_code(error) not in DENIED_CODES:
                    raise
                return (), (), (("rds", str(error.response["Error"].get("Message", ""))),)

    def _instances(self) -> Iterator[Instance]:
        for page in self._session.client("rds").get_paginator("describe_db_instances").paginate():
            for it in page["DBInstances"]:
                groups = it.get("DBParameterGroups", [])
                subnets = it.get("DBSubnetGroup", {})
                yield Instance(
                    it["DBInstanceIdentifier"],
                    it.get("DBClusterIdentifier", ""),
                    it.get("Endpoint", {}).get("Address", ""),
                    it.get("Endpoint", {}).get("Port", 0),
                    subnets.get("VpcId", ""),
                    tuple(sorted(one["SubnetIdentifier"] for one in subnets.get("Subnets", []))),
                    tuple(one["VpcSecurityGroupId"] for one in it.get("VpcSecurityGroups", [])),
                    groups[0].get("DBParameterGroupName", "") if groups else "",
                    groups[0].get("ParameterApplyStatus", "") if groups else "",
                )

    def _clusters(self) -> Iterator[Cluster]:
        for page in self._session.client("rds").get_paginator("describe_db_clusters").paginate():
            for it in page["DBClusters"]:
                writer: Any = next((one for one in it.get("DBClusterMembers", []) if one.get("IsClusterWriter")), {})
                yield Cluster(
                    it["DBClusterIdentifier"],
                    it.get("Endpoint", ""),
                    it.get("DBClusterParameterGroup", ""),
                    writer.get("DBInstanceIdentifier", ""),
                    writer.get("DBClusterParameterGroupStatus", ""),
                )

    def parameter_group(self, cluster: bool, name: str, wanted: Sequence[str], site: Site) -> ParameterGroup | None:  # noqa: FBT001
        """Read a group with its tags and the values that are asked for; None where there is none of the name."""
        word, listed = ("cluster_", "DBClusterParameterGroups") if cluster else ("", "DBParameterGroups")
        key = f"DB{'Cluster' if cluster else ''}ParameterGroupName"
        rds: Any = self._session.client("rds")
        with self._session.call(f"read parameter group {name}"):
            pages = rds.get_paginator(f"describe_db_{word}parameter_groups").paginate()
            names = [one[key] for page in pages for one in page[listed]]
            if name not in names:
                return None
            kind = "cluster-pg" if cluster else "pg"
            arn = f"arn:{site.partition}:rds:{site.region}:{site.account_id}:{kind}:{name}"
            tags = rds.list_tags_for_resource(ResourceName=arn)["TagList"]
            pages = rds.get_paginator(f"describe_db_{word}parameters").paginate(**{key: name})
            values = {
                one["ParameterName"]: one["ParameterValue"]
                for page in pages
                for one in page["Parameters"]
                if one["ParameterName"] in wanted and one.get("ParameterValue") is not None
            }
        return ParameterGroup(
            "cluster" if cluster else "instance",
            name,
            tuple(sorted((tag["Key"], tag["Value"]) for tag in tags)),
            tuple(sorted(values.items())),
        )


def _leads(route: Any) -> str:
    return str(next((route[name] for name in _TARGETS if route.get(name)), "something else"))
