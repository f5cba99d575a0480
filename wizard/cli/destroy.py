"""`planewright destroy NAME`: lift the protection, show what goes, take the typed name, destroy; last stack first."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.apply import add_confirmation, attend, require_confirmed
from wizard.cli.common import say
from wizard.cli.plan import chosen, open_both, plan_shown, prepare_stack

if TYPE_CHECKING:
    from wizard.deploy.flow import Planned, Ready
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.walk.destroying import Destroying, Turn


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "destroy", run, help="lift the protection, show, confirm, destroy", json_output=False
    )
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("--stack", help="only this stack")
    common.engine_flags(parser)
    common.force_flags(parser)
    add_confirmation(parser)


def run(args: argparse.Namespace) -> int:
    """Destroy the stacks, the last one first."""
    from wizard.deploy.exclusive import exclusive
    from wizard.walk.destroying import Destroying

    # No gate: a finding about the answers must not keep anybody from tearing down.
    target, site = open_both(args, gated=False)
    going = Destroying(target, site, stacks=chosen(target, args.stack))
    with exclusive(target.place):
        while (turn := going.next(partial(_prepare, target, site, args), plan_shown, _tell)) is not None:
            _take(going, turn, args)
    say(f"✓ {target.name} is destroyed. What is left:")
    for item in going.remains():
        say(f"  - {item}")
    return 0


def _prepare(target: Target, site: Site, args: argparse.Namespace, stack: str) -> Ready:
    return prepare_stack(target, stack, site, args)


def _tell(stack: str, what: str) -> None:
    from wizard.walk.destroying import Kind

    if what == Kind.LIFT.value:
        say(f"First, the deletion protection of {stack}:")


def _take(going: Destroying, turn: Turn, args: argparse.Namespace) -> None:
    """Have the shown plan confirmed, carry it out, and follow it."""
    from wizard.walk.destroying import Kind

    if turn.planned is None or turn.kind is Kind.NOTHING:
        say(f"· {turn.stack}: nothing to destroy, {turn.why}")
        return
    if turn.kind is Kind.LIFT:
        require_confirmed(turn.planned, args)
    else:
        _require_typed(turn.planned, args)
    attend(going.start(turn, reason=common.reason_of(args)))
    going.succeeded(turn)
    if turn.kind is Kind.DESTROY:
        say(f"✓ {turn.stack}: destroyed")


def _require_typed(planned: Planned, args: argparse.Namespace) -> None:
    """Destroying a stack always takes its owner's name, typed."""
    name = planned.target.name
    question = f"This destroys {planned.plan.view.counts.remove} resources of {planned.stack}. Type {name} to go on:"
    common.require_typed(name, question, args.confirm, refused=f"{planned.stack} of {name} was not destroyed")
