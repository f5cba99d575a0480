"""The script on a real PostgreSQL: what it says, what it leads to, and that it only reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from wizard.blueprints.load import build
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.checks.live import database as checks
from wizard.checks.subject import Subject
from wizard.deploy.readiness import read_sent, script, script_for
from wizard.facts.asking import Facts
from wizard.findings import Finding, Severity
from wizard.readiness.model import Readiness
from wizard.rehearsal import postgres
from wizard.rehearsal.answers import example
from wizard.rehearsal.postgres import Postgres

TROUBLE = """
CREATE TABLE public.good (id int PRIMARY KEY, name text);
CREATE TABLE public.bill (id int PRIMARY KEY, net int, gross int GENERATED ALWAYS AS (net * 2) STORED);
CREATE TABLE public.log (at timestamptz);
CREATE TABLE public.copy (at timestamptz);
ALTER TABLE public.copy REPLICA IDENTITY FULL;
CREATE TABLE public.parts (x int) PARTITION BY RANGE (x);
CREATE TABLE public.parts_1 PARTITION OF public.parts FOR VALUES FROM (1) TO (2);
CREATE UNLOGGED TABLE public.scratch (x int);
CREATE SCHEMA "odd name";
CREATE TABLE "odd name"."T; DROP" (x int);
INSERT INTO public.good VALUES (1, 'CANARY-IN-A-ROW');
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres(("db.acme.example.com",), role="springtail", password="p", databases=("orders",)) as running:
        running.sql(TROUBLE, "orders")
        running.sql("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0")
        running.sql("SELECT pg_create_logical_replication_slot('theirs', 'pgoutput')", "orders")
        yield running


def subject(readiness: Readiness, **database: Any) -> Subject:
    values = example("private")
    values["database"] |= database
    answers = build(values, DeploymentAnswers, source="test")
    shard = build(example("shard"), ShardAnswers, source="test")
    return replace(Subject(shard, answers), readiness=readiness)


def look(server: Postgres, *names: str, role: str = "springtail") -> Readiness:
    said = [server.sql(f"SET planewright.role = '{role}';\n{script()}", name) for name in names]
    return read_sent("\n".join(said), name="test")


def findings(readiness: Readiness, **database: Any) -> dict[str, Finding]:
    return {f.code: f for f in checks.check(subject(readiness, **database), Facts())}


def test_the_rehearsed_database_is_ready(server: Postgres) -> None:
    found = findings(look(server, "postgres"))
    assert [f for f in found.values() if f.severity is not Severity.INFO] == []


def test_tables_that_cannot_be_replicated_are_named_and_others_are_not(server: Postgres) -> None:
    found = findings(look(server, "orders"), databases=["orders"])
    assert "public.bill (gross)" in found["DB_GENERATED_COLUMNS"].what
    database = look(server, "orders").databases[0]
    assert {one.table: one.identity for one in database.keyless.listed} == {
        "public.log": "default",
        "public.parts": "default",
        '"odd name"."T; DROP"': "default",
        "public.copy": "full",
    }
    assert (database.keyless.count, database.keyless.identified, database.tables) == (4, 1, 6)


def test_a_database_that_is_not_utf_8_is_critical(server: Postgres) -> None:
    found = findings(look(server, "ascii"), databases=["ascii"])
    assert found["DB_ENCODING"].severity is Severity.CRITICAL


def test_a_language_s_collation_is_critical(server: Postgres) -> None:
    known = server.sql("SELECT collname FROM pg_collation WHERE collprovider = 'i' AND collname = 'en-x-icu'")
    if not known:
        pytest.skip("this PostgreSQL was built without ICU")
    server.sql("CREATE DATABASE english TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'")
    server.sql('CREATE TABLE t (id int PRIMARY KEY, a text COLLATE "en-x-icu")', "orders")
    try:
        assert findings(look(server, "english"), databases=["english"])["DB_COLLATION"].severity is Severity.CRITICAL
        column = findings(look(server, "orders"), databases=["orders"])["DB_COLLATION"]
        assert (column.severity, "public.t (a)" in column.what) == (Severity.HIGH, True)
    finally:
        server.sql("DROP TABLE t", "orders")


def test_the_slots_of_others_are_counted(server: Postgres) -> None:
    readiness = look(server, "postgres")
    assert [(slot.name, slot.database, slot.active) for slot in readiness.slots] == [("theirs", "orders", False)]


