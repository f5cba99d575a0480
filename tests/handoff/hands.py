"""The customer's hands: the bundle's script and lines, run by the real AWS CLI with the customer's credentials alone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from generators.handoff.commands import ROUTE_TABLE, SECURITY_GROUP
from tests.bounded import LONG_S


@dataclass(frozen=True)
class Ran:
    """What a run of the script printed, and how it ended."""

    code: int
    out: str
    err: str

    def state(self, key: str) -> str:
        """How it left a step."""
        _, found, rest = self.out.partition(f"\n{key}: ")
        assert found, self.out + self.err
        return rest.partition("   -> ")[2].partition("\n")[0]


@dataclass(frozen=True)
class Hands:
    """Somebody with an AWS CLI (`bin` has the `aws`), and the credentials of an account in their environment."""

    environ: Mapping[str, str]
    bin: Path

    def script(self, path: Path, *options: str) -> Ran:
        """Run the bundle's script."""
        ran = self._run(["sh", str(path), *options], path.parent)
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def lines(self, lines: Iterable[str], folder: Path, *, tables: Mapping[str, str], group: str) -> None:
        """Run lines of the CLI in order, doing what a customer does: read the tables of each VPC off, and put them into
        the line after it. `tables` is by VPC.
        """
        table = ""
        for line in lines:
            filled = line.replace(ROUTE_TABLE, table).replace(SECURITY_GROUP, group)
            ran = self._run(["sh", "-c", filled], folder)
            assert ran.returncode == 0, f"{filled}\n{ran.stdout}{ran.stderr}"
            if "describe-route-tables" in line:
                (table,) = {table for vpc, table in tables.items() if vpc in line}
                assert table in ran.stdout

    def _run(self, command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join((str(self.bin), "/usr/bin", "/bin"))
        return subprocess.run(
            command,
            env={**self.environ, "PATH": path, "HOME": str(self.bin)},
            cwd=folder,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=LONG_S,
        )
