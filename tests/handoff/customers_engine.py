"""The real engine in a folder of the bundle, as the customer runs it: with nothing of ours but the folder."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bounded import LONG_S
from wizard.engine.locate import find_engine
from wizard.engine.mirrors import find_mirror, write_cli_config
from wizard.errors import EngineError


@dataclass(frozen=True)
class CustomersEngine:
    """An engine, and where it finds its provider."""

    path: Path
    config: Path

    def run(self, folder: Path, *arguments: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run it in a folder, as somebody of an account."""
        beside = {"PATH": os.environ["PATH"], "HOME": str(Path.home()), "TF_CLI_CONFIG_FILE": str(self.config)}
        own = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "AWS_EC2_METADATA_DISABLED": "true"}
        return subprocess.run(
            [str(self.path), *arguments, "-no-color"],
            cwd=folder,
            env={**environ, **beside, **own},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=LONG_S,
        )


def customers_engine(folder: Path) -> CustomersEngine:
    """Find it, or skip the test: there is none on this machine."""
    try:
        found = find_engine(os.environ.get("PLANEWRIGHT_ENGINE"), search_path=os.environ["PATH"])
    except EngineError as error:
        pytest.skip(str(error))
    mirror = find_mirror(found.kind, environ=os.environ, home=Path.home()).mirror
    return CustomersEngine(found.path, write_cli_config(folder, mirror, os.environ, Path.home()))


def beside_the_policies(readme: str) -> frozenset[str]:
    """Give what the folder's README names as needed by the provider, beside the bundle's policies."""
    return frozenset(re.findall(r"`((?:ec2|rds|route53):[A-Za-z0-9]+)`", readme))


def ok(done: subprocess.CompletedProcess[str]) -> str:
    """Give what it said; it must have gone well."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
