"""An open AWS session: whose it is, how long it lasts, and its clients.

    account answers + environment  ->  open_session  ->  AwsSession  ->  clients, identity, expiry

Credentials come from botocore's own chain (environment, profile, SSO, container, instance role); a role named in the
answers is assumed on top of it and refreshed for as long as that is possible without a person.
"""

from __future__ import annotations

import copy
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, overload

from botocore.exceptions import NoCredentialsError

from wizard.answers.account import Account
from wizard.aws.errors import Caller, aws_call
from wizard.aws.not_aws import refuse_answers_of_others
from wizard.aws.throttled import Throttled
from wizard.aws.trust import Trust
from wizard.errors import AccountError, InputError, Problem

if TYPE_CHECKING:
    import botocore.session
    from botocore.credentials import Credentials
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_elasticache import ElastiCacheClient
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_pricing import PricingClient
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_service_quotas import ServiceQuotasClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one call may take: seconds to connect and to wait for an answer, and how often it is tried."""

    connect_s: float
    read_s: float
    attempts: int


#: For what has to get done: a call never takes longer than about (5 + 30) s x 6.
PATIENT = Patience(5, 30, 6)
#: For looking while somebody waits.
BRISK = Patience(2, 6, 4)

#: Called with the MFA device's ARN; gives the six digits that it shows.
MfaCode = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who AWS says is calling (sts:GetCallerIdentity)."""

    account: str
    arn: str
    user_id: str


@dataclass(frozen=True, slots=True)
class FrozenCreds:
    """Credentials at one moment. Only the key's id may be shown; `expires_at` is None for a lasting key."""

    access_key: str
    secret_key: str
    token: str
    expires_at: datetime | None

    def __repr__(self) -> str:
        return f"FrozenCreds(access_key=…{self.access_key[-4:]}, expires_at={self.expires_at})"


