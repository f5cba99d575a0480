"""What was emitted into a folder: `manifest.json` beside the files, with a digest for each, fit for git.

planewright  the version that emitted
checksum     one digest over all of `files`: two folders with the same one were emitted alike
files        each file's digest, as it was emitted
providers    what is pinned of each provider
pending      while an emission is under way: the digests to come, so that a crash leaves nothing that looks like an edit
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from wizard import __version__
from wizard.errors import InputError
from wizard.files import digest, to_json, write_atomic

MANIFEST = "manifest.json"
#: Written by the engine as much as by us: emitted once, then the engine's, until the pinned provider changes.
LOCK = ".terraform.lock.hcl"

_PROVIDER = re.compile(r'^provider "[^"/]+/(?P<name>[^"]+)" \{(?P<body>.*?)^\}', re.MULTILINE | re.DOTALL)
_PIN = re.compile(r'^\s*(?:version|constraints)\s*=\s*"([^"]*)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was emitted. `planewright` is empty where nothing was yet."""

    files: dict[str, str] = field(default_factory=dict)
    pending: dict[str, list[str]] = field(default_factory=dict)
    providers: dict[str, list[str]] = field(default_factory=dict)
    planewright: str = ""

    def emitted(self, name: str) -> set[str]:
        """Digests that we have written, or may have written, under this name."""
        return {*([self.files[name]] if name in self.files else []), *self.pending.get(name, [])}

    def expecting(self, files: Mapping[str, str]) -> Manifest:
        """Give the manifest of an emission under way: what was emitted so far, and what may be there from now on."""
        names = {*self.pending, *files}
        pending = {
            name: sorted({*self.pending.get(name, []), *([files[name]] if name in files else [])}) for name in names
        }
        return Manifest(self.files, pending, self.providers)


def manifest_of(files: Mapping[str, bytes]) -> Manifest:
    """Give the manifest that emitting these files leaves."""
    digests = {name: digest(data) for name, data in files.items() if name != LOCK}
    return Manifest(files=digests, providers=pins(files.get(LOCK, b"")), planewright=__version__)


def read_manifest(folder: Path) -> Manifest:
    """Read a folder's manifest; an empty one where there is none. Raises InputError when it cannot be read."""
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_bytes())
        version = str(data.get("planewright", ""))
        manifest = Manifest(data["files"], data.get("pending", {}), data.get("providers", {}), version)
        refuse_paths_outside({*manifest.files, *manifest.pending})
    except FileNotFoundError:
        return Manifest()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            f"{path} cannot be read",
            cause="it holds the digests of what was emitted, and has been changed",
            action="restore it from git; without it every file counts as edited",
        ) from None
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a folder's manifest, unless it is the one that is there."""
    content: dict[str, object] = {
        "planewright": __version__,
        "checksum": checksum(manifest.files),
        "files": manifest.files,
        "providers": manifest.providers,
    }
    if manifest.pending:
        content["pending"] = manifest.pending
    data = to_json(content).encode()
    if digest_of(folder / MANIFEST) != digest(data):
        write_atomic(folder / MANIFEST, data)


def checksum(digests: Mapping[str, str], *, under: str = "") -> str:
    """Give one digest of files by their names and digests, or of those below a folder; empty for none."""
    lines = [f"{name} {known}\n" for name, known in sorted(digests.items()) if name.startswith(under)]
    return digest("".join(lines).encode()) if lines else ""


def digest_of(path: Path) -> str | None:
    """Give the digest of a file on disk; None where there is none. Raises InputError where a folder stands in its place."""
    try:
        return digest(path.read_bytes())
    except FileNotFoundError:
        return None
    except (IsADirectoryError, NotADirectoryError):
        raise InputError(
            f"{path} stands in the way of an emitted file", action="move it elsewhere; it is none of ours"
        ) from None


def pins(lock: bytes) -> dict[str, list[str]]:
    """Read which provider is pinned to what. The registry's host is left out: tofu and terraform name their own."""
    text = lock.decode("utf-8", errors="replace")
    return {found["name"]: sorted(_PIN.findall(found["body"])) for found in _PROVIDER.finditer(text)}


def refuse_paths_outside(names: Iterable[str]) -> None:
    """Raise ValueError for a name that leads out of its folder, or to the manifest."""
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or name != str(path) or name == MANIFEST:
            raise ValueError(f"no path inside a stack's directory: {name!r}")
