# Reads through the proxy on this node, and asks every FDW whether the statement came to it.
# The statement names no table and holds a word that nobody else uses. While its session is open, each FDW's own list of
# sessions (pg_stat_activity) shows whether it ran there: a proxy that sends everything to the primary leaves no trace.
# Passwords are fetched here, by the node's own role, and go to psql in its environment: in no argument, file or output.
# Prints one JSON object: {"step": ..., "exit": number, "problem": text, "answered": bool, "served": [key], "asked": {key: text}}
#   step  secret | read_secret | login | done;  asked: "seen", "not seen", or why an FDW did not say
# Inputs: PORT (of the proxy), DATABASE, DBUSER, SECRET (its name), REGION, FDWS (key=host:port, spaces between), TIMEOUT.
set -eu
export LC_ALL=C PORT DATABASE DBUSER SECRET REGION FDWS TIMEOUT
exec python3 - <<'PY'
import json
import os
import select
import subprocess
import sys
import uuid

env = os.environ
said = {"step": "secret", "exit": 0, "problem": "", "answered": False, "served": [], "asked": {}}
limit = int(env["TIMEOUT"])
clean = {key: value for key, value in env.items() if not key.startswith("PG")}
secrets = []


def finish(**more):
    said.update(more)
    text = json.dumps(said)
    for secret in secrets:
        text = text.replace(secret, "*")
    print(text)
    sys.exit(0)


def quoted(value):
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def psql(host, port, database, user, *more):
    values = {
        "host": host, "port": port, "dbname": database, "user": user, "connect_timeout": limit,
        "sslmode": "prefer", "gssencmode": "disable", "application_name": "planewright-verify",
    }  # fmt: skip
    connection = " ".join(f"{key}={quoted(value)}" for key, value in values.items())
    return ["psql", "-X", "-w", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", connection, *more]


try:
    fetched = subprocess.run(
        ["aws", "secretsmanager", "get-secret-value", "--secret-id", env["SECRET"], "--region", env["REGION"],
         "--query", "SecretString", "--output", "text"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=40,
    )  # fmt: skip
except (OSError, subprocess.TimeoutExpired) as error:
    finish(exit=1, problem=type(error).__name__)
if fetched.returncode != 0:
    finish(exit=fetched.returncode, problem=fetched.stderr.strip()[-600:])

said["step"] = "read_secret"
try:
    users = [user for user in json.loads(fetched.stdout) if isinstance(user, dict) and user.get("password")]
except ValueError:
    # The parser's own message can quote what it read.
    finish(exit=1)
secrets = sorted({str(user["password"]) for user in users}, key=len, reverse=True)
reader = next((user for user in users if user.get("username") == env["DBUSER"]), None)
looker = next((user for user in users if user.get("role") == "fdw_superuser"), None)
if reader is None or looker is None:
    finish(exit=1)

said["step"] = "login"
word = "planewright-" + uuid.uuid4().hex
session = subprocess.Popen(
    psql("127.0.0.1", env["PORT"], env["DATABASE"], reader["username"]),
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    env={**clean, "PGPASSWORD": str(reader["password"])}, text=True,
)  # fmt: skip
try:
    session.stdin.write(f"select '{word}';\n")
    session.stdin.flush()
except OSError:
    pass  # it ended before it read: its own words tell
ready, _, _ = select.select([session.stdout], [], [], limit + 10)
answer = session.stdout.readline().strip() if ready else ""
if answer != word:
    session.kill()
    _, problem = session.communicate()
    finish(exit=session.returncode, problem=problem.strip()[-900:] or "no answer in time")
said["answered"] = True

# Who may not see other users' sessions would not see ours: that is no proof that it did not come.
QUESTION = f"""
select case
  when exists (select from pg_stat_activity where query like '%{word}%' and pid <> pg_backend_pid()) then 'seen'
  when current_setting('is_superuser') = 'on' or pg_has_role('pg_read_all_stats', 'usage') then 'not seen'
  else current_user || ' may not see the sessions of others'
end
"""
for pair in env["FDWS"].split():
    key, _, place = pair.partition("=")
    host, _, port = place.rpartition(":")
    try:
        asked = subprocess.run(
            psql(host, port, "postgres", looker["username"], "-c", QUESTION),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit + 10,
            env={**clean, "PGPASSWORD": str(looker["password"])},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        said["asked"][key] = type(error).__name__
        continue
    if asked.returncode != 0:
        said["asked"][key] = asked.stderr.strip()[-300:]
    else:
        said["asked"][key] = asked.stdout.strip()
session.stdin.close()
session.wait(limit + 10)
said["served"] = [key for key, told in said["asked"].items() if told == "seen"]
finish(step="done")
PY
