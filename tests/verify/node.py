"""A node on this machine: probes' scripts really run, against a root, a PATH and names of its own."""

from __future__ import annotations

import shlex
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.verify.world import FakeReads
from wizard.verify.reads import Ran

_GETENT = """#!/bin/sh
# getent ahostsv4 NAME, from a table
[ "$1" = ahostsv4 ] || exit 1
while read -r name address; do
  if [ "$name" = "$2" ]; then echo "$address STREAM $name"; echo "$address DGRAM"; exit 0; fi
done < {names}
exit 2
"""

_AWS = """#!/bin/sh
printf '%s\\n' "$*" >> {calls}
if [ -e {secret} ]; then cat {secret}; exit 0; fi
cat {refusal} >&2
exit 254
"""

_PSQL = """#!/bin/sh
printf '%s\\n' "$*" >> {calls}
exec {psql} "$@"
"""


@dataclass
class LocalNode(FakeReads):
    """Reads as in FakeReads, except that `run` runs. `root` stands for the node's `/`."""

    root: Path = Path()
    psql: Path = Path("psql")

    def furnish(self) -> None:
        """Make the node's programs and an empty table of names."""
        (self.root / "bin").mkdir(parents=True)
        (self.root / "etc" / "planewright").mkdir(parents=True)
        self.names.touch()
        self.calls.touch()
        self.refusal.write_text(
            "An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager "
            "can't find the specified secret value for staging label: AWSCURRENT\n"
        )
        files = {
            "getent": _GETENT.format(names=shlex.quote(str(self.names))),
            "aws": _AWS.format(
                calls=shlex.quote(str(self.calls)),
                secret=shlex.quote(str(self.secret)),
                refusal=shlex.quote(str(self.refusal)),
            ),
            "psql": _PSQL.format(calls=shlex.quote(str(self.calls)), psql=shlex.quote(str(self.psql))),
        }
        for name, text in files.items():
            path = self.root / "bin" / name
            path.write_text(text)
            path.chmod(0o755)
        for name in ("python3", "sh", "cat"):
            program = shutil.which(name, path="/usr/bin:/bin:/usr/local/bin") or shutil.which(name)
            assert program, f"a node has {name}"
            (self.root / "bin" / name).symlink_to(program)

    @property
    def names(self) -> Path:
        return self.root / "names"

    @property
    def calls(self) -> Path:
        """Arguments of every call of aws and psql, a line each."""
        return self.root / "calls"

    @property
    def secret(self) -> Path:
        """What the AWS CLI prints; absent, it prints `refusal` and fails."""
        return self.root / "secret"

    @property
    def refusal(self) -> Path:
        return self.root / "refusal"

    @property
    def authority(self) -> Path:
        return self.root / "etc" / "planewright" / "database-ca.pem"

    def knows(self, name: str, address: str) -> None:
        with self.names.open("a") as names:
            names.write(f"{name} {address}\n")

    def run(self, instance_id: str, script: str, *, seconds: int) -> Ran:
        # As the agent does it: the script in a file, sh as its interpreter, whatever root's shell has in its environment.
        path = self.root / "script.sh"
        path.write_text(script)
        done = subprocess.run(
            ["sh", str(path)],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            env={"PATH": str(self.root / "bin"), "PLANEWRIGHT_ROOT": str(self.root), "PGOPTIONS": "-c nonsense=on"},
        )
        self.last = done.stdout + done.stderr
        return Ran("success" if done.returncode == 0 else "failed", done.returncode, done.stdout, done.stderr)


@contextmanager
def listener(reply: bytes | None = None) -> Iterator[int]:
    """A port on 127.0.0.1 that takes connections, reads, and says `reply`: nothing for None, end of file for b""."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        held: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                if reply is None:
                    held.append(connection)
                    continue
                connection.recv(8)
                connection.sendall(reply)
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(60)
        for connection in held:
            connection.close()


@contextmanager
def black_hole() -> Iterator[int]:
    """A port on 127.0.0.1 that answers no connection at all: its queue is full, so the kernel drops what comes."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port = server.getsockname()[1]
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
            fillers.append(filler)
        yield port
        for filler in fillers:
            filler.close()


def closed_port() -> int:
    """A port on 127.0.0.1 on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
