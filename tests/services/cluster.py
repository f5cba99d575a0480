"""Nodes on this machine for Springtail's services: roots of their own, in which the commands and the boot program really run.

Stand-ins: Redis (`tests/services/redis.py`), systemd and the package (`tests/services/standins`), the AWS CLI.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

from assets.boot import boot
from tests.bounded import PATIENCE_S
from tests.nodes import node
from tests.services.redis import HOST, StandIn
from wizard.aws.commands import ScriptResult
from wizard.deploy.services import Sent

STANDINS = Path(__file__).parent / "standins"
#: One of each role, and a second FDW where there have to be two.
NODES = ("ingestion-0", "proxy-0", "fdw-0")
DEPLOYMENT = "acme-prod"
DATABASE_SECRET = "sk/acme/acme-main/aws/dbi/1001/primary_db_password"
REDIS_SECRET = "redis/password/us-east-1/use1-a/1001"

_AWS = """#!/bin/sh
printf 'aws %s\\n' "$*" >> {root}/calls
case "$1 $2" in
  "s3 cp") exec cp {package} "$5" ;;
esac
id=$(echo "$4" | tr / _)
[ -e {secrets}/"$id" ] || {{ echo "ResourceNotFoundException" >&2; exit 254; }}
case "$*" in
  *"--output text"*) exec cat {secrets}/"$id" ;;
esac
exec cat {secrets}/"$id.json"
"""
_GETENT = """#!/bin/sh
[ "$2" = {host} ] || exit 2
echo "127.0.0.1 STREAM $2"
"""
# What is asked again and again costs no start of Python.
_SYSTEMCTL = """#!/bin/sh
if [ "$1" = is-active ]; then
  [ -e {root}/run/$2.pid ] || {{ echo inactive; exit 3; }}
  read -r pid < {root}/run/$2.pid
  read -r line 2>/dev/null < /proc/$pid/stat || {{ echo failed; exit 3; }}
  case "$line" in *") Z "*) echo failed; exit 3 ;; esac
  echo active; exit 0
fi
printf 'systemctl %s\\n' "$*" >> {root}/calls
# The boot program reads the node's parameter anew.
if [ "$*" = "restart planewright-boot" ] && [ -e {root}/parameter ]; then
  exec cp {root}/parameter {root}/etc/planewright/node-config.json
fi
case "$1" in start | enable | disable) exec {python} "$@" ;; esac
"""
_JOURNALCTL = """#!/bin/sh
exec cat {root}/run/springtail-coordinator.log
"""


def package(**files: str) -> bytes:
    """A package as Springtail's is laid out: the stand-in's coordinator, and what the product's has beside it."""
    content = {
        "bin/system/README": "stand-in",
        "python/coordinator/coordinator.py": (STANDINS / "coordinator.py").read_text(),
        "INFO.txt": "Version: stand-in\nConfig Hash: 4f1c2d\n",
        **files,
    }
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, text in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return held.getvalue()


