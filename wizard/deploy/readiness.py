"""The database's own word: looked for from here with psql, or read from what the customer's DBA sent; kept in the workspace.

script_for ─► the DBA runs it ─► read_sent ─┐
look (psql, from here) ─────────────────────┴─► save ─► deployments/NAME/readiness.json ─► checks
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Final

from wizard.blueprints.springtail.answers import CertificateAuthority, Database, DeploymentAnswers
from wizard.errors import DatabaseError, InputError
from wizard.files import to_json, write_atomic
from wizard.readiness import reading
from wizard.readiness.model import Readiness
from wizard.workspace import Place

#: Seconds: to connect, for the script, and for psql as a whole.
CONNECT_S: Final = 10
STATEMENT_S: Final = 60
PSQL_S: Final = 90

#: Where operating systems keep the authorities they trust; psql before 16 does not find them by itself.
_SYSTEM_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
#: What psql may take over from here. PG… variables may not: they would lead it elsewhere.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


def script() -> str:
    """Give the script, as it is shipped."""
    return resources.files("assets").joinpath("readiness", "readiness.sql").read_text(encoding="utf-8")


def script_for(deployment: DeploymentAnswers) -> str:
    """Give the script with a header that tells the customer's DBA what to run. The statements are the same for everybody."""
    database = deployment.database
    options = shlex.quote(f"-c planewright.role={database.user}")
    runs = [
        f"PGOPTIONS={options} psql -XqAt -h {shlex.quote(database.host)} -p {database.port} -d {shlex.quote(name)} "
        "-f readiness.sql >> readiness.json"
        for name in database.replicated
    ]
    lines = [
        f"-- For {deployment.name}. Please run it once for each database, as any role that may connect there (-U NAME):",
        "--",
        *(f"--   {run}" for run in runs),
        "--",
        "-- and send readiness.json back: it holds settings and names of tables, no data. What follows is all that runs.",
        "",
    ]
    return "\n".join(lines) + "\n" + script()


def read_sent(text: str, *, name: str) -> Readiness:
    """Read what somebody sent back. InputError says what is wrong with it."""
    return reading.read(text, source="script", name=name)


def load(place: Place) -> Readiness | None:
    """Read what is kept, or None when nobody has looked yet."""
    try:
        text = place.readiness.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{place.readiness} cannot be read", cause=str(error)) from None
    return reading.load(text, name=str(place.readiness))


def save(place: Place, readiness: Readiness) -> None:
    """Keep what the database said. No secret is in it: it may be committed."""
    write_atomic(place.readiness, to_json(readiness.model_dump(mode="json")))


def look(
    deployment: DeploymentAnswers,
    *,
    user: str,
    password: Callable[[], str],
    environ: Mapping[str, str],
    host_address: str = "",
    authority: Path | None = None,
    looking: Callable[[str], None] = lambda _: None,
) -> Readiness:
    """Run the script on each database that is replicated, with this machine's psql.

    The password is asked for once and goes to psql in its environment alone. `host_address` connects there instead of
    where the name leads (a tunnel), the certificate still being that of the name; `authority` is a file with the
    certificates that sign it, where this machine does not know them (RDS). DatabaseError when one cannot be read.
    """
    psql = shutil.which("psql", path=environ.get("PATH"))
    if psql is None:
        raise DatabaseError(
            "no psql was found on this machine",
            cause="it is not on PATH",
            action=f"install PostgreSQL's client, or have the customer run it: planewright readiness {deployment.name} --script",
        )
    secret = password()
    said = []
    with _bundle(deployment.database, authority) as bundle:
        for name in deployment.database.replicated:
            looking(name)
            conninfo = _conninfo(deployment.database, name, user=user, bundle=bundle, host_address=host_address)
            said.append(_run(psql, conninfo, _environ(environ, deployment.database, secret), deployment.name))
    return reading.read("\n".join(said), source="psql", name=f"what {deployment.database.host} said")


def _run(psql: str, conninfo: str, environ: Mapping[str, str], name: str) -> str:
    command = [psql, "-XqAtw", "-v", "ON_ERROR_STOP=1", "-f", "-", "-d", conninfo]
    try:
        done = subprocess.run(
            command, input=script(), capture_output=True, text=True, check=False, env=dict(environ), timeout=PSQL_S
        )
    except subprocess.TimeoutExpired:
        raise DatabaseError(
            "the database gave no answer in time", cause=f"psql ran for {PSQL_S} s", action=_else(name)
        ) from None
    if done.returncode != 0:
        # psql quotes no password; what it says is the server's own word.
        raise DatabaseError("the database could not be looked at", cause=done.stderr.strip()[:1000], action=_else(name))
    return done.stdout


def _else(name: str) -> str:
    return (
        "connect from where the database can be reached (--address 127.0.0.1 through a tunnel), or have the customer's "
        f"DBA run it: planewright readiness {name} --script"
    )


def _environ(environ: Mapping[str, str], database: Database, password: str) -> dict[str, str]:
    kept = {name: environ[name] for name in _KEPT if name in environ}
    options = f"-c statement_timeout={STATEMENT_S}s -c planewright.role={database.user}"
    return kept | {"PGPASSWORD": password, "PGOPTIONS": options, "PGAPPNAME": "planewright", "PGPASSFILE": os.devnull}


def _conninfo(database: Database, name: str, *, user: str, bundle: str, host_address: str) -> str:
    settings = {
        "host": database.host,
        "port": str(database.port),
        "dbname": name,
        "user": user,
        "connect_timeout": str(CONNECT_S),
        # Without the authority at hand nothing can be verified, but nothing goes in clear either.
        "sslmode": "verify-full" if bundle else "require",
    }
    settings |= {"sslrootcert": bundle} if bundle else {}
    settings |= {"hostaddr": host_address} if host_address else {}
    return " ".join(f"{key}={_quoted(value)}" for key, value in settings.items())


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def verifies(database: Database, authority: Path | None) -> bool:
    """Whether the database's certificate can be verified on this machine."""
    return bool(authority or database.certificate_authority is CertificateAuthority.PEM or _known_bundle(database))


@contextmanager
def _bundle(database: Database, authority: Path | None) -> Iterator[str]:
    """Give a file with the certificates that sign the database's, or an empty text when there is none here."""
    if authority is not None or database.certificate_authority is not CertificateAuthority.PEM:
        yield str(authority or _known_bundle(database))
        return
    with tempfile.TemporaryDirectory(prefix="planewright-") as folder:
        path = Path(folder) / "ca.pem"
        path.write_text(database.ca_pem, encoding="utf-8")
        yield str(path)


def _known_bundle(database: Database) -> str:
    """Give this machine's own bundle, where it has the authority: operating systems do not know Amazon's for RDS."""
    if database.certificate_authority is not CertificateAuthority.SYSTEM:
        return ""
    return next((bundle for bundle in _SYSTEM_BUNDLES if Path(bundle).is_file()), "")
