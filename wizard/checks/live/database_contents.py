"""Whether what is in the databases can be replicated, and whether the role may do it: by the database's own word."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.checks.codes import code
from wizard.checks.subject import Subject
from wizard.findings import Finding, Severity
from wizard.readiness.model import ColumnsList, DatabaseSaid, Readiness

#: This many tables are named in a finding; readiness.json has more.
NAMED = 8

ENCODING = code(
    "DB_ENCODING",
    Severity.CRITICAL,
    why="Springtail replicates UTF-8 databases only",
    remedy="make a database with ENCODING 'UTF8' TEMPLATE template0 and move the data there (pg_dump, pg_restore)",
)
COLLATION = code(
    "DB_COLLATION",
    Severity.CRITICAL,
    Severity.HIGH,
    why="Springtail replicates the collations C and C.UTF-8 only: others order texts by rules that its replicas do not have",
    remedy="make a database with LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0 and move the data there (pg_dump, pg_restore)",
)
GENERATED = code(
    "DB_GENERATED_COLUMNS",
    Severity.HIGH,
    why="Springtail replicates no table with generated columns: queries on it always go to the primary",
    remedy="leave them on the primary and acknowledge this, or make the column a plain one (ALTER TABLE … ALTER COLUMN … DROP EXPRESSION;) that a trigger fills",
)
KEYLESS = code(
    "DB_NO_PRIMARY_KEY",
    Severity.HIGH,
    Severity.WARN,
    why="without a primary key or another replica identity, UPDATE and DELETE on a published table fail on the primary itself",
    remedy="add a primary key; or ALTER TABLE … REPLICA IDENTITY FULL;, which writes each old row to the WAL as a whole",
)
ROLE = code(
    "DB_ROLE",
    Severity.HIGH,
    Severity.INFO,
    why="Springtail reads the WAL as this role, and follows schema changes by event triggers that somebody has to create",
    remedy="CREATE ROLE … LOGIN PASSWORD …; and on RDS GRANT rds_replication TO …; elsewhere ALTER ROLE … REPLICATION;",
)

#: libc's names of the plain byte order, as databases have them.
_PLAIN = frozenset({"c", "posix", "c.utf8", "ucs_basic"})


def path_of(deployment: DeploymentAnswers) -> str:
    """Give the answer that names the databases."""
    return "database.databases" if deployment.database.databases else "database.name"


def check(subject: Subject, deployment: DeploymentAnswers, readiness: Readiness) -> Iterator[Finding]:
    """Say what of each database that is replicated does not do, then of the role."""
    del subject
    path = path_of(deployment)
    for name in deployment.database.replicated:
        database = readiness.database(name)
        if database is not None:
            yield from _database(database, path)
    yield from _role(deployment, readiness)


def _database(database: DatabaseSaid, path: str) -> Iterator[Finding]:
    name = database.name
    if database.encoding.upper() not in {"UTF8", "UTF-8"}:
        yield ENCODING.at(path, f"{name} is encoded in {database.encoding}")
    if not _plain(database):
        yield COLLATION.at(path, f"{name} has {_collation(database)}")
    elif database.collated.count:
        what = f"{name}: {_tables(database.collated)} have columns of another collation than C"
        remedy = 'ALTER TABLE … ALTER COLUMN … TYPE text COLLATE "C";, or leave these tables on the primary and acknowledge this'
        yield COLLATION.at(path, what, severity=Severity.HIGH, remedy=remedy)
    if database.generated.count:
        yield GENERATED.at(path, f"{name}: {_tables(database.generated)}")
    yield from _keyless(database, path)


def _plain(database: DatabaseSaid) -> bool:
    if database.provider == "c":
        return {_normal(database.collate), _normal(database.ctype)} <= _PLAIN
    # ICU has no C; what PostgreSQL brings itself (from 17) has, beside others.
    return database.provider == "b" and _normal(database.locale) in _PLAIN


def _normal(name: str) -> str:
    return name.lower().replace("utf-8", "utf8")


def _collation(database: DatabaseSaid) -> str:
    provider = {"c": "libc", "i": "ICU", "b": "built in"}.get(database.provider, database.provider)
    if database.provider == "c":
        return f"collation {database.collate}, character type {database.ctype} (libc)"
    return f"locale {database.locale} ({provider})"


def _tables(found: ColumnsList) -> str:
    named = [f"{one.table} ({one.columns})" for one in found.listed[:NAMED]]
    return _more(named, found.count)


def _more(named: list[str], count: int) -> str:
    more = count - len(named)
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def _keyless(database: DatabaseSaid, path: str) -> Iterator[Finding]:
    keyless = database.keyless
    bare = keyless.count - keyless.identified
    without = [one.table for one in keyless.listed if one.identity in {"default", "nothing"}]
    if bare:
        yield KEYLESS.at(path, f"{database.name}: {_more(without[:NAMED], bare)} {_have(bare)} no primary key")
    if keyless.identified:
        instead = [f"{one.table} ({one.identity})" for one in keyless.listed if one.identity in {"full", "index"}]
        what = f"{database.name}: {_more(instead[:NAMED], keyless.identified)} {_have(keyless.identified)} no primary key, but another replica identity"
        yield KEYLESS.at(
            path,
            what,
            severity=Severity.WARN,
            remedy="add a primary key where the table changes often: with identity full each old row is written to the WAL as a whole",
        )


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _role(deployment: DeploymentAnswers, readiness: Readiness) -> Iterator[Finding]:
    user = deployment.database.user
    role = readiness.role(user)
    quoted = f'"{user}"'
    allow = f"GRANT rds_replication TO {quoted};" if readiness.server.rds else f"ALTER ROLE {quoted} REPLICATION;"
    if role is None:
        absent = (
            f"there is no role {user}"
            if readiness.asked_role == user
            else f"no role {user} that may replicate was told of"
        )
        yield ROLE.at(
            "database.user", f"{absent} ({readiness.told})", remedy=f"CREATE ROLE {quoted} LOGIN PASSWORD …; {allow}"
        )
        return
    if not role.login:
        yield ROLE.at(
            "database.user", f"{user} may not log in ({readiness.told})", remedy=f"ALTER ROLE {quoted} LOGIN;"
        )
    if not role.may_replicate and role.granted_backwards:
        what = f"rds_replication was made a member of {user}, the wrong way round ({readiness.told})"
        yield ROLE.at("database.user", what, remedy=f"REVOKE {quoted} FROM rds_replication; {allow}")
    elif not role.may_replicate:
        yield ROLE.at("database.user", f"{user} may not replicate ({readiness.told})", remedy=allow)
    elif not role.may_create_event_triggers:
        needs = "rds_superuser" if readiness.server.rds else "a superuser"
        what = f"{user} cannot create event triggers, which needs {needs} ({readiness.told})"
        yield ROLE.at(
            "database.user",
            what,
            severity=Severity.INFO,
            remedy="the customer's DBA runs Springtail's setup script once in each database",
        )