def test_a_role_that_rds_replication_was_granted_to_the_wrong_way_round(server: Postgres) -> None:
    server.sql(
        "CREATE ROLE rds_superuser; CREATE ROLE rds_replication;"
        "CREATE ROLE wrong LOGIN ROLE rds_replication; CREATE ROLE right_ LOGIN; GRANT rds_replication TO right_;"
    )
    try:
        readiness = look(server, "postgres", role="wrong")
        assert "wrong way round" in findings(readiness, user="wrong")["DB_ROLE"].what
        assert findings(readiness, user="right_")["DB_ROLE"].severity is Severity.INFO
        assert "there is no role" in findings(look(server, "postgres", role="nobody"), user="nobody")["DB_ROLE"].what
    finally:
        server.sql("DROP ROLE wrong; DROP ROLE right_; DROP ROLE rds_replication; DROP ROLE rds_superuser;")


def test_wal_level_replica_is_critical_until_it_is_logical(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = postgres._SETTINGS
    monkeypatch.setattr(postgres, "_SETTINGS", ready.replace("wal_level = logical", "wal_level = replica"))
    with Postgres(("a.test",), role="springtail", password="p") as server:
        assert findings(look(server, "postgres"))["DB_WAL_LEVEL"].severity is Severity.CRITICAL
        server.stop()
        monkeypatch.setattr(postgres, "_SETTINGS", ready)
        server.start()
        assert "DB_WAL_LEVEL" not in findings(look(server, "postgres"))


def test_settings_that_are_changed_and_wait_for_a_restart(server: Postgres) -> None:
    # Only reloaded: the server goes on with what it started with.
    conf = server.folder / "data" / "postgresql.auto.conf"
    before = conf.read_text()
    conf.write_text(before.replace("wal_level = logical", "wal_level = replica"))
    server.sql("SELECT pg_reload_conf()")
    waits = "SELECT pending_restart FROM pg_settings WHERE name = 'wal_level'"
    assert any(server.sql(waits) == "t" for _ in range(200))
    try:
        found = findings(look(server, "postgres"))
        assert "wal_level" in found["DB_RESTART_PENDING"].what
        assert "DB_WAL_LEVEL" not in found
    finally:
        conf.write_text(before)
        server.sql("SELECT pg_reload_conf()")


def test_any_role_that_may_connect_can_run_it(server: Postgres) -> None:
    server.sql("CREATE ROLE plain LOGIN")
    readiness = read_sent(server.sql(f"SET ROLE plain;\n{script()}", "orders"), name="test")
    assert readiness.looked_as == "plain"
    assert readiness.database("orders") is not None
    assert [slot.name for slot in readiness.slots] == ["theirs"]


def test_no_row_of_any_table_and_no_password_is_in_its_output(server: Postgres) -> None:
    text = server.sql(script(), "orders")
    assert "CANARY" not in text
    assert "SCRAM" not in text


def test_it_can_only_read(server: Postgres) -> None:
    """A statement that writes is refused inside the script's own transaction."""
    begun = script().split("WITH setting")[0]
    with pytest.raises(Exception, match="refused a statement") as raised:
        server.sql(f"{begun}\nCREATE TABLE written (x int);")
    assert "read-only transaction" in str(raised.value)


def test_it_has_no_command_of_psql_s_own_so_that_any_client_runs_it() -> None:
    assert not re.search(r"^\s*\\", script(), re.MULTILINE)


def test_the_header_tells_the_dba_one_command_for_each_database_and_changes_no_statement() -> None:
    values = example("private")
    values["database"] |= {"databases": ["orders", "bills"], "user": "springtail"}
    text = script_for(build(values, DeploymentAnswers, source="test"))
    assert text.endswith(script())
    header = text.removesuffix(script())
    assert all(line.startswith("--") for line in header.splitlines() if line)
    assert [name in header for name in ("-d orders", "-d bills", "planewright.role=springtail")] == [True] * 3


def test_what_psql_prints_around_a_document_does_no_harm(server: Postgres) -> None:
    document = server.sql(script(), "orders")
    aligned = f"BEGIN\nSET\nSET\n   readiness   \n------------\n {document}\n(1 row)\n\nCOMMIT\n"
    csv = "readiness\n" + '"' + document.replace('"', '""') + '"\n'
    exported = json.dumps([{"readiness": json.loads(document)}])
    as_text = json.dumps([{"readiness": document}])
    for text in (document, aligned, csv, exported, as_text):
        assert [one.name for one in read_sent(text, name="test").databases] == ["orders"], text[:80]
