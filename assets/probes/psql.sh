# Logs in to the customer's database with psql, as the replication user, TLS verified against the database's own name.
# The password is fetched here, by the node's own role, and goes to psql in its environment: it is in no argument,
# no file, no output. What went wrong is told by step and in the tool's own words; judging it is the caller's.
# Prints one JSON object: {"step": ..., "exit": number, "problem": text, "answer": object, "address": IPv4, "psql": text}
#   step  resolve | authority | secret | read_secret | no_user | psql | done
# Inputs: HOST (the database's own name, that TLS is verified against), VIA (the name whose address is connected to),
#   PORT, DATABASE, DBUSER, SECRET (its name, not its value), REGION, CA (path below PLANEWRIGHT_ROOT), TIMEOUT (seconds).
set -eu
export LC_ALL=C HOST VIA PORT DATABASE DBUSER SECRET REGION CA TIMEOUT
exec python3 - <<'PY'
import json
import os
import pathlib
import subprocess
import sys

said = {"step": "resolve", "exit": 0, "problem": "", "answer": None, "address": "", "psql": ""}
env = os.environ

QUESTION = """
select json_build_object(
  'version', current_setting('server_version'),
  'server', version(),
  'user', current_user,
  'database', current_database(),
  'client_address', host(inet_client_addr()),
  'tls', (select json_build_object('on', ssl, 'version', version, 'cipher', cipher)
            from pg_stat_ssl where pid = pg_backend_pid()),
  'in_recovery', pg_is_in_recovery(),
  'wal_level', current_setting('wal_level'),
  'superuser', (select rolsuper from pg_roles where rolname = current_user),
  'replication', (select rolreplication from pg_roles where rolname = current_user),
  'rds', exists (select from pg_roles where rolname = 'rds_replication'),
  'rds_replication', exists (select from pg_roles
            where rolname = 'rds_replication' and pg_has_role(current_user, oid, 'member')),
  'max_replication_slots', current_setting('max_replication_slots')::int,
  'replication_slots', (select count(*) from pg_replication_slots),
  'own_slots', (select count(*) from pg_replication_slots where starts_with(slot_name::text, 'springtail')),
  'max_wal_senders', current_setting('max_wal_senders')::int,
  'max_slot_wal_keep_size', current_setting('max_slot_wal_keep_size', true),
  'databases', (select count(*) from pg_database where datallowconn and not datistemplate))
"""


def finish(**more):
    said.update(more)
    print(json.dumps(said))
    sys.exit(0)


def run(arguments, seconds, environment=None):
    try:
        return subprocess.run(
            arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, env=environment
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess(arguments, 127, "", f"{arguments[0]}: command not found")
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, 124, "", f"{arguments[0]}: timeout expired")


def password_of(text):
    """The product's form is a list of users; one object is taken as well. A value that is not JSON is nobody's."""
    entries = json.loads(text)
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, dict) and entry.get("username") == env["DBUSER"] and entry.get("password"):
            return str(entry["password"])
    return None


def quoted(value):
    """As a connection string wants it."""
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


# Programs of the node are told by getent; psql is handed the address, so that both look at the same one.
found = run(["getent", "ahostsv4", env["VIA"]], 15)
addresses = [line.split()[0] for line in found.stdout.splitlines() if line.strip()]
if not addresses:
    finish(exit=found.returncode)
said["address"] = addresses[0]

said["step"] = "authority"
authority = env.get("PLANEWRIGHT_ROOT", "") + env["CA"]
if not pathlib.Path(authority).is_file():
    finish(exit=1, problem=env["CA"])

said["step"] = "secret"
fetched = run(
    ["aws", "secretsmanager", "get-secret-value", "--secret-id", env["SECRET"], "--region", env["REGION"],
     "--query", "SecretString", "--output", "text"],
    40,
)  # fmt: skip
if fetched.returncode != 0:
    finish(exit=fetched.returncode, problem=fetched.stderr.strip()[-600:])

said["step"] = "read_secret"
try:
    password = password_of(fetched.stdout)
except ValueError:
    # The parser's own message can quote what it read.
    finish(exit=1)
if password is None:
    finish(step="no_user", exit=1)

said["step"] = "psql"
limit = int(env["TIMEOUT"])
connection = " ".join(
    f"{key}={quoted(value)}"
    for key, value in {
        "host": env["HOST"], "hostaddr": said["address"], "port": env["PORT"], "dbname": env["DATABASE"],
        "user": env["DBUSER"], "sslmode": "verify-full", "sslrootcert": authority,
        "connect_timeout": limit, "gssencmode": "disable", "application_name": "planewright-verify",
    }.items()
)  # fmt: skip
# Nothing of the node's own PostgreSQL settings takes part.
clean = {key: value for key, value in env.items() if not key.startswith("PG")}
clean["PGPASSWORD"] = password
said["psql"] = run(["psql", "--version"], 10, clean).stdout.strip()
asked = run(["psql", "-X", "-w", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", connection, "-c", QUESTION],
            limit + 15, clean)  # fmt: skip
if asked.returncode != 0:
    finish(exit=asked.returncode, problem=asked.stderr.strip().replace(password, "*")[-900:])
finish(step="done", answer=json.loads(asked.stdout))
PY
