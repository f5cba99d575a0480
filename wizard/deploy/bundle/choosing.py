"""Which files of an object are taken, and how each is cleaned. What is not known here is left out, and said to be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from wizard.deploy.differences import edited_files
from wizard.deploy.manifest import MANIFEST
from wizard.engine import runs
from wizard.errors import InputError
from wizard.workspace import Place


class Kind(Enum):
    """What a file is, which decides how it is cleaned."""

    JSON = auto()
    JSON_LINES = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that goes in. `name` is its path inside the object's folder."""

    name: str
    path: Path
    kind: Kind


@dataclass(frozen=True, slots=True)
class Left:
    """A file or a folder that stays out, and why."""

    name: str
    why: str


_STATE = "the engine's state and plans hold values in clear"
_NOT_OURS = "none of the files that Planewright keeps there"

#: Paths inside an object's folder, and what they are; the first that matches counts.
_KNOWN: tuple[tuple[re.Pattern[str], Kind | str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r".*tfstate.*|.*/plan\.bin", _STATE),
        (r"answers\.draft\.yaml", "it is being typed, and nothing has looked at it: anything may be in it"),
        (r"\.planewright/data", "the engine's own: providers, and the backend's settings"),
        (r"(acknowledgements|adopted|pins|readiness)\.json", Kind.JSON),
        (r"contracts/[a-z]+\.json", Kind.JSON),
        (r"reports/(verification|record)-[^/]+\.json", Kind.JSON),
        (r"reports/(verification|record)-[^/]+\.(md|html)", Kind.TEXT),
        (r"\.planewright/runs/[^/]+/(request|result|process|plan|answers)\.json", Kind.JSON),
        (r"\.planewright/runs/[^/]+/engine\.jsonl", Kind.JSON_LINES),
        (r"\.planewright/runs/[^/]+/(engine\.stderr|runner\.log)", Kind.TEXT),
        (r"\.planewright/runs/[^/]+/overrides\.tfvars\.json", Kind.JSON),
        (r"\.planewright/(seeding|services|for-customer|acts|adopted|state|upgrades)\.jsonl", Kind.JSON_LINES),
        (r"\.planewright/waits/[^/]+/(request|process|look|result)\.json", Kind.JSON),
        (r"\.planewright/waits/[^/]+/waiter\.log", Kind.TEXT),
        (r"\.planewright/(drift-[a-z]+|facts/[^/]+|upgrade)\.json", Kind.JSON),
    )
)
_EMITTED_TEXT = re.compile(r".*\.(tf|md|hcl|sh|yaml|html|txt)|(.*/)?\.gitignore")
#: Said elsewhere in the bundle, or of no use to anybody.
_SILENT = frozenset(
    {"answers.yaml", ".planewright/.gitignore", ".planewright/command.lock", ".planewright/upgrade.lock"}
)


def choose(place: Place, *, newest_runs: int) -> Iterator[Taken | Left]:
    """Go through an object's folder by name. Follows no link: it may lead anywhere."""
    old = _older_runs(place, newest_runs)
    emitted: dict[Path, dict[str, Taken | Left]] = {}
    pending = [place.path]
    while pending:
        folder = pending.pop()
        try:
            inside = sorted(folder.iterdir(), reverse=True)
        except OSError as error:
            yield Left(folder.relative_to(place.path).as_posix(), f"it cannot be read: {error.strerror}")
            continue
        for path in inside:
            name = path.relative_to(place.path).as_posix()
            kind = next((kind for pattern, kind in _KNOWN if pattern.fullmatch(name)), None)
            if path.is_symlink():
                yield Left(name, "a link, which may lead anywhere")
            elif name in old:
                yield Left(name, f"older than the newest {newest_runs} runs: --runs N takes more")
            elif isinstance(kind, str):
                yield Left(name, kind)
            elif path.is_dir():
                pending.append(path)
            elif name in _SILENT:
                continue
            elif not path.is_file():
                yield Left(name, "no file")
            elif kind is not None:
                yield Taken(name, path, kind)
            else:
                yield _emitted(place, path, name, emitted)


def _older_runs(place: Place, newest: int) -> frozenset[str]:
    folder = place.past_runs
    if not folder.is_dir():
        return frozenset()
    names = sorted((path.name for path in folder.iterdir() if path.is_dir()), reverse=True)
    return frozenset(f".planewright/runs/{name}" for name in names[newest:])


def _emitted(place: Place, path: Path, name: str, known: dict[Path, dict[str, Taken | Left]]) -> Taken | Left:
    """A file of a folder that Planewright emits is taken while it is as it was emitted: only then are its words ours."""
    for folder in path.parents:
        if folder == place.path:
            break
        if (folder / MANIFEST).is_file():
            if folder not in known:
                known[folder] = _of_manifest(folder, folder.relative_to(place.path).as_posix())
            return known[folder].get(name, Left(name, _NOT_OURS))
    return Left(name, _NOT_OURS)


def _of_manifest(folder: Path, prefix: str) -> dict[str, Taken | Left]:
    own = f"{prefix}/{MANIFEST}"
    try:
        names = sorted(json.loads((folder / MANIFEST).read_bytes())["files"])
        edited = set(edited_files(folder))
    except (OSError, ValueError, KeyError, TypeError, InputError):
        return {own: Left(own, "it cannot be read")}
    found: dict[str, Taken | Left] = {own: Taken(own, folder / MANIFEST, Kind.JSON)}
    for each in map(str, names):
        name = f"{prefix}/{each}"
        if each in edited:
            found[name] = Left(name, "a person has edited it since it was emitted")
        elif each.endswith(".json"):
            found[name] = Taken(name, folder / each, Kind.JSON)
        elif _EMITTED_TEXT.fullmatch(each):
            found[name] = Taken(name, folder / each, Kind.TEXT)
        else:
            found[name] = Left(name, "no text; it is shipped with this version")
    return found


def engines_of(place: Place) -> tuple[str, ...]:
    """Give the engines that runs of an object used, each once, the newest first."""
    listed = runs.listed(place.past_runs)
    return tuple(dict.fromkeys(f"{run.request.engine_kind} {run.request.engine_version}" for run in listed))
