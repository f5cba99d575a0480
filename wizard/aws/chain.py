"""botocore's credential chain, reading a given environment instead of the process's, and a role on top of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    RefreshableCredentials,
)
from botocore.exceptions import RefreshWithMFAUnsupportedError

from wizard.answers.account import Account

MfaCode = Callable[[str], str]


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


def session_for(account: Account, environ: Mapping[str, str], mfa_code: MfaCode | None) -> botocore.session.Session:
    """Make a session of the profile that the answers name, or else of what the environment says."""
    core = _Session(environ, account.profile or None)
    core.set_config_variable("region", account.region)
    resolver: CredentialResolver = core.get_component("credential_provider")
    resolver.providers = [
        _of_environ(provider, environ) for provider in resolver.providers if _wanted(provider, environ)
    ]
    for provider in resolver.providers:
        if isinstance(provider, AssumeRoleProvider):
            # botocore has no public way to give its chain another prompter than getpass on the terminal.
            provider._prompter = _prompter(mfa_code)  # type: ignore[attr-defined]  # noqa: SLF001
    return core


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


def _wanted(provider: object, environ: Mapping[str, str]) -> bool:
    off = environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true"
    return not (off and isinstance(provider, InstanceMetadataProvider))


def _of_environ(provider: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(provider, EnvProvider):
        return EnvProvider(environ=dict(environ))
    if isinstance(provider, ContainerProvider):
        return ContainerProvider(environ=dict(environ))
    return provider
