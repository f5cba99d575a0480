#!/usr/bin/env python3
"""Bring a node to its configuration. Run as root at every boot, by planewright-boot.service.

    boot.py            everything below, in order; what is already so is left alone
    boot.py secrets    the node's secrets, from Secrets Manager into /run (memory), for the services that need them

Steps: the AWS CLI, the configuration (an SSM parameter), packages, the database's certificate authority, storage
(ingestion: a ZFS pool on its EBS volumes or on the instance's own NVMe disks, exported over NFS 4.2; the others: that
export, mounted), the unit that fetches secrets, the Springtail package. Each may be interrupted and run again. The
marker /var/lib/planewright/boot.json says how far the last run came; a failed run leaves its reason there, exits 1, and
systemd tries again. A stop blanks the instance's own disks: the pool is then made again, and its data has to be rebuilt
from the primary. /var/lib/planewright/pool-made has a line for each time that one was made there.

A volume or disk is formatted only if all of them are there and every one is blank. No secret is printed, passed as an
argument, or written outside of /run. Python 3.10 and its standard library; AWS is reached through its CLI.
"""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

#: Version of what this program makes of a node; verification asks for it.
BOOT_VERSION = 1
#: Version of the configuration's form that it reads.
CONFIG_FORMAT = 1

POOL = "springtail"
#: States in which a pool serves: DEGRADED lacks a mirror's half, and verification says so.
USABLE = ("ONLINE", "DEGRADED")
MOUNT = "/springtail"
BY_ID = "/dev/disk/by-id"
LOCAL_MODEL = "Amazon EC2 NVMe Instance Storage"
CONFIG = "/etc/planewright/node-config.json"
AUTHORITY = "/etc/planewright/database-ca.pem"
MARKER = "/var/lib/planewright/boot.json"
MADE = "/var/lib/planewright/pool-made"
RUN = "/run/planewright"
UNITS = "/etc/systemd/system"
PACKAGES = "/opt/springtail/packages"

# Seconds: how long to wait for what comes late on a new node, and between two looks.
CLOUD_SECONDS = 300
VOLUME_SECONDS = 900
MOUNT_SECONDS = 1800
PAUSE = 5

ROLE_PACKAGES = {
    "ingestion": ("nfs-kernel-server", "postgresql-client", "redis-tools", "zfsutils-linux"),
    "proxy": ("nfs-common", "postgresql-client", "redis-tools"),
    "fdw": ("nfs-common", "postgresql-client", "redis-tools"),
}

T = TypeVar("T")


class BootError(Exception):
    """Why a step cannot be done, in words for an operator; never holds a secret."""


