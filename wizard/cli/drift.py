"""`planewright drift NAME [STACK]`: what AWS has otherwise than the state, by whom, and the three ways on."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say
from wizard.cli.plan import add_preparation, chosen, open_both, prepare_stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.deploy.drift.looking import Look
    from wizard.deploy.flow import Planned, Ready
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.drift.found import Drifted

#: With --exit-code: there is drift.
DRIFT_EXIT = 2


def register(subparsers: Any) -> None:
    """Add the command."""
    from wizard.cli.apply import add_confirmation

    parser = common.command(
        subparsers, "drift", run, help="what AWS has otherwise than the state, by whom, and three ways on"
    )
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("stack", metavar="STACK", nargs="?", help="only this stack (default: each that was applied)")
    parser.add_argument(
        "--exit-code",
        action="store_true",
        help="for schedules: end with 0 without drift, 2 with drift, 1 after an error",
    )
    ways = parser.add_argument_group(
        "ways on", "Of one stack; without one of these nothing is changed. Plans are shown and confirmed as by `apply`."
    )
    ways.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="keep it: into the answers, or, where no answer is about it, into the state",
    )
    ways.add_argument(
        "--revert",
        action="append",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="put it back; without an address all of the stack; a peering that has ended is requested anew",
    )
    ways.add_argument(
        "--import",
        dest="imports",
        action="append",
        default=[],
        metavar="ADDRESS=ID",
        help="take what exists in AWS into the state",
    )
    add_preparation(parser)
    add_confirmation(parser)


def run(args: argparse.Namespace) -> int:
    """Look, say what was seen, and go the ways that the flags name."""
    from wizard.errors import PlanewrightError

    if not args.exit_code:
        return _run(args)
    try:
        return _run(args)
    except PlanewrightError as error:  # a schedule tells drift from an error by the code alone
        sys.stderr.write(f"✗ {error}\n")
        return 1


def _run(args: argparse.Namespace) -> int:
    from wizard.deploy.drift.looking import look
    from wizard.deploy.drift.ways import import_of
    from wizard.walk import drift_text

    imports = [import_of(text) for text in args.imports]
    acting = bool(args.accept or args.revert is not None or imports)
    target, site = open_both(args, quiet=args.json, gated=False)
    stacks = chosen(target, args.stack)
    if acting and len(stacks) > 1:
        from wizard.errors import UsageError

        raise UsageError(
            "the ways on from drift are those of one stack",
            cause=f"{target.name} has {', '.join(stacks)}",
            action=f"name it: planewright drift {target.name} {stacks[0]} …",
        )
    looks = tuple(look(target, stack, site) for stack in stacks)
    if not args.json:
        for found in looks:
            for line in drift_text.lines(found):
                say(line)
    document: dict[str, Any] = {"name": target.name, "stacks": {found.stack: found.as_dict() for found in looks}}
    if acting:
        document["done"] = _go(target, site, looks[0], imports, args)
    if args.json:
        common.say_json(document)
    elif not acting:
        for line in drift_text.ways_on(target.name, looks):
            say(line)
    drifted = any(not found.clean for found in looks)
    return DRIFT_EXIT if args.exit_code and drifted and not acting else 0


def _go(
    target: Target, site: Site, found: Look, imports: Sequence[tuple[str, str]], args: argparse.Namespace
) -> dict[str, Any]:
    """Go the ways that the flags name, in their order: accept, then one plan for what is put back or imported."""
    from wizard.deploy.drift import ways
    from wizard.deploy.exclusive import exclusive
    from wizard.deploy.gate import acknowledge, require_clear
    from wizard.deploy.site import checked
    from wizard.drift.found import Way

    accepted = ways.chosen(found, args.accept, Way.ACCEPT)
    revert = None if args.revert is None else [address for address in args.revert if address]
    back = ways.back_of(found, revert, imports)
    done: dict[str, Any] = {}
    with exclusive(target.place):
        if accepted:
            target = _accept(target, accepted, args, done)
        left = [one for one in accepted if one.unsaid]
        if not left and back is None:
            return done
        findings = checked(target, site).findings
        acknowledge(target.place, findings, args.acknowledge)
        require_clear(target.place, findings)
        ready = prepare_stack(target, found.stack, site, args)
        if left:
            done["state"] = _take_in(ready, site, left, args)
        if back is not None:
            done["plan"] = _put_back(ready, site, back, args)
    return done


def _accept(target: Target, accepted: Sequence[Drifted], args: argparse.Namespace, done: dict[str, Any]) -> Target:
    """Show what the answers would say, and write them."""
    from wizard.deploy.drift import ways
    from wizard.errors import BlockedError

    settings = ways.settings_of(accepted)
    if not settings:
        return target
    if not args.json:
        for setting in settings.values():
            shared = f"  (counts for {setting.shared}: the next plan puts the others in line)" if setting.shared else ""
            say(f"~ answer {setting.key}: {setting.was} → {setting.value}{shared}")
    if not (args.yes or common.confirm(f"Write these to {target.place.answers}? [y/N]")):
        raise BlockedError(
            f"the answers of {target.name} were not changed",
            cause="nobody said yes",
            action="--yes answers without a terminal",
        )
    target = ways.accept(target, settings)
    done["answers"] = {setting.key: setting.value for setting in settings.values()}
    if not args.json:
        say(f"✓ {target.place.answers} says it; next: planewright plan {target.name}")
    return target


def _take_in(ready: Ready, site: Site, left: Sequence[Drifted], args: argparse.Namespace) -> list[str]:
    """Have the state alone take in what no answer is about, where it lasts."""
    from wizard.deploy.drift import ways
    from wizard.errors import BlockedError

    addresses = [one.address for one in left]
    ways.require_lasting(left, lambda: ways.plan_to_know(ready))
    made = ways.plan_taking_in(ready, addresses)
    if not args.json:
        for one in left:
            say(f"~ state {one.address}: takes in {', '.join(one.unsaid)}; no answer says it")
    if not (args.yes or common.confirm(f"Have the state of {ready.stack} take these in? [y/N]")):
        made.run.plan_file.unlink(missing_ok=True)
        raise BlockedError(
            f"the state of {ready.stack} was not changed",
            cause="nobody said yes",
            action="--yes answers without a terminal",
        )
    how = "--yes" if args.yes else "asked"
    ways.take_in(ready, made, site, how=how, reason=common.reason_of(args))
    if not args.json:
        say(f"✓ the state of {ready.stack} has them")
    return addresses


def _put_back(ready: Ready, site: Site, back: Any, args: argparse.Namespace) -> dict[str, Any]:
    """Plan, show, confirm, apply."""
    from wizard.cli.apply import carry_out, require_confirmed, tell
    from wizard.deploy import flow
    from wizard.deploy.drift import ways

    planned = ways.plan_back(ready, back) if args.json else _shown(ready, back)
    document = {**ways.as_dict(planned), "applied": not planned.plan.view.empty}
    if planned.plan.view.empty:
        flow.conclude(planned)
        if not args.json:
            say(f"✓ {ready.stack}: no changes: the code has nothing to put back")
        return document
    how = require_confirmed(planned, args)
    concluded = carry_out(planned, site, args, how=how)
    if not args.json:
        tell(planned, concluded)
        if back.replace:
            say(f"next: the customer accepts the new peering: planewright handoff {ready.target.name}")
    return {**document, "drift": list(concluded.drift), "note": concluded.note}


def _shown(ready: Ready, back: Any) -> Planned:
    from wizard.cli.plans import show
    from wizard.cli.progress import view
    from wizard.deploy.drift import ways

    with view() as renderer:
        planned = ways.plan_back(ready, back, on_state=renderer.update)
    say()
    show(planned.plan.view, stack=ready.stack, name=ready.target.name)
    say()
    return planned
