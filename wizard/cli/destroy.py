"""`planewright destroy NAME`: lift the protection, show what goes, take the typed name, destroy; last stack first."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.apply import add_confirmation, attend, require_confirmed
from wizard.cli.common import say
from wizard.cli.plan import chosen, open_both, plan_shown, prepare_stack

if TYPE_CHECKING:
    from wizard.deploy.flow import Planned
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "destroy", run, help="lift the protection, show, confirm, destroy", json_output=False
    )
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("--stack", help="only this stack")
    common.engine_flags(parser)
    parser.add_argument("--force", action="store_true", help="overwrite edited files; your version is kept beside them")
    add_confirmation(parser)


def run(args: argparse.Namespace) -> int:
    """Destroy the stacks, the last one first."""
    from wizard.deploy.exclusive import exclusive
    from wizard.deploy.teardown import remains, require_unused

    # No gate: a finding about the answers must not keep anybody from tearing down.
    target, site = open_both(args, gated=False)
    require_unused(target, site)
    with exclusive(target.place):
        for stack in reversed(chosen(target, args.stack)):
            _destroy(target, stack, site, args)
    say(f"✓ {target.name} is destroyed. What is left:")
    for item in remains(target):
        say(f"  - {item}")
    return 0


def _destroy(target: Target, stack: str, site: Site, args: argparse.Namespace) -> None:
    from wizard.deploy import flow
    from wizard.deploy.teardown import LIFT, forget, lifting
    from wizard.errors import ContractError

    try:
        flow.require_contract(target, stack)
    except ContractError:
        say(f"· {stack}: nothing to destroy, what it stands on was never applied")
        return
    ready = prepare_stack(target, stack, site, args)
    if target.shard.governance.deletion_protection:
        say(f"First, the deletion protection of {stack}:")
    lift = lifting(ready, plan_shown)
    if lift is not None:
        require_confirmed(lift, args)
        attend(flow.start(lift, site))
    planned = plan_shown(ready, destroy=True, variables=LIFT)
    if planned.plan.view.empty:
        say(f"· {stack}: nothing to destroy")
    else:
        _require_typed(planned, args)
        attend(flow.start(planned, site))
        say(f"✓ {stack}: destroyed")
    forget(target, stack)


def _require_typed(planned: Planned, args: argparse.Namespace) -> None:
    """Destroying a stack always takes its owner's name, typed."""
    from wizard.errors import BlockedError

    name = planned.target.name
    question = f"This destroys {planned.plan.view.counts.remove} resources of {planned.stack}. Type {name} to go on:"
    if args.confirm == name or (args.confirm is None and common.confirm(question, typed=name)):
        return
    raise BlockedError(
        f"{planned.stack} of {name} was not destroyed",
        cause="its name was not typed",
        action=f"type {name} when asked, or give --confirm {name}",
    )
