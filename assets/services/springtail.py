#!/usr/bin/env python3
"""Springtail's services on one node: prepared, started, stopped, put back. Sent through Systems Manager, run as root.

    prepare   the node's secrets into memory, the package verified and unpacked, settings, environment, unit; on the
              ingestion node also what Redis has to hold. Nothing is started. What is already so is left alone
    start     the coordinator, and wait until it says `running` and its port answers
    stop      the same, back: an FDW is drained first
    undo      what prepare put on the node is taken away; Redis keeps what it holds
    status    what is so now; changes nothing

Inputs are environment variables: KEY (the node's key, fdw-0), ROLE, WAIT (seconds), NOW (1: no draining), PLAN (JSON,
`wizard.blueprints.springtail.services`). None is a secret: those are fetched here, with the node's own role, into /run.

Prints one JSON object: {"steps": [{"step", "did"}], "failed": {"step", "kind", "reason"} or null, "status": {...}}.
SSM keeps it: passwords that a log may quote are masked. Python 3.10 and its standard library.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

CONFIG = "/etc/planewright/node-config.json"
SETTINGS = "/etc/planewright/springtail-settings.json"
ENVIRONMENT = "/etc/planewright/springtail.env"
COORDINATOR = "/etc/planewright/springtail-coordinator.yaml"
UNIT = "/etc/systemd/system/springtail-coordinator.service"
SERVICE = "springtail-coordinator"
SECRETS = "/run/planewright/secrets.env"
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
HOME = "/opt/springtail"
PAUSE = 0.5
# A reader mounts ingestion's export anew, and waits for a young ingestion node.
REREAD_SECONDS = 1900

UNIT_TEXT = """[Unit]
Description=Springtail's coordinator: {role}
Requires=planewright-secrets.service
Wants=network-online.target
After=network-online.target planewright-secrets.service planewright-boot.service

[Service]
EnvironmentFile=/run/planewright/secrets.env
EnvironmentFile=/etc/planewright/springtail.env
WorkingDirectory=/opt/springtail/current/python/coordinator
ExecStart=/usr/bin/python3 coordinator.py -c /etc/planewright/springtail-coordinator.yaml -s {role}
Restart=on-failure
RestartSec=10
TimeoutStopSec=300

