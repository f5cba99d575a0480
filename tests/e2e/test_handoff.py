"""The bundle's script against the applied world: what it takes back, verification names; what it does, mends it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Rehearsed
from tests.handoff import fast_cli

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("private")]


@pytest.fixture
def bin_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pw-") as name:
        folder = Path(name)
        cli = fast_cli.start(folder / "cli")
        fast_cli.put_on_path(folder, folder / "cli")
        yield folder
        fast_cli.end(cli)


def test_the_customers_script_breaks_and_mends_what_verification_names(private: Rehearsed, bin_folder: Path) -> None:
    made = private.planewright("handoff", private.outcome.deployment)
    assert made.returncode == 0, made.stdout + made.stderr
    (script,) = private.target.place.handoff.glob("*/handoff.sh")

    def run(*options: str) -> str:
        path = os.pathsep.join((str(bin_folder), "/usr/bin", "/bin"))
        ran = subprocess.run(
            ["sh", str(script), *options],
            env={**private.world.environ("customer"), "PATH": path, "HOME": str(bin_folder)},
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    # The customer of the rehearsal did their part before: of the network nothing is left to be done.
    looked = run().partition("database.parameters:")[0]
    assert "would" not in looked.partition("\n")[2].replace("--apply makes the changes", ""), looked

    only = ("--apply", "--only", "database.routes")
    assert "taken back" in run("--undo", *only)
    bad = private.bad()
    assert list(bad)[:1] == ["inbound.health"], bad

    assert "-> done\n" in run(*only)
    assert private.bad() == {}
