"""`planewright unlock NAME`, also as `planewright state unlock NAME`: release the lock of a run that is dead, or push the state
that it could not save."""

from __future__ import annotations

import argparse
from typing import Any

from wizard.cli import common
from wizard.cli.common import say


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "unlock", run, help="release the state lock of a run that is dead", json_output=False
    )
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("--stack", help="only this stack")
    parser.add_argument("--sure", action="store_true", help="nobody's run is alive: you have asked its owner")
    parser.add_argument("--reason", default="", metavar="WHY", help="how you know, for the history")
    parser.add_argument("--push-state", action="store_true", help="save the state that a run left in errored.tfstate")
    common.engine_flags(parser)


def run(args: argparse.Namespace) -> int:
    """Unlock what may be unlocked; say what is true of the rest."""
    from wizard.cli.plan import chosen, open_both
    from wizard.deploy.standing import standing
    from wizard.deploy.state import recovering

    target, site = open_both(args, gated=False)
    reason = common.reason_of(args)
    for stack in chosen(target, args.stack):
        found = standing(target, stack, site.session)
        for line in found.lines():
            say(f"! {stack}: {line}")
        if found.held is not None:
            say(f"✓ {stack}: {recovering.unlock(target, site, stack, found.held, sure=args.sure, reason=reason)}")
        if found.errored_state is not None and args.push_state:
            say(f"✓ {stack}: {recovering.push_errored(target, site, stack)}")
        if found.held is None and not (found.errored_state and args.push_state):
            say(f"· {stack}: not locked")
    return 0