@dataclass
class Cluster:
    """The nodes of acme-prod. `sent` are the commands as they went, as SSM and CloudTrail keep them, with what came back."""

    folder: Path
    store: StandIn
    authority: str
    content: bytes = field(default_factory=package)
    sent: list[str] = field(default_factory=list)

    def furnish(self) -> None:
        """Lay what a node has when it is booted."""
        self.secrets.mkdir(parents=True)
        self.package.write_bytes(self.content)
        for key in NODES:
            self._furnish(key)

    @property
    def secrets(self) -> Path:
        """Secrets Manager: a file for each secret that has a value."""
        return self.folder / "secrets"

    @property
    def package(self) -> Path:
        """What lies in the bucket."""
        return self.folder / "package.tar.gz"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def root(self, key: str) -> Path:
        """What is `/` on the node; with a space in it: no path may go unquoted."""
        return self.folder / "nodes" / key

    def secret(self, name: str, value: str) -> None:
        file = self.secrets / name.replace("/", "_")
        file.write_text(value)
        file.with_name(f"{file.name}.json").write_text(json.dumps({"SecretString": value}))

    def calls(self) -> str:
        """Arguments of all programs that the nodes ran."""
        return "".join((self.root(key) / "calls").read_text() for key in NODES)

    def run(self, one: Sent) -> ScriptResult:
        """Run a command as a node's agent does."""
        return self.script(one.task.key, one.script)

    def script(self, key: str, text: str) -> ScriptResult:
        """Run a script on a node."""
        root = self.root(key)
        (root / "script.sh").write_text(text)
        done = subprocess.run(
            ["sh", str(root / "script.sh")],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE_S,
            env={"PATH": f"{root}/bin:/usr/bin:/bin", "PLANEWRIGHT_ROOT": str(root)},
        )
        self.sent += [text, done.stdout, done.stderr]
        return ScriptResult(
            "Success" if done.returncode == 0 else "Failed", done.returncode, done.stdout, done.stderr, "c"
        )

    def end(self) -> None:
        """End what the stand-in of systemd started."""
        for file in self.folder.glob("nodes/*/run/*.pid"):
            try:
                os.killpg(int(file.read_text()), signal.SIGKILL)
            except ProcessLookupError:
                continue

    def configure(self, key: str, **changed: object) -> None:
        """Write the configuration that the node has read."""
        file = self.root(key) / "etc" / "planewright" / "node-config.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.configuration(key, **changed))

    def configuration(self, key: str, **changed: object) -> str:
        """Give a node's configuration, as the module `nodes` does."""
        role = node(key).role
        config = {
            "format": 1,
            "role": role,
            "deployment": DEPLOYMENT,
            "shard": "use1-a",
            "region": "us-east-1",
            "ids": {"organization": "acme", "account": "acme-main", "instance": "1001"},
            "package": {"uri": "s3://packages/springtail.tar.gz", "sha256": self.sha256},
            "redis": {"host": HOST, "port": self.store.port, "user": self.store.user, "secret": REDIS_SECRET},
            "database": {"secret": DATABASE_SECRET, "ca": {"kind": "system", "parameter": None}},
            "sns_topic_arn": "arn:aws:sns:us-east-1:111111111111:use1-a-events",
            "storage": "nvme",
            "ingestion": {"host": "10.0.1.1"},
        }
        return json.dumps({**config, **changed})

    def _furnish(self, key: str) -> None:
        root = self.root(key)
        for folder in ("bin", "run", "etc/systemd/system", "etc/ssl/certs", "opt/planewright"):
            (root / folder).mkdir(parents=True)
        (root / "calls").touch()
        (root / "run" / "springtail-coordinator.log").touch()
        (root / "etc" / "ssl" / "certs" / "ca-certificates.crt").write_text(self.authority)
        (root / "etc" / "planewright").mkdir()
        (root / "etc" / "planewright" / "boot.env").write_text("PW_REGION=us-east-1\n")
        (root / "etc" / "systemd" / "system" / "planewright-secrets.service").write_text(boot.SECRETS_UNIT)
        shutil.copy(boot.__file__, root / "opt" / "planewright" / "boot.py")
        self.configure(key)
        quoted = {name: shlex.quote(str(path)) for name, path in
                  (("root", root), ("secrets", self.secrets), ("package", self.package))}  # fmt: skip
        python = shlex.join([sys.executable, "-I", "-S", str(STANDINS / "systemctl.py")])
        programs = {
            "aws": _AWS.format(**quoted),
            "getent": _GETENT.format(host=HOST),
            "journalctl": _JOURNALCTL.format(**quoted),
            "systemctl": _SYSTEMCTL.format(python=python, **quoted),
        }
        for name, text in programs.items():
            (root / "bin" / name).write_text(text)
            (root / "bin" / name).chmod(0o755)
