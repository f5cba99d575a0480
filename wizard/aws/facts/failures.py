"""Why a fact could not be read, out of what botocore raised."""

from __future__ import annotations

from datetime import datetime

from botocore import exceptions as boto
from botocore.exceptions import BotoCoreError, ClientError

from wizard.aws.errors import DENIED_CODES, THROTTLED_CODES, error_code, permission_of
from wizard.errors import PlanewrightError
from wizard.facts.asking import Reason, Unread

_REGION_OFF = frozenset({"OptInRequired", "RegionDisabledException"})
_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "TokenRefreshRequired",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
        "AuthFailure",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
    }
)


def unread(error: ClientError | BotoCoreError | PlanewrightError, *, source: str, at: datetime) -> Unread:
    """Say why. `source` is what was asked, `ec2:DescribeVpcs us-east-1`."""
    if isinstance(error, PlanewrightError):
        return Unread(Reason.FAILED, at, source, f"{error.title}{f' ({error.cause})' if error.cause else ''}")
    if isinstance(error, ClientError):
        return _of_service(error, source, at)
    said = " ".join(str(error).split())
    if isinstance(error, boto.ReadTimeoutError | boto.ConnectTimeoutError):
        return Unread(Reason.TIMEOUT, at, source, said)
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        return Unread(Reason.UNREACHABLE, at, source, said)
    if isinstance(error, boto.NoCredentialsError | boto.CredentialRetrievalError | boto.SSOError):
        return Unread(Reason.CREDENTIALS, at, source, said)
    return Unread(Reason.FAILED, at, source, f"{type(error).__name__}: {said}")


def _of_service(error: ClientError, source: str, at: datetime) -> Unread:
    code = error_code(error)
    message = " ".join(str(error.response.get("Error", {}).get("Message", "")).split())
    said = f"{error.operation_name}: {code}{f' ({message})' if message and message != code else ''}"
    if code in DENIED_CODES:
        named = permission_of(error)
        return Unread(Reason.DENIED, at, source, said, named if ":" in named else source.split(maxsplit=1)[0])
    for reason, codes in (
        (Reason.THROTTLED, THROTTLED_CODES),
        (Reason.REGION_OFF, _REGION_OFF),
        (Reason.CREDENTIALS, _CREDENTIALS),
    ):
        if code in codes:
            return Unread(reason, at, source, said)
    return Unread(Reason.FAILED, at, source, said)
