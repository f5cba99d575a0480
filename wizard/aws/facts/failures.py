"""Why a fact could not be read, out of what botocore raised."""

from __future__ import annotations

from datetime import datetime

from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from wizard.aws.errors import (
    DENIED_CODES,
    EXPIRED_CODES,
    REGION_OFF_CODES,
    THROTTLED_CODES,
    UNKNOWN_CODES,
    UNSIGNED_CODES,
    error_code,
    error_said,
    permission_of,
)
from wizard.aws.not_aws import NotAwsError
from wizard.errors import AccountError, PlanewrightError
from wizard.facts.asking import Reason, Unread

#: Codes of a service's error, and what they come to.
_REASONS = (
    (Reason.THROTTLED, THROTTLED_CODES),
    (Reason.REGION_OFF, REGION_OFF_CODES),
    (Reason.CREDENTIALS, EXPIRED_CODES | UNSIGNED_CODES | UNKNOWN_CODES),
)

#: Everything that a call to AWS may raise. botocore's own tree leaves out that an answer could not be parsed.
ERRORS = (ClientError, BotoCoreError, ResponseParserError, PlanewrightError)

#: An answer came, and nothing can be read out of it.
UNREADABLE = (NotAwsError, ResponseParserError)

_NO_CREDENTIALS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.TokenRetrievalError,
    boto.SSOError,
    boto.RefreshWithMFAUnsupportedError,
)


def unread(error: Exception, *, source: str, at: datetime, permissions: tuple[str, ...] = ()) -> Unread:
    """Say why, of one of ERRORS. `source` is what was asked, `ec2:DescribeVpcs us-east-1`; `permissions` all it needs."""
    if isinstance(error, PlanewrightError):
        reason = Reason.CREDENTIALS if isinstance(error, AccountError) else Reason.FAILED
        said = f"{error.title}{f' ({error.cause})' if error.cause else ''}"
        return Unread(reason, at, source, said, remedy=error.action)
    if isinstance(error, ClientError):
        return _of_service(error, source, at, permissions)
    return Unread(_of_client(error), at, source, f"{type(error).__name__}: {' '.join(str(error).split())}")


def _of_client(error: Exception) -> Reason:
    if isinstance(error, boto.ReadTimeoutError | boto.ConnectTimeoutError):
        return Reason.TIMEOUT
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError | ResponseParserError):
        return Reason.UNREACHABLE
    if isinstance(error, _NO_CREDENTIALS):
        return Reason.CREDENTIALS
    return Reason.FAILED


def _of_service(error: ClientError, source: str, at: datetime, permissions: tuple[str, ...]) -> Unread:
    code, said = error_code(error), error_said(error)
    if code in DENIED_CODES:
        return Unread(Reason.DENIED, at, source, said, _permission(error, source, permissions))
    reason = next((reason for reason, codes in _REASONS if code in codes), Reason.FAILED)
    return Unread(reason, at, source, said)


def _permission(error: ClientError, source: str, permissions: tuple[str, ...]) -> str:
    """Give the missing IAM action: as AWS names it, or the one of the ask's that bears the call's name."""
    named = permission_of(error)
    if ":" in named:
        return named
    call = error.operation_name
    return next((known for known in permissions if known.endswith(f":{call}")), source.split(maxsplit=1)[0])
