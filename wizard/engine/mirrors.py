"""Where the AWS provider comes from: its registry, or a mirror on disk (air-gapped sites).

Looked at: what the operator names, the engine's own CLI configuration, the directories it implies, and a few levels of the
usual roots. Never the whole disk. A mirror is laid out per registry host, and each engine looks under its own.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard.engine.locate import NAMES, EngineKind
from wizard.errors import EngineError
from wizard.files import private_dir, write_atomic

PROVIDER = "hashicorp/aws"
WANTED = "~> 5.100"
HOSTS: dict[EngineKind, str] = {"terraform": "registry.terraform.io", "tofu": "registry.opentofu.org"}
USUAL_ROOTS = tuple(Path(root) for root in ("/opt", "/usr/local/share", "/usr/share", "/srv", "/var/lib"))
_DEPTH = 3
_ENTRIES = 400  # of one directory: a mirror's parents are small, and a spool of a million files must not hold us up

_BLOCK = re.compile(
    r'(filesystem_mirror|network_mirror)\s*(?:=\s*)?\{[^{}]*?\b(?:path|url)"?\s*[=:]\s*"((?:[^"\\]|\\.)*)"'
)
_PACKED = re.compile(r"terraform-provider-aws_(\d+\.\d+\.\d+)_(\w+_\w+)\.zip")


@dataclass(frozen=True, slots=True)
class Mirror:
    """A mirror that serves the engine: a directory, or the URL of a network mirror. `origin` says how it was found."""

    location: str
    origin: str
    network: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """What was found. `notes` name mirrors that were seen and do not serve, and why."""

    mirror: Mirror | None
    notes: tuple[str, ...] = ()


def find_mirror(
    kind: EngineKind,
    *,
    option: Path | None = None,
    environ: Mapping[str, str],
    home: Path,
    roots: tuple[Path, ...] = USUAL_ROOTS,
    wanted: str = WANTED,
) -> Search:
    """Find a mirror that serves `hashicorp/aws` (`wanted`, as `~> 5.100`) to this engine and this machine.

    Raises EngineError when the one that the operator named does not serve.
    """
    if option is not None:
        reason = unfit(option, kind, wanted)
        if reason is None:
            return Search(Mirror(str(option.absolute()), "--mirror"))
        raise EngineError(
            f"the provider mirror {option} does not serve {NAMES[kind]}",
            cause=reason,
            action=f"make one with `{kind} providers mirror DIR`, or name the directory that holds {HOSTS[kind]}/",
        )
    notes: list[str] = []
    for candidate in _candidates(kind, environ, home, roots):
        if candidate.network:
            return Search(candidate, tuple(notes))
        reason = unfit(Path(candidate.location), kind, wanted)
        if reason is None:
            return Search(candidate, tuple(notes))
        if reason and _any_host(Path(candidate.location)):
            notes.append(f"the mirror {candidate.location} does not serve {NAMES[kind]}: {reason}")
    return Search(None, tuple(dict.fromkeys(notes)))


def unfit(mirror: Path, kind: EngineKind, wanted: str = WANTED) -> str | None:
    """Why a directory does not serve `hashicorp/aws` to this engine on this machine; None when it does."""
    if not mirror.is_dir():
        return "there is no such directory"
    base = mirror / HOSTS[kind] / PROVIDER
    if not base.is_dir():
        other = [host for host in HOSTS.values() if (mirror / host / PROVIDER).is_dir()]
        if other:
            return f"it is laid out for {other[0]}, and {NAMES[kind]} looks under {HOSTS[kind]}"
        return f"it has no {HOSTS[kind]}/{PROVIDER}"
    held = dict(_versions(base))
    here = this_platform()
    versions = [version for version, platforms in held.items() if here in platforms]
    if not versions:
        return f"it has no build for {here}" if held else f"{base} is empty"
    if not any(satisfies(version, wanted) for version in versions):
        return f"it has version {', '.join(sorted(versions))}, and {wanted} is needed"
    return None


def satisfies(version: str, wanted: str) -> bool:
    """Whether a version meets a pessimistic constraint (`~> 5.100`: 5.100 and later, below 6) or an exact one."""
    have = _numbers(version)
    if not wanted.startswith("~>"):
        return have == _numbers(wanted.lstrip("= "))
    least = _numbers(wanted.removeprefix("~>").strip())
    return have >= least and have[: len(least) - 1] == least[:-1]


def cli_config(mirror: Mirror | None, plugin_cache: Path | None) -> str:
    """Render the CLI configuration that a run gets instead of the operator's own.

    A mirror is the only source of the AWS provider, so that an air-gapped machine fails at once and by name instead of
    waiting for a registry it cannot reach.
    """
    text = "disable_checkpoint = true\n"
    if plugin_cache is not None:
        text += f"plugin_cache_dir   = {_quoted(str(plugin_cache))}\n"
    if mirror is None:
        return text
    block, key = ("network_mirror", "url") if mirror.network else ("filesystem_mirror", "path")
    served = json.dumps([f"{host}/{PROVIDER}" for host in sorted(HOSTS.values())])
    return (
        text
        + "provider_installation {\n"
        + f"  {block} {{\n    {key} = {_quoted(mirror.location)}\n    include = {served}\n  }}\n"
        + f"  direct {{\n    exclude = {served}\n  }}\n"
        + "}\n"
    )


def write_cli_config(folder: Path, mirror: Mirror | None, environ: Mapping[str, str], home: Path) -> Path:
    """Write it into `folder`, make the shared plugin cache where one is of use, and give the file's path.

    Packages that a mirror holds unpacked are linked to as they are. A cache in between would save nothing, and Terraform
    takes the cache's link away for a moment at each `init`, under the plans of other stacks.
    """
    cache = None if mirror is not None and holds_unpacked(mirror) else plugin_cache_dir(environ, home)
    if cache is not None:
        private_dir(cache)
    path = folder / "cli.tfrc"
    text = cli_config(mirror, cache)
    if not path.exists() or path.read_text() != text:
        write_atomic(path, text, mode=0o600)
    return path


def holds_unpacked(mirror: Mirror) -> bool:
    """Whether a mirror holds this machine's provider as a directory, and not as an archive."""
    if mirror.network:
        return False
    found = Path(mirror.location).glob(f"*/{PROVIDER}/*/{this_platform()}")
    return any(package.is_dir() for package in found)


