"""`planewright history NAME`: all that was done, in order: who, when, with which plan and engine, confirmed how, and why."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say
from wizard.errors import UsageError

if TYPE_CHECKING:
    from wizard.deploy.record.model import Event

_AGO = re.compile(r"(\d{1,6})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "history", run, help="all that was done: who, when, which plan, and why")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument(
        "--since", metavar="WHEN", help="not before then: 2026-11-21, 2026-11-21T04:00 (UTC), or 90m, 12h, 7d, 2w ago"
    )


def run(args: argparse.Namespace) -> int:
    """Show what was done."""
    from wizard.redact import Redactor
    from wizard.walk import past

    workspace = common.workspace_of(args)
    place = workspace.find(args.name)
    since = moment(args.since, datetime.now(UTC)) if args.since else None
    found = [event for event in past.read(workspace, place) if since is None or event.at >= since]
    if args.json:
        documents = Redactor().value([event.model_dump(mode="json") for event in found])
        common.say_json({"name": place.name, "events": documents})
        return 0
    for line in lines(found):
        say(Redactor().text(line))
    if not found:
        say(f"nothing is on record of {place.name}{' since then' if since else ''} in this workspace")
    return 0


def lines(events: list[Event]) -> Iterator[str]:
    """Say each event, and below it what else is known of it."""
    from wizard.walk import past

    for event in events:
        yield f"{event.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC  {event.object}: {event.what}"
        yield from (f"    {word + ':':11}{text}" for word, text in past.details(event))


def moment(text: str, now: datetime) -> datetime:
    """Read a time, UTC unless it says otherwise, or how long ago. Raises UsageError."""
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago is not None:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        found = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"--since {text} is no time",
            cause=str(error),
            action="write it as 2026-11-21, as 2026-11-21T04:00, or as 90m, 12h, 7d, 2w",
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
