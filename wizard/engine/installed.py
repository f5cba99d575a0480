"""Engines that Planewright installed for itself: where they live, and which there are.

DATA/planewright/engines/tofu-1.12.6/tofu          the engine
                                     release.json  what was verified when it was installed
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = re.compile(r"tofu-((\d+)\.(\d+)\.(\d+)(?:-(?:alpha|beta|rc)\d+)?)")
RECORD = "release.json"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What was verified when it was installed. `binary` and `archive_digest` are SHA-256; times are ISO 8601, UTC."""

    version: str
    platform: str
    source: str
    archive: str
    archive_digest: str
    binary: str
    key: str
    key_of: str
    signed_at: str
    installed_at: str


@dataclass(frozen=True, slots=True)
class Installed:
    """One of ours. `provenance` is None where its record cannot be read."""

    version: str
    folder: Path
    provenance: Provenance | None

    @property
    def path(self) -> Path:
        """The engine itself."""
        return self.folder / "tofu"


def engines_dir(environ: Mapping[str, str], home: Path | None = None) -> Path:
    """Where Planewright keeps the engines that it installs, below the user's data directory."""
    base = home or Path.home()
    if sys.platform == "darwin":
        return base / "Library" / "Application Support" / "planewright" / "engines"
    return Path(environ.get("XDG_DATA_HOME") or base / ".local" / "share") / "planewright" / "engines"


def folder_of(engines: Path, version: str) -> Path:
    """Where a version lives."""
    return engines / f"tofu-{version}"


def installed(engines: Path) -> tuple[Installed, ...]:
    """Those that are there, the newest first; a release comes before its candidates."""
    found = sorted(_found(engines), key=lambda item: item[0], reverse=True)
    return tuple(item for _, item in found)


def _found(engines: Path) -> Iterator[tuple[tuple[int, int, int, bool, str], Installed]]:
    if not engines.is_dir():
        return
    for folder in engines.iterdir():
        match = _FOLDER.fullmatch(folder.name)
        if match is None or not (folder / "tofu").is_file():
            continue
        version = match[1]
        rank = (int(match[2]), int(match[3]), int(match[4]), "-" not in version, version)
        yield rank, Installed(version, folder, _record(folder / RECORD))


def _record(path: Path) -> Provenance | None:
    try:
        return Provenance(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
