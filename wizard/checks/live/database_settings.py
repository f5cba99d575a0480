"""Whether the server's settings let it be replicated from: WAL, slots, senders, version, TLS, what waits for a restart."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.checks.codes import code
from wizard.checks.subject import Subject
from wizard.findings import Finding, Severity
from wizard.readiness import room
from wizard.readiness.known import Known
from wizard.readiness.remedy import Where, change, reboot
from wizard.readiness.versions import LAST_RELEASE, OLDEST

#: With nothing better known, 50 GB of WAL may wait for a replica before its slot is given up.
KEEP_MB = 51_200

WAL_LEVEL = code(
    "DB_WAL_LEVEL",
    Severity.CRITICAL,
    why="only with wal_level logical does the WAL hold what logical replication reads",
    remedy="ALTER SYSTEM SET wal_level = 'logical'; then restart PostgreSQL. On RDS: rds.logical_replication = 1, then reboot",
)
SLOTS = code(
    "DB_SLOTS",
    Severity.CRITICAL,
    why="each database that is replicated needs a replication slot of its own; without a free one replication does not start",
    remedy="raise max_replication_slots and restart PostgreSQL, or drop slots that nobody uses (SELECT pg_drop_replication_slot('NAME');)",
)
SENDERS = code(
    "DB_SENDERS",
    Severity.CRITICAL,
    why="each database that is replicated holds a connection to a WAL sender; without a free one replication does not start",
    remedy="raise max_wal_senders and restart PostgreSQL",
)
KEEP = code(
    "DB_SLOT_KEEP_UNLIMITED",
    Severity.WARN,
    why="WAL is kept for a replica that has stalled until the primary's disk is full, and the database stops",
    remedy=f"set max_slot_wal_keep_size to what the disk can spare, {KEEP_MB} (MB) for example; no restart is needed",
)
VERSION = code(
    "DB_VERSION",
    Severity.HIGH,
    Severity.WARN,
    Severity.INFO,
    why="a version that the PostgreSQL project mends no more gets no security fixes, and what nobody has tried may not work",
    remedy="upgrade the database first: an upgrade later drops its replication slots, and everything is copied anew",
)
TLS = code(
    "DB_TLS",
    Severity.HIGH,
    why="the nodes connect with TLS and verify the database's certificate; a server without TLS refuses them",
    remedy="ALTER SYSTEM SET ssl = 'on' with ssl_cert_file and ssl_key_file for the database's name; SELECT pg_reload_conf();",
)
READER = code(
    "DB_IS_READER",
    Severity.CRITICAL,
    why="logical replication is read from the writer: a reader's slots end with a failover, and schema triggers cannot be made there",
    remedy="answer database.host with the writer's own name",
)
RESTART = code(
    "DB_RESTART_PENDING",
    Severity.HIGH,
    why="a changed setting counts only after the restart, which cuts every connection: it wants to be agreed upon before the day",
    remedy="restart PostgreSQL at a time that is agreed upon, then have another look: planewright readiness NAME",
)


def check(subject: Subject, deployment: DeploymentAnswers, known: Known, where: Where) -> Iterator[Finding]:
    """Say what of the settings does not do."""
    if known.reads_only is not None and known.reads_only.value:
        yield READER.at("database.host", f"{deployment.database.host} is a reader ({known.reads_only.by})")
    if known.logical is not None and not known.logical.value:
        setting = {"rds.logical_replication": "1"} if where.on_rds else {"wal_level": "logical"}
        said = subject.readiness.server.wal_level if subject.readiness else "not logical"
        yield WAL_LEVEL.at("database.host", f"wal_level is {said} ({known.logical.by})", remedy=change(where, setting))
    yield from _room(subject, deployment, known, where)
    if known.keep_mb is not None and known.keep_mb.value < 0:
        yield from _keep(known, where)
    if known.version is not None:
        yield from _version(subject, known.version.value, known.version.by)
    if subject.readiness is not None and not subject.readiness.server.ssl:
        yield TLS.at("database.host", f"ssl is off ({subject.readiness.told})")
    yield from _waiting(subject, where)


def _room(subject: Subject, deployment: DeploymentAnswers, known: Known, where: Where) -> Iterator[Finding]:
    """Compare what is free with one slot and one sender for each database."""
    wanted = deployment.database.replicated
    readiness = subject.readiness
    built = subject.built is not None
    others = room.others(readiness, wanted, built=built)
    if known.slots is not None:
        used = (
            f"{len(others)} in use by others ({', '.join(slot.name for slot in others)})"
            if others
            else "none in use by others"
        )
        used = used if readiness else "those in use unknown"
        need = len(others) + len(wanted)
        if need > known.slots.value:
            what = f"max_replication_slots is {known.slots.value} ({known.slots.by}): {used}, {len(wanted)} needed for {', '.join(wanted)}: {need} in all"
            yield SLOTS.at(
                "database.host", what, remedy=change(where, {"max_replication_slots": str(room.rounded(need))})
            )
    if known.senders is not None:
        busy = room.busy_senders(readiness, wanted, built=built)
        need = busy + len(wanted)
        if need > known.senders.value:
            used = f"{busy} in use by others" if readiness else "those in use unknown"
            what = f"max_wal_senders is {known.senders.value} ({known.senders.by}): {used}, {len(wanted)} needed: {need} in all"
            yield SENDERS.at("database.host", what, remedy=change(where, {"max_wal_senders": str(room.rounded(need))}))


def _keep(known: Known, where: Where) -> Iterator[Finding]:
    if known.keep_mb is None:
        return
    if known.version is not None and known.version.value < 130000:
        what = f"PostgreSQL {known.version.value // 10000} cannot limit what a slot keeps ({known.keep_mb.by})"
        yield KEEP.at(
            "database.host", what, remedy="upgrade to 13 or later, or watch the free space of the primary's disk"
        )
        return
    remedy = change(where, {"max_slot_wal_keep_size": str(KEEP_MB)})
    yield KEEP.at(
        "database.host",
        f"max_slot_wal_keep_size is -1, no limit ({known.keep_mb.by})",
        remedy=f"{remedy}  ({KEEP_MB} MB, or what the disk can spare; a replica behind by more is copied anew)",
    )


def _version(subject: Subject, number: int, by: str) -> Iterator[Finding]:
    major = number // 10000
    last = LAST_RELEASE.get(major)
    if major < OLDEST:
        yield VERSION.at(
            "database.host", f"PostgreSQL {major} ({by}) is older than {OLDEST}, the oldest that is looked at here"
        )
    elif last is None:
        yield VERSION.at(
            "database.host",
            f"PostgreSQL {major} ({by}) is newer than any that is known here: nothing is said of it",
            severity=Severity.INFO,
            remedy="ask Springtail whether they support it",
        )
    elif subject.now.date() > last:
        yield VERSION.at(
            "database.host", f"PostgreSQL {major} ({by}) had its last release on {last}", severity=Severity.WARN
        )


def _waiting(subject: Subject, where: Where) -> Iterator[Finding]:
    readiness, rds = subject.readiness, where.rds
    waiting = readiness.server.pending_restart if readiness else ()
    if readiness is not None and waiting:
        yield RESTART.at(
            "database.host", f"{', '.join(waiting)} changed and not in force ({readiness.told})", remedy=reboot(where)
        )
    elif rds is not None and rds.apply_status == "pending-reboot":
        what = f"parameter group {rds.group} waits for a reboot of {rds.instance}"
        yield RESTART.at("database.host", what, remedy=reboot(where))