def plugin_cache_dir(environ: Mapping[str, str], home: Path) -> Path:
    """The shared plugin cache, in the user's cache directory: a provider has 700 MB unpacked."""
    if sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "planewright" / "plugins"


def plugin_cache_of(cli_config: Path) -> Path | None:
    """The plugin cache that a CLI configuration names; None when it names none."""
    match = re.search(r'^plugin_cache_dir\s*=\s*("(?:[^"\\]|\\.)*")', cli_config.read_text(), re.MULTILINE)
    return Path(json.loads(match[1])) if match else None


def this_platform() -> str:
    """`linux_amd64`, as providers are named."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{platform.system().lower()}_{machine}"


def _candidates(kind: EngineKind, environ: Mapping[str, str], home: Path, roots: tuple[Path, ...]) -> Iterator[Mirror]:
    for file in _config_files(kind, environ, home):
        yield from _configured(file)
    for folder in _implied(environ, home):
        yield Mirror(str(folder), "a directory the engine implies")
    for root in roots:
        for folder in _shallow(root, _DEPTH):
            yield Mirror(str(folder), f"found under {root}")


def _config_files(kind: EngineKind, environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    for name in ("TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG"):
        if environ.get(name):
            yield Path(environ[name])
    own = (".tofurc", ".terraformrc") if kind == "tofu" else (".terraformrc", ".tofurc")
    yield from (home / name for name in own)
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    yield from (config / "opentofu" / "tofurc", config / "terraform" / "terraformrc")


def _configured(file: Path) -> Iterator[Mirror]:
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError):
        return
    text = re.sub(r"(?m)^\s*(#|//).*$", "", text)
    for block, location in _BLOCK.findall(text):
        try:
            plain = str(json.loads(f'"{location}"'))
        except ValueError:
            continue
        yield Mirror(plain, f"named in {file}", network=block == "network_mirror")


def _implied(environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    data = [environ.get("XDG_DATA_HOME") or str(home / ".local/share")]
    data += (environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    yield home / ".terraform.d" / "plugins"
    for name in ("terraform", "opentofu"):
        yield from (Path(folder) / name / "plugins" for folder in data if folder)


def _shallow(root: Path, depth: int) -> Iterator[Path]:
    """Directories that hold a registry host's folder, at most `depth` levels below `root`."""
    level = [root]
    for _ in range(depth):
        below: list[Path] = []
        for folder in level:
            names = _folders(folder)
            if any(host in names for host in HOSTS.values()):
                yield folder
            else:
                below += [folder / name for name in names]
        level = below


def _folders(folder: Path) -> list[str]:
    names: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(entries):
                if count >= _ENTRIES:
                    break
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                    names.append(entry.name)
    except OSError:
        return []
    return sorted(names)


def _any_host(mirror: Path) -> bool:
    return any((mirror / host).is_dir() for host in HOSTS.values())


def _versions(base: Path) -> Iterator[tuple[str, set[str]]]:
    found: dict[str, set[str]] = {}
    for entry in base.iterdir():
        packed = _PACKED.fullmatch(entry.name)
        if packed:
            found.setdefault(packed[1], set()).add(packed[2])
        elif entry.is_dir() and re.fullmatch(r"\d+\.\d+\.\d+", entry.name):
            found.setdefault(entry.name, set()).update(item.name for item in entry.iterdir())
    yield from found.items()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("-")[0]))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
