"""`planewright apply NAME`: stack after stack, each planned once its inputs are known, shown, confirmed, applied."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say
from wizard.cli.plan import add_preparation, chosen, open_both, plan_stack, tell_waiting, waiting

if TYPE_CHECKING:
    from wizard.deploy.flow import Concluded, Planned
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.engine.plans import Loss


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "apply", run, help="plan each stack in order, confirm, apply, hand over outputs"
    )
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("--stack", help="only this stack")
    parser.add_argument("--run", metavar="RUN", dest="plan_run", help="apply exactly the plan of this earlier run")
    parser.add_argument(
        "--wait",
        action="store_true",
        help="what waits for the customer is planned and confirmed now, and applied by itself once they have accepted, "
        "also when this terminal is closed",
    )
    add_preparation(parser)
    add_confirmation(parser)


def add_confirmation(parser: argparse.ArgumentParser) -> None:
    """Add the flags that answer in place of a person at a terminal."""
    parser.add_argument("--yes", action="store_true", help="apply without asking; never enough to lose data")
    parser.add_argument(
        "--confirm", metavar="NAME", help="the name, typed: needed where data or names are destroyed or replaced"
    )


def run(args: argparse.Namespace) -> int:
    """Apply every stack that can be applied now."""
    from wizard.deploy.exclusive import exclusive

    target, site = open_both(args, quiet=args.json)
    _tell_upgrade(target, args)
    with exclusive(target.place):
        return _apply(target, site, args)


def _tell_upgrade(target: Target, args: argparse.Namespace) -> None:
    """Say that an upgrade is half-way: an apply besides it stops and drains nothing, and looks at no gate."""
    from wizard.deploy.upgrading import record

    half, unread = record.glance(target.place)
    if not args.json and (half is not None or unread):
        half_way = f"an upgrade of {target.name} is half-way: planewright upgrade {target.name} --go goes on with it"
        say(f"! {unread or half_way}")


def _apply(target: Target, site: Site, args: argparse.Namespace) -> int:
    from wizard.deploy import flow
    from wizard.deploy.classes import require_effective

    results: dict[str, Any] = {}
    for planned in _planned(target, site, args, results):
        view = planned.plan.view
        require_effective(target.name, planned.stack, view)  # a plan without changes may be one that ignores an answer
        if view.empty:
            # The contract is read all the same: the workspace may be a fresh clone beside an old state.
            results[planned.stack] = _result(None, flow.conclude(planned))
            if not args.json:
                say(f"✓ {planned.stack}: no changes")
            continue
        how = require_confirmed(planned, args)
        concluded = carry_out(planned, site, args, how=how)
        results[planned.stack] = _result(planned, concluded)
        if not args.json:
            tell(planned, concluded)
    if args.json:
        common.say_json({"name": target.name, "stacks": results})
    elif target.place.kind == "deployment" and not any("waiting" in result for result in results.values()):
        say(f"next: planewright seed-secrets {target.name}; then planewright verify {target.name}")
    return 0


def _planned(target: Target, site: Site, args: argparse.Namespace, results: dict[str, Any]) -> Iterator[Planned]:
    """Plan one stack after the other, each only when the one before has handed over."""
    from wizard.cli.watch import find
    from wizard.deploy import flow

    if args.plan_run:
        planned = flow.reopen(target, site, find(target.place, args.plan_run))
        if not args.json:
            from wizard.cli.plans import show

            show(planned.plan.view, stack=planned.stack, name=target.name)
        yield planned
        return
    for stack in chosen(target, args.stack):
        reason = waiting(target, stack, site)
        if reason is not None:
            left = leave_waiting(target, stack, site, args) if args.wait else None
            results[stack] = {"waiting": reason} if left is None else {"waiting": reason, "wait": left}
            tell_waiting(stack, reason, args)
            continue
        yield plan_stack(target, stack, site, args)


def leave_waiting(target: Target, stack: str, site: Site, args: argparse.Namespace) -> str | None:
    """Plan what waits for the customer, and once it is confirmed leave somebody to wait and apply it; give the wait's id.

    None where the stack waits for another stack: nobody knows yet what its plan will be.
    """
    import os
    from datetime import UTC, datetime

    from wizard.deploy import flow
    from wizard.deploy.classes import require_effective
    from wizard.deploy.waiting import records, starting
    from wizard.deploy.waiting.carrying import answers_digest
    from wizard.walk import waits

    if flow.waiting_on_customer(target, stack, site) is None:
        return None
    starting.require_possible(target.name, records.waiting(target.place), site)
    answers = answers_digest(target)
    planned = plan_stack(target, stack, site, args)
    require_effective(target.name, stack, planned.plan.view)
    if planned.plan.view.empty:
        return None
    if not args.json:
        for line in waits.meaning(planned, datetime.now(UTC)):
            say(line)
    how = require_confirmed(planned, args, question=waits.question(planned))
    wait = waits.begin(
        waits.Proposal(planned, site, answers),
        environ=os.environ,
        engine=args.engine or "",
        mirror=str(args.mirror) if args.mirror else "",
        how=how,
        reason=common.reason_of(args),
    )
    if not args.json:
        for line in records.said(wait):
            say(f"… {line}")
    return wait.request.id


def require_confirmed(planned: Planned, args: argparse.Namespace, *, question: str = "") -> str:
    """Ask for the yes, or for the typed name where something is lost; gives how it was said. Raises BlockedError without it."""
    from wizard.engine.plans import destructive
    from wizard.errors import BlockedError

    name = planned.target.name
    losses = destructive(planned.plan.view.changes)
    if losses:
        if args.confirm == name:
            return "--confirm"
        if args.confirm is None and common.confirm(_warning(losses, name), typed=name):
            return "by its name"
        raise BlockedError(
            f"{planned.stack} of {name} was not applied: it would destroy or replace what holds data or names",
            cause="; ".join(f"{loss.address} (loses {loss.what})" for loss in losses),
            action=f"to go on, type the name when asked, or give --confirm {name}",
        )
    asked = question or f"Apply {planned.stack} to account {planned.target.shard.account.id}?"
    if args.yes:
        return "--yes"
    if common.confirm(f"{asked} [y/N]"):
        return "asked"
    raise BlockedError(
        f"{planned.stack} of {name} was not applied",
        cause="nobody said yes",
        action=f"the plan is kept: planewright apply {name} --run {planned.plan.run.id} (--yes answers without a terminal)",
    )


def _warning(losses: tuple[Loss, ...], name: str) -> str:
    return f"{len(losses)} of these hold data or names, and cannot be brought back. Type {name} to go on:"


def carry_out(planned: Planned, site: Site, args: argparse.Namespace, *, how: str = "") -> Concluded:
    """Apply the plan, follow it, and conclude; `how` somebody said yes to it. Raises what the run ended with."""
    from wizard.deploy import flow

    started = flow.start(planned, site, how=how, reason=common.reason_of(args))
    attend(started, quiet=getattr(args, "json", False))
    return flow.conclude(planned)


def attend(started: Any, *, quiet: bool = False) -> None:
    """Follow a run to its end. Ctrl-C once stops it gracefully; twice asks. Raises what the run ended with."""
    from wizard.cli.watch import follow_to_the_end
    from wizard.deploy import flow

    state = follow_to_the_end(started, quiet=quiet)
    flow.require_success(started, state)


def tell(planned: Planned, concluded: Concluded) -> None:
    """Say what an apply left."""
    counts = planned.plan.view.counts
    say(f"✓ {planned.stack}: applied ({counts})")
    if concluded.settled:
        say(f"  settled: {concluded.settled} resources that the provider reads back as empty instead of unset")
    for address in concluded.drift:
        say(f"! drift, not taken in: {address}")
    if concluded.note:
        say(f"! {concluded.note}")


def _result(planned: Planned | None, concluded: Concluded) -> dict[str, Any]:
    return {
        "applied": planned is not None,
        "plan": planned.plan.run.id if planned else None,
        "outputs": concluded.outputs.model_dump(mode="json"),
        "drift": list(concluded.drift),
        "note": concluded.note,
    }
