"""What the engine may see of our environment: an allow-list. Pure.

A stray `TF_VAR_*`, `TF_CLI_ARGS*` or `TF_WORKSPACE` would change what is applied without anybody having been shown it, and
`TF_LOG` writes secrets out; whatever is not named here does not reach the engine.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_SYSTEM = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "LC_CTYPE"}
    | {"SSL_CERT_FILE", "SSL_CERT_DIR", "AWS_CA_BUNDLE"}
    | {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"}
    # How much memory, and how many processors, the engine and its providers take: nothing that is applied.
    | {"GOGC", "GOMEMLIMIT", "GOMAXPROCS"}
    # A state that OpenTofu encrypts cannot be read without it.
    | {"TF_ENCRYPTION"}
)
_AWS = frozenset(
    {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"}
    | {"AWS_STS_REGIONAL_ENDPOINTS", "AWS_RETRY_MODE", "AWS_SDK_LOAD_CONFIG", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"}
    | {"AWS_EC2_METADATA_DISABLED", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"}
)
_FILES = frozenset({"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"})
_PROFILES = frozenset({"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
_KEYS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"})
_ROLES = frozenset(
    {"AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"}
    | {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"}
    | {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"}
)
_SETTINGS = ("TF_", "TOFU_")


@dataclass(frozen=True, slots=True)
class Ambient:
    """Credentials as the environment has them: the SDK's own chain finds them."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A named profile that the engine can refresh by itself."""

    name: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Credentials in memory. `expiration` is ISO 8601 UTC, None for keys that do not expire."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(repr=False, default=None)
    expiration: str | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """A session that the engine could not refresh itself (MFA, SSO, an assumed role).

    The runner serves it from a loopback endpoint, in memory; from `profile` it is renewed for as long as that goes without
    asking a person anything.
    """

    keys: Keys
    profile: str | None = None


Credentials = Ambient | Profile | Served


@dataclass(frozen=True, slots=True)
class EngineEnvironment:
    """The whole environment of the engine. `values` may hold keys: it is handed over in memory and never written."""

    values: dict[str, str] = field(repr=False)
    dropped: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """What a person should know was kept from the engine; empty when nothing was."""
        if not self.dropped:
            return ""
        return f"ignored from the environment, so that only what is shown is applied: {', '.join(self.dropped)}"


def engine_environment(
    environ: Mapping[str, str],
    *,
    data_dir: Path,
    cli_config: Path,
    credentials: Credentials | None = None,
    region: str | None = None,
    also: Collection[str] = (),
) -> EngineEnvironment:
    """Build it from `environ`, with the engine's own settings fixed; the variables `also` are let through as well.

    `dropped` names the settings of the engine and the other credentials that `environ` had and the engine does not get.
    """
    chosen = credentials or Ambient()
    values = {name: value for name, value in environ.items() if _allowed(name, chosen) or name in also}
    if isinstance(chosen, Profile):
        values["AWS_PROFILE"] = chosen.name
    if isinstance(chosen, Served):
        # A [default] profile in the shared files would win over the endpoint.
        values |= dict.fromkeys(_FILES, os.devnull) | {"AWS_EC2_METADATA_DISABLED": "true"}
    if region is not None:
        values |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    values |= {
        "TF_DATA_DIR": str(data_dir.absolute()),
        "TF_CLI_CONFIG_FILE": str(cli_config.absolute()),
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
    }
    dropped = sorted(
        name
        for name in environ
        if name not in values and (name.startswith(_SETTINGS) or name in _KEYS | _PROFILES | _ROLES)
    )
    return EngineEnvironment(values, tuple(dropped))


def _allowed(name: str, credentials: Credentials) -> bool:
    if name in _SYSTEM or name in _AWS or name.startswith("AWS_ENDPOINT_URL"):
        return True
    match credentials:
        case Ambient():
            return name in _FILES | _PROFILES | _KEYS | _ROLES
        case Profile():
            return name in _FILES
        case Served():
            return False
