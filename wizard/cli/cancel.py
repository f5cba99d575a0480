"""`planewright cancel NAME`: one graceful stop, from any terminal; or the end of a wait for the customer."""

from __future__ import annotations

import argparse
from typing import Any

from wizard.cli import common
from wizard.cli.common import say


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "cancel", run, help="stop a run gracefully, or a wait for the customer", json_output=False
    )
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("run_id", metavar="RUN", nargs="?", help="a run's id (default: the one that is alive)")


def run(args: argparse.Namespace) -> int:
    """Send one SIGINT to the engine alone; without a run that is alive, end the wait for the customer."""
    from wizard.cli.watch import find
    from wizard.deploy.waiting import records
    from wizard.engine import cancel, runs
    from wizard.errors import InputError

    place = common.workspace_of(args).find(args.name)
    alive = [item for item in runs.listed(place.runs) if item.alive()]
    wait = records.waiting(place)
    if wait is not None and not alive and not args.run_id and wait.cancel():
        say(
            f"asked who waits for the customer to wait no longer: plan {wait.request.plan_run} is not applied by itself"
        )
        say(f"planewright status {place.name} shows how it ends")
        return 0
    chosen = find(place, args.run_id) if args.run_id else alive[0] if alive else None
    if chosen is None or not cancel.interrupt(chosen):
        raise InputError(
            f"{place.name} has no run that is alive", action=f"planewright watch {place.name} shows the last one"
        )
    say(f"asked run {chosen.id} to stop. {cancel.WHAT_IT_DOES}")
    say(f"planewright watch {place.name} {chosen.id} shows how it ends")
    return 0
