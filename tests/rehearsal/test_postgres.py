"""The customer's primary is a real PostgreSQL with TLS, passwords and logical replication."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from wizard.errors import RehearsalError
from wizard.rehearsal.postgres import Postgres, find_binaries

NAME = "db.acme.example.com"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres((NAME,), role="springtail", password="it's secret", databases=("orders",)) as postgres:
        yield postgres


def psql(
    server: Postgres, sql: str, *, password: str = "it's secret", database: str = "postgres", **settings: str
) -> Any:
    ca = server.folder / "ca.pem"
    ca.write_text(server.certificates.authority)
    settings = {
        "host": NAME,
        "hostaddr": "127.0.0.1",
        "port": str(server.port),
        "user": "springtail",
        "dbname": database,
        "sslmode": "verify-full",
        "sslrootcert": str(ca),
    } | settings
    conninfo = " ".join(f"{key}={value}" for key, value in settings.items())
    return subprocess.run(
        [str(server.binaries.psql), "-XAtq", "-d", conninfo, "-c", sql],
        env={"PGPASSWORD": password, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_it_answers_over_tls_verified_against_its_own_name(server: Postgres) -> None:
    answer = psql(server, "select ssl, current_setting('wal_level') from pg_stat_ssl where pid = pg_backend_pid()")

    assert (answer.returncode, answer.stdout.strip()) == (0, "t|logical"), answer.stderr


def test_the_role_may_replicate_logically(server: Postgres) -> None:
    answer = psql(
        server,
        "select lsn is not null from pg_create_logical_replication_slot('probe', 'pgoutput', true)",
        database="orders",
    )

    assert (answer.returncode, answer.stdout.strip()) == (0, "t"), answer.stderr


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sslmode": "disable"}, "no pg_hba.conf entry"),
        ({"host": "other.example.com"}, "does not match host name"),
        ({"password": "guess"}, "password authentication failed"),
        ({"user": "postgres"}, "password authentication failed"),
    ],
)
def test_it_refuses_clear_text_a_wrong_name_and_a_wrong_password(
    server: Postgres, wrong: dict[str, str], says: str
) -> None:
    answer = psql(server, "select 1", **wrong)

    assert answer.returncode == 2
    assert says in answer.stderr


def test_a_changed_password_is_felt_by_the_next_connection(server: Postgres) -> None:
    server.set_password("another")
    try:
        assert "password authentication failed" in psql(server, "select 1").stderr
        assert psql(server, "select 1", password="another").stdout.strip() == "1"
    finally:
        server.set_password("it's secret")


def test_it_listens_on_127_0_0_1_alone(server: Postgres) -> None:
    listening = {
        c.laddr.ip for c in psutil.net_connections("inet") if c.laddr.port == server.port and c.status == "LISTEN"
    }

    assert listening == {"127.0.0.1"}


def test_stopping_and_starting_keeps_port_and_data(server: Postgres) -> None:
    port = server.port
    server.sql("create table kept (x int)", "orders")

    server.stop()
    assert not server.running
    assert "Connection refused" in psql(server, "select 1").stderr
    server.start()

    assert server.port == port
    assert server.sql("select count(*) from kept", "orders") == "0"


def test_it_dies_with_the_process_that_started_it() -> None:
    program = (
        "import sys, time\n"
        "from wizard.rehearsal.postgres import Postgres\n"
        "p = Postgres(('a.test',), role='r', password='p'); p.create(); p.start()\n"
        "print(p._process.pid, p.folder, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, folder = parent.stdout.readline().split()
        postmaster = psutil.Process(int(pid))

        parent.send_signal(signal.SIGKILL)

    psutil.wait_procs([postmaster], timeout=120)
    assert not postmaster.is_running() or postmaster.status() == psutil.STATUS_ZOMBIE
    shutil.rmtree(folder, ignore_errors=True)  # whoever makes one sweeps those of the dead, so it may be gone


def test_closing_leaves_no_process_and_no_file() -> None:
    with Postgres(("a.test",), role="r", password="p") as server:
        folder, pid = server.folder, server._process.pid if server._process else 0
    assert not folder.exists()
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not psutil.pid_exists(pid)
    assert not Path(f"/proc/{pid}").exists()


def test_without_a_postgresql_the_way_to_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.rehearsal.postgres._folders", list)
    with pytest.raises(RehearsalError, match="apt-get install postgresql"):
        find_binaries()
