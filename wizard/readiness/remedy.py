"""How a setting is changed: SQL for a PostgreSQL of one's own, AWS CLI lines for RDS. For the customer's DBA to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.facts.database import RdsFact

#: Settings that take effect only when the server starts.
STATIC = frozenset({"wal_level", "rds.logical_replication", "max_replication_slots", "max_wal_senders"})


@dataclass(frozen=True, slots=True)
class Where:
    """Where the database runs: on RDS or not, and what RDS told of it, if it was asked. `region` is empty if unknown."""

    on_rds: bool
    rds: RdsFact | None = None
    region: str = ""


def change(where: Where, settings: Mapping[str, str]) -> str:
    """Say how to change settings, the restart included where one is needed."""
    if where.on_rds:
        return _on_rds(where, settings)
    statements = " ".join(f"ALTER SYSTEM SET {name} = '{value}';" for name, value in settings.items())
    if STATIC.isdisjoint(settings):
        return f"{statements} SELECT pg_reload_conf();"
    return f"{statements} Then restart PostgreSQL: every connection is cut for a moment, so agree on a time"


def reboot(where: Where) -> str:
    """Say how to restart the server."""
    if not where.on_rds:
        return "restart PostgreSQL: every connection is cut for a moment, so agree on a time"
    instance = (where.rds.instance if where.rds else "") or "INSTANCE"
    return (
        f"aws rds reboot-db-instance --db-instance-identifier {instance}{_region(where)}  "
        "(the database is away for about a minute: agree on a time)"
    )


def _on_rds(where: Where, settings: Mapping[str, str]) -> str:
    rds = where.rds
    cluster = bool(rds and rds.cluster)
    kind = "db-cluster" if cluster else "db"
    group = rds.group if rds and rds.group and not rds.default_group else "springtail-source"
    changes = " ".join(
        f"ParameterName={name},ParameterValue={value},ApplyMethod={'pending-reboot' if name in STATIC else 'immediate'}"
        for name, value in settings.items()
    )
    lines = []
    if rds is None:
        lines.append("in the database's own parameter group (a default group cannot be changed: create one first)")
        group = "GROUP"
    elif rds.default_group:
        lines.append(f"{rds.group} cannot be changed: make a group and associate it")
        lines.append(
            f"aws rds create-{kind}-parameter-group --{kind}-parameter-group-name {group} "
            f'--db-parameter-group-family {rds.family} --description "Replicated with Springtail"{_region(where)}'
        )
    lines.append(
        f"aws rds modify-{kind}-parameter-group --{kind}-parameter-group-name {group} --parameters {changes}{_region(where)}"
    )
    if rds is not None and rds.default_group:
        lines.append(_associate(rds, group) + _region(where))
    # A group that is newly associated takes effect with a reboot, whatever it holds.
    if not STATIC.isdisjoint(settings) or (rds is not None and rds.default_group):
        lines.append(reboot(where))
    return "; ".join(lines)


def _associate(rds: RdsFact, group: str) -> str:
    if rds.cluster:
        return (
            f"aws rds modify-db-cluster --db-cluster-identifier {rds.cluster} --db-cluster-parameter-group-name {group}"
        )
    return f"aws rds modify-db-instance --db-instance-identifier {rds.instance} --db-parameter-group-name {group}"


def _region(where: Where) -> str:
    return f" --region {where.region}" if where.region else ""