class AwsSession:
    """Clients of one account and region, made once and shared between threads."""

    def __init__(
        self,
        core: botocore.session.Session,
        *,
        account: Account,
        environ: Mapping[str, str],
        profile: str,
        method: str,
        patience: Patience = PATIENT,
        mfa_code: MfaCode | None = None,
    ) -> None:
        import boto3

        self._core = core
        self._boto = boto3.Session(botocore_session=core, region_name=account.region)
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        # Of its own: opening may ask a person for a code, and calls of this session go on meanwhile.
        self._opening = threading.Lock()
        self._trust = Trust()
        #: Calls that AWS turned away for their number, and that were made again.
        self.throttled = Throttled()
        self._patience = patience
        self._mfa_code = mfa_code
        self._beside: dict[Account, AwsSession] = {}
        self.account = account
        self.environ = environ
        #: The profile in force, from the answers or AWS_PROFILE; empty for none.
        self.profile = profile
        #: Where botocore found the credentials: `env`, `shared-credentials-file`, `sso`, `assume-role`, …
        self.method = method

    def __repr__(self) -> str:
        return f"AwsSession(account={self.account.id}, region={self.region}, method={self.method})"

    def with_patience(self, patience: Patience) -> AwsSession:
        """Give a session of the same credentials whose calls wait otherwise."""
        # Not made anew: boto3 would put its methods on this botocore session's clients twice, and refuse.
        twin = copy.copy(self)
        twin._patience, twin._clients, twin._beside = patience, {}, {}  # noqa: SLF001 - its own
        return twin

    def beside(self, account: Account) -> AwsSession:
        """Give a session of another account, opened at first use and kept.

        By the account's profile; with a role, and no profile, from this session's own credentials. Raises what
        `open_session` raises; who is behind it is not looked at.
        """
        with self._opening:
            if account not in self._beside:
                self._beside[account] = open_session(
                    account,
                    environ=self.environ,
                    mfa_code=self._mfa_code,
                    patience=self._patience,
                    source=None if account.profile else self,
                )
            return self._beside[account]

    @property
    def region(self) -> str:
        """The answers' region."""
        return self.account.region

    @property
    def partition(self) -> str:
        """The answers' partition, as it stands in every ARN."""
        return self.account.partition.value

    @property
    def caller(self) -> Caller:
        """What an error's advice needs to name."""
        return Caller(self.profile, self.region, _login_profile(self._core, self.profile))

    @overload
    def client(self, service: Literal["ec2"], region: str | None = None) -> EC2Client: ...
    @overload
    def client(self, service: Literal["elbv2"], region: str | None = None) -> ElasticLoadBalancingv2Client: ...
    @overload
    def client(self, service: Literal["elasticache"], region: str | None = None) -> ElastiCacheClient: ...
    @overload
    def client(self, service: Literal["iam"], region: str | None = None) -> IAMClient: ...
    @overload
    def client(self, service: Literal["kms"], region: str | None = None) -> KMSClient: ...
    @overload
    def client(self, service: Literal["lambda"], region: str | None = None) -> LambdaClient: ...
    @overload
    def client(self, service: Literal["rds"], region: str | None = None) -> RDSClient: ...
    @overload
    def client(self, service: Literal["route53"], region: str | None = None) -> Route53Client: ...
    @overload
    def client(self, service: Literal["s3"], region: str | None = None) -> S3Client: ...
    @overload
    def client(self, service: Literal["secretsmanager"], region: str | None = None) -> SecretsManagerClient: ...
    @overload
    def client(self, service: Literal["sns"], region: str | None = None) -> SNSClient: ...
    @overload
    def client(self, service: Literal["ssm"], region: str | None = None) -> SSMClient: ...
    @overload
    def client(self, service: Literal["service-quotas"], region: str | None = None) -> ServiceQuotasClient: ...
    @overload
    def client(self, service: Literal["pricing"], region: str | None = None) -> PricingClient: ...
    @overload
    def client(self, service: Literal["events"], region: str | None = None) -> EventBridgeClient: ...
    @overload
    def client(self, service: Literal["logs"], region: str | None = None) -> CloudWatchLogsClient: ...
    @overload
    def client(self, service: Literal["cloudwatch"], region: str | None = None) -> CloudWatchClient: ...
    @overload
    def client(self, service: Literal["cloudtrail"], region: str | None = None) -> Any: ...
    @overload
    def client(self, service: Literal["dynamodb"], region: str | None = None) -> Any: ...
    @overload
    def client(self, service: Literal["sts"], region: str | None = None) -> STSClient: ...

    def client(self, service: str, region: str | None = None) -> Any:
        """Give the client of a service, made at first use. Clients may be used from any thread."""
        key = (service, region or self.region)
        # boto3 sessions are not safe to make clients from in two threads at once.
        with self._lock:
            if key not in self._clients:
                # The stubs overload this by literal; here the name is any of those above.
                make: Callable[..., Any] = self._boto.client
                with self.call(f"prepare calls to {service}"):
                    made = make(service, region_name=key[1], config=_config(self._patience))
                refuse_answers_of_others(made)
                self._trust.lend_to(made)
                self.throttled.listen_to(made)
                self._clients[key] = made
            return self._clients[key]

    def call(self, doing: str) -> AbstractContextManager[None]:
        """Translate AWS's errors inside; `doing` completes "could not …"."""
        return aws_call(doing, self.caller)

    def identity(self) -> Identity:
        """Ask AWS who is calling. Never cached: it is what is shown, and asked again right before an apply."""
        with self.call("tell whose credentials these are"):
            answer = self.client("sts").get_caller_identity()
        return Identity(answer["Account"], answer["Arn"], answer["UserId"])

    def credentials(self) -> Credentials | None:
        """Give the credentials themselves, which renew themselves where they can."""
        found: Credentials | None = self._core.get_credentials()
        return found

    def frozen(self) -> FrozenCreds:
        """Give the credentials as they are now, refreshed first if they are about to expire."""
        with self.call("get credentials"):
            credentials = self._core.get_credentials()
            if credentials is None:  # open_session made sure; a profile edited meanwhile may say otherwise
                raise NoCredentialsError
            frozen = credentials.get_frozen_credentials()
            return FrozenCreds(
                str(frozen.access_key),
                str(frozen.secret_key),
                str(frozen.token or ""),
                _expiry_of(credentials, self.environ),
            )

    def credentials_expiry(self) -> datetime | None:
        """When the present credentials end; None for keys that last, or if nobody says."""
        return self.frozen().expires_at

    def profile_setting(self, name: str) -> str:
        """Give a setting of the profile in force (`sso_session`, `mfa_serial`), or an empty text."""
        profiles: dict[str, dict[str, Any]] = self._core.full_config.get("profiles", {})
        return str(profiles.get(self.profile or "default", {}).get(name, ""))


