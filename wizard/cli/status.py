"""`planewright status NAME`: what is true now, whatever died: runs, locks, what is half made, and the way on."""

from __future__ import annotations

import argparse
from typing import Any

from wizard.cli import common
from wizard.cli.common import say


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "status", run, help="what is true now: runs, locks, what a dead run left")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    common.engine_flags(parser)


def run(args: argparse.Namespace) -> int:
    """Say where each stack stands; exit 1 when something has to be done before the next plan."""
    from wizard.cli.plan import open_both
    from wizard.deploy import overview
    from wizard.deploy.standing import standing
    from wizard.deploy.upgrading import record
    from wizard.deploy.upgrading.standing import halfway
    from wizard.deploy.waiting import records

    target, site = open_both(args, quiet=args.json, gated=False)
    whole = overview.row(target.place)
    wait = records.newest(target.place)
    half, unread = record.glance(target.place)
    rows: list[dict[str, Any]] = []
    for stack in target.stacks:
        found = standing(target, stack, site.session)
        applied = target.place.contract(stack).exists()
        rows.append({"stack": stack, "applied": applied, "clean": found.clean, "notes": list(found.lines())})
    if args.json:
        told = None if wait is None else {"id": wait.request.id, "alive": wait.alive(), "said": [*records.said(wait)]}
        left = None if half is None else {"id": half.id, "reason": half.reason, "half_way": [*halfway(half)]}
        common.say_json({**whole.as_dict(), "wait": told, "upgrading": left, "stacks": rows})
    else:
        say(" · ".join(filter(None, (f"{whole.symbol} {whole.words}", whole.when))))
        if whole.waiting_on:
            say(f"  waiting on {', '.join(whole.waiting_on)}")
        if whole.drifted:
            seen = f", seen {whole.drift_at:%Y-%m-%d %H:%M} UTC" if whole.drift_at else ""
            say(f"  drifted{seen}: {', '.join(whole.drifted)}; planewright drift {target.name} tells of it")
        for line in records.said(wait) if wait is not None else ():
            say(f"  {line}")
        if unread:
            say(f"  {unread}")
        if half is not None:
            say(f"  an upgrade is half-way; planewright upgrade {target.name} --go goes on")
            for line in halfway(half):
                say(f"    {line}")
        for row in rows:
            mark = "✓" if row["clean"] else "!"
            say(f"{mark} {row['stack']:9} {'applied' if row['applied'] else 'not applied from here'}")
            for note in row["notes"]:
                say(f"    {note}")
    return 0 if all(row["clean"] for row in rows) else 1
