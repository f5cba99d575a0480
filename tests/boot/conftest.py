"""A node in a directory: image files for volumes, fakes for what would change the machine, the real blkid and wipefs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from assets.boot import boot

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TOOLS = ("blkid", "wipefs", "mkfs.ext4", "mkswap")
VOLUMES = tuple(f"vol-0{digit}" + "a" * 15 for digit in "12345")
DISKS = tuple(f"AWS{letter}0A1B2C3D4E5F6A7" for letter in "BDACFE")
MIB = 1 << 20

# Each fake writes down its arguments, one line a call, and answers from files in $STATE.
FAKES = {
    "aws": """
case "$1 $2" in
  "ssm get-parameter") exec cat "$STATE/parameter$(echo "$4" | tr / _)" ;;
  "secretsmanager get-secret-value") exec cat "$STATE/secret_$(echo "$4" | tr / _)" ;;
  "s3 cp") exec cp "$STATE/package" "$5" ;;
esac
exit 9""",
    "zpool": """
case "$1" in
  list) exec cat "$STATE/health" ;;
  create) echo ONLINE > "$STATE/health"; printf '   pool: springtail\\n     id: 1\\n  state: ONLINE\\n' > "$STATE/importable" ;;
  import)
    if [ "$2" = -f ]; then echo ONLINE > "$STATE/health"
    elif [ -f "$STATE/importable" ]; then cat "$STATE/importable"
    else echo "no pools available to import" >&2; exit 1; fi ;;
esac""",
    "ip": """echo '[{"ifname":"ens5","addr_info":[{"family":"inet","local":"10.64.1.7","prefixlen":18}]}]'""",
    "dpkg-query": """cat "$STATE/installed" 2>/dev/null || exit 1""",
    "apt-get": """
[ "$(cat "$STATE/apt_fails" 2>/dev/null || echo 0)" -gt 0 ] && {
  echo $(( $(cat "$STATE/apt_fails") - 1 )) > "$STATE/apt_fails"; echo "Could not get lock" >&2; exit 100; }
exit 0""",
    "systemctl": """
case "$1 $(cat "$STATE/mount_fails" 2>/dev/null || echo 0)" in
  *" 0") exit 0 ;;
  "start "*|"restart "*) echo $(( $(cat "$STATE/mount_fails") - 1 )) > "$STATE/mount_fails"; exit 32 ;;
esac""",
    "exportfs": "exit 0",
    "snap": "exit 0",
}


@pytest.fixture(scope="session", autouse=True)
def _tools() -> None:
    missing = [tool for tool in TOOLS if not shutil.which(tool, path=SYSTEM_PATH)]
    if missing:
        pytest.fail(
            f"not on this machine: {', '.join(missing)}. They come with util-linux and e2fsprogs (in Debian and Ubuntu always there); "
            "without them nothing proves that a volume with data is left alone."
        )


@pytest.fixture(scope="session")
def authority() -> str:
    """A certificate authority of one's own, as PEM."""
    return certificate(is_ca=True)[0]


