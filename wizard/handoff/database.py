"""What the database has to be set to before it can be replicated from, and what it said about that already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wizard.blueprints.springtail.answers import CertificateAuthority, DeploymentAnswers
from wizard.readiness import room
from wizard.readiness.model import Readiness
from wizard.readiness.remedy import STATIC

_RDS_DOMAIN: Final = ".rds.amazonaws.com"
_CHINA: Final = ".amazonaws.com.cn"
RESTART: Final = ("-- restart PostgreSQL: every connection is cut for a moment, so agree on a time",)


@dataclass(frozen=True, slots=True)
class Settings:
    """`wanted` by RDS's names, `sql` for a PostgreSQL of one's own; `managed` where RDS is known to run it."""

    managed: bool
    wanted: tuple[tuple[str, str], ...]
    sql: tuple[str, ...]
    restart: bool

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """What has to be typed."""
        if self.managed:
            return self.wanted
        own = tuple(
            (f"{name}, outside RDS", value) for name, value in map(_outside, self.wanted) if name == "wal_level"
        )
        return (*((f"{name}, on RDS" if name.startswith("rds.") else name, value) for name, value in self.wanted), *own)


def settings(deployment: DeploymentAnswers, readiness: Readiness | None) -> Settings:
    """Say what is to be set. Of a database that nobody has looked at only logical replication is asked for."""
    wanted = _wanted(deployment, readiness)
    sql = tuple(f"ALTER SYSTEM SET {name} = '{value}';" for name, value in map(_outside, wanted))
    waiting = readiness is not None and not STATIC.isdisjoint(readiness.server.pending_restart)
    return Settings(_managed(deployment, readiness), wanted, sql, restart=bool(wanted) or waiting)


def may_replicate(user: str, readiness: Readiness | None) -> bool:
    """Whether the database said that the user can log in and replicate."""
    role = readiness.role(user) if readiness else None
    return role is not None and role.login and role.may_replicate


def is_rds_name(host: str) -> bool:
    """Whether a name is one that RDS gives."""
    name = host.lower().rstrip(".")
    return name.endswith(_RDS_DOMAIN) or (name.endswith(_CHINA) and ".rds." in name)


def _wanted(deployment: DeploymentAnswers, readiness: Readiness | None) -> tuple[tuple[str, str], ...]:
    logical = ("rds.logical_replication", "1")
    if readiness is None:
        return (logical,)
    server, databases = readiness.server, deployment.database.replicated
    found = [] if server.wal_level == "logical" or _set_already(readiness) else [logical]
    slots = len(room.others(readiness, databases, built=True)) + len(databases)
    if slots > server.max_replication_slots:
        found.append(("max_replication_slots", str(room.rounded(slots))))
    senders = room.busy_senders(readiness, databases, built=True) + len(databases)
    if senders > server.max_wal_senders:
        found.append(("max_wal_senders", str(room.rounded(senders))))
    return tuple(found)


def _set_already(readiness: Readiness) -> bool:
    """Whether the switch is set, and waits for a restart only."""
    return not {"wal_level", "rds.logical_replication"}.isdisjoint(readiness.server.pending_restart)


def _managed(deployment: DeploymentAnswers, readiness: Readiness | None) -> bool:
    if readiness is not None:
        return readiness.server.rds
    database = deployment.database
    return is_rds_name(database.host) or database.certificate_authority is CertificateAuthority.RDS


def _outside(setting: tuple[str, str]) -> tuple[str, str]:
    return ("wal_level", "logical") if setting[0] == "rds.logical_replication" else setting
