"""The customer's primary: a real PostgreSQL in a temporary directory, on 127.0.0.1 alone.

`wal_level` is logical, TCP takes TLS and a password (SCRAM) only, and the certificate bears the database's own DNS name.
Its superuser is reached over a Unix socket in a directory that nobody else can enter. It dies with the process that
started it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from wizard.errors import RehearsalError
from wizard.rehearsal import scratch
from wizard.rehearsal.certificates import Certificates, issue
from wizard.rehearsal.leash import leashed

_READY_SECONDS = 30.0
_ATTEMPTS = 3  # a free port can be taken between finding and binding it

_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
wal_level = logical
max_replication_slots = 20
max_wal_senders = 20
max_slot_wal_keep_size = 1024
password_encryption = 'scram-sha-256'
ssl = on
ssl_cert_file = '{folder}/server.crt'
ssl_key_file = '{folder}/server.key'
shared_buffers = 16MB
# A rehearsal's data outlives nothing.
fsync = off
full_page_writes = off
"""

_HBA = """
local   all          all                trust
hostssl all          all  127.0.0.1/32  scram-sha-256
hostssl replication  all  127.0.0.1/32  scram-sha-256
"""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A PostgreSQL installation: a directory that holds postgres and initdb, and a psql."""

    folder: Path
    psql: Path


def find_binaries() -> Binaries:
    """Find PostgreSQL: on PATH, or where Linux distributions put it. RehearsalError when there is none.

    Those on PyPI will not do: they are built without TLS, server and psql, and TLS is part of what is rehearsed.
    """
    for folder in _folders():
        if all(os.access(folder / program, os.X_OK) for program in ("postgres", "initdb")):
            psql = folder / "psql"
            found = str(psql) if psql.exists() else shutil.which("psql")
            if found:
                return Binaries(folder, Path(found))
    raise RehearsalError(
        "No PostgreSQL was found to be the customer's database",
        cause="neither PATH nor /usr/lib/postgresql has postgres, initdb and psql",
        action="install your distribution's package: apt-get install postgresql, dnf install postgresql-server",
    )


def _folders() -> list[Path]:
    on_path = shutil.which("postgres")
    folders = [Path(on_path).parent] if on_path else []
    # Newest first, by number: 9 comes before 15.
    versions = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    folders += sorted(versions, key=lambda path: float(path.parent.name), reverse=True)
    return folders


class Postgres:
    """One server. `names` are the DNS names that its certificate bears."""

    def __init__(self, names: tuple[str, ...], *, role: str, password: str, databases: tuple[str, ...] = ()) -> None:
        self.binaries = find_binaries()
        self.certificates: Certificates = issue(names)
        self.port = 0
        self._role = role
        self._password = password
        self._databases = databases
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ids = _unprivileged() if os.geteuid() == 0 else None

    def __enter__(self) -> Self:
        self.create()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def running(self) -> bool:
        """Whether the server runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def folder(self) -> Path:
        """The temporary directory that holds all of it."""
        if self._folder is None:
            raise RehearsalError("PostgreSQL has no data directory yet", action="create it first")
        return self._folder

    def create(self) -> None:
        """Make the data directory (`initdb`) and the configuration."""
        self._folder = folder = scratch.make("pg")
        (folder / "server.crt").write_text(self.certificates.server)
        key = folder / "server.key"
        key.touch(mode=0o600)
        key.write_text(self.certificates.server_key)
        if self._ids:
            for path in (folder, key, folder / "server.crt"):
                os.chown(path, *self._ids)
        self._run(
            "initdb",
            "-D",
            str(folder / "data"),
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "-A",
            "trust",
        )
        (folder / "data" / "pg_hba.conf").write_text(_HBA)

    def start(self) -> None:
        """Start the server and wait until it takes connections; make role and databases the first time."""
        if self.running:
            return
        first = self.port == 0
        for attempt in range(1, _ATTEMPTS + 1):
            self.port = _free_port() if first else self.port
            settings = _SETTINGS.format(port=self.port, folder=self.folder)
            (self.folder / "data" / "postgresql.auto.conf").write_text(settings)
            self._launch()
            if self._ready():
                break
            if attempt == _ATTEMPTS:
                raise RehearsalError(
                    "PostgreSQL did not start",
                    cause=self.log()[-2000:],
                    action="see the cause; the data directory is temporary",
                )
        if first:
            self._furnish()

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server; `at_once` without a checkpoint, since nothing is kept."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self) -> None:
        """Stop at once and remove everything. Closing twice does no harm."""
        self.stop(at_once=True)
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def sql(self, statements: str, database: str = "postgres") -> str:
        """Run SQL as the superuser, over the socket; give the unaligned rows. RehearsalError when it fails."""
        command = [str(self.binaries.psql), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", str(self.folder), "-p", str(self.port), "-U", "postgres", "-d", database]
        # On standard input: a password in the statements must not show among the processes' arguments.
        done = subprocess.run(command, input=statements, capture_output=True, text=True, check=False, env=_ENVIRONMENT)
        if done.returncode != 0:
            raise RehearsalError("The rehearsal's PostgreSQL refused a statement", cause=done.stderr.strip())
        return done.stdout.rstrip("\n")

    def set_password(self, password: str) -> None:
        """Give the replication role another password."""
        self._password = password
        self.sql(f"ALTER ROLE {_identifier(self._role)} PASSWORD {_literal(password)};")

    def log(self) -> str:
        """Give the server's own log."""
        path = self.folder / "server.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _furnish(self) -> None:
        role = _identifier(self._role)
        self.sql(f"CREATE ROLE {role} LOGIN REPLICATION PASSWORD {_literal(self._password)};")
        for database in self._databases:
            if database != "postgres":
                self.sql(f"CREATE DATABASE {_identifier(database)};")

    def _launch(self) -> None:
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        command = [str(self.binaries.folder / "postgres"), "-D", str(self.folder / "data")]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                leashed(command, signal_number=signal.SIGQUIT, user=self._ids),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=_ENVIRONMENT,
                start_new_session=True,
            )

    def _ready(self) -> bool:
        """Wait for the postmaster to write `ready` into its pid file, as pg_ctl does."""
        pid_file = self.folder / "data" / "postmaster.pid"
        deadline = time.monotonic() + _READY_SECONDS
        while self.running and time.monotonic() < deadline:
            lines = pid_file.read_text().splitlines() if pid_file.exists() else []
            if len(lines) > 7 and lines[7].strip() == "ready":
                return True
            time.sleep(0.02)
        self.stop(at_once=True)
        return False

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.binaries.folder / program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=_ENVIRONMENT,
            user=self._ids[0] if self._ids else None,
            group=self._ids[1] if self._ids else None,
            extra_groups=[] if self._ids else None,
        )
        if done.returncode != 0:
            raise RehearsalError(f"{program} failed", cause=(done.stderr or done.stdout).strip()[-2000:])


_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _unprivileged() -> tuple[int, int]:
    """Choose who runs it (uid and gid), since PostgreSQL refuses to run as root."""
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return user.pw_uid, user.pw_gid
    raise RehearsalError(
        "PostgreSQL cannot run as root, and there is no user to run it as",
        cause="neither `postgres` nor `nobody` exists here",
        action="run the rehearsal as an ordinary user",
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
