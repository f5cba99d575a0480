"""A database that is not ready: by its own word, or by the parameters that its RDS has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.live.account import Account, Case
from tests.readiness.documents import said, slot
from wizard.findings import Severity

#: What RDS calls an instance named `orders` in the embedded AWS.
HOST = "orders.aaaaaaaaaa.us-east-1.rds.amazonaws.com"
ON_RDS: dict[str, Any] = {
    "database.host": HOST,
    "database.certificate_authority": "rds",
    "database.profile": "acme-look",
}


def beside(**changes: Any) -> Callable[[Account], Mapping[str, Any]]:
    """Have the database say this."""
    return lambda account: {"readiness": said(**changes)}


def nobody(account: Account) -> Mapping[str, Any]:
    """Have nobody looked."""
    return {"readiness": None}


def instance(account: Account, *, group: str = "", **settings: str) -> None:
    """Have the customer run an RDS instance called orders, with a parameter group of its own if one is named."""
    rds = account.client("rds", "customer")
    if group:
        rds.create_db_parameter_group(
            DBParameterGroupName=group, DBParameterGroupFamily="postgres16", Description="Orders"
        )
    rds.create_db_instance(
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.r6g.large",
        Engine="postgres",
        EngineVersion="16.4",
        AllocatedStorage=100,
        MasterUsername="postgres",
        ManageMasterUserPassword=True,
        **({"DBParameterGroupName": group} if group else {}),
    )
    if group and settings:
        change(account, group, **settings)
        rds.reboot_db_instance(DBInstanceIdentifier="orders")


def change(account: Account, group: str, **settings: str) -> None:
    """Have the customer change parameters (`__` for a dot), and not reboot."""
    account.client("rds", "customer").modify_db_parameter_group(
        DBParameterGroupName=group,
        Parameters=[
            {"ParameterName": name.replace("__", "."), "ParameterValue": value, "ApplyMethod": "pending-reboot"}
            for name, value in settings.items()
        ],
    )


def _not_logical(account: Account) -> None:
    instance(account)


def _waiting(account: Account) -> None:
    instance(account, group="orders-pg")
    change(account, "orders-pg", rds__logical_replication="1")


def _few_slots(account: Account) -> None:
    instance(account, group="orders-pg", rds__logical_replication="1", max_replication_slots="1")


def _replica(account: Account) -> None:
    instance(account)
    account.client("rds", "customer").create_db_instance_read_replica(
        DBInstanceIdentifier="orders-copy", SourceDBInstanceIdentifier="orders"
    )


def _denied(account: Account) -> None:
    account.fault(denied={"rds:DescribeDBInstances"})


def _case(code: str, title: str, severity: Severity, says: tuple[str, ...], **more: Any) -> Case:
    return Case(code, title, severity, more.pop("path", "database.host"), says, **more)


_C, _H, _W, _I = Severity.CRITICAL, Severity.HIGH, Severity.WARN, Severity.INFO
_TABLES = [{"table": f"public.t{number}", "columns": "total"} for number in range(12)]
_ROLE = "roles__0__"

CASES = (
    _case("DB_READINESS_UNKNOWN", "nobody has looked", _W, ("planewright readiness acme-prod",), beside=nobody),
    _case(
        "DB_READINESS_UNKNOWN",
        "one database of two was not looked at",
        _W,
        ("orders", "only at postgres"),
        path="database.databases",
        deployment={"database.databases": ["postgres", "orders"]},
    ),
    _case(
        "DB_READINESS_OLD",
        "eight days",
        _I,
        ("8 days ago",),
        beside=beside(now=datetime.now(UTC) - timedelta(days=8, hours=1)),
    ),
    _case(
        "DB_READINESS_OLD",
        "forty days",
        _W,
        ("40 days ago",),
        beside=beside(now=datetime.now(UTC) - timedelta(days=40, hours=1)),
    ),
    _case(
        "DB_WAL_LEVEL",
        "a PostgreSQL of their own",
        _C,
        ("replica", "ALTER SYSTEM SET wal_level = 'logical';", "restart"),
        beside=beside(server__wal_level="replica"),
    ),
    _case(
        "DB_WAL_LEVEL",
        "RDS with its default parameter group",
        _C,
        (
            "default.postgres16",
            "create-db-parameter-group",
            "--db-parameter-group-family postgres16",
            "ParameterName=rds.logical_replication,ParameterValue=1,ApplyMethod=pending-reboot",
            "modify-db-instance --db-instance-identifier orders",
            "reboot-db-instance --db-instance-identifier orders --region us-east-1",
        ),
        deployment=ON_RDS,
        prepare=_not_logical,
        beside=nobody,
    ),
    _case(
        "DB_RESTART_PENDING",
        "logical replication is switched on, but nobody rebooted",
        _H,
        ("orders-pg", "reboot-db-instance --db-instance-identifier orders"),
        deployment=ON_RDS,
        prepare=_waiting,
        beside=nobody,
    ),
    _case(
        "DB_RESTART_PENDING",
        "the database says so",
        _H,
        ("wal_level", "restart PostgreSQL"),
        beside=beside(server__pending_restart=["wal_level"]),
    ),
    _case(
        "DB_SLOTS",
        "three databases, one slot free",
        _C,
        ("is 4", "3 in use by others (a, b, c)", "3 needed for x, y, z: 6 in all", "'10'"),
        deployment={"database.databases": ["x", "y", "z"]},
        beside=beside(server__max_replication_slots=4, slots=[slot("a"), slot("b"), slot("c", kind="physical")]),
    ),
    _case(
        "DB_SLOTS",
        "RDS gives one slot for two databases",
        _C,
        ("is 1 (parameter group orders-pg of orders)", "those in use unknown", "ParameterName=max_replication_slots"),
        deployment={**ON_RDS, "database.databases": ["x", "y"]},
        prepare=_few_slots,
        beside=nobody,
    ),
    _case(
        "DB_SENDERS",
        "all are busy",
        _C,
        ("is 2", "2 in use by others, 1 needed: 3 in all"),
        beside=beside(server__max_wal_senders=2, server__wal_senders_in_use=2),
    ),
    _case(
        "DB_SLOT_KEEP_UNLIMITED",
        "the default",
        _W,
        ("-1", "max_slot_wal_keep_size = '51200'; SELECT pg_reload_conf();"),
        beside=beside(server__max_slot_wal_keep_size_mb=-1),
    ),
    _case("DB_VERSION", "too old", _H, ("PostgreSQL 11",), beside=beside(server__version_num=110022)),
    _case("DB_VERSION", "past its end", _W, ("2024-11-21",), beside=beside(server__version_num=120022)),
    _case("DB_VERSION", "not known yet", _I, ("PostgreSQL 42",), beside=beside(server__version_num=420000)),
    _case("DB_TLS", "TLS is off", _H, ("ssl is off", "ssl_cert_file"), beside=beside(server__ssl=False)),
    _case(
        "DB_IS_READER", "in recovery", _C, ("is a reader", "writer's own name"), beside=beside(server__in_recovery=True)
    ),
    _case(
        "DB_IS_READER",
        "an RDS read replica",
        _C,
        ("orders-copy",),
        deployment={**ON_RDS, "database.host": HOST.replace("orders", "orders-copy")},
        prepare=_replica,
        beside=nobody,
    ),
    _case(
        "DB_ENCODING",
        "SQL_ASCII",
        _C,
        ("postgres is encoded in SQL_ASCII", "ENCODING 'UTF8'"),
        path="database.name",
        beside=beside(database__encoding="SQL_ASCII"),
    ),
    _case(
        "DB_COLLATION",
        "a language's",
        _C,
        ("en_US.UTF-8", "LC_COLLATE 'C'"),
        path="database.name",
        beside=beside(database__collate="en_US.UTF-8", database__ctype="en_US.UTF-8"),
    ),
    _case(
        "DB_COLLATION",
        "ICU",
        _C,
        ("und (ICU)",),
        path="database.name",
        beside=beside(database__provider="i", database__locale="und"),
    ),
    _case(
        "DB_COLLATION",
        "single columns",
        _H,
        ("public.t (name)", "COLLATE"),
        path="database.name",
        beside=beside(database__collated={"count": 1, "listed": [{"table": "public.t", "columns": "name"}]}),
    ),
    _case(
        "DB_GENERATED_COLUMNS",
        "twelve tables",
        _H,
        ("public.t0 (total)", "and 4 more"),
        path="database.name",
        beside=beside(database__generated={"count": 12, "listed": _TABLES}),
    ),
    _case(
        "DB_NO_PRIMARY_KEY",
        "no identity at all",
        _H,
        ("public.log has no primary key", "REPLICA IDENTITY FULL"),
        path="database.name",
        beside=beside(
            database__keyless={"count": 1, "identified": 0, "listed": [{"table": "public.log", "identity": "default"}]}
        ),
    ),
    _case(
        "DB_NO_PRIMARY_KEY",
        "an identity instead",
        _W,
        ("public.log (full)",),
        path="database.name",
        beside=beside(
            database__keyless={"count": 1, "identified": 1, "listed": [{"table": "public.log", "identity": "full"}]}
        ),
    ),
    _case(
        "DB_ROLE",
        "there is none",
        _H,
        ("there is no role springtail", 'CREATE ROLE "springtail" LOGIN', 'ALTER ROLE "springtail" REPLICATION;'),
        path="database.user",
        beside=beside(roles=[]),
    ),
    _case(
        "DB_ROLE",
        "granted the wrong way round",
        _H,
        ("wrong way round", 'REVOKE "springtail" FROM rds_replication; GRANT rds_replication TO "springtail";'),
        path="database.user",
        beside=beside(**{_ROLE + "replication": False, _ROLE + "granted_backwards": True, "server__rds": True}),
    ),
    _case(
        "DB_ROLE",
        "no event triggers",
        _I,
        ("event triggers",),
        path="database.user",
    ),
    _case(
        "DB_NOT_MATCHED",
        "a name of the customer's own in front",
        _I,
        ("db.acme.example.com is none of the RDS endpoints", HOST),
        deployment={"database.profile": "acme-look"},
        prepare=_not_logical,
    ),
    _case(
        "DB_PROFILE_ELSEWHERE",
        "a profile of another account",
        _W,
        ("is of account 222222222222", "333333333333"),
        path="database.profile",
        deployment={"database.profile": "acme-look", "database.vpc.account_id": "333333333333"},
    ),
    _case(
        "DB_SOURCES_DISAGREE",
        "the group is in force and says otherwise",
        _W,
        ("max_replication_slots: 10 says the database", "1 says parameter group orders-pg"),
        deployment=ON_RDS,
        prepare=_few_slots,
    ),
    _case(
        "FACT_DENIED",
        "the profile may not look",
        _W,
        ("rds:DescribeDBInstances", "parameter group"),
        path="facts.rds:DescribeDBInstances",
        deployment=ON_RDS,
        prepare=_denied,
    ),
)
