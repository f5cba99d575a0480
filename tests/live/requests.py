"""A request to AWS as a proxy sees it: whose call it is, and how its service says an error."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

#: Where the name that a service signs with is not the one that its IAM actions begin with.
_IAM_PREFIX = {"monitoring": "cloudwatch"}
#: The name of a service's API model, where it is not the one that it signs with.
_MODEL = {"elasticloadbalancing": "elbv2", "servicequotas": "service-quotas", "monitoring": "cloudwatch"}
#: How services say that there are too many calls: a code and a status, by protocol or service.
_THROTTLED = {
    "ec2": ("RequestLimitExceeded", 503),
    "s3": ("SlowDown", 503),
    "lambda": ("TooManyRequestsException", 429),
    "query": ("Throttling", 400),
    "rest-xml": ("Throttling", 400),
}


@dataclass(frozen=True)
class Request:
    """One HTTP request; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def signed_for(self) -> str:
        """The service in the credential scope of its signature."""
        scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request", self.headers.get("authorization", ""))
        return scope[1] if scope else ""

    def as_bytes(self, *, close: bool) -> bytes:
        """The request again, asking for the connection's end if so wanted."""
        headers = {**self.headers, "connection": "close"} if close else self.headers
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body

    @property
    def throttling(self) -> tuple[str, int]:
        """The code and the status with which the service says that there are too many calls."""
        by_protocol = _THROTTLED.get(_protocol(self.signed_for), ("ThrottlingException", 400))
        return _THROTTLED.get(self.signed_for, by_protocol)

    def error(self, code: str, message: str) -> tuple[str, bytes]:
        """Say an error as the service would: content type and body."""
        protocol = _protocol(self.signed_for)
        said = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        if protocol == "ec2":
            return "text/xml", f"<Response><Errors>{said}</Errors><RequestID>0</RequestID></Response>".encode()
        if protocol == "query" or self.signed_for == "route53":
            return "text/xml", f"<ErrorResponse>{said}<RequestId>0</RequestId></ErrorResponse>".encode()
        if protocol == "rest-xml":
            return "application/xml", said.encode()
        return "application/json", json.dumps({"__type": code, "message": message}).encode()


def call_of(request: Request) -> str:
    """Name the call as IAM does (`ec2:DescribeVpcs`); the path, where it cannot be told."""
    service = request.signed_for
    return f"{_IAM_PREFIX.get(service, service)}:{_operation(request) or f'{request.method} {request.target}'}"


def _operation(request: Request) -> str:
    if "x-amz-target" in request.headers:
        return request.headers["x-amz-target"].rpartition(".")[2]
    if "/operation/" in request.target:  # smithy-rpc-v2-cbor
        return request.target.rpartition("/")[2]
    if form := parse_qs(request.body.decode("latin-1")).get("Action"):
        return form[0]
    url = urlsplit(request.target)
    keys = parse_qs(url.query, keep_blank_values=True).keys()
    fitting = [
        (len(wanted), len(pattern.pattern), name)
        for method, pattern, wanted, name in _paths(request.signed_for)
        if method == request.method and pattern.fullmatch(url.path) and wanted <= keys
    ]
    return max(fitting)[2] if fitting else ""


def _protocol(service: str) -> str:
    return str(_model(service).get("metadata", {}).get("protocol", "json"))


@cache
def _paths(service: str) -> tuple[tuple[str, re.Pattern[str], frozenset[str], str], ...]:
    """Method, path, the keys that the query must have, and the operation's name."""
    return tuple(_each_path(service))


def _each_path(service: str) -> Iterator[tuple[str, re.Pattern[str], frozenset[str], str]]:
    for name, operation in _model(service).get("operations", {}).items():
        url = urlsplit(operation["http"]["requestUri"])
        pieces = re.split(r"(\{[^}]+\})", url.path)
        path = "".join(_hole(piece) if piece.startswith("{") else re.escape(piece) for piece in pieces)
        yield (
            operation["http"]["method"],
            re.compile(path),
            frozenset(parse_qs(url.query, keep_blank_values=True)),
            re.sub(r"\d{8}.*", "", name),  # Lambda's carry a date that IAM does not
        )


def _hole(name: str) -> str:
    return ".+" if name.endswith("+}") else "[^/]+"


@cache
def _model(service: str) -> Mapping[str, dict[str, object]] | Mapping[str, object]:
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader

    try:
        return Loader().load_service_model(_MODEL.get(service, service), "service-2")
    except UnknownServiceError:
        return {}
