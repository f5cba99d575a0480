"""What a container with an engine in it is given: folders, environment, and nothing that is secret. Pure.

Every path is the same inside and outside, so that plans, states, journals and what the engine says mean the same in both.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from wizard.errors import EngineError

PREFIX = "container:"
#: Where the token of the credentials endpoint is seen inside.
TOKEN = Path("/run/planewright/token")
#: What the Docker client itself needs of the environment; none of it goes inside.
CLIENT = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "XDG_RUNTIME_DIR")

_IMAGE = re.compile(r"[a-z0-9]+([._:/-]+[A-Za-z0-9]+)*@sha256:[0-9a-f]{64}")
_MIRROR = re.compile(r'filesystem_mirror\s*\{\s*path\s*=\s*"((?:[^"\\]|\\.)*)"')
_CACHE = re.compile(r'^plugin_cache_dir\s*=\s*"((?:[^"\\]|\\.)*)"', re.MULTILINE)
_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR", "AWS_CA_BUNDLE")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
# The machine's own, which mean nothing inside; HOME is where the image's user may write.
_OUTSIDE = frozenset({"PATH", "HOME", "TMPDIR", "TEMP", "TMP", *CLIENT})
# Served by the loopback endpoint instead: whatever is in a container's environment, `docker inspect` shows.
_CREDENTIALS = re.compile(
    r"AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|PROFILE|DEFAULT_PROFILE|CONFIG_FILE|"
    r"SHARED_CREDENTIALS_FILE|ROLE_.*|WEB_IDENTITY_TOKEN_FILE|CONTAINER_.*|SDK_LOAD_CONFIG)"
)


@dataclass(frozen=True, slots=True)
class Bind:
    """A path of the machine that is seen inside under the same name, or as `target`."""

    path: Path
    writable: bool = False
    target: Path | None = None

    @property
    def option(self) -> str:
        """It as `docker run --mount` reads it: one line of CSV, which fails where the path is not there."""
        fields = ["type=bind", f"source={self.path}", f"target={self.target or self.path}"]
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(fields if self.writable else [*fields, "readonly"])
        return line.getvalue()


def image_of(choice: str) -> str:
    """Read an image out of `container:IMAGE`. Raises EngineError when it is not pinned by its digest."""
    image = choice.removeprefix(PREFIX)
    if _IMAGE.fullmatch(image) is None:
        raise EngineError(
            f"{image} does not say which image it is",
            cause="a tag may be moved to another image, and then another engine writes the state",
            action="name it with its digest, container:ghcr.io/opentofu/opentofu:X.Y.Z@sha256:…; "
            "`docker buildx imagetools inspect ghcr.io/opentofu/opentofu:X.Y.Z` tells it",
        )
    return image


def container_of(run_id: str) -> str:
    """Name the container of a run, as Docker takes names."""
    return f"planewright-{run_id}"


def binds(argv: Sequence[str], folder: Path, environ: Mapping[str, str], cli_config: str) -> tuple[Bind, ...]:
    """Give the folders that a command needs: the stack's (with its local state), the engine's own, the run's; where providers come from.

    The mirror is read only, and so is the plugin cache but for an `init`, which fills it.
    """
    own = [Path(environ[name]) for name in ("TF_DATA_DIR",) if environ.get(name)]
    runs = [Path(word).parent for word in (item.partition("=")[2] or item for item in argv) if word.startswith("/")]
    found = [Bind(path, writable=True) for path in (folder, *own, *runs)]
    if environ.get("TF_CLI_CONFIG_FILE"):
        found.append(Bind(Path(environ["TF_CLI_CONFIG_FILE"])))
    found += [Bind(Path(path)) for path in _MIRROR.findall(cli_config)]
    found += [Bind(Path(path), writable=argv[:1] == ["init"]) for path in _CACHE.findall(cli_config)]
    found += [Bind(Path(environ[name])) for name in _TRUST if environ.get(name)]
    return tuple(dict.fromkeys(found))


def inside(environ: Mapping[str, str]) -> dict[str, str]:
    """Give the environment inside, out of what an engine on the machine would get; no secret is in it.

    Raises EngineError for what is secret and can be given in no other way.
    """
    for name in ("TF_ENCRYPTION", *_PROXIES):
        if environ.get(name) and (name == "TF_ENCRYPTION" or urlsplit(environ[name]).password):
            raise EngineError(
                f"{name} cannot be given to an engine in a container",
                cause="it holds a secret, and `docker inspect` shows a container's environment to anybody who may use Docker",
                action="use an engine of the machine: `planewright engine install`",
            )
    kept = {name: value for name, value in environ.items() if name not in _OUTSIDE and not _CREDENTIALS.fullmatch(name)}
    return kept | {"HOME": "/tmp", "TMPDIR": "/tmp"}  # noqa: S108 - the container's own, in memory