class Result(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def _execute(arguments: Sequence[str], seconds: int, environment: Mapping[str, str]) -> Result:
    try:
        done = subprocess.run(
            list(arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=seconds,
            env=dict(environment),
        )
    except FileNotFoundError:
        return Result(127, "", f"{arguments[0]}: not found")
    except subprocess.TimeoutExpired:
        return Result(124, "", f"{arguments[0]}: no end within {seconds} s")
    return Result(done.returncode, done.stdout, done.stderr)


def _download(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 (https, from the table below)
        content: bytes = answer.read()
        return content


@dataclass
class Node:
    """The machine: its file system (below `root` in tests), its commands, its network, its clock."""

    root: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    execute: Callable[[Sequence[str], int, Mapping[str, str]], Result] = _execute
    download: Callable[[str], bytes] = _download
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def path(self, absolute: str) -> Path:
        """Give a path of the node as a path of this machine."""
        return Path(self.root + absolute)

    @property
    def search(self) -> str:
        """PATH, with where snaps live: systemd's own does not always have it."""
        return (
            self.environment.get("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin") + ":/snap/bin"
        )

    def run(self, *arguments: str, seconds: int = 60) -> Result:
        """Run a command, whatever comes of it."""
        quiet = {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
        return self.execute(arguments, seconds, {**self.environment, **quiet, "PATH": self.search})

    def do(self, *arguments: str, seconds: int = 60) -> str:
        """Run a command and give its output; BootError, with the end of what it complained of, if it fails."""
        result = self.run(*arguments, seconds=seconds)
        if result.code:
            # At most four words of the command: enough to know it by.
            raise BootError(f"{' '.join(arguments[:4])} ended with {result.code}: {result.err.strip()[-400:]}")
        return result.out

    def until(self, seconds: float, attempt: Callable[[], T]) -> T:
        """Try until it works; after `seconds`, raise what the last try raised."""
        deadline = self.clock() + seconds
        while True:
            try:
                return attempt()
            except BootError:
                if self.clock() >= deadline:
                    raise
            self.sleep(PAUSE)

    def aws(self, region: str, *arguments: str, seconds: int = 60) -> Any:
        """Call AWS and give the answer."""
        answer = self.do("aws", *arguments, "--region", region, "--output", "json", seconds=seconds)
        try:
            return json.loads(answer)
        except ValueError:
            # Without the answer: it may be a secret.
            raise BootError(f"aws {arguments[0]} {arguments[1]} did not answer in JSON") from None


def write(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Put a file in place whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600 until it is complete
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def say(message: str) -> None:
    """Tell the journal."""
    sys.stderr.write(f"planewright: {message}\n")


# Configuration


class Volumes(NamedTuple):
    """EBS volumes of the pool, by id: data in the order of their pairs."""

    data: tuple[str, ...]
    slog: str

    @property
    def all(self) -> tuple[str, ...]:
        """Every volume of the pool."""
        return (*self.data, self.slog)


@dataclass(frozen=True)
class Config:
    """What the parameter says about this node."""

    role: str
    deployment: str
    region: str
    ca_kind: str
    ca_parameter: str
    redis_secret: str
    tls_secret: str
    package: tuple[str, str] | None  # S3 URI, sha256
    volumes: Volumes | None  # none: ingestion has the instance's own disks
    ingestion: str
    variables: Mapping[str, str]  # what the product reads from its environment; no secret


def parse_config(text: str) -> Config:
    """Read a node's configuration; BootError names what is wrong with it."""
    try:
        raw = json.loads(text)
        if raw["format"] != CONFIG_FORMAT:
            raise BootError(f"the configuration has format {raw['format']}, this program reads {CONFIG_FORMAT}")
        if raw["role"] not in ROLE_PACKAGES:
            raise BootError(f"the configuration names an unknown role: {raw['role']}")
        if raw.get("storage", "ebs") not in ("ebs", "nvme"):
            raise BootError(f"the configuration names an unknown storage: {raw['storage']}")
        on_ebs = raw["role"] == "ingestion" and raw.get("storage") != "nvme"
        package = raw.get("package")
        return Config(
            role=raw["role"],
            deployment=raw["deployment"],
            region=raw["region"],
            ca_kind=raw["database"]["ca"]["kind"],
            ca_parameter=raw["database"]["ca"].get("parameter") or "",
            redis_secret=raw["redis"]["secret"],
            tls_secret=(raw.get("proxy") or {}).get("tls_secret") or "",
            package=(package["uri"], package["sha256"]) if package else None,
            volumes=_volumes(raw.get("volumes")) if on_ebs else None,
            ingestion="" if raw["role"] == "ingestion" else str(ipaddress.IPv4Address(raw["ingestion"]["host"])),
            variables=_variables(raw),
        )
    except KeyError as error:
        raise BootError(f"the configuration lacks {error.args[0]}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise BootError(f"the configuration cannot be read: {error}") from None


def _volumes(raw: Mapping[str, Any]) -> Volumes:
    volumes = Volumes(tuple(raw["data"]), raw["slog"])
    wrong = [volume for volume in volumes.all if not re.fullmatch(r"vol-[0-9a-f]{8,17}", volume)]
    if wrong or len(set(volumes.all)) != len(volumes.all) or not volumes.data or len(volumes.data) % 2:
        raise BootError(f"expected pairs of data volumes and one SLOG, all different; got {' '.join(volumes.all)}")
    return volumes


def _variables(raw: Mapping[str, Any]) -> dict[str, str]:
    package = raw.get("package")
    return {
        "ACCOUNT_ID": raw["ids"]["account"],
        "AWS_DEFAULT_REGION": raw["region"],
        "AWS_REGION": raw["region"],
        "DATABASE_INSTANCE_ID": raw["ids"]["instance"],
        "MOUNT_POINT": MOUNT,
        "ORGANIZATION_ID": raw["ids"]["organization"],
        "REDIS_CONFIG_DATABASE_ID": "0",
        "REDIS_HOST": raw["redis"]["host"],
        "REDIS_HOSTNAME": raw["redis"]["host"],
        "REDIS_PORT": str(raw["redis"]["port"]),
        "REDIS_SSL": "1",
        "REDIS_USER": raw["redis"]["user"],
        "REDIS_USER_DATABASE_ID": "1",
        "S3_BUCKET": package["uri"].split("/")[2] if package else "",
        "SERVICE_NAME": raw["role"],
        "SHARD": raw["shard"],
        "SNS_TOPIC_ARN": raw["sns_topic_arn"],
    }


def fetch_config(node: Node) -> str:
    """Fetch the configuration and keep it; a new node's role may take minutes until it may read it."""
    try:
        region, name = node.environment["PW_REGION"], node.environment["PW_CONFIG_PARAMETER"]
    except KeyError as error:
        raise BootError(f"{error.args[0]} is not set: the unit takes it from /etc/planewright/boot.env") from None
    text = node.until(CLOUD_SECONDS, lambda: _parameter(node, region, name))
    parse_config(text)
    write(node.path(CONFIG), text)
    return name


def load_config(node: Node) -> Config:
    """Read the configuration that was fetched last."""
    return parse_config(node.path(CONFIG).read_text())


def _parameter(node: Node, region: str, name: str) -> str:
    return str(node.aws(region, "ssm", "get-parameter", "--name", name)["Parameter"]["Value"])


# Tools


def install_aws_cli(node: Node) -> str:
    """Install the AWS CLI. Ubuntu 24.04 has it as a snap only."""
    outcome = "present"
    if not shutil.which("aws", path=node.search):
        node.until(CLOUD_SECONDS, lambda: node.do("snap", "install", "aws-cli", "--classic", seconds=300))
        outcome = "installed"
    snap, link = node.path("/snap/bin/aws"), node.path("/usr/local/bin/aws")
    if snap.exists() and not link.exists():
        # Commands that come through SSM do not always have /snap/bin in their PATH.
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(snap)
    return outcome


def install_packages(node: Node, config: Config) -> str:
    """Install the role's packages that are missing. apt may be busy with its own upgrades, or a mirror away."""
    missing = _missing(node, ROLE_PACKAGES[config.role])
    if not missing:
        return "present"

    def install() -> None:
        node.do("apt-get", "-o", "DPkg::Lock::Timeout=300", "update", seconds=600)
        node.do(
            *("apt-get", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Options::=--force-confold"),
            *("install", "-y", "--no-install-recommends", *missing),
            seconds=1200,
        )

    node.until(CLOUD_SECONDS, install)
    return f"installed {' '.join(missing)}"


def _missing(node: Node, packages: Sequence[str]) -> list[str]:
    # dpkg-query fails if it does not know one of them; what it prints about the others still holds.
    out = node.run("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages).out
    present = {line.split()[0] for line in out.splitlines() if line.endswith(" installed")}
    return [package for package in packages if package not in present]


# The database's certificate authority


def bundle_url(region: str) -> str:
    """Where Amazon publishes RDS's authorities, for the partition of `region`."""
    if region.startswith("cn-"):
        return "https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/global/global-bundle.pem"
    if region.startswith("us-gov-"):
        return "https://truststore.pki.us-gov-west-1.rds.amazonaws.com/global/global-bundle.pem"
    return "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"


def check_certificates(pem: str) -> int:
    """Count the authorities in `pem`; BootError if TLS could not use it, or if it holds a private key."""
    if "PRIVATE KEY" in pem:
        raise BootError("the certificate authority's file holds a private key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError) as error:
        raise BootError(f"the certificate authority's file is not PEM that TLS can use: {error}") from None
    count = context.cert_store_stats()["x509_ca"]
    if not count:
        raise BootError("the certificate authority's file holds no authority")
    return count


def install_authority(node: Node, config: Config) -> str:
    """Put the authority in place that the database's certificate is verified with."""

    def fetch() -> str:
        if config.ca_kind == "rds":
            url = bundle_url(config.region)
            try:
                return node.download(url).decode()
            except (OSError, ValueError) as error:
                raise BootError(f"{url}: {error}") from None
        if config.ca_kind == "system":
            return node.path("/etc/ssl/certs/ca-certificates.crt").read_text()
        if config.ca_kind == "pem":
            return _parameter(node, config.region, config.ca_parameter)
        raise BootError(f"unknown kind of certificate authority: {config.ca_kind}")

    def install() -> str:
        pem = fetch()
        count = check_certificates(pem)
        write(node.path(AUTHORITY), pem)
        return f"{config.ca_kind}, {count} certificates"

    return node.until(CLOUD_SECONDS, install)


# Storage


@dataclass(frozen=True)
class Seen:
    """What is there of the pool: `imported` is its health, `importable` the state of each pool of its name."""

    imported: str = ""
    missing: tuple[str, ...] = ()
    importable: tuple[str, ...] = ()
    occupied: Mapping[str, str] = field(default_factory=dict)


class Decision(NamedTuple):
    """What to do with the volumes: keep, wait, import, create or stop; and why."""

    action: str
    reason: str = ""


def decide_storage(seen: Seen) -> Decision:
    """Decide, on the side of whoever's data may be on a volume: only blank ones, and all of them, become a pool."""
    if seen.imported:
        usable = seen.imported in USABLE
        return Decision("keep", seen.imported) if usable else Decision("stop", f"pool {POOL} is {seen.imported}")
    if seen.missing:
        # A pool half of whose mirrors is away would come up degraded, or, worse, what is there look blank.
        return Decision("wait", f"not attached: {' '.join(seen.missing)}; nothing was touched")
    if seen.importable:
        return _decide_import(seen.importable)
    if seen.occupied:
        what = ", ".join(f"{volume} ({found})" for volume, found in seen.occupied.items())
        return Decision(
            "stop",
            f"not blank, and no pool {POOL} on them: {what}; nothing was touched. If their content may go, "
            "wipe them by hand (wipefs) and run this again",
        )
    return Decision("create")


def _decide_import(states: Sequence[str]) -> Decision:
    if len(states) > 1:
        return Decision("stop", f"several pools are named {POOL}: import the right one by its id; nothing was touched")
    if states[0] in USABLE:
        return Decision("import", states[0])
    return Decision("stop", f"pool {POOL} is there, but {states[0]}: see `zpool import`; nothing was touched")


def parse_importable(listing: str) -> tuple[str, ...]:
    """States of the pools named as ours in what `zpool import` lists."""
    states, name = [], ""
    for line in listing.splitlines():
        key, _, value = line.strip().partition(": ")
        if key == "pool":
            name = value.strip()
        elif key == "state" and name == POOL:
            states.append(value.strip())
    return tuple(states)


def device(node: Node, volume: str) -> Path | None:
    """The volume's device, by its serial number; names such as /dev/nvme1n1 change from boot to boot."""
    serial = volume.replace("-", "")
    for name in (serial, f"{serial}_1"):
        path = node.path(f"{BY_ID}/nvme-Amazon_Elastic_Block_Store_{name}")
        if path.exists():
            return path
    return None


def content_of(node: Node, path: Path) -> str:
    """What a device holds; empty if it is blank: no signature by two readers, and zeros at both ends."""
    probed = node.run("blkid", "-p", "-o", "export", str(path))
    if probed.code != 2:  # 2 is "nothing found", and also "cannot read": wipefs and the read below tell which
        types = re.findall(r"^(?:PT)?TYPE=(\S+)", probed.out, re.MULTILINE)
        return " ".join(types) or f"blkid says {probed.code}: {probed.err.strip()[-200:]}"
    found = node.do("wipefs", "--no-act", "--noheadings", "--output", "TYPE", str(path)).split()
    if found:
        return " ".join(found)
    edge = 1 << 20
    with path.open("rb") as file:
        head = file.read(edge)
        file.seek(max(0, file.seek(0, os.SEEK_END) - edge))
        tail = file.read(edge)
    # EBS gives a new volume as zeros, so anything else is somebody's, though no tool knows its name.
    if not head:
        return "nothing can be read"
    return "unknown data" if any(head) or any(tail) else ""


def local_disks(node: Node) -> list[Path]:
    """The instance's own NVMe disks, by names that stay; BootError unless udev has named every one the kernel knows."""
    names = node.path(BY_ID).glob(f"nvme-{LOCAL_MODEL.replace(' ', '_')}_*")
    # A disk may have several names; the shortest is its serial number's alone, and stays.
    disks = {
        path.resolve(): path for path in sorted(names, key=lambda path: -len(path.name)) if "-part" not in path.name
    }
    models = [path.read_text().strip() for path in node.path("/sys/class/nvme").glob("*/model")]
    known = models.count(LOCAL_MODEL)
    if not disks or len(disks) < known:
        raise BootError(f"{len(disks)} of {known} NVMe disks of the instance's own are there; nothing was touched")
    return sorted(disks.values())


def look_at_disks(node: Node) -> Seen:
    """See what there is of the pool on the instance's own disks, changing nothing."""
    health = _imported(node)
    if health:
        return Seen(imported=health)
    disks = local_disks(node)
    return _look_inside(node, {disk.name: disk for disk in disks}, _places(disks))


def look_at_storage(node: Node, volumes: Volumes) -> Seen:
    """See what there is of the pool on EBS volumes, changing nothing."""
    health = _imported(node)
    if health:
        return Seen(imported=health)
    devices = {volume: device(node, volume) for volume in volumes.all}
    missing = tuple(volume for volume, path in devices.items() if path is None)
    if missing:
        return Seen(missing=missing)
    return _look_inside(node, {volume: path for volume, path in devices.items() if path}, [node.path(BY_ID)])


def _imported(node: Node) -> str:
    listed = node.run("zpool", "list", "-H", "-o", "health", POOL)
    return "" if listed.code else listed.out.strip() or "unknown health"


def _look_inside(node: Node, devices: Mapping[str, Path], places: Sequence[Path]) -> Seen:
    found = node.run("zpool", "import", *_search(places), seconds=300)
    if found.code and "no pools available" not in found.err:
        raise BootError(f"zpool import cannot look: {found.err.strip()[-400:]}")
    contents = {name: content_of(node, path) for name, path in devices.items()}
    return Seen(
        importable=parse_importable(found.out),
        occupied={name: content for name, content in contents.items() if content},
    )


def _search(places: Sequence[Path]) -> list[str]:
    return [word for place in places for word in ("-d", str(place))]


def _places(disks: Sequence[Path]) -> list[Path]:
    """Where a pool on these disks is looked for, and nowhere else: ZFS puts it into a partition of its own."""
    return [path for disk in disks for path in (disk, disk.with_name(f"{disk.name}-part1")) if path.exists()]


def prepare_pool(node: Node, volumes: Volumes) -> str:
    """Bring the pool up: imported, or made if all volumes are blank."""

    def attached() -> Decision:
        decision = decide_storage(look_at_storage(node, volumes))
        if decision.action == "wait":
            raise BootError(decision.reason)
        return decision

    decision = node.until(VOLUME_SECONDS, attached)
    # No two machines can have the pool: its volumes are attached to one instance only.
    return _bring_up(
        node,
        decision,
        [node.path(BY_ID)],
        lambda: create_command([str(device(node, volume)) for volume in volumes.all]),
    )


def prepare_local_pool(node: Node) -> str:
    """Bring the pool up on the instance's own disks. A stop blanks them: it is then made again, and says so."""
    decision = decide_storage(node.until(CLOUD_SECONDS, lambda: look_at_disks(node)))
    disks = [] if decision.action == "keep" else local_disks(node)
    outcome = _bring_up(node, decision, _places(disks), lambda: [*CREATE, *local_layout([*map(str, disks)])])
    # On the root volume, which outlives a stop.
    made = node.path(MADE)
    times = made.read_text().split() if made.is_file() else []
    if decision.action == "create" or not times:
        times.append(_now())
        write(made, "\n".join([*times, ""]))
    if len(times) == 1:
        return f"{outcome}, on the instance's own disks, which a stop blanks"
    return f"{outcome}; made again at {times[-1]} on blank disks: older data has to be rebuilt from the primary"


def _bring_up(node: Node, decision: Decision, places: Sequence[Path], create: Callable[[], list[str]]) -> str:
    if decision.action == "stop":
        raise BootError(decision.reason)
    if decision.action == "import":
        # -f: the pool says that another machine had it, which a replaced node is.
        node.do("zpool", "import", "-f", *_search(places), POOL, seconds=600)
    elif decision.action == "create":
        node.do(*create(), seconds=600)
    health = node.do("zpool", "list", "-H", "-o", "health", POOL).strip()
    done = {"keep": "kept", "import": "imported", "create": "created"}[decision.action]
    return f"{done}, {health}"


#: How every pool is made. Without -f: zpool looks once more whether something is in use.
CREATE = (
    *("zpool", "create", "-o", "ashift=12", "-o", "autoexpand=on", "-O", "atime=off", "-O", "compression=off"),
    *("-O", "recordsize=32k", "-m", MOUNT, POOL),
)


def create_command(devices: Sequence[str]) -> list[str]:
    """Make RAID10 of all devices but the last, which becomes the intent log."""
    *data, slog = devices
    return [*CREATE, *_pairs(data), "log", slog]


def local_layout(disks: Sequence[str]) -> list[str]:
    """RAID10 of an instance's own disks: an odd one is the pairs' spare, and a single one the pool."""
    if len(disks) == 1:
        return [*disks]
    odd = len(disks) % 2
    return [*_pairs(disks[: len(disks) - odd]), *(["spare", disks[-1]] if odd else [])]


def _pairs(disks: Sequence[str]) -> list[str]:
    return [part for index in range(0, len(disks), 2) for part in ("mirror", disks[index], disks[index + 1])]


def export_line(addresses: str) -> str:
    """The line of /etc/exports: read-only, to the nodes' own subnet, and only while the pool is mounted (`mp`)."""
    for interface in json.loads(addresses):
        for address in interface["addr_info"]:
            network = ipaddress.ip_interface(f"{address['local']}/{address['prefixlen']}").network
            return f"{MOUNT} {network}(ro,mp,sync,no_subtree_check,root_squash)\n"
    raise BootError("the node has no IPv4 address")


def export_pool(node: Node) -> str:
    """Export the pool over NFS 4, without version 3 and its many ports. Security groups say who may reach it."""
    line = export_line(node.do("ip", "-j", "-4", "address", "show", "scope", "global"))
    settings = "[nfsd]\nvers3=n\nvers4.2=y\n"
    changed = _replace(node.path("/etc/nfs.conf.d/planewright.conf"), settings)
    changed |= _replace(node.path("/etc/exports.d/planewright.exports"), line)
    node.do("systemctl", "enable", "--now", "nfs-server", seconds=120)
    if changed:
        node.do("systemctl", "restart", "nfs-server", seconds=120)
    # After a reboot the server may have started before the pool was there.
    node.do("exportfs", "-ra")
    return line.split("(")[0]


def _replace(path: Path, content: str) -> bool:
    if path.is_file() and path.read_text() == content:
        return False
    write(path, content)
    return True


def mount_export(node: Node, address: str) -> str:
    """Mount ingestion's export, read-only; a young ingestion node still makes its pool."""
    unit = (
        "[Unit]\nDescription=Springtail's data, as ingestion exports it\n"
        "Wants=network-online.target\nAfter=network-online.target\n\n"
        f"[Mount]\nWhat={address}:{MOUNT}\nWhere={MOUNT}\nType=nfs4\n"
        "Options=ro,vers=4.2,proto=tcp,hard,nconnect=16,timeo=600,retrans=2\nTimeoutSec=60\n"
    )
    name = f"{MOUNT.strip('/')}.mount"
    node.path(MOUNT).mkdir(parents=True, exist_ok=True)
    changed = _replace(node.path(f"{UNITS}/{name}"), unit)
    node.do("systemctl", "daemon-reload")
    # Not enabled: at the next boot this program mounts it, when ingestion's address is known anew.
    node.until(MOUNT_SECONDS, lambda: node.do("systemctl", "restart" if changed else "start", name, seconds=90))
    return f"mounted from {address}"


def prepare_storage(node: Node, config: Config) -> str:
    """Do the role's part: make and export the pool, or mount it."""
    if config.ingestion:
        return mount_export(node, config.ingestion)
    pool = prepare_pool(node, config.volumes) if config.volumes else prepare_local_pool(node)
    return f"{pool}; exported to {export_pool(node)}"


# Secrets

SECRETS_UNIT = """[Unit]
Description=Planewright: fetch this node's secrets into memory
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
UMask=0077
EnvironmentFile=/etc/planewright/boot.env
ExecStart=/usr/bin/python3 /opt/planewright/boot.py secrets
"""


def install_secrets_unit(node: Node) -> str:
    """Install the unit; a service Requires= and follows it, so each start of it fetches anew.

    It is not started here: the values come after the apply, by `planewright seed-secrets`.
    """
    if _replace(node.path(f"{UNITS}/planewright-secrets.service"), SECRETS_UNIT):
        node.do("systemctl", "daemon-reload")
    return "unit installed"


def environment_line(name: str, value: str) -> str:
    """One line of a systemd EnvironmentFile; BootError if the value cannot be told in one."""
    if not value.isprintable():
        raise BootError(f"the value of {name} holds characters that no environment file can hold")
    escaped = re.sub(r'(["\\$`])', r"\\\1", value)
    return f'{name}="{escaped}"\n'


def pem_parts(secret: str) -> tuple[str, str]:
    """Certificate chain and key in a secret: PEM blocks, plain or as values of a JSON object."""
    try:
        held = json.loads(secret)
    except ValueError:
        held = {}
    text = "\n".join(str(value) for value in held.values()) if isinstance(held, dict) and held else secret
    blocks = [
        (found[1], found[0]) for found in re.finditer(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", text, re.S)
    ]
    chain = [block for kind, block in blocks if kind == "CERTIFICATE"]
    keys = [block for kind, block in blocks if kind.endswith("PRIVATE KEY")]
    if not chain or len(keys) != 1:
        raise BootError(f"the proxy's TLS secret holds {len(chain)} certificates and {len(keys)} keys, in PEM")
    return "\n".join([*chain, ""]), f"{keys[0]}\n"


def fetch_secrets(node: Node) -> None:
    """Put what the services need into /run: memory, and only root's."""
    config = load_config(node)
    directory = node.path(RUN)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    if config.tls_secret:
        chain, key = pem_parts(_secret(node, config, config.tls_secret))
        write(directory / "proxy-tls.crt", chain, 0o600)
        write(directory / "proxy-tls.key", key, 0o600)
    values = {**config.variables, "REDIS_PASSWORD": _secret(node, config, config.redis_secret)}
    lines = "".join(environment_line(name, value) for name, value in sorted(values.items()))
    write(directory / "secrets.env", lines, 0o600)


def _secret(node: Node, config: Config, name: str) -> str:
    answer = node.aws(config.region, "secretsmanager", "get-secret-value", "--secret-id", name)
    return str(answer["SecretString"])


# The product's package


def fetch_package(node: Node, config: Config) -> str:
    """Fetch the package and refuse any bytes but the ones that were named. Unpacking it is not this program's."""
    if config.package is None:
        return "absent"
    uri, sha256 = config.package
    path = node.path(f"{PACKAGES}/{sha256}.tar.gz")
    if path.is_file() and _digest(path) == sha256:
        return "verified"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=path.parent) as directory:
        fetched = Path(directory) / "package"
        copy = ("aws", "s3", "cp", "--only-show-errors", uri, str(fetched), "--region", config.region)
        node.until(CLOUD_SECONDS, lambda: node.do(*copy, seconds=1800))
        found = _digest(fetched)
        if found != sha256:
            raise BootError(f"{uri} has sha256 {found}, wanted is {sha256}: refused")
        fetched.replace(path)
    return "verified"


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


# The whole


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Marker:
    """What the last run came to, on disk after every step, so that a node that dies says where.

    `version` is there only when all is done: who reads nothing else cannot take half a boot for one.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._steps: dict[str, str] = {}
        self._known = {"role": "", "deployment": "", "instance_id": _instance_id(node), "package": ""}
        self._step = ""

    def step(self, name: str, does: Callable[[], str]) -> str:
        """Do one step and note what came of it."""
        self._step = name
        self._save(running=name)
        outcome = does()
        self._steps[name] = outcome
        say(f"{name}: {outcome}")
        return outcome

    def know(self, **known: str) -> None:
        """Note what is told at the top of the marker."""
        self._known.update(known)

    def fail(self, reason: str) -> None:
        """Note what did not work."""
        self._save(failed={"step": self._step, "reason": reason})
        say(f"{self._step} failed: {reason}")

    def finish(self) -> None:
        """Note that all is done."""
        self._save(version=BOOT_VERSION)

    def _save(self, **more: Any) -> None:
        now = _now()
        content = {
            "boot_version": BOOT_VERSION,
            **self._known,
            "steps": self._steps,
            "simulated": False,
            "finished_at": now if "version" in more else None,
            "updated_at": now,
            **more,
        }
        write(self._node.path(MARKER), json.dumps(content, indent=2) + "\n")


def _instance_id(node: Node) -> str:
    try:
        return node.path("/var/lib/cloud/data/instance-id").read_text().strip()
    except OSError:
        return ""


def boot(node: Node) -> int:
    """Do every step; give the exit code."""
    marker = Marker(node)
    try:
        marker.step("aws_cli", lambda: install_aws_cli(node))
        marker.step("configuration", lambda: fetch_config(node))
        config = load_config(node)
        marker.know(role=config.role, deployment=config.deployment)
        marker.step("packages", lambda: install_packages(node, config))
        marker.step("certificate_authority", lambda: install_authority(node, config))
        marker.step("storage", lambda: prepare_storage(node, config))
        marker.step("secrets", lambda: install_secrets_unit(node))
        marker.know(package=marker.step("package", lambda: fetch_package(node, config)))
    except (BootError, OSError) as error:
        marker.fail(str(error))
        return 1
    marker.finish()
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run what `arguments` name, below PLANEWRIGHT_ROOT if that is set; one run at a time."""
    if list(arguments) not in ([], ["secrets"]):
        say("expected nothing, or: secrets")
        return 2
    os.umask(0o022)
    node = Node(root=os.environ.get("PLANEWRIGHT_ROOT", ""), environment=dict(os.environ))
    lock = node.path(f"{RUN}/boot{''.join(arguments)}.lock")
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not arguments:
            return boot(node)
        try:
            fetch_secrets(node)
        except (BootError, OSError) as error:
            say(f"secrets: {error}")
            return 1
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
