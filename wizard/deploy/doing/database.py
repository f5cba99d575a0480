"""Which database of RDS is meant: by its endpoint, by what a person named, or as the only one on its port in the VPC. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.deploy.doing.theirs import Instance, Kind, Named, Theirs


@dataclass(frozen=True, slots=True)
class Found:
    """The database. Of a cluster `id` and `parameter_group` are the cluster's, `writer` is the instance that is restarted."""

    kind: Kind
    id: str
    writer: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    parameter_group: str
    applied: str
    note: str


@dataclass(frozen=True, slots=True)
class Missing:
    """RDS has no such database, as far as it could be read; or what was named is not there (`wrong`)."""

    note: str
    wrong: bool = False


def database_of(theirs: Theirs, named: Named, host: str, port: int, vpc_id: str) -> Found | Missing:
    """Find it. Several that would do are nobody's guess: the person who knows names one."""
    unread = dict(theirs.unread).get("rds")
    if unread is not None:
        return Missing(f"RDS cannot be read with these credentials: {unread}")
    cluster = named.cluster
    if not cluster and not named.instance:
        cluster = next((one.id for one in theirs.clusters if one.host.lower() == host.lower()), "")
    if cluster:
        return _cluster(theirs, cluster)
    instance = named.instance or next((one.id for one in theirs.instances if one.host.lower() == host.lower()), "")
    if instance:
        return _instance(theirs, instance, "")
    there = tuple(one for one in theirs.instances if (one.port, one.vpc_id) == (port, vpc_id))
    if len(there) > 1:
        names = ", ".join(one.id for one in there)
        return Missing(
            f"several databases of RDS answer in {vpc_id} on port {port} ({names}): name one (--db-instance)"
        )
    if not there:
        return Missing(f"RDS has no {host}")
    guess = f"no endpoint of RDS is called {host}; the only database on port {port} in {vpc_id} is {there[0].id}. "
    return _instance(theirs, there[0].id, guess)


def _cluster(theirs: Theirs, cluster_id: str) -> Found | Missing:
    cluster = next((one for one in theirs.clusters if one.id == cluster_id), None)
    if cluster is None:
        return Missing(f"there is no cluster {cluster_id}", wrong=True)
    return _instance(theirs, cluster.writer, "")


def _instance(theirs: Theirs, instance_id: str, guess: str) -> Found | Missing:
    instance = next((one for one in theirs.instances if one.id == instance_id), None)
    if instance is None:
        return Missing(f"there is no instance {instance_id}", wrong=True)
    cluster = next((one for one in theirs.clusters if one.id == instance.cluster), None)
    if cluster is None:
        return _found(instance, guess)
    return Found(
        "cluster",
        cluster.id,
        cluster.writer,
        instance.subnets,
        instance.groups,
        cluster.parameter_group,
        cluster.applied,
        f"{guess}RDS has it as cluster {cluster.id}",
    )


def _found(instance: Instance, guess: str) -> Found:
    return Found(
        "instance",
        instance.id,
        instance.id,
        instance.subnets,
        instance.groups,
        instance.parameter_group,
        instance.applied,
        f"{guess}RDS has it as instance {instance.id}",
    )
