"""botocore's credential chain, reading a given environment instead of the process's, and a role on top of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import botocore.session
from botocore.configprovider import ConfigChainFactory
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    AssumeRoleProvider,
    ContainerProvider,
    CredentialResolver,
    Credentials,
    DeferredRefreshableCredentials,
    EnvProvider,
    InstanceMetadataProvider,
    LoginProvider,
    ProcessProvider,
    RefreshableCredentials,
    SSOProvider,
)
from botocore.exceptions import CredentialRetrievalError, RefreshWithMFAUnsupportedError
from botocore.loaders import Loader, create_loader
from botocore.tokens import SSOTokenProvider
from botocore.utils import JSONFileCache

from wizard.answers.account import Account

MfaCode = Callable[[str], str]


_KEYS_END = "AWS_CREDENTIAL_EXPIRATION"


class _Session(botocore.session.Session):
    """A botocore session whose environment is given to it."""

    def __init__(self, environ: Mapping[str, str], profile: str | None) -> None:
        super().__init__(profile=profile)
        self.environ = environ
        store = self.get_component("config_store")
        factory = ConfigChainFactory(session=self, environ=dict(environ))
        for name, (in_file, in_environ, default, convert) in self.SESSION_VARIABLES.items():
            provider = factory.create_config_chain(
                instance_name=name,
                env_var_names=in_environ,
                config_property_names=in_file,
                default=default,
                conversion_func=convert,
            )
            store.set_config_provider(name, provider)
        self.register_component("data_loader", _descriptions(self.get_config_variable("data_path")))

    def create_client(self, service_name: str, *args: Any, **kwargs: Any) -> Any:
        """Make a client; the environment's endpoints go before the profile's, as AWS's tools agree to do."""
        if not kwargs.get("endpoint_url"):
            kwargs["endpoint_url"] = self._endpoint(service_name)
        return super().create_client(service_name, *args, **kwargs)

    def _endpoint(self, service_name: str) -> str | None:
        if self.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
            return None
        service_id = str(self.get_service_model(service_name).service_id).replace(" ", "_").upper()
        return self.environ.get(f"AWS_ENDPOINT_URL_{service_id}") or self.environ.get("AWS_ENDPOINT_URL") or None


@cache
def _descriptions(data_path: str | None) -> Loader:
    """Give what reads botocore's descriptions of services and regions: megabytes, and the same ones for every session."""
    return create_loader(data_path)


def session_for(account: Account, environ: Mapping[str, str], mfa_code: MfaCode | None) -> botocore.session.Session:
    """Make a session of the profile that the answers name, or else of what the environment says."""
    core = session_of(environ, account.profile)
    core.set_config_variable("region", account.region)
    resolver: CredentialResolver = core.get_component("credential_provider")
    resolver.providers = [
        _of_environ(provider, environ, core) for provider in resolver.providers if _wanted(provider, environ)
    ]
    for provider in resolver.providers:
        if isinstance(provider, AssumeRoleProvider):
            # botocore has no public way to give its chain another prompter than getpass on the terminal.
            provider._prompter = _prompter(mfa_code)  # type: ignore[attr-defined]  # noqa: SLF001
            # nor other sources of a role's own source profile
            builder: Any = provider._profile_provider_builder  # type: ignore[attr-defined]  # noqa: SLF001
            provider._profile_provider_builder = _Builder(builder, environ, core)  # type: ignore[attr-defined]  # noqa: SLF001
    return core


def session_of(environ: Mapping[str, str], profile: str = "") -> botocore.session.Session:
    """Make a session that reads this environment. What it finds of credentials is botocore's own, see `session_for`."""
    return _Session(environ, profile or None)


def sso_cache(environ: Mapping[str, str]) -> Path:
    """Give the folder where the AWS CLI keeps SSO tokens; botocore fixes its own at import, by the process's home."""
    return _home(environ) / ".aws" / "sso" / "cache"


def _login_cache(environ: Mapping[str, str]) -> Path:
    told = environ.get("AWS_LOGIN_CACHE_DIRECTORY", "")
    return Path(told).expanduser() if told else _home(environ) / ".aws" / "login" / "cache"


def _home(environ: Mapping[str, str]) -> Path:
    told = environ.get("HOME", "")
    return Path(told) if told else Path.home()


