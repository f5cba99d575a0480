"""S3: bucket policies with their conditions, and the owner that a caller expects.

moto takes every condition for fulfilled, so that a statement which denies plain HTTP denies everything.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from wizard.rehearsal.embedded.patching import wrap

log = logging.getLogger(__name__)

Context = Mapping[str, str]
"""What a request says of itself, by condition key in lower case."""


def _values(expected: Any) -> list[str]:
    return [str(value) for value in (expected if isinstance(expected, list) else [expected])]


def _equals(actual: str, expected: str) -> bool:
    return actual == expected


def _truth(actual: str, expected: str) -> bool:
    return actual.lower() == expected.lower()


_COMPARISONS: Final[dict[str, tuple[Callable[[str, str], bool], bool]]] = {
    "Bool": (_truth, True),
    "StringEquals": (_equals, True),
    "StringNotEquals": (_equals, False),
    "StringLike": (fnmatchcase, True),
    "StringNotLike": (fnmatchcase, False),
    "ArnEquals": (fnmatchcase, True),
    "ArnLike": (fnmatchcase, True),
    "ArnNotEquals": (fnmatchcase, False),
    "ArnNotLike": (fnmatchcase, False),
}


def _holds(operator: str, key: str, expected: Any, context: Context) -> bool:
    """Evaluate one condition by IAM's rules: a key that is absent fulfils only `Null`, `...IfExists` and negations."""
    actual = context.get(key.lower())
    if operator == "Null":
        return any((actual is None) == (value.lower() == "true") for value in _values(expected))
    name = operator.removesuffix("IfExists")
    if name not in _COMPARISONS:
        log.warning("the condition operator %s of a bucket policy is not evaluated", operator)
        return False
    compare, positive = _COMPARISONS[name]
    if actual is None:
        return operator.endswith("IfExists") or not positive
    return any(compare(actual, value) for value in _values(expected)) is positive


def applies(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    """Say whether a statement speaks of this request. Principals other than everybody are not told apart."""
    if statement.get("Principal", "*") not in ("*", {"AWS": "*"}, {"AWS": ["*"]}):
        return False
    concerned = any(fnmatchcase(action.lower(), value.lower()) for value in _values(statement.get("Action", [])))
    if not concerned or not any(fnmatchcase(resource, value) for value in _values(statement.get("Resource", []))):
        return False
    conditions = statement.get("Condition", {})
    return all(
        _holds(operator, key, expected, context)
        for operator, keys in conditions.items()
        for key, expected in keys.items()
    )


def _context() -> Context:
    from flask import request

    context = {"aws:securetransport": "true"}  # the loopback interface stands in for TLS
    context.update(
        {f"s3:{name.lower()}": value for name, value in request.headers if name.lower().startswith("x-amz-")}
    )
    return context


def _get_permission(original: Any, bucket: Any, action: str, resource: str) -> Any:
    from moto.iam.access_control import PermissionResult

    if bucket.policy is None:
        return original(bucket, action, resource)
    # moto names the action after the HTTP method, and HEAD needs GetObject
    action = {"s3:HeadObject": "s3:GetObject"}.get(action, action)
    statements = json.loads(bucket.policy).get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    context = _context()
    effects = {statement["Effect"] for statement in statements if applies(statement, action, resource, context)}
    if "Deny" in effects:
        return PermissionResult.DENIED
    return PermissionResult.PERMITTED if "Allow" in effects else PermissionResult.NEUTRAL


def _for_owner(original: Any, response: Any, request: Any, full_url: str) -> Any:
    from moto.s3.exceptions import S3ClientError

    expected = request.headers.get("x-amz-expected-bucket-owner")
    name = response.parse_bucket_name_from_url(request, full_url)
    if expected and name:
        from moto.s3.models import s3_backends

        for backends in list(s3_backends.values()):
            bucket = backends[response.partition].buckets.get(name)
            if bucket is not None and bucket.account_id != expected:
                raise S3ClientError("AccessDenied", "Access Denied")
    return original(response, request, full_url)


def install() -> None:
    """Evaluate policies, and compare the owner with the one that is expected."""
    from moto.s3.models import FakeBucket
    from moto.s3.responses import S3Response

    wrap(FakeBucket, "get_permission", _get_permission)
    wrap(S3Response, "_bucket_response", _for_owner)
    wrap(S3Response, "_key_response", _for_owner)
