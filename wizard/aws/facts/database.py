"""What the customer's RDS says of the database. Readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wizard.aws.session import AwsSession
from wizard.facts.database import PARAMETERS, Match, RdsDatabase, RdsFact

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_rds.type_defs import FilterTypeDef

_Thing = Mapping[str, Any]


def rds_database(session: AwsSession, ask: RdsDatabase) -> RdsFact:
    """Find what a host name is, and read the parameters that decide (rds:Describe…): three calls, or four."""
    rds = session.client("rds", ask.region)
    host = ask.host.rstrip(".").lower()
    instances: list[_Thing] = [
        one for page in rds.get_paginator("describe_db_instances").paginate() for one in page["DBInstances"]
    ]
    clusters: list[_Thing] = [
        one for page in rds.get_paginator("describe_db_clusters").paginate() for one in page["DBClusters"]
    ]
    for cluster in clusters:
        match = _of_cluster(cluster, host)
        if match != "none":
            writer = _writer(cluster, instances)
            return _described(rds, match, writer, cluster, reads_only=match == "reader")
    for instance in instances:
        if _address(instance) == host:
            return _of_instance(rds, instance, clusters)
    account = session.client("sts").get_caller_identity()["Account"]
    endpoints = sorted({address for thing in instances if (address := _address(thing))})
    return RdsFact(account=account, match="none", endpoints=tuple(endpoints[:20]))


def _of_cluster(cluster: _Thing, host: str) -> Match:
    if str(cluster.get("Endpoint", "")).lower() == host:
        return "writer"
    if str(cluster.get("ReaderEndpoint", "")).lower() == host:
        return "reader"
    return "custom" if host in {name.lower() for name in cluster.get("CustomEndpoints", ())} else "none"


def _of_instance(rds: RDSClient, instance: _Thing, clusters: Iterable[_Thing]) -> RdsFact:
    """Describe an instance by its own endpoint, a cluster's member included."""
    own = instance.get("DBClusterIdentifier", "")
    cluster = next((one for one in clusters if own and one["DBClusterIdentifier"] == own), None)
    replica = bool(instance.get("ReadReplicaSourceDBInstanceIdentifier"))
    if cluster is not None:
        writer = _writer(cluster, [instance])
        replica = replica or not writer
    return _described(rds, "instance", instance, cluster, reads_only=replica)


def _described(rds: RDSClient, match: Match, instance: _Thing, cluster: _Thing | None, *, reads_only: bool) -> RdsFact:
    owner: _Thing = cluster if cluster is not None else instance
    identifier = str(instance.get("DBInstanceIdentifier", ""))
    group, status = _cluster_group(cluster, identifier) if cluster is not None else _instance_group(instance)
    arn = str(owner.get("DBClusterArn") or owner.get("DBInstanceArn"))
    return RdsFact(
        account=arn.split(":")[4],
        match=match,
        instance=identifier,
        cluster=str(cluster["DBClusterIdentifier"]) if cluster is not None else "",
        engine=str(owner["Engine"]),
        engine_version=str(owner["EngineVersion"]),
        status=str(instance.get("DBInstanceStatus", "") or owner.get("Status", "")),
        reads_only=reads_only,
        publicly_accessible=bool(instance.get("PubliclyAccessible", False)),
        multi_az=bool(owner.get("MultiAZ", False)),
        group=group,
        family=_family(str(owner["Engine"]), str(owner["EngineVersion"])),
        apply_status=status,
        parameters=_parameters(rds, group, of_cluster=cluster is not None) if group else (),
        subnets=tuple(one["SubnetIdentifier"] for one in instance.get("DBSubnetGroup", {}).get("Subnets", ())),
        groups=tuple(one["VpcSecurityGroupId"] for one in instance.get("VpcSecurityGroups", ())),
    )


def _cluster_group(cluster: _Thing, instance: str) -> tuple[str, str]:
    members = [member for member in cluster.get("DBClusterMembers", ()) if member["DBInstanceIdentifier"] == instance]
    status = members[0].get("DBClusterParameterGroupStatus", "") if members else ""
    return str(cluster.get("DBClusterParameterGroup", "")), str(status)


def _instance_group(instance: _Thing) -> tuple[str, str]:
    groups = instance.get("DBParameterGroups", ())
    return (groups[0]["DBParameterGroupName"], groups[0].get("ParameterApplyStatus", "")) if groups else ("", "")


def _parameters(rds: RDSClient, group: str, *, of_cluster: bool) -> tuple[tuple[str, str], ...]:
    # By name: a group has hundreds of parameters, a hundred to a page.
    named: list[FilterTypeDef] = [{"Name": "parameter-name", "Values": list(PARAMETERS)}]
    if of_cluster:
        found = rds.describe_db_cluster_parameters(DBClusterParameterGroupName=group, Filters=named)["Parameters"]
    else:
        found = rds.describe_db_parameters(DBParameterGroupName=group, Filters=named)["Parameters"]
    values = {one["ParameterName"]: one["ParameterValue"] for one in found if "ParameterValue" in one}
    return tuple((name, values[name]) for name in PARAMETERS if name in values)


def _family(engine: str, version: str) -> str:
    return f"{engine}{version.split('.', maxsplit=1)[0]}"


def _writer(cluster: _Thing, instances: Iterable[_Thing]) -> _Thing:
    writers = {
        member["DBInstanceIdentifier"] for member in cluster.get("DBClusterMembers", ()) if member["IsClusterWriter"]
    }
    return next((one for one in instances if one["DBInstanceIdentifier"] in writers), {})


def _address(instance: _Thing) -> str:
    # While an instance is being made it has no endpoint.
    return str((instance.get("Endpoint") or {}).get("Address", "")).lower()


READERS = {RdsDatabase: rds_database}