class _Builder:
    """Makes the providers of a role's source profile, as botocore's own does, reading the given environment."""

    def __init__(self, original: Any, environ: Mapping[str, str], core: botocore.session.Session) -> None:
        self._original, self._environ, self._core = original, environ, core

    def providers(self, profile_name: str, disable_env_vars: bool = False) -> list[Any]:  # noqa: FBT001, FBT002 - botocore's signature
        made = self._original.providers(profile_name, disable_env_vars)
        return [_of_environ(provider, self._environ, self._core) for provider in made]


def assume(
    core: botocore.session.Session, source: Credentials, account: Account, mfa_code: MfaCode | None
) -> Credentials:
    """Assume the role of the answers and make the session use it from now on.

    Without MFA the credentials renew themselves. With it they last as long as AWS gave them (an hour), to the end:
    botocore's own MFA credentials would already refuse ten minutes before.
    """
    extra: dict[str, Any] = {"RoleSessionName": "planewright"}
    if account.external_id:
        extra["ExternalId"] = account.external_id
    if account.mfa_serial:
        extra["SerialNumber"] = account.mfa_serial

    def sts(service: str, **kwargs: Any) -> Any:
        return core.create_client(service, region_name=account.region, **kwargs)

    fetcher = AssumeRoleCredentialFetcher(
        sts,
        source,
        account.role_arn,
        extra_args=extra,
        mfa_prompter=lambda _prompt: _prompter(mfa_code)(account.mfa_serial),
    )
    credentials: Credentials
    if account.mfa_serial:
        credentials = RefreshableCredentials.create_from_metadata(
            metadata=fetcher.fetch_credentials(),
            refresh_using=_cannot_refresh,
            method="assume-role-mfa",
            advisory_timeout=0,
            mandatory_timeout=0,
        )
    else:
        credentials = DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")
        credentials.get_frozen_credentials()  # now, so that a role that cannot be assumed is told here
    # The same attribute that botocore's set_credentials() writes; that one takes plain keys only.
    core._credentials = credentials  # type: ignore[attr-defined]  # noqa: SLF001
    return credentials


def _cannot_refresh() -> NoReturn:
    raise RefreshWithMFAUnsupportedError


def _prompter(mfa_code: MfaCode | None) -> Callable[[str], str]:
    def ask(prompt: str) -> str:
        if mfa_code is None:
            # Nobody is there to ask: the same as a session that cannot be refreshed.
            raise RefreshWithMFAUnsupportedError
        return mfa_code(prompt)

    return ask


def _told(retrieve: Callable[[str], Any]) -> Callable[[str], Any]:
    """Tell a profile's process that is missing, or prints no JSON, as what it is: botocore lets both break through."""

    def told(command: str) -> Any:
        try:
            return retrieve(command)
        except (OSError, ValueError) as error:
            # Neither its arguments nor what it printed: either may hold a secret.
            said = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else "it prints no JSON"
            raise CredentialRetrievalError(provider="custom-process", error_msg=said) from None

    return told


def _token_dumps(token: Any) -> str:
    """Write a token as the AWS CLI does; a renewed one holds its end as a time."""
    return json.dumps(token, default=lambda it: it.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _wanted(provider: object, environ: Mapping[str, str]) -> bool:
    off = environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true"
    return not (off and isinstance(provider, InstanceMetadataProvider))


def _of_environ(provider: Any, environ: Mapping[str, str], core: botocore.session.Session) -> Any:
    if isinstance(provider, EnvProvider):
        # Without the end that the environment tells: botocore would look for new keys there, which no process gets, and
        # break with an error of no kind. AWS says itself that they have ended.
        return EnvProvider(environ={key: value for key, value in environ.items() if key != _KEYS_END})
    if isinstance(provider, ContainerProvider):
        return ContainerProvider(environ=dict(environ))
    # botocore gives the caches of tokens no other way in.
    inner: Any = provider
    if isinstance(provider, SSOProvider):
        tokens = JSONFileCache(str(sso_cache(environ)), dumps_func=_token_dumps)
        inner._token_cache = tokens  # noqa: SLF001
        inner._token_provider = SSOTokenProvider(core, cache=tokens, profile_name=inner._profile_name)  # noqa: SLF001
    elif isinstance(provider, ProcessProvider):
        inner._retrieve_credentials_using = _told(inner._retrieve_credentials_using)  # noqa: SLF001
    elif isinstance(provider, LoginProvider):
        inner._token_cache = JSONFileCache(str(_login_cache(environ)))  # noqa: SLF001
    return provider
