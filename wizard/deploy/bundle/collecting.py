"""A bundle of an object: its files and its shard's, what the answers are and what is found of them, and what it ran on."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from wizard import __version__
from wizard.answers import save
from wizard.deploy import store
from wizard.deploy.bundle.choosing import Kind, Left, choose, engines_of
from wizard.deploy.bundle.cleaning import Cleaner
from wizard.deploy.target import findings_of, shard_beneath, target_of
from wizard.errors import InputError, PlanewrightError
from wizard.files import digest, to_json
from wizard.workspace import Place, Workspace

#: What the behaviour of this program depends on most.
PACKAGES = ("boto3", "botocore", "filelock", "jinja2", "psutil", "pydantic", "rich", "ruamel.yaml", "textual")
#: Variables that steer it: they are named in a bundle, their values are not.
STEERING = ("AWS_", "PLANEWRIGHT_", "TF_", "TOFU_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be collected: so many of each object's newest runs, and files that a person adds."""

    newest_runs: int = 10
    added: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """Files by their path in the archive, cleaned; and what was left out."""

    files: Mapping[str, bytes]
    left: tuple[Left, ...]


def place_named(workspace: Workspace, name: str) -> Place:
    """Find an object by name, also one whose answers are not saved, or cannot be read. Raises InputError."""
    found = next((place for place in workspace.folders() if place.name == name and place.path.is_dir()), None)
    return found or workspace.find(name)


def collect(
    workspace: Workspace, place: Place, cleaner: Cleaner, environ: Iterable[str], wanted: Wanted | None = None
) -> Bundle:
    """Collect a bundle. Nothing that cannot be read stops it: that is said, since it may be what support is asked about."""
    wanted = wanted or Wanted()
    files: dict[str, bytes] = {}
    left: list[Left] = []
    shard = shard_beneath(workspace, place)
    places = (place, shard) if shard is not None else (place,)
    for each in places:
        prefix = each.path.relative_to(workspace.root).as_posix()
        files |= _objects_own(workspace, each, cleaner, prefix)
        for choice in choose(each, newest_runs=wanted.newest_runs):
            name = f"{prefix}/{choice.name}"
            if isinstance(choice, Left):
                left.append(Left(name, choice.why))
                continue
            try:
                files[name] = cleaner.file(choice.path, choice.kind)
            except OSError as error:
                left.append(Left(name, f"it cannot be read: {error.strerror}"))
    files |= {f"added/{name}": data for name, data in _added(wanted.added, cleaner)}
    engines = [engine for each in places for engine in engines_of_safely(each)]
    files["environment.json"] = to_json(cleaner.value(_environment(environ, engines))).encode()
    left = sorted((Left(cleaner.text(entry.name), entry.why) for entry in left), key=lambda entry: entry.name)
    files["contents.json"] = _contents(files, left)
    files["CONTENTS.md"] = contents(place.name, files, left).encode()
    return Bundle(files, tuple(left))


def engines_of_safely(place: Place) -> tuple[str, ...]:
    """Give the engines of an object's runs; none when a run cannot be read."""
    try:
        return engines_of(place)
    except PlanewrightError:
        return ()


def _objects_own(workspace: Workspace, place: Place, cleaner: Cleaner, prefix: str) -> dict[str, bytes]:
    """Give the answers, written anew: what a person wrote beside them stays here; and what is found of them."""
    try:
        answers = store.load_object(place)
        said = {"answers.yaml": cleaner.text(save.dump(answers))}
        found = findings_of(target_of(workspace, place, answers))
        said["findings.json"] = to_json(cleaner.value([finding.model_dump(mode="json") for finding in found]))
    except PlanewrightError as error:
        return {f"{prefix}/answers.problems.txt": cleaner.text(f"{error}\n").encode()}
    return {f"{prefix}/{name}": text.encode() for name, text in said.items()}


def _added(paths: Iterable[Path], cleaner: Cleaner) -> Iterator[tuple[str, bytes]]:
    for number, path in enumerate(paths, 1):
        try:
            yield f"{number}-{path.name}", cleaner.file(path, Kind.TEXT)
        except OSError as error:
            raise InputError(
                f"{path} cannot be read",
                cause=error.strerror or str(error),
                action="name a file that can, or leave it out",
            ) from None


def _environment(names: Iterable[str], engines: Iterable[str]) -> dict[str, Any]:
    return {
        "planewright": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in PACKAGES},
        "engines": list(dict.fromkeys(engines)),
        "variables": sorted(name for name in names if name.upper().startswith(STEERING)),
    }


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not there"


def _contents(files: Mapping[str, bytes], left: Iterable[Left]) -> bytes:
    return to_json(
        {
            "files": {name: digest(data) for name, data in files.items()},
            "left_out": {entry.name: entry.why for entry in left},
        }
    ).encode()


def contents(name: str, files: Mapping[str, bytes], left: Iterable[Left]) -> str:
    """Say for people what is in a bundle and what is not."""
    inside = [f"- `{each}`, {len(data)} bytes" for each, data in sorted(files.items())]
    outside = [f"- `{entry.name}`: {entry.why}" for entry in left]
    return "\n".join(
        [
            f"# Support bundle of {name}",
            "",
            "Secrets are masked in every file. It names accounts, addresses and ids: look at it before it leaves the house.",
            "",
            "## In it",
            "",
            *inside,
            "",
            "## Left out",
            "",
            *(outside or ["Nothing."]),
            "",
            "Secrets themselves, AWS credentials and the engine's state were not looked at.",
            "",
        ]
    )
