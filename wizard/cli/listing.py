"""`planewright list`: the workspace at a glance."""

from __future__ import annotations

import argparse
from typing import Any

from wizard.cli import common
from wizard.cli.common import say


def register(subparsers: Any) -> None:
    """Add the command."""
    common.command(subparsers, "list", run, help="shards and deployments of the workspace, and where each stands")


def run(args: argparse.Namespace) -> int:
    """Print one line for each object, in the words of the screens; an unreadable one is told and hides no other."""
    from wizard.deploy.overview import overview

    rows = overview(common.workspace_of(args))
    if args.json:
        common.say_json([row.as_dict() for row in rows])
        return 0
    widest = max((len(row.words) for row in rows), default=0)
    for row in rows:
        say(f"{row.symbol} {row.name:32} {row.kind:11} {row.words:{widest}}  {row.when}".rstrip())
    for row in rows:
        if row.upgrade:
            say(f"next: planewright upgrade {row.name} --go goes on with its upgrade")
    if not rows:
        say(f"nothing here yet: {common.workspace_of(args).root}")
        say("next: planewright new NAME --kind shard")
    return 0
