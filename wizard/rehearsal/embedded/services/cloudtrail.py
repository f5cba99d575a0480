"""CloudTrail's event history: LookupEvents over the calls that the embedded AWS was asked, as each account and region saw them.

As on AWS, reads and refused calls are in it too, each call is in its caller's account alone, and those of global services
are told of in us-east-1. What differs: events carry the request's parameters as the API names them, S3's are left out, and
unless the world says otherwise (`Hooks.trail_delay`) an event is there at once, where AWS takes up to 15 minutes.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from wizard.rehearsal.embedded.accounts import account_of_known_key
from wizard.rehearsal.embedded.hooks import ApiCall
from wizard.rehearsal.embedded.patching import add
from wizard.rehearsal.embedded.services.answers import failure, param, params, result
from wizard.rehearsal.embedded.services.iam import USER
from wizard.rehearsal.embedded.world import world

#: Services whose endpoint is one for all regions, where their events are kept.
_GLOBAL: Final = frozenset({"iam", "route53"})
_HOME: Final = "us-east-1"
_KEPT: Final = timedelta(days=90)
_PAGE: Final = 50
_READS: Final = re.compile(r"^(Describe|Get|List|Lookup|Search|Simulate|BatchGet|Filter|Check|Test)")
#: Names that a request gives its resources, beside ids; the type is CloudTrail's own.
_NAMED: Final = {
    "RoleName": "AWS::IAM::Role",
    "UserName": "AWS::IAM::User",
    "InstanceProfileName": "AWS::IAM::InstanceProfile",
    "FunctionName": "AWS::Lambda::Function",
    "SecretId": "AWS::SecretsManager::Secret",
    "TopicArn": "AWS::SNS::Topic",
    "UserId": "AWS::ElastiCache::User",
    "UserGroupId": "AWS::ElastiCache::UserGroup",
    "ReplicationGroupId": "AWS::ElastiCache::ReplicationGroup",
    "LoadBalancerArn": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "TargetGroupArn": "AWS::ElasticLoadBalancingV2::TargetGroup",
    "ListenerArn": "AWS::ElasticLoadBalancingV2::Listener",
    "HostedZoneId": "AWS::Route53::HostedZone",
}
_ID: Final = re.compile(r"^(vpce-svc|[a-z]+)-[0-9a-f]{8,17}$")
_IDS: Final = {
    "i": "AWS::EC2::Instance",
    "vol": "AWS::EC2::Volume",
    "sg": "AWS::EC2::SecurityGroup",
    "sgr": "AWS::EC2::SecurityGroupRule",
    "vpc": "AWS::EC2::VPC",
    "subnet": "AWS::EC2::Subnet",
    "rtb": "AWS::EC2::RouteTable",
    "pcx": "AWS::EC2::VPCPeeringConnection",
    "vpce": "AWS::EC2::VPCEndpoint",
    "vpce-svc": "AWS::EC2::VPCEndpointService",
    "eipalloc": "AWS::EC2::EIP",
    "igw": "AWS::EC2::InternetGateway",
    "nat": "AWS::EC2::NatGateway",
}
#: What is no parameter of a call but of its transport.
_TRANSPORT: Final = frozenset({"Action", "Version"})
#: Parameters that CloudTrail blanks out.
_HIDDEN: Final = re.compile(r"password|secretstring|secretbinary|authtoken", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Event:
    at: datetime
    call: ApiCall
    user: str
    reads: bool
    resources: tuple[tuple[str, str], ...]
    document: dict[str, Any]

    def told(self) -> dict[str, Any]:
        return {
            "EventId": self.document["eventID"],
            "EventName": self.call.action,
            "ReadOnly": str(self.reads).lower(),
            "AccessKeyId": self.call.access_key,
            "EventTime": self.at,
            "EventSource": self.document["eventSource"],
            "Username": self.user,
            "Resources": [{"ResourceType": kind, "ResourceName": name} for kind, name in self.resources],
            "CloudTrailEvent": json.dumps(self.document, default=str),
        }


@dataclass(slots=True)
class History:
    """What was called, oldest first. Reads are many, and the oldest of them are forgotten."""

    writes: deque[_Event] = field(default_factory=lambda: deque(maxlen=20_000))
    reads: deque[_Event] = field(default_factory=lambda: deque(maxlen=2_000))


def note(response: Any, call: ApiCall, answer: Any) -> None:
    """Keep a call that was answered."""
    reads = bool(_READS.match(call.action))
    at = datetime.now(UTC) + world().hooks.ahead
    asked = _asked(response)
    arn, user = _caller(call)
    document = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole" if ":assumed-role/" in arn else "IAMUser",
            "arn": arn,
            "accountId": call.account,
            "accessKeyId": call.access_key,
            "userName": user,
        },
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": f"{call.service}.amazonaws.com",
        "eventName": call.action,
        "awsRegion": _region(call),
        "sourceIPAddress": str(getattr(response, "headers", {}).get("X-Forwarded-For", "127.0.0.1")),
        "userAgent": call.user_agent,
        "requestParameters": None if reads else _shown(asked),
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": reads,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": call.account,
        "eventCategory": "Management",
    }
    if error := _error_of(answer):
        document["errorCode"] = error
    event = _Event(at.replace(microsecond=0), call, user, reads, tuple(dict.fromkeys(_resources(asked))), document)
    history = _history(call.account, _region(call))
    (history.reads if reads else history.writes).append(event)


def _asked(response: Any) -> dict[str, Any]:
    try:
        document = json.loads(response.body)
    except (ValueError, TypeError):  # a form, which moto takes apart
        document = params(response)
    return (
        {key: value for key, value in document.items() if key not in _TRANSPORT} if isinstance(document, dict) else {}
    )


def _caller(call: ApiCall) -> tuple[str, str]:
    from moto.sts.models import sts_backends

    if account_of_known_key(call.access_key) is not None:
        return f"arn:aws:iam::{call.account}:user/{USER}", USER
    _, arn, _ = sts_backends[call.account]["global"].get_caller_identity(call.access_key, call.region)
    # A role's session is called after the session, a user after themselves.
    return str(arn), str(arn).rpartition("/")[2]


def _region(call: ApiCall) -> str:
    return _HOME if call.service in _GLOBAL else call.region


def _history(account: str, region: str) -> History:
    history: History = world().trails.setdefault((account, region), History())
    return history


def _error_of(answer: Any) -> str:
    status = answer[0] if isinstance(answer, tuple) and answer else 200
    if not isinstance(status, int) or status < 400:
        return ""
    body = answer[-1]
    text = body.decode(errors="replace") if isinstance(body, bytes) else str(body)
    found = re.search(r"<Code>([^<]+)</Code>|\"__type\":\s*\"([^\"]+)\"", text)
    return (found[1] or found[2]) if found else "Failed"


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            str(key): "HIDDEN_DUE_TO_SECURITY_REASONS" if _HIDDEN.search(str(key)) else _shown(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _resources(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _resources(item, str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _resources(item, name)
    elif isinstance(value, str):
        prefix = found[1] if (found := _ID.match(value)) else ""
        if prefix in _IDS:
            yield _IDS[prefix], value
        elif name in _NAMED:
            yield _NAMED[name], value


# -- LookupEvents

_ATTRIBUTES: Final[dict[str, Callable[[_Event, str], bool]]] = {
    "EventId": lambda event, value: event.document["eventID"] == value,
    "EventName": lambda event, value: event.call.action == value,
    "ReadOnly": lambda event, value: str(event.reads).lower() == value.lower(),
    "Username": lambda event, value: event.user == value,
    "ResourceType": lambda event, value: any(kind == value for kind, _ in event.resources),
    "ResourceName": lambda event, value: any(name == value for _, name in event.resources),
    "EventSource": lambda event, value: event.document["eventSource"] == value,
    "AccessKeyId": lambda event, value: event.call.access_key == value,
}


def lookup_events(response: Any) -> Any:
    """LookupEvents: the newest first, by one attribute at most."""
    asked = param(response, "LookupAttributes") or []
    if len(asked) > 1 or any(one.get("AttributeKey") not in _ATTRIBUTES for one in asked):
        raise failure("InvalidLookupAttributesException", "Specify one valid lookup attribute at most.")
    size = int(param(response, "MaxResults") or _PAGE)
    if not 1 <= size <= _PAGE:
        raise failure("InvalidMaxResultsException", "MaxResults must be between 1 and 50.")
    now = datetime.now(UTC) + world().hooks.ahead
    since = _time(param(response, "StartTime"), now - _KEPT)
    until = min(_time(param(response, "EndTime"), now), now - world().hooks.trail_delay)
    if param(response, "EndTime") and since > _time(param(response, "EndTime"), now):
        raise failure("InvalidTimeRangeException", "The start time is after the end time.")
    history = _history(str(response.current_account), str(response.region))
    events = sorted((*history.reads, *history.writes), key=lambda event: event.at, reverse=True)
    found = [
        event
        for event in events
        if since <= event.at <= until
        and all(_ATTRIBUTES[one["AttributeKey"]](event, one.get("AttributeValue", "")) for one in asked)
    ]
    begin = _begin(param(response, "NextToken"))
    answer: dict[str, Any] = {"Events": [event.told() for event in found[begin : begin + size]]}
    if begin + size < len(found):
        answer["NextToken"] = base64.b64encode(str(begin + size).encode()).decode()
    return result(answer)


def _time(value: Any, otherwise: datetime) -> datetime:
    if value is None:
        return otherwise
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(value), UTC)


def _begin(token: Any) -> int:
    if not token:
        return 0
    try:
        return int(base64.b64decode(str(token), validate=True))
    except ValueError:
        raise failure("InvalidNextTokenException", "The token is not one of this lookup's.") from None


def install() -> None:
    """Give CloudTrail its event history."""
    from moto.cloudtrail.responses import CloudTrailResponse

    add(CloudTrailResponse, "lookup_events", lookup_events)