def certificate(*, is_ca: bool) -> tuple[str, str]:
    """A self-signed certificate and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "planewright test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


@dataclass
class Machine:
    """What a test sees of the node."""

    root: Path
    state: Path
    fakes: Path
    now: float = 0.0
    downloads: list[str] = field(default_factory=list)
    bundle: bytes | OSError = b""
    late: dict[float, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.fakes}:{SYSTEM_PATH}",
            "STATE": str(self.state),
            "LOG": str(self.state / "log"),
            "PW_REGION": "us-east-1",
            "PW_CONFIG_PARAMETER": "/planewright/acme/node-config",
        }

    def node(self) -> boot.Node:
        return boot.Node(
            root=str(self.root),
            environment=self.environment,
            download=self._download,
            clock=lambda: self.now,
            sleep=self._sleep,
        )

    def _download(self, url: str) -> bytes:
        self.downloads.append(url)
        if isinstance(self.bundle, OSError):
            raise self.bundle
        return self.bundle

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        for when in [when for when in self.late if when <= self.now]:
            self.volume(self.late.pop(when))

    def boot(self) -> int:
        return boot.boot(self.node())

    def run_program(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, boot.__file__, *arguments],
            env={**self.environment, "PLANEWRIGHT_ROOT": str(self.root)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def path(self, absolute: str) -> Path:
        return self.root / absolute.lstrip("/")

    def marker(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.path(boot.MARKER).read_text())
        return content

    def calls(self, command: str = "") -> list[str]:
        log = self.state / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if line.startswith(command)]

    def forget_calls(self) -> None:
        (self.state / "log").unlink(missing_ok=True)

    def parameter(self, name: str, value: str) -> None:
        answer = json.dumps({"Parameter": {"Value": value}})
        (self.state / f"parameter{name.replace('/', '_')}").write_text(answer)

    def secret(self, name: str, value: str) -> None:
        (self.state / f"secret_{name.replace('/', '_')}").write_text(json.dumps({"SecretString": value}))

    def configure(self, config: dict[str, Any]) -> None:
        self.parameter("/planewright/acme/node-config", json.dumps(config))

    def installed(self, *packages: str) -> None:
        (self.state / "installed").write_text("".join(f"{package} installed\n" for package in packages))

    def image(self, volume: str) -> Path:
        return self.path(f"{boot.BY_ID}/nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}")

    def volume(self, volume: str) -> Path:
        """Attach a blank volume."""
        image = self.image(volume)
        image.parent.mkdir(parents=True, exist_ok=True)
        image.touch()
        os.truncate(image, 16 * MIB)
        return image

    def volumes(self) -> None:
        for volume in VOLUMES:
            self.volume(volume)

    def disk(self, serial: str) -> Path:
        """Give a disk's name that stays, as the instance comes with it."""
        return self.path(f"{boot.BY_ID}/nvme-Amazon_EC2_NVMe_Instance_Storage_{serial}")

    def controller(self, number: int, model: str) -> None:
        """Let the kernel know of an NVMe controller; its names are udev's, and come later."""
        held = self.path(f"/sys/class/nvme/nvme{number}")
        held.mkdir(parents=True, exist_ok=True)
        (held / "model").write_text(f"{model:<40}\n")

    def blank_disks(self, count: int) -> list[str]:
        """Come up with blank disks of one's own, behind a root volume, each with two names."""
        self.controller(0, "Amazon Elastic Block Store")
        (self.state / "importable").unlink(missing_ok=True)
        (self.state / "health").unlink(missing_ok=True)
        shutil.rmtree(self.path(boot.BY_ID), ignore_errors=True)
        for number, serial in enumerate(DISKS[:count], start=1):
            self.controller(number, boot.LOCAL_MODEL)
            self.named_disk(serial, number)
        return [str(self.disk(serial)) for serial in DISKS[:count]]

    def named_disk(self, serial: str, number: int) -> None:
        """Have udev name a disk."""
        device = self.path(f"/dev/nvme{number}n1")
        device.parent.mkdir(parents=True, exist_ok=True)
        device.write_bytes(b"")
        os.truncate(device, 16 * MIB)
        self.disk(serial).parent.mkdir(parents=True, exist_ok=True)
        for name in (self.disk(f"{serial}_1"), self.disk(serial)):
            name.symlink_to(device)

    def reboot(self) -> None:
        """Lose what the kernel knew; disks, and the pool on them, stay."""
        (self.state / "health").unlink()
        self.forget_calls()

    def contents(self) -> dict[str, str]:
        """A digest of every volume that is attached."""
        held = self.path(boot.BY_ID)
        return {image.name: hashlib.sha256(image.read_bytes()).hexdigest() for image in held.glob("*")}


@pytest.fixture
def machine(tmp_path: Path, authority: str) -> Machine:
    """A node with nothing attached, all packages present, and an authority that is given in a parameter."""
    made = Machine(root=tmp_path / "root", state=tmp_path / "state", fakes=tmp_path / "fakes")
    for directory in (made.root, made.state, made.fakes):
        directory.mkdir()
    for name, body in FAKES.items():
        script = made.fakes / name
        script.write_text(f'#!/bin/sh\necho "{name} $*" >> "$LOG"\n{body}\n')
        script.chmod(0o755)
    made.installed(*{package for packages in boot.ROLE_PACKAGES.values() for package in packages})
    made.parameter("/planewright/acme/database-ca", authority)
    made.configure(config())
    return made


def config(role: str = "ingestion", **more: Any) -> dict[str, Any]:
    """A node's configuration, as the module `nodes` writes it."""
    own: dict[str, Any] = (
        {"volumes": {"data": list(VOLUMES[:4]), "slog": VOLUMES[4]}}
        if role == "ingestion"
        else {
            "ingestion": {"host": "10.64.1.7"},
            "proxy": {"port": 5432, "tls_secret": "sk/acme/proxy_tls" if role == "proxy" else None},
        }
    )
    return {
        "format": 1,
        "deployment": "acme",
        "shard": "use1-a",
        "region": "us-east-1",
        "ids": {"organization": "acme", "account": "acme-main", "instance": "1001"},
        "package": None,
        "redis": {"host": "redis.example", "port": 6379, "user": "acme-redis", "secret": "redis/password/acme"},
        "database": {
            "host": "db.acme.example.com",
            "port": 5432,
            "name": "postgres",
            "user": "springtail",
            "secret": "sk/acme/db",
            "endpoint": "vpce-1.example",
            "ca": {"kind": "pem", "parameter": "/planewright/acme/database-ca"},
        },
        "sns_topic_arn": "arn:aws:sns:us-east-1:111111111111:events",
        "role": role,
        **own,
        **more,
    }
