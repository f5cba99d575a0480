"""The agents on the nodes: they really run what Systems Manager sends, each in a root of its own.

An agent is online when its instance runs, its instance profile's role has AmazonSSMManagedInstanceCore, and the model
lets it reach the APIs `ssm` and `ssmmessages`. A command runs with `/bin/sh` as the instance's role, with PLANEWRIGHT_ROOT
naming the root; `getent` and `psql` see the network as the instance does.

A node's boot program is not run here: it makes file systems and installs packages, and is tested on image files. What it
would have left is laid instead, marked `"simulated": true`, and only if the node could have booted: its user data names
the configuration, and its role can read it.
"""

from __future__ import annotations

import base64
import json
import lzma
import re
import shlex
import shutil
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from wizard.rehearsal import dns
from wizard.rehearsal.children import Children
from wizard.rehearsal.clients import client
from wizard.rehearsal.dialing import running
from wizard.rehearsal.embedded import Command, CommandResult
from wizard.rehearsal.loopback import Loopback
from wizard.rehearsal.model import Interface, Network
from wizard.rehearsal.reachability import Source, State, reach_aws
from wizard.rehearsal.roles import Roles

_APIS = ("ssm", "ssmmessages")
_PROGRAMS = Path(__file__).parent / "node"
_CONFIG_PARAMETER = re.compile(r"^PW_CONFIG_PARAMETER=(\S+)$", re.MULTILINE)
_PACKED = re.compile(r"^python3 -c .*<<'(?:\w+)'\n(\S+)\n", re.MULTILINE)
_BOOT_VERSION = re.compile(r"^BOOT_VERSION = (\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs a node would have: the real psql, and the directory of Python and the AWS CLI."""

    psql: Path
    python: Path = Path(sys.executable)


class Agents:
    """All agents of one account. `folder` holds their roots."""

    def __init__(
        self,
        folder: Path,
        account: str,
        environment: Mapping[str, str],
        *,
        tools: Tools,
        loopback: Loopback,
        children: Children,
    ) -> None:
        self._folder = folder
        self._account = account
        self._environment = environment
        self._tools = tools
        self._loopback = loopback
        self._children = children
        self._roles = Roles(environment)
        self._ec2 = client(environment, "ec2")
        self._registered: set[str] = set()
        self._off: set[str] = set()
        self._lock = threading.Lock()

    def ping(self, network: Network, instance_id: str) -> Literal["Online", "ConnectionLost"] | None:
        """Say how an agent is; None when it never was online, and so never registered."""
        if self._role(network, instance_id):
            self._registered.add(instance_id)
            return "Online"
        return "ConnectionLost" if instance_id in self._registered else None

    def switch_off(self, network: Network, instance_id: str) -> None:
        """Stop the agent of an instance, as `systemctl stop amazon-ssm-agent` would; what is known of it stays known."""
        self.ping(network, instance_id)
        self._off.add(instance_id)

    def switch_on(self, instance_id: str) -> None:
        """Start it."""
        self._off.discard(instance_id)

    def run(self, network: Network, command: Command) -> CommandResult:
        """Run a command on the instance, against sockets that already follow this picture."""
        role = self._role(network, command.instance_id)
        if not role:
            return CommandResult("TimedOut", "", "the agent cannot be reached", -1)
        environment = self._roles.assume(role, command.instance_id)
        root = self.root(command.instance_id)
        node = next(i for i in running(network, self._account) if i.owner == command.instance_id)
        with self._lock:
            self._furnish(root, network, node)
            self._boot(root, command.instance_id, environment)
        script = root / "var" / "lib" / "amazon" / "ssm" / command.command_id / "_script.sh"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text("\n".join(command.lines) + "\n")
        ended = self._children.run(
            ["/bin/sh", str(script)],
            environment=self._variables(root, environment),
            folder=root,
            seconds=command.timeout_seconds,
        )
        if ended.exit_code is None:
            return CommandResult("TimedOut", ended.stdout, ended.stderr, -1)
        return CommandResult(
            "Success" if ended.exit_code == 0 else "Failed", ended.stdout, ended.stderr, ended.exit_code
        )

    def root(self, instance_id: str) -> Path:
        """Give the root directory of a node: what is `/` on a real one."""
        return self._folder / instance_id

    def _role(self, network: Network, instance_id: str) -> str:
        """Give the role that an agent acts as, or nothing when the agent cannot be online."""
        if instance_id in self._off:
            return ""
        node = next((i for i in running(network, self._account) if i.owner == instance_id), None)
        instance = network.instance(instance_id)
        if node is None or instance is None or not instance.profile:
            return ""
        source = Source.of(node)
        if any(reach_aws(network, source, api).state is not State.CONNECTED for api in _APIS):
            return ""
        role = self._roles.of_profile(instance.profile)
        return role if role and self._roles.allows_ssm(role) else ""

    def _variables(self, root: Path, environment: Mapping[str, str]) -> dict[str, str]:
        path = [root / "usr" / "local" / "bin", self._tools.python.parent, "/usr/bin", "/bin"]
        return {
            **environment,
            "PATH": ":".join(map(str, path)),
            "HOME": str(root / "root"),
            "TMPDIR": str(root / "tmp"),
            "LC_ALL": "C",
            "PLANEWRIGHT_ROOT": str(root),
            # The machine's own AWS files have no say on a node.
            "AWS_CONFIG_FILE": str(root / "root" / ".aws" / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(root / "root" / ".aws" / "credentials"),
        }

    def _furnish(self, root: Path, network: Network, node: Interface) -> None:
        """Lay the node's view of the network, and the programs that follow it."""
        for folder in ("root", "tmp", "usr/local/bin", "etc/planewright", "var/lib/planewright"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        names = dns.names(network, node.vpc)
        for address in {address for addresses in names.values() for address in addresses}:
            self._loopback.address(node.owner, address)
        view = root / "etc" / "rehearsal.json"
        view.write_text(json.dumps({"names": names, "addresses": self._loopback.seen_from(node.owner)}))
        self._program(root, "getent", view)
        self._program(root, "psql", view, self._tools.psql)

    def _program(self, root: Path, name: str, *arguments: Path) -> None:
        words = [self._tools.python, "-I", "-S", _PROGRAMS / f"{name}.py", *arguments]
        program = root / "usr" / "local" / "bin" / name
        program.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, words))} "$@"\n')
        program.chmod(0o755)

    def _boot(self, root: Path, instance_id: str, environment: Mapping[str, str]) -> None:
        """Lay what the boot program leaves, once, if the node can read its configuration."""
        marker = root / "var" / "lib" / "planewright" / "boot.json"
        if marker.exists():
            return
        program = self._user_data(instance_id)
        parameter = _CONFIG_PARAMETER.search(program)
        config_text = _parameter(environment, parameter.group(1)) if parameter else None
        if config_text is None:
            return
        config: dict[str, Any] = json.loads(config_text)
        (root / "etc" / "planewright" / "node-config.json").write_text(config_text)
        authority = ((config.get("database") or {}).get("ca") or {}).get("parameter")
        if authority:
            pem = _parameter(environment, authority)
            if pem is None:
                return
            (root / "etc" / "planewright" / "database-ca.pem").write_text(pem)
        version = _BOOT_VERSION.search(program)
        marker.write_text(json.dumps(_marker(config, instance_id, int(version.group(1)) if version else 0), indent=2))

    def _user_data(self, instance_id: str) -> str:
        held = self._ec2.describe_instance_attribute(InstanceId=instance_id, Attribute="userData")
        text = base64.b64decode(held.get("UserData", {}).get("Value") or "").decode(errors="replace")
        packed = _PACKED.search(text)
        # What the node would unpack is what it would run.
        return text + (lzma.decompress(base64.b85decode(packed.group(1))).decode() if packed else "")

    def forget(self) -> None:
        """Remove every root."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _marker(config: Mapping[str, Any], instance_id: str, version: int) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {
        "boot_version": version,
        "version": version,
        "role": config.get("role"),
        "deployment": config.get("deployment"),
        "instance_id": instance_id,
        "finished_at": now,
        "simulated": True,
    }


def _parameter(environment: Mapping[str, str], name: str) -> str | None:
    from botocore.exceptions import ClientError

    try:
        return str(client(environment, "ssm").get_parameter(Name=name)["Parameter"]["Value"])
    except ClientError:
        return None
