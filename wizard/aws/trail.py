"""CloudTrail's event history: who changed a resource. It is on in every account, without a trail, for 90 days.

LookupEvents takes one attribute, and two calls in a second per account and region: so it is asked by name, in sequence, for
no more names than one look can wait for; every resource by its id before any by another name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from wizard.answers.account import HOME_REGIONS
from wizard.aws.errors import DENIED_CODES, error_code, error_said
from wizard.aws.session import AwsSession
from wizard.errors import PlanewrightError
from wizard.facts.trail import TRAIL_DAYS, Trail, TrailEvent

PERMISSION: Final = "cloudtrail:LookupEvents"
#: So many names are asked for: half a second each, where AWS counts calls.
ASKED: Final = 20
#: A resource's names, its id first.
Names = tuple[str, ...]


def trail_of(
    session: AwsSession, names: Iterable[Names], *, worldwide: Iterable[Names] = (), since: datetime | None = None
) -> Trail:
    """Read who changed these resources, each of its id and other names, the newest first. Never raises for what AWS refuses.

    `worldwide` are those of services without a region (IAM, Route 53), whose events lie in one region of the partition.
    """
    begin = max(since or datetime.min.replace(tzinfo=UTC), datetime.now(UTC) - timedelta(days=TRAIL_DAYS))
    home = HOME_REGIONS.get(session.partition, session.region)
    ranked = [
        (rank, name, region)
        for resources, region in ((names, session.region), (worldwide, home))
        for resource in resources
        for rank, name in enumerate(resource)
    ]
    wanted = list(dict.fromkeys((name, region) for _, name, region in sorted(ranked, key=lambda one: one[0])))
    events: dict[str, TrailEvent] = {}
    try:
        for name, region in wanted[:ASKED]:
            events.update(_events(session, name, region, begin))
    except ClientError as error:
        denied = error_code(error) in DENIED_CODES
        return Trail(unread=error_said(error), permission=PERMISSION if denied else "")
    except PlanewrightError as error:
        return Trail(unread=f"{error.title}{f' ({error.cause})' if error.cause else ''}")
    found = sorted(events.values(), key=lambda event: event.at, reverse=True)
    return Trail(tuple(found), unasked=tuple(name for name, _ in wanted[ASKED:]))


def _events(session: AwsSession, name: str, region: str, since: datetime) -> Iterator[tuple[str, TrailEvent]]:
    """Give a resource's events by id: its newest fifty, reads and refusals left out."""
    from botocore.exceptions import BotoCoreError

    try:
        answer = session.client("cloudtrail", region).lookup_events(
            LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": name}], StartTime=since
        )
    except BotoCoreError as error:
        with session.call("read who changed what (CloudTrail)"):
            raise error
    for event in answer.get("Events", []):
        if event.get("ReadOnly") != "true" and (read := _read(event)) is not None:
            yield event["EventId"], read


def _read(event: dict[str, Any]) -> TrailEvent | None:
    """Understand an event; None for a call that was refused."""
    try:
        document = json.loads(event.get("CloudTrailEvent", "{}"))
    except ValueError:
        document = {}
    if document.get("errorCode"):
        return None
    identity = document.get("userIdentity") or {}
    return TrailEvent(
        name=str(event.get("EventName", "")),
        at=event["EventTime"].astimezone(UTC),
        user=str(event.get("Username") or identity.get("userName") or ""),
        arn=str(identity.get("arn") or identity.get("invokedBy") or ""),
        agent=str(document.get("userAgent", "")),
        names=tuple(str(one.get("ResourceName", "")) for one in event.get("Resources", [])),
    )
