"""What AWS's errors mean to a person: one translation for every call.

Codes are those of the services' API models and of botocore's own exceptions. A text that AWS sends is quoted in
the cause; the next action is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError

from wizard.errors import AccountError, AwsError, LoginNeededError

#: S3 names some permissions otherwise than the calls that need them.
_S3_PERMISSIONS = {
    "HeadBucket": "s3:ListBucket",
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
#: Calls that credentials come from: refused, there are none.
_GIVES_CREDENTIALS = frozenset(
    {"AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "GetSessionToken", "GetRoleCredentials"}
)
_PERFORM = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9*]+)")
_RESOURCE = re.compile(r"on resource:? (\S+)")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose call it was: what an advice needs to name."""

    profile: str = ""
    region: str = ""
    #: The profile that a person logs in to, where it is another one: a role's profile names it as its source.
    login_profile: str = ""

    def login(self, kind: str) -> tuple[str, ...]:
        """Give the command that logs in: `kind` is `sso login` or `login`."""
        profile = self.login_profile or self.profile
        return ("aws", *kind.split(), *(("--profile", profile) if profile else ()))


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What errors of some codes or classes come to. Texts take {said}, {region}, {in_region} and {login}.

    `login` is the AWS CLI's command after which the same call works, where there is one.
    """

    of: Any
    kind: type[AwsError | AccountError]
    cause: str
    action: str
    login: str = ""

    def error(self, title: str, said: str, caller: Caller) -> AwsError | AccountError:
        fields = {
            "said": said,
            "region": caller.region or "the region",
            "in_region": f" in {caller.region}" if caller.region else "",
            "login": " ".join(caller.login(self.login or "sso login")),
        }
        if self.login:
            return LoginNeededError(
                title,
                command=caller.login(self.login),
                cause=self.cause.format_map(fields),
                action=self.action.format_map(fields),
            )
        return self.kind(title, cause=self.cause.format_map(fields), action=self.action.format_map(fields))


#: What services call a refusal for want of permission.
DENIED_CODES = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "UnauthorizedAccess",
        "AuthorizationError",
        "ForbiddenException",
        "403",
    }
)

#: What services call too many calls.
THROTTLED_CODES = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "BandwidthLimitExceeded",
        "SlowDown",
    }
)

#: Credentials that held, and hold no longer.
EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})

#: A request whose time or signature AWS takes for wrong.
UNSIGNED_CODES = frozenset({"RequestExpired", "RequestTimeTooSkewed", "InvalidSignatureException"})

#: Credentials that AWS does not know, in this region at least.
UNKNOWN_CODES = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
        "AuthFailure",
        "SignatureDoesNotMatch",
    }
)

#: A region that the account has not enabled.
REGION_OFF_CODES = frozenset({"OptInRequired", "RegionDisabledException"})

_BY_CODE = (
    _Meaning(
        EXPIRED_CODES,
        AccountError,
        "the credentials have expired ({said})",
        "get new ones (`{login}` where they come from SSO, a new session token where they were pasted), then run "
        "the command again",
    ),
    _Meaning(
        UNSIGNED_CODES,
        AccountError,
        "AWS took the request's time or signature for wrong ({said})",
        "set this machine's clock (AWS allows 5 minutes) and check the secret key, then run the command again",
    ),
    _Meaning(
        UNKNOWN_CODES,
        AccountError,
        "AWS does not know these credentials{in_region} ({said})",
        "check that the access key exists and is active; if it works elsewhere, the region is not enabled for the "
        "account: `aws account list-regions` tells, `aws account enable-region` enables",
    ),
    _Meaning(
        REGION_OFF_CODES,
        AwsError,
        "{region} is not enabled for this account ({said})",
        "aws account enable-region --region-name {region}; it takes some minutes",
    ),
    _Meaning(
        THROTTLED_CODES,
        AwsError,
        "AWS limits the rate of calls, and retries with growing pauses were not enough ({said})",
        "wait a minute and run the same command again: it goes on where it stopped",
    ),
)
_AWS_FAILED = _Meaning(
    (),
    AwsError,
    "AWS failed itself ({said})",
    "run the same command again; https://health.aws.amazon.com shows known events",
)
_OTHER = _Meaning((), AwsError, "{said}", "correct what AWS names in the cause and run the command again")

_BY_CLASS = (
    _Meaning(
        (boto.NoCredentialsError, boto.PartialCredentialsError),
        AccountError,
        "{said}",
        "name a profile (account.profile), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    _Meaning(
        boto.ProfileNotFound,
        AccountError,
        "{said}",
        "`planewright profiles` lists them; account.profile or AWS_PROFILE names one",
    ),
    _Meaning(
        (boto.SSOError, boto.TokenRetrievalError),
        LoginNeededError,
        "the SSO session has ended or was never begun ({said})",
        "{login}, then run the command again",
        login="sso login",
    ),
    _Meaning(
        boto.LoginInsufficientPermissions,
        AccountError,
        "{said}",
        "have signin:CreateOAuth2Token allowed for this identity, or use another profile (account.profile)",
    ),
    _Meaning(
        boto.LoginError,
        LoginNeededError,
        "the console login of this profile has ended or was never made ({said})",
        "{login}, then run the command again",
        login="login",
    ),
    _Meaning(
        boto.RefreshWithMFAUnsupportedError,
        AccountError,
        "a new MFA code is needed, and nobody can be asked for it in the middle of this",
        "run the same command again, in a terminal, and give a new code",
    ),
    _Meaning(
        (
            boto.CredentialRetrievalError,
            boto.MetadataRetrievalError,
            boto.InvalidConfigError,
            boto.MissingDependencyException,
            boto.InfiniteLoopConfigError,
        ),
        AccountError,
        "{said}",
        "correct what the profile names, then run the command again",
    ),
    _Meaning(
        (boto.ConfigParseError, boto.ConfigNotFound),
        AccountError,
        "{said}",
        "correct ~/.aws/config (or the file that AWS_CONFIG_FILE names) and run the command again",
    ),
    _Meaning(
        boto.SSLError,
        AwsError,
        "{said}",
        "behind a proxy that opens TLS, AWS_CA_BUNDLE names the file with its certificate authority",
    ),
    _Meaning(
        (boto.HTTPClientError, boto.ConnectionError),
        AwsError,
        "the endpoint{in_region} cannot be reached ({said})",
        "check the network, HTTPS_PROXY, the region's name and AWS_ENDPOINT_URL, then run the command again",
    ),
)


def error_code(error: ClientError) -> str:
    """Give AWS's code of an error, such as `NoSuchBucket`; of a HEAD request the HTTP status, such as `404`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def error_text(error: ClientError) -> str:
    """Give AWS's words of an error, in one line; empty where it has none."""
    return " ".join(str(error.response.get("Error", {}).get("Message", "")).split())