[Install]
WantedBy=multi-user.target
"""


class Failed(Exception):  # noqa: N818 - how a step ended
    """Why a step cannot be done, in words for an operator. `kind` is for programs."""

    def __init__(self, reason: str, kind: str = "step") -> None:
        super().__init__(reason)
        self.kind = kind


def at(absolute: str) -> Path:
    """Give a path of the node as a path of this machine: below PLANEWRIGHT_ROOT where that is set."""
    return Path(os.environ.get("PLANEWRIGHT_ROOT", "") + absolute)


def run(*arguments: str, seconds: int = 60, environment: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run a command; give its code and its outputs."""
    try:
        done = subprocess.run(
            list(arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=seconds,
            env={**os.environ, **(environment or {}), "LC_ALL": "C"},
        )
    except FileNotFoundError:
        return 127, "", f"{arguments[0]}: not found"
    except subprocess.TimeoutExpired:
        return 124, "", f"{arguments[0]}: no end within {seconds} s"
    return done.returncode, done.stdout, done.stderr


def write(absolute: str, content: str, mode: int = 0o644) -> bool:
    """Put a file in place whole or not at all; tell whether it changed."""
    path = at(absolute)
    if path.is_file() and path.read_text() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(content)
    Path(name).chmod(mode)
    Path(name).replace(path)
    return True


# Redis: its own protocol over TLS, so that no password is an argument of a program


class Redis:
    """The shard's Redis, as the deployment's own user."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        host, port = variables["REDIS_HOST"], int(variables["REDIS_PORT"])
        code, out, _ = run("getent", "ahostsv4", host, seconds=15)
        if code or not out.split():
            raise Failed(f"{host} does not resolve on the node", "redis")
        try:
            context = ssl.create_default_context(cafile=str(at(AUTHORITIES)))
            plain = socket.create_connection((out.split()[0], port), timeout=15)
            self._file = context.wrap_socket(plain, server_hostname=host).makefile("rwb")
        except (OSError, ssl.SSLError) as error:
            raise Failed(f"Redis does not answer at {host}:{port}: {error}", "redis") from None
        self.ask("AUTH", variables["REDIS_USER"], variables["REDIS_PASSWORD"])
        self.ask("SELECT", variables["REDIS_CONFIG_DATABASE_ID"])

    def ask(self, *words: str) -> Any:
        """Send a command; give its answer as text, number, list or None."""
        raw = [word.encode() for word in words]
        parts = [b"*%d\r\n" % len(raw), *(b"$%d\r\n%s\r\n" % (len(word), word) for word in raw)]
        try:
            self._file.write(b"".join(parts))
            self._file.flush()
            return self._answer(words[0])
        except (OSError, ValueError) as error:
            raise Failed(f"Redis did not answer {words[0]}: {error}", "redis") from None

    def _answer(self, command: str) -> Any:
        line = self._file.readline()
        kind, rest = line[:1], line[1:].strip()
        if kind == b"+":
            return rest.decode()
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self._file.read(int(rest) + 2)[:-2].decode()
        if kind == b"*":
            return [self._answer(command) for _ in range(int(rest))]
        # The words of a refusal name the user or a key, never the password.
        raise Failed(f"Redis refused {command}: {rest.decode(errors='replace') or 'the connection ended'}", "redis")

    def hash(self, key: str) -> dict[str, str]:
        """Give a hash."""
        found = self.ask("HGETALL", key)
        return dict(zip(found[::2], found[1::2], strict=True))


def variables() -> dict[str, str]:
    """Read what the services get from their environment, as the node's boot program wrote it."""
    try:
        lines = at(SECRETS).read_text().splitlines()
    except OSError:
        raise Failed("the node's secrets are not in its memory: prepare fetches them", "unprepared") from None
    pairs = (re.fullmatch(r'(\w+)="(.*)"', line) for line in lines)
    return {pair[1]: re.sub(r'\\(["\\$`])', r"\1", pair[2]) for pair in pairs if pair}


def redis() -> Redis:
    """Open Redis."""
    return Redis(variables())


# Prepare


class Node:
    """This node, and what it is told to be."""

    def __init__(self) -> None:
        self.key, self.role = os.environ["KEY"], os.environ["ROLE"]
        self.plan: dict[str, Any] = json.loads(os.environ["PLAN"])
        self.id = str(self.plan["instance"])
        self.wait = float(os.environ.get("WAIT", "600"))
        self.sha256 = str(self.plan["package"]["sha256"])

    def prepare(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Name each step, and do it."""
        yield "configuration", self.configuration
        yield "secrets", self.secrets
        yield "package", self.package
        yield "install", self.install
        yield "runtime", self.runtime
        yield "environment", self.environment
        yield "settings", self.settings
        if self.role == "ingestion":
            yield "redis", self.populate
        yield "unit", self.unit

    def start(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Name each step, and do it."""
        yield "state", self.state
        yield "service", self.service
        yield "health", self.health

    def stop(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Name each step, and do it."""
        if self.role == "fdw" and os.environ.get("NOW") != "1":
            yield "drain", self.drain
        yield "service", self.halt

    def undo(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Name each step, and do it."""
        yield "unit", self.take_away

    def configuration(self) -> str:
        """The node is the one that is meant, and knows the same package and the same ingestion node.

        It reads its configuration at boot: what was applied since then it is made to read by its boot program.
        """
        config, did = self.read_configuration(), ""
        if self.outdated(config):
            code, _, said = run("systemctl", "restart", "planewright-boot", seconds=REREAD_SECONDS)
            if code:
                raise Failed(f"the node cannot read its configuration anew: {said.strip()[-300:]}", "unprepared")
            config, did = self.read_configuration(), ", read anew"
        if wrong := self.outdated(config):
            raise Failed(f"the node's configuration names another {wrong}, or none: what was answered is not applied")
        return f"{self.role} of {config['deployment']}{did}"

    def read_configuration(self) -> dict[str, Any]:
        """Give what the boot program read last."""
        try:
            config: dict[str, Any] = json.loads(at(CONFIG).read_text())
        except (OSError, ValueError):
            raise Failed("the node has not read its configuration: it is not booted yet", "unprepared") from None
        if (config.get("role"), config.get("deployment")) != (self.role, self.plan["deployment"]):
            raise Failed(f"the node is {config.get('role')} of {config.get('deployment')}")
        return config

    def outdated(self, config: Mapping[str, Any]) -> str:
        """Name what of the configuration is not as it was answered and applied; empty where all is."""
        if (config.get("package") or {}).get("sha256") != self.sha256:
            return "package"
        known = (config.get("ingestion") or {}).get("host")
        return "ingestion node" if known not in (None, self.plan["hosts"]["ingestion"]) else ""

    def secrets(self) -> str:
        """The unit that the boot program installed fetches them, by the node's own role."""
        code, _, said = run("systemctl", "start", "planewright-secrets", seconds=120)
        if code or not at(SECRETS).is_file():
            raise Failed(f"the node cannot fetch its secrets: {said.strip()[-300:] or 'none was written'}", "secrets")
        return "fetched into memory"

    def package(self) -> str:
        """Only the bytes that were named count, wherever they come from."""
        path, uri = at(f"{HOME}/packages/{self.sha256}.tar.gz"), str(self.plan["package"]["uri"])
        if path.is_file() and digest(path) == self.sha256:
            return "verified"
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=path.parent) as folder:
            fetched = Path(folder) / "package"
            region = variables().get("AWS_REGION", "")
            command = ("aws", "s3", "cp", "--only-show-errors", uri, str(fetched), "--region", region)
            code, _, said = run(*command, seconds=1800)
            if code:
                raise Failed(f"{uri} cannot be fetched: {said.strip()[-300:]}", "package")
            found = digest(fetched)
            if found != self.sha256:
                raise Failed(f"{uri} has sha256 {found}, wanted is {self.sha256}: refused", "refused")
            fetched.replace(path)
        return "fetched and verified"

    def install(self) -> str:
        """Unpack beside what runs, and only then turn to it."""
        release = at(f"{HOME}/releases/{self.sha256}")
        did = "kept"
        if not release.is_dir():
            release.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".unpack-", dir=release.parent) as folder:
                inside = Path(folder) / "release"
                inside.mkdir()
                archive = str(at(f"{HOME}/packages/{self.sha256}.tar.gz"))
                code, _, said = run("tar", "-xzf", archive, "--no-same-owner", "-C", str(inside), seconds=1200)
                if code:
                    raise Failed(f"the package cannot be unpacked: {said.strip()[-300:]}", "refused")
                inside.chmod(0o755)  # a temporary folder's is its maker's alone
                inside.rename(release)
            did = "unpacked"
        missing = [
            part for part in ("bin/system", "python/coordinator/coordinator.py") if not (release / part).exists()
        ]
        if missing:
            raise Failed(f"the package holds no {' and no '.join(missing)}: it is not Springtail's", "refused")
        current = at(f"{HOME}/current")
        if not current.is_symlink() or current.readlink() != release:
            fresh = current.with_name(".current")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(release)
            fresh.replace(current)
        return did

    def runtime(self) -> str:
        """What the coordinator imports has to be on the machine image: asking for its help shows it, and does nothing."""
        folder = at(f"{HOME}/current/python/coordinator")
        code, _, said = run("python3", str(folder / "coordinator.py"), "--help")
        if code:
            last = (said.strip().splitlines() or [""])[-1]
            raise Failed(f"the package's coordinator does not run on this machine image: {last[-300:]}", "runtime")
        return "the coordinator runs here"

    def environment(self) -> str:
        """What the coordinator is told beside its secrets. Each node has its own key; an FDW's is its id, too."""
        own = {
            "INSTANCE_KEY": self.key,
            "HOSTNAME": str(self.plan["nodes"][self.key]),
            "LD_LIBRARY_PATH": f"{HOME}/current/shared-lib",
            **({"FDW_ID": self.key} if self.role == "fdw" else {}),
        }
        changed = write(ENVIRONMENT, "".join(f'{name}="{value}"\n' for name, value in sorted(own.items())))
        lines = {"install_dir": f"'{HOME}/current'", "production": "true", "log_rotation_size": 104857600}
        changed |= write(COORDINATOR, "".join(f"{name}: {value}\n" for name, value in lines.items())
                         + "log_rotation_count: 10\n")  # fmt: skip
        for name in ("logs", "pids"):
            folder = at(f"{HOME}/{name}")
            folder.mkdir(parents=True, exist_ok=True)
            # The coordinator refuses a folder of logs that not everybody may write to; what is there stays its owner's.
            folder.chmod(0o1777)
        return "written" if changed else "kept"

    def settings(self) -> str:
        """The settings as a file, to be read by people. Springtail takes them from Redis.

        SPRINGTAIL_PROPERTIES_FILE is not set: who reads it empties both of Redis' databases, which are other customers', too.
        """
        text = json.dumps(self.plan["settings"], indent=2, sort_keys=True) + "\n"
        return "written" if write(SETTINGS, text) else "kept"

    def populate(self) -> str:
        """Give Redis what it has to hold, and take nothing back that Springtail itself wrote there."""
        store = Populating(redis(), self.id, self.plan)
        store.do(config_hash(at(f"{HOME}/current/INFO.txt")))
        return f"set {', '.join(store.changed)}" if store.changed else "kept"

    def unit(self) -> str:
        """The coordinator as a service; it is not started here."""
        if not write(UNIT, UNIT_TEXT.replace("{role}", self.role)):
            return "kept"
        run("systemctl", "daemon-reload")
        return "installed"

    # Start and stop

    def state(self) -> str:
        """Tell the coordinator that its package is there: in `startup` it would fetch one by itself."""
        if not at(UNIT).is_file():
            raise Failed("the node is not prepared", "unprepared")
        if run("systemctl", "start", "planewright-secrets", seconds=120)[0]:
            raise Failed("the node cannot fetch its secrets", "secrets")
        store = redis()
        if not store.hash(f"{self.id}:instance_config"):
            raise Failed("Redis holds nothing of this deployment yet: ingestion is not prepared", "unprepared")
        if active() and self.coordinator(store) == "running":
            return "runs already"
        store.ask("HSET", f"{self.id}:coordinator_state", f"{self.role}:{self.key}", "reloading")
        if self.role == "fdw":
            self.set_fdw(store, "initialize", only_from=("draining", "stopped"))
        return "set"

    def service(self) -> str:
        """Start it, at every boot from now on."""
        before = active()
        code, _, said = run("systemctl", "enable", "--now", SERVICE, seconds=120)
        if code:
            raise Failed(f"the service did not start: {said.strip()[-300:]}", "service")
        return "runs already" if before else "started"

    def health(self) -> str:
        """It is well when the coordinator says so itself and its port answers."""
        store, port = redis(), int(self.plan["ports"][self.role])
        deadline = time.monotonic() + self.wait
        while True:
            said = self.coordinator(store)
            answers = listens(port)
            if active() and said == "running" and answers:
                return f"running, {port} answers"
            if failed_unit() or time.monotonic() >= deadline:
                what = "the service ended" if failed_unit() else f"not well within {self.wait:.0f} s"
                seen = f"coordinator: {said or 'nothing'}; port {port}: {'answers' if answers else 'closed'}"
                raise Failed(f"{what} ({seen}). Its log: {log()}", "health")
            time.sleep(PAUSE)

    def drain(self) -> str:
        """No new connections, and those that are there come to their end: the coordinator sees to it."""
        if not active():
            return "does not run"
        store = redis()
        if not self.set_fdw(store, "draining", only_from=("initialize", "running")):
            return "already drained"
        deadline = time.monotonic() + self.wait
        while self.fdw(store).get("state") != "stopped":
            if time.monotonic() >= deadline:
                raise Failed(f"connections are still open after {self.wait:.0f} s; it goes on draining", "busy")
            time.sleep(PAUSE)
        return "drained"

    def halt(self) -> str:
        """Stop it, and not at the next boot either."""
        if not at(UNIT).is_file():
            return "is not installed"
        before = active()
        code, _, said = run("systemctl", "disable", "--now", SERVICE, seconds=360)
        if code or active():
            raise Failed(f"the service did not stop: {said.strip()[-300:]}", "service")
        return "stopped" if before else "does not run"

    def take_away(self) -> str:
        """Take away what prepare put here. What was fetched and verified stays: it is no harm."""
        if active():
            raise Failed("the service runs: stop it first", "service")
        there = at(UNIT).is_file()
        for absolute in (UNIT, ENVIRONMENT, COORDINATOR, SETTINGS, f"{HOME}/current"):
            at(absolute).unlink(missing_ok=True)
        shutil.rmtree(at(f"{HOME}/releases"), ignore_errors=True)
        run("systemctl", "daemon-reload")
        return "taken away" if there else "was not there"

    # Redis, of this node

    def coordinator(self, store: Redis) -> str:
        """What the node's coordinator says of itself."""
        return str(store.ask("HGET", f"{self.id}:coordinator_state", f"{self.role}:{self.key}") or "")

    def fdw(self, store: Redis) -> dict[str, Any]:
        """What Redis holds of this FDW."""
        held = store.ask("HGET", f"{self.id}:fdw", self.key)
        found: dict[str, Any] = json.loads(held) if held else {}
        return found

    def set_fdw(self, store: Redis, state: str, *, only_from: tuple[str, ...]) -> bool:
        """Set an FDW's state; tell whether it was one that may be left so."""
        held = self.fdw(store)
        if held.get("state") not in only_from:
            return False
        store.ask("HSET", f"{self.id}:fdw", self.key, json.dumps({**held, "state": state}))
        return True

    def status(self) -> dict[str, Any]:
        """What is so now."""
        current = at(f"{HOME}/current")
        said: dict[str, Any] = {
            "prepared": at(UNIT).is_file(),
            "active": active(),
            "up": state() == "active",
            "package": current.readlink().name if current.is_symlink() else "",
        }
        if not at(SECRETS).is_file():
            return said
        store = redis()
        held = store.hash(f"{self.id}:instance_config").get("system_settings")
        fdws = store.hash(f"{self.id}:fdw")
        return {
            **said,
            "coordinators": store.hash(f"{self.id}:coordinator_state"),
            "databases": store.hash(f"{self.id}:instance_state"),
            "fdws": {key: json.loads(text).get("state") for key, text in fdws.items()},
            "mode": json.loads(held).get("proxy", {}).get("mode") if held else None,
        }


class Populating:
    """What Redis has to hold of a deployment, beside what Springtail writes there itself."""

    def __init__(self, store: Redis, instance: str, plan: Mapping[str, Any]) -> None:
        self._store, self._id, self._plan = store, instance, plan
        self.changed: list[str] = []

    def do(self, package_hash: str) -> None:
        """Set what differs."""
        plan = self._plan
        self._databases()
        values = {"id": self._id, "primary_db": plan["primary"], "system_settings": plan["settings"]}
        for role in ("ingestion", "proxy"):
            values[f"hostname:{role}"] = plan["hosts"][role]
        if package_hash:
            values["system_settings_gitsha"] = package_hash
        for name, value in values.items():
            self._put("instance_config", name, value)
        self._fdws()

    def _databases(self) -> None:
        """An id, once given, stays its database's: what is stored on ingestion is known by it."""
        held = {text["name"]: (number, text) for number, text in self._held("db_config").items()}
        numbers = [int(number) for number, _ in held.values()]
        ids = []
        for database in self._plan["databases"]:
            number, known = held.get(database["name"], ("", {}))
            if not number:
                numbers.append(max(numbers, default=0) + 1)
                number = str(numbers[-1])
            ids.append(int(number))
            self._put("db_config", number, {**database, "id": int(number), **known})
            self._put("instance_state", number, "initialize", keep=True)
        self._put("instance_config", "database_ids", ids)

    def _fdws(self) -> None:
        wanted, held = self._plan["fdws"], self._held("fdw")
        for key, host in wanted.items():
            fresh = {"port": self._plan["ports"]["fdw"], "state": "initialize", "sync_seconds": 30}
            self._put("fdw", key, {**fresh, **held.get(key, {}), "host": host})
            if self._store.ask("SADD", f"{self._id}:fdw_ids", key):
                self.changed.append(f"fdw_ids {key}")
        for key in sorted({*held, *self._store.ask("SMEMBERS", f"{self._id}:fdw_ids")} - {*wanted}):
            self._store.ask("SREM", f"{self._id}:fdw_ids", key)
            self._store.ask("HDEL", f"{self._id}:fdw", key)
            self.changed.append(f"fdw {key} gone")

    def _held(self, name: str) -> dict[str, dict[str, Any]]:
        return {field: json.loads(text) for field, text in self._store.hash(f"{self._id}:{name}").items()}

    def _put(self, name: str, field: str, value: Any, *, keep: bool = False) -> None:
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        held = self._store.ask("HGET", f"{self._id}:{name}", field)
        if held is not None and (keep or same(held, text)):
            return
        self._store.ask("HSET", f"{self._id}:{name}", field, text)
        self.changed.append(f"{name} {field}")


def same(held: str, wanted: str) -> bool:
    """Whether two texts say the same, in whatever order of keys."""
    try:
        return bool(json.loads(held) == json.loads(wanted))
    except ValueError:
        return held == wanted


def config_hash(info: Path) -> str:
    """Give what the package says its settings are of; nothing when it does not say."""
    found = re.search(r"^Config Hash:\s*(\S+)", info.read_text(), re.MULTILINE) if info.is_file() else None
    return found[1] if found else ""


def digest(path: Path) -> str:
    """Give a file's sha256."""
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            hashed.update(chunk)
    return hashed.hexdigest()


def state() -> str:
    """What systemd says of the service."""
    return run("systemctl", "is-active", SERVICE)[1].strip()


def active() -> bool:
    """Whether the service runs, or is being started: also one that ends each time, and is started again."""
    return state() in ("active", "activating", "reloading")


def failed_unit() -> bool:
    """Whether it ended, and systemd tries no more."""
    return state() == "failed"


def listens(port: int) -> bool:
    """Whether anything answers on a port of this node."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=3):
            return True
    except OSError:
        return False


def log() -> str:
    """The end of the service's log, without the passwords that it may quote."""
    text = run("journalctl", "-u", SERVICE, "-n", "15", "-o", "cat", "--no-pager")[1].strip()[-1500:]
    for secret in sorted(passwords(), key=len, reverse=True):
        text = text.replace(secret, "*")
    return text or "empty"


def passwords() -> set[str]:
    """Every password that the services know. They stay in this process."""
    held = variables()
    config = json.loads(at(CONFIG).read_text())
    name = config["database"]["secret"]
    command = ("aws", "secretsmanager", "get-secret-value", "--secret-id", name, "--region", held["AWS_REGION"])
    code, out, _ = run(*command, "--query", "SecretString", "--output", "text")
    try:
        users = json.loads(out) if not code else []
    except ValueError:
        users = []
    found = {str(user.get("password") or "") for user in users if isinstance(user, dict)}
    return {value for value in (*found, held.get("REDIS_PASSWORD", "")) if value}


def main(verb: str) -> int:
    """Do what the verb says; say what came of it, whatever it was."""
    os.umask(0o022)
    said: dict[str, Any] = {"steps": [], "failed": None, "status": None}
    step = ""
    try:
        node = Node()
        if verb == "status":
            said["status"] = node.status()
        else:
            for step, does in getattr(node, verb)():
                said["steps"].append({"step": step, "did": does()})
    except Failed as failed:
        said["failed"] = {"step": step, "kind": failed.kind, "reason": str(failed)}
    except OSError as error:
        said["failed"] = {"step": step, "kind": "step", "reason": str(error)}
    print(json.dumps(said))  # noqa: T201 - this is how it answers
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
