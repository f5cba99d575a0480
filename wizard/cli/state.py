"""`planewright state …`: where states are and who holds them; copies of them; and the way back after an accident."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession
    from wizard.deploy.target import Target


def register(subparsers: Any) -> None:
    """Add the command, and its own."""
    from wizard.cli import state_recover, state_restore, unlock

    parser: argparse.ArgumentParser = subparsers.add_parser(
        "state", help="the engine's states: list, back up, restore, unlock, recover", description=__doc__
    )
    own = parser.add_subparsers(dest="state_command", metavar="COMMAND", required=True)
    listing = common.command(own, "list", run_list, help="where each state is, its versions, who holds it")
    listing.add_argument("name", metavar="NAME", help="a shard or a deployment")
    lock = common.command(
        own, "lock", run_lock, help="who holds each state: since when, for what, and whether they live"
    )
    lock.add_argument("name", metavar="NAME", help="a shard or a deployment")
    state_restore.register(own)
    unlock.register(own)
    state_recover.register(own)


def opened(args: argparse.Namespace) -> tuple[Target, AwsSession]:
    """Open an object, and the session of its account, without an engine."""
    from wizard.deploy.target import open_target

    target = open_target(common.workspace_of(args), args.name)
    return target, common.session_of(target)


def run_list(args: argparse.Namespace) -> int:
    """List the states. Exit 1 when something is to be done about one."""
    from wizard.deploy.state.listing import states

    target, session = opened(args)
    found = list(states(target, session))
    if args.json:
        common.say_json({"name": target.name, "stacks": [state.as_dict() for state in found]})
    else:
        for state in found:
            for line in state.lines:
                say(line)
        if not all(state.well for state in found):
            say(f"next: planewright state recover {target.name}")
    return 0 if all(state.well for state in found) else 1


def run_lock(args: argparse.Namespace) -> int:
    """Say who holds each state. Exit 1 when somebody does."""
    from wizard.deploy.standing import standing
    from wizard.deploy.state.listing import lock_of

    target, session = opened(args)
    held = {stack: standing(target, stack, session).held for stack in target.stacks}
    if args.json:
        common.say_json({"name": target.name, "locks": {stack: lock_of(one) for stack, one in held.items()}})
    else:
        for stack, one in held.items():
            say(f"! {stack}: {one.text}" if one else f"✓ {stack}: not locked")
    return 1 if any(held.values()) else 0
