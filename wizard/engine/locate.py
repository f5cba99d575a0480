"""Find the engine: what the operator names, then `tofu`, then `terraform` on PATH, then one that Planewright installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from wizard.engine.container_shape import CLIENT, PREFIX, image_of
from wizard.engine.installed import installed
from wizard.errors import EngineError

EngineKind = Literal["tofu", "terraform"]

# The first releases with a settled native S3 lock file (`use_lockfile`).
MINIMUM: dict[EngineKind, tuple[int, int]] = {"tofu": (1, 10), "terraform": (1, 11)}
NAMES: dict[EngineKind, str] = {"tofu": "OpenTofu", "terraform": "Terraform"}
_VERSION = re.compile(r"^(OpenTofu|Terraform) v((\d+)\.(\d+)\.\d+\S*)", re.MULTILINE)
_PATIENCE_S = 30


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that was run once and said what it is."""

    kind: EngineKind
    version: str
    path: Path
    #: The container image it is in, with its digest; `path` is then Docker's client.
    image: str = ""

    def __str__(self) -> str:
        return f"{NAMES[self.kind]} {self.version} ({self.choice})"

    @property
    def choice(self) -> str:
        """What names this very engine, as `--engine` takes it."""
        return f"{PREFIX}{self.image}" if self.image else str(self.path)

    @property
    def needs(self) -> tuple[str, ...]:
        """What it needs of the environment besides what every engine gets."""
        return CLIENT if self.image else ()

    def command(self, container: str = "-") -> tuple[str, ...]:
        """Give what starts it, before its arguments. `container` is the name that its container gets, `-` for none to be known by."""
        if not self.image:
            return (str(self.path),)
        # -P: a module of the same name in the stack's folder can never be picked up.
        return (sys.executable, "-P", "-m", "wizard.engine.container_shim", self.image, container)

    @property
    def registry(self) -> str:
        """Host of the registry under which this engine looks for `hashicorp/aws`."""
        return "registry.opentofu.org" if self.kind == "tofu" else "registry.terraform.io"


@dataclass(frozen=True, slots=True)
class Seen:
    """An engine that was come upon. `origin` says how; `engine` is None where it will not do, and `refused` says why."""

    path: Path
    origin: str
    engine: Engine | None
    refused: str = ""


def find_engine(choice: str | None = None, *, search_path: str, engines: Path | None = None) -> Engine:
    """Find a usable engine.

    `choice` is what the operator named: a kind (`tofu`, `terraform`), a path or `container:IMAGE`; then nothing else is tried. Without
    it the first on `search_path` (the value of PATH) that is new enough wins, and after them the newest of `engines`, the
    folder of those that Planewright installed.

    Raises EngineError: none found, too old, or not an engine at all.
    """
    if choice is not None and choice.startswith(PREFIX):
        return _in_container(image_of(choice), search_path)
    if choice is not None:
        return probe(_resolve(choice, search_path))
    refused: list[str] = []
    for item in seen(search_path, engines):
        if item.engine is not None:
            return item.engine
        refused.append(f"{item.path}: {item.refused}")
    raise EngineError(
        "no usable engine was found",
        cause="; ".join(refused) or "neither tofu nor terraform is on PATH, and Planewright has installed none",
        action=f"`planewright engine install` fetches OpenTofu and verifies it; or install OpenTofu {_at_least('tofu')} "
        f"(https://opentofu.org/docs/intro/install/) or Terraform {_at_least('terraform')}, or name one with --engine PATH",
    )


def seen(search_path: str, engines: Path | None = None) -> Iterator[Seen]:
    """Look at the engines there are, in the order in which they are taken."""
    for kind in get_args(EngineKind):
        found = shutil.which(kind, path=search_path)
        if found is not None:
            yield _look(Path(found), "on PATH")
    for item in installed(engines) if engines is not None else ():
        yield _look(item.path, "installed by Planewright")


def _look(path: Path, origin: str) -> Seen:
    try:
        return Seen(path, origin, probe(path))
    except EngineError as error:
        return Seen(path, origin, None, error.cause or error.title)


def probe(path: Path) -> Engine:
    """Run `path version` and read what it is. Raises EngineError when it is too old or something else."""
    # Not `version -json`: OpenTofu calls its key there `terraform_version` too, so it would not tell them apart.
    # CHECKPOINT_DISABLE: Terraform asks its maker for newer versions otherwise.
    try:
        done = subprocess.run(
            [str(path), "version"],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            cwd="/",
            env={"CHECKPOINT_DISABLE": "1", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
            timeout=_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(
            f"{path} cannot be run", cause=str(error), action="check the file, or name another with --engine PATH"
        ) from error
    kind, version = _read(str(path), done.stdout, done.stderr)
    return Engine(kind, version, path.absolute())


def _in_container(image: str, search_path: str) -> Engine:
    from wizard.engine.container import version_of

    client, said = version_of(image, search_path=search_path, docker_host=os.environ.get("DOCKER_HOST", ""))
    kind, version = _read(image, said, "")
    return Engine(kind, version, client.absolute(), image)


def _read(name: str, stdout: str, stderr: str) -> tuple[EngineKind, str]:
    """Read what an engine said of itself. Raises EngineError when it is too old or something else."""
    match = _VERSION.search(stdout)
    if match is None:
        said = (stdout + stderr).strip().splitlines()
        raise EngineError(
            f"{name} is neither OpenTofu nor Terraform",
            cause=f"its `version` said {said[0]!r}" if said else "its `version` said nothing",
            action="name the tofu or terraform binary with --engine PATH",
        )
    kind: EngineKind = "tofu" if match[1] == "OpenTofu" else "terraform"
    if (int(match[3]), int(match[4])) < MINIMUM[kind]:
        raise EngineError(
            f"{name} is too old",
            cause=f"it is {match[1]} {match[2]}; the native S3 lock file needs {_at_least(kind)}",
            action=f"install {match[1]} {_at_least(kind)}, or name another engine with --engine PATH",
        )
    return kind, match[2]


def _resolve(choice: str, search_path: str) -> Path:
    if choice in get_args(EngineKind):
        found = shutil.which(cast("EngineKind", choice), path=search_path)
        if found is None:
            raise EngineError(
                f"{choice} is not on PATH",
                cause=f"PATH is {search_path}",
                action=f"install it, give its path with --engine /path/to/{choice}, or leave --engine out",
            )
        return Path(found)
    path = Path(choice).expanduser()
    if not path.is_file():
        raise EngineError(
            f"there is no engine at {path}",
            cause="--engine takes `tofu`, `terraform`, the path of a binary, or container:IMAGE@sha256:…",
            action="correct the path",
        )
    return path


def _at_least(kind: EngineKind) -> str:
    major, minor = MINIMUM[kind]
    return f"{major}.{minor} or later"
