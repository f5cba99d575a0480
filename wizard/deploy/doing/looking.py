"""Reading what the steps of a site touch there, with the permissions of the bundle's `read` policy and no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from wizard.aws import network_reads
from wizard.aws.errors import DENIED_CODES, error_code
from wizard.deploy.doing.database import Found, database_of
from wizard.deploy.doing.deciding import Wish
from wizard.deploy.doing.settings import Place, arn_of
from wizard.deploy.doing.theirs import TAG, Cluster, Instance, Kind, Named, ParameterGroup, Peered, Rule, Table, Theirs
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
            group = reading.parameter_group(place.site, database.kind, name, [key for key, _ in settings.wanted])
            if group is not None:
                yield group


class _Reading:
    """The reads, each through the session's own errors."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def peering(self, peering_id: str) -> Peered | None:
        with self._session.call(f"read peering {peering_id}"):
            it = network_reads.peering(self._session, peering_id)
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
        with self._session.call("read the route tables"):
            found = list(network_reads.route_tables(self._session, vpcs))
        for it in found:
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
        with self._session.call("read the rules of security groups"):
            found = [
                *network_reads.inbound_rules(self._session, f"tag:{TAG}", [deployment]),
                *network_reads.inbound_rules(self._session, "group-id", groups),
            ]
        seen = set()
        for it in found:
            if it["SecurityGroupRuleId"] in seen:
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
            with self._session.call(f"read the private zones of {vpc}"):
                zones = list(network_reads.zones_of_vpc(self._session, vpc, region))
            yield from ((vpc, zone) for zone in zones)

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

    def parameter_group(self, site: Site, kind: Kind, name: str, wanted: Sequence[str]) -> ParameterGroup | None:
        """Read a group with its tags and the values that are asked for; None where there is none of the name."""
        word, listed, key = (
            ("cluster_", "DBClusterParameterGroups", "DBClusterParameterGroupName")
            if kind == "cluster"
            else ("", "DBParameterGroups", "DBParameterGroupName")
        )
        rds: Any = self._session.client("rds")
        with self._session.call(f"read parameter group {name}"):
            pages = rds.get_paginator(f"describe_db_{word}parameter_groups").paginate()
            names = [one[key] for page in pages for one in page[listed]]
            if name not in names:
                return None
            tags = rds.list_tags_for_resource(ResourceName=arn_of(site, kind, name))["TagList"]
            pages = rds.get_paginator(f"describe_db_{word}parameters").paginate(**{key: name})
            values = {
                one["ParameterName"]: one["ParameterValue"]
                for page in pages
                for one in page["Parameters"]
                if one["ParameterName"] in wanted and one.get("ParameterValue") is not None
            }
        return ParameterGroup(
            kind,
            name,
            tuple(sorted((tag["Key"], tag["Value"]) for tag in tags)),
            tuple(sorted(values.items())),
        )


def _leads(route: Any) -> str:
    return str(next((route[name] for name in _TARGETS if route.get(name)), "something else"))