def open_session(
    account: Account,
    *,
    environ: Mapping[str, str],
    mfa_code: MfaCode | None = None,
    patience: Patience = PATIENT,
    source: AwsSession | None = None,
) -> AwsSession:
    """Open a session for the account's answers. Says at once when there are no credentials; calls AWS only to assume a role.

    `environ` is read instead of the process's environment for all of AWS_*, except what only botocore's HTTP layer
    reads (HTTPS_PROXY). With `source`, its credentials are those that assume the role. Raises InputError for a region of another partition, AccountError without usable credentials.
    """
    from wizard.aws.chain import assume, session_for

    # At DEBUG botocore logs whole requests, the values of secrets among them.
    logging.getLogger("botocore").setLevel(logging.INFO)
    caller = Caller(
        account.profile or environ.get("AWS_PROFILE", environ.get("AWS_DEFAULT_PROFILE", "")), account.region
    )
    with aws_call("open an AWS session", caller):
        core = session_for(account, environ, mfa_code)
        # The calls by which botocore itself gets credentials (STS, SSO) are no more patient than ours.
        core.set_default_client_config(_config(patience))
        _require_partition(core, account)
        caller = replace(caller, login_profile=_login_profile(core, caller.profile))
    with aws_call("open an AWS session", caller):
        credentials = source.credentials() if source is not None else core.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        method = str(credentials.method)
        if account.role_arn:
            credentials = assume(core, credentials, account, mfa_code)
            method = str(credentials.method)
        elif method == "assume-role" and _profile_asks_mfa(core, caller.profile):
            method = "assume-role-mfa"
    return AwsSession(
        core,
        account=account,
        environ=environ,
        profile=caller.profile,
        method=method,
        patience=patience,
        mfa_code=mfa_code,
    )


def require_account(identity: Identity, account: Account) -> None:
    """Raise AccountError, naming both accounts, unless the caller is in the account of the answers."""
    if identity.account != account.id:
        raise AccountError(
            f"these credentials are for account {identity.account}, not {account.id}",
            cause=f"{identity.arn} is in {identity.account}; the answers build in {account.id} (account.id)",
            action=f"use a profile or a role of {account.id} (account.profile, account.role_arn), or correct account.id",
        )
    partition = identity.arn.split(":")[1]
    if partition != account.partition.value:
        raise AccountError(
            f"these credentials belong to partition {partition}, not {account.partition.value}",
            cause=f"{identity.arn} says so; the answers say {account.partition.value} (account.partition)",
            action=f"set account.partition to {partition}, or use credentials of {account.partition.value}",
        )


def _require_partition(core: botocore.session.Session, account: Account) -> None:
    partition = core.get_partition_for_region(account.region)
    if partition != account.partition.value:
        raise InputError(
            "the region and the partition do not go together",
            (
                Problem(
                    "account.partition",
                    f"{account.region} belongs to {partition}, not to {account.partition.value}",
                    f"set account.partition to {partition}, or choose a region of {account.partition.value}",
                ),
            ),
        )


def _profile_asks_mfa(core: botocore.session.Session, profile: str) -> bool:
    # A chain of roles: the code may be asked for by any link of it.
    return any(settings.get("mfa_serial") for _, settings in _chain(core, profile))


def _login_profile(core: botocore.session.Session, profile: str) -> str:
    """Give the profile that a login is for: that of a chain of roles which has one; empty for the default's own."""
    for name, settings in _chain(core, profile):
        if any(settings.get(key) for key in ("sso_session", "sso_start_url", "login_session")):
            return name if profile or name != "default" else ""
    return profile


def _chain(core: botocore.session.Session, profile: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give a profile's settings, and those of the profiles that it takes its credentials from."""
    profiles: dict[str, dict[str, Any]] = core.full_config.get("profiles", {})
    seen: set[str] = set()
    name = profile or "default"
    while name and name not in seen:
        seen.add(name)
        yield name, profiles.get(name, {})
        name = str(profiles.get(name, {}).get("source_profile", ""))


def _expiry_of(credentials: Credentials, environ: Mapping[str, str]) -> datetime | None:
    # botocore keeps it in a private field only, on all of its refreshable credentials (and aws-cli reads it there).
    expiry = getattr(credentials, "_expiry_time", None)
    if isinstance(expiry, datetime):
        return expiry
    told = environ.get("AWS_CREDENTIAL_EXPIRATION", "")
    if told and credentials.method == "env":
        from botocore.utils import parse_timestamp

        parsed: datetime = parse_timestamp(told)
        return parsed if parsed.tzinfo else None
    return None


def _config(patience: Patience) -> Any:
    from botocore.config import Config

    from wizard import __version__

    return Config(
        # `adaptive` also slows down when AWS throttles.
        retries={"mode": "adaptive", "total_max_attempts": patience.attempts},
        connect_timeout=patience.connect_s,
        read_timeout=patience.read_s,
        max_pool_connections=32,
        user_agent_extra=f"planewright/{__version__}",
    )
