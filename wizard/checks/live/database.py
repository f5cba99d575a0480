"""Whether the customer's database is ready to be replicated from, by its own word and by its RDS.

readiness.json (psql, or the script) ─┐
                                     ├─► settings, contents, role ─► findings
RDS, through `database.profile` ─────┘
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.checks.codes import code
from wizard.checks.live import database_contents, database_settings
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
from wizard.facts.database import RdsDatabase, RdsFact
from wizard.findings import Finding, Severity
from wizard.readiness.known import known
from wizard.readiness.model import Readiness
from wizard.readiness.remedy import Where

#: What a database said is taken for true this long without a word.
FRESH = timedelta(days=7)
#: After this long much will have changed: tables above all.
STALE = timedelta(days=30)

UNKNOWN = code(
    "DB_READINESS_UNKNOWN",
    Severity.WARN,
    why="what a database is not ready for shows only when replication starts, or when its disk is full",
    remedy="planewright readiness NAME --psql looks from here; --script writes what the customer's DBA runs, and --read FILE takes what they send back",
)
OLD = code(
    "DB_READINESS_OLD",
    Severity.INFO,
    Severity.WARN,
    why="settings and tables change; what was true then need not be true at the apply",
    remedy="have another look: planewright readiness NAME --psql, or --script and --read",
)
UNMATCHED = code(
    "DB_NOT_MATCHED",
    Severity.INFO,
    why="only a name that RDS itself gave can be looked up there; a name of the customer's own in front of it cannot",
    remedy="have the database say it itself (planewright readiness NAME), or answer database.host with the RDS endpoint's own name",
)
ELSEWHERE = code(
    "DB_PROFILE_ELSEWHERE",
    Severity.WARN,
    why="what was looked at is not the account that the database lives in by the answers",
    remedy="name a profile of the database's account (database.profile), or a role (customer_access), or correct database.vpc.account_id",
)
DISAGREE = code(
    "DB_SOURCES_DISAGREE",
    Severity.WARN,
    why="one of the two looked at another server, or the setting was changed after the database was looked at",
    remedy="have another look at the database: planewright readiness NAME --psql, or --script and --read",
)

_RDS = re.compile(r"\.(?P<region>[a-z]{2}(-[a-z]+)+-\d)\.rds\.amazonaws\.com(\.cn)?$")


def rds_ask(subject: Subject) -> RdsDatabase | None:
    """Give the question to the customer's RDS; None when no profile may look there."""
    deployment = subject.deployment
    way = _way(deployment) if deployment is not None else ""
    if deployment is None or not way:
        return None
    return RdsDatabase(profile=way, region=rds_region(subject, deployment), host=deployment.database.host)


def _way(deployment: DeploymentAnswers) -> str:
    """Give the role or the profile that leads into the database's account; empty for none."""
    vpc = deployment.database.vpc
    way = deployment.way_into(vpc.account_id) if vpc is not None else None
    return (way.role_arn or way.profile) if way is not None else deployment.database.profile


def rds_region(subject: Subject, deployment: DeploymentAnswers) -> str:
    """Give the region that the database is looked for in: of its name, of its VPC, or else the shard's."""
    named = _RDS.search(deployment.database.host)
    if named:
        return named["region"]
    return deployment.database.vpc.region if deployment.database.vpc else subject.region


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask the customer's RDS, if a profile may look there."""
    ask = rds_ask(subject)
    if ask is not None:
        yield ask


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Say what is known of the database, and what nobody has looked at."""
    deployment = subject.deployment
    if deployment is None:
        return
    ask = rds_ask(subject)
    rds = facts.value(ask) if ask is not None else None
    yield from _seen(subject, deployment, rds)
    together = known(subject.readiness, rds)
    for words in together.differing:
        yield DISAGREE.at("database.host", words)
    found = rds if rds is not None and rds.found else None
    where = Where(together.on_rds, found, ask.region if ask is not None and found else "")
    yield from database_settings.check(subject, deployment, together, where)
    if subject.readiness is not None:
        yield from database_contents.check(subject, deployment, subject.readiness)


def _seen(subject: Subject, deployment: DeploymentAnswers, rds: RdsFact | None) -> Iterator[Finding]:
    if subject.readiness is None:
        seen = "its parameters in RDS were read, " if rds is not None and rds.found else ""
        yield UNKNOWN.at(
            "database.host",
            f"{seen}but the database itself has said nothing; unchecked: replication slots in use, encoding, collation, "
            "generated columns, primary keys, TLS, the replication role"
            if seen
            else "nobody has looked at the database; unchecked: its settings, replication slots, encoding, collation, "
            "generated columns, primary keys, TLS, the replication role",
            remedy=UNKNOWN.remedy.replace("NAME", deployment.name),
        )
    else:
        yield from _age(subject, deployment, subject.readiness)
        yield from _missing(deployment, subject.readiness)
    if rds is None:
        return
    if not rds.found:
        yield UNMATCHED.at("database.host", _unmatched(deployment, rds))
    vpc = deployment.database.vpc
    if vpc is not None and rds.account != vpc.account_id:
        yield ELSEWHERE.at(
            "database.profile",
            f"{_way(deployment)} is of account {rds.account}, the database of {vpc.account_id}",
        )


def _age(subject: Subject, deployment: DeploymentAnswers, readiness: Readiness) -> Iterator[Finding]:
    age = subject.now - readiness.at
    if age > FRESH:
        weight = Severity.WARN if age > STALE else Severity.INFO
        remedy = OLD.remedy.replace("NAME", deployment.name)
        yield OLD.at("database.host", f"{readiness.told}: {age.days} days ago", severity=weight, remedy=remedy)


def _missing(deployment: DeploymentAnswers, readiness: Readiness) -> Iterator[Finding]:
    """Name databases of the answers that nobody has looked at."""
    missing = [name for name in deployment.database.replicated if readiness.database(name) is None]
    if missing:
        seen = ", ".join(database.name for database in readiness.databases)
        yield UNKNOWN.at(
            database_contents.path_of(deployment),
            f"{', '.join(missing)}: nobody has looked at {'it' if len(missing) == 1 else 'them'}, only at {seen}; "
            "unchecked: encoding, collation, generated columns, primary keys",
            remedy=UNKNOWN.remedy.replace("NAME", deployment.name),
        )


def _unmatched(deployment: DeploymentAnswers, rds: RdsFact) -> str:
    database = deployment.database
    region = f"{_way(deployment)}, account {rds.account}"
    if not rds.endpoints:
        return f"{database.host} could not be matched: RDS shows no endpoint there ({region})"
    return f"{database.host} is none of the RDS endpoints there ({region}): {', '.join(rds.endpoints)}"