def error_said(error: ClientError) -> str:
    """Give what was called and what AWS said of it, in one line: `DescribeVpcs: RequestExpired (Request has expired.)`."""
    code, text = error_code(error), error_text(error)
    return f"{error.operation_name}: {code}{f' ({text})' if text and text != code else ''}"


def translate(
    error: ClientError | BotoCoreError, *, doing: str, caller: Caller | None = None
) -> AwsError | AccountError:
    """Turn an error of boto3 into one for people. `doing` completes "could not …": `read the peering`."""
    caller = caller or Caller()
    if isinstance(error, ClientError):
        return _from_service(error, f"could not {doing}", caller)
    return _from_client(error, f"could not {doing}", caller)


@contextmanager
def aws_call(doing: str, caller: Caller | None = None) -> Iterator[None]:
    """Translate what boto3 raises inside. Works as a decorator, too."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        # `from None`: the cause of a refresh that failed may carry what a signer was given.
        raise translate(error, doing=doing, caller=caller) from None
    except RuntimeError as error:
        # botocore's error of no kind when a profile's process, or whatever gives keys, gives such as have ended.
        if "still expired" not in str(error):
            raise
        raise AccountError(
            f"could not {doing}",
            cause="the credentials have ended, and where they come from gives no others",
            action="log in again where the profile takes them from, then run the command again",
        ) from None


def _from_service(error: ClientError, title: str, caller: Caller) -> AwsError | AccountError:
    code = error_code(error)
    if code in DENIED_CODES:
        return _denied(error, title, error_text(error))
    said = error_said(error)
    for meaning in _BY_CODE:
        if code in meaning.of:
            return meaning.error(title, said, caller)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return (_AWS_FAILED if status >= 500 else _OTHER).error(title, said, caller)


def _denied(error: ClientError, title: str, message: str) -> AwsError | AccountError:
    if error.operation_name in _GIVES_CREDENTIALS:
        return _no_credentials(error, title, message)
    permission = permission_of(error)
    resource = _RESOURCE.search(message)
    on = f" on {resource.group(1)}" if resource else ""
    lower = message.lower()
    if "service control policy" in lower:
        action = f"an organization policy (SCP) denies it: ask the organization's administrator to allow {permission}"
    elif "permissions boundary" in lower:
        action = f"the identity's permissions boundary leaves it out: have {permission} added to the boundary"
    elif "session policy" in lower:
        action = f"the session's own policy leaves it out: open a session whose policy allows {permission}"
    elif "explicit deny" in lower:
        action = f"a policy denies it explicitly: have that statement exclude {permission}{on}"
    else:
        action = f"have {permission}{on} allowed for this identity, then run the command again"
    return AwsError(title, cause=f"access denied: {error.operation_name} needs {permission}{on}", action=action)


def _no_credentials(error: ClientError, title: str, message: str) -> AccountError:
    """Refused where credentials come from: what helps is another code, trust or profile, and no permission of a call."""
    if "multifactorauthentication" in message.lower():
        # AWS says the same for a code that is wrong, one that was used before, and one that the role wants and is not there.
        return AccountError(
            title,
            cause=message,
            action="run the command again and give the code that the device shows now (each works once); a role that "
            "asks for a code needs its device named (account.mfa_serial, or mfa_serial of the profile)",
        )
    if error.operation_name == "GetRoleCredentials":
        return AccountError(
            title,
            cause=f"the SSO user may not take this role ({message})",
            action="have the permission set assigned to the user in this account, or name another profile "
            "(account.profile): `planewright profiles` lists them",
        )
    return AccountError(
        title,
        cause=f"the role may not be assumed ({message})",
        action="have sts:AssumeRole on the role (account.role_arn) allowed for this identity, and have the role's trust "
        "policy name it, with the external id (account.external_id) that the policy asks for",
    )


def permission_of(error: ClientError) -> str:
    """Give the IAM action that a denied call needed, e.g. `ec2:DescribeVpcs`; the call's name if no more is known."""
    named = _PERFORM.search(error_text(error))
    if named:
        return named.group(1)
    operation = error.operation_name
    if error_code(error) == "UnauthorizedOperation":
        return f"ec2:{operation}"
    return _S3_PERMISSIONS.get(operation, f"s3:{operation}" if "Bucket" in operation else f"the action {operation}")


def _from_client(error: BotoCoreError, title: str, caller: Caller) -> AwsError | AccountError:
    said = " ".join(str(error).split())
    for meaning in _BY_CLASS:
        if isinstance(error, meaning.of):
            return meaning.error(title, said, caller)
    return _OTHER.error(title, f"{type(error).__name__}: {said}", caller)
