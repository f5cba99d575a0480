"""What RDS says of a database, by each kind of endpoint, and a profile that does not open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.live.account import Account
from tests.readiness.documents import said, slot
from wizard.answers.account import Account as AccountAnswers
from wizard.aws.closed import ClosedSession
from wizard.aws.facts.gather import gather
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.checks.live import database as checks
from wizard.checks.subject import Subject
from wizard.errors import AccountError
from wizard.facts.asking import Facts, Read, Reason, Unread
from wizard.facts.database import RdsDatabase, RdsFact
from wizard.findings import Severity

REGION = "us-east-1"


def fact(account: Account, host: str) -> RdsFact:
    ask = RdsDatabase(profile="look", region=REGION, host=host)
    [(_, reading)] = gather(account.sessions(), [ask])
    assert isinstance(reading, Read), reading
    value: RdsFact = reading.value
    return value


def cluster(account: Account) -> dict[str, Any]:
    """Have the customer run an Aurora cluster with a writer and a reader; give what RDS says of it."""
    rds = account.client("rds", "customer")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="apg", DBParameterGroupFamily="aurora-postgresql16", Description="x"
    )
    rds.modify_db_cluster_parameter_group(
        DBClusterParameterGroupName="apg",
        Parameters=[
            {"ParameterName": "rds.logical_replication", "ParameterValue": "1", "ApplyMethod": "pending-reboot"}
        ],
    )
    rds.create_db_cluster(
        DBClusterIdentifier="acme",
        Engine="aurora-postgresql",
        EngineVersion="16.4",
        MasterUsername="postgres",
        MasterUserPassword="not-a-secret-1",
        DBClusterParameterGroupName="apg",
    )
    for name in ("one", "two"):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.r6g.large",
            Engine="aurora-postgresql",
            DBClusterIdentifier="acme",
        )
    described: dict[str, Any] = rds.describe_db_clusters()["DBClusters"][0]
    return described


def test_a_cluster_is_known_by_its_writer_its_reader_and_its_members(account: Account) -> None:
    described = cluster(account)
    writer = next(m["DBInstanceIdentifier"] for m in described["DBClusterMembers"] if m["IsClusterWriter"])
    members = account.client("rds", "customer").describe_db_instances()["DBInstances"]
    addresses = {one["DBInstanceIdentifier"]: one["Endpoint"]["Address"] for one in members}
    reader = next(name for name in addresses if name != writer)

    by_writer = fact(account, described["Endpoint"].upper() + ".")
    assert (by_writer.match, by_writer.cluster, by_writer.instance) == ("writer", "acme", writer)
    assert (by_writer.group, by_writer.parameter("rds.logical_replication")) == ("apg", "1")
    assert not by_writer.reads_only
    assert fact(account, described["ReaderEndpoint"]).reads_only
    assert not fact(account, addresses[writer]).reads_only
    assert fact(account, addresses[reader]).reads_only


def test_a_name_that_is_no_endpoint_is_told_with_those_that_are(account: Account) -> None:
    cluster(account)
    found = fact(account, "db.acme.example.com")
    assert (found.match, found.account, len(found.endpoints)) == ("none", "222222222222", 2)


def test_nobody_looks_into_the_customer_s_account_without_a_profile(account: Account) -> None:
    assert list(checks.asks(account.subject())) == []
    named = account.subject(deployment={"database.profile": "look"})
    assert list(checks.asks(named)) == [RdsDatabase(profile="look", region=REGION, host="db.acme.example.com")]
    assert list(checks.asks(Subject(named.shard))) == []


def test_a_profile_that_does_not_open_leaves_only_that_unread_and_says_why() -> None:
    own = AccountAnswers(id="222222222222", region=REGION)
    closed = ClosedSession(own, AccountError("the login of look has ended", action="aws sso login --profile look"))
    ask = RdsDatabase(profile="look", region=REGION, host="h")
    [(_, reading)] = gather({"customer": closed}, [ask])
    assert isinstance(reading, Unread)
    assert (reading.reason, reading.remedy) == (Reason.FAILED, "aws sso login --profile look")
    assert "login of look" in reading.said


def test_a_slot_of_our_own_is_not_counted_against_us_once_it_is_built(account: Account) -> None:
    full = said(
        server__max_replication_slots=2,
        server__max_wal_senders=1,
        server__wal_senders_in_use=1,
        slots=[slot("springtail_postgres"), slot("theirs", active=False)],
    )
    subject = account.subject(readiness=full)
    codes = {f.code for f in checks.check(subject, Facts()) if f.severity is Severity.CRITICAL}
    assert codes == {"DB_SLOTS", "DB_SENDERS"}
    built = replace(subject, built=InstanceOutputs.model_construct())
    assert [f for f in checks.check(built, Facts()) if f.severity is Severity.CRITICAL] == []
