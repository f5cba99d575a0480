"""`planewright state recover NAME`: what happened to a state, and the way back, step by step."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.deploy.site import Site
    from wizard.deploy.state.diagnosis import Diagnosis, Step
    from wizard.deploy.state.seen import Seen
    from wizard.deploy.target import Target

_NOT_CLEAN = """\
    What it wants to create may be there already: look before anything is applied. `planewright drift {name} {stack}` lists
    what carries our tags and is in no state, and takes it in; `planewright plan {name} --stack {stack}` shows each change whole"""


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "recover", run, help="say what happened to a state, and lead the way back")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("stack", metavar="STACK", nargs="?", help="only this stack")
    parser.add_argument("--look", action="store_true", help="only say what happened, and the steps; change nothing")
    parser.add_argument("--sure", action="store_true", help="nobody's run is alive: you have asked the lock's owner")
    parser.add_argument("--reason", default="", metavar="WHY", help="how you know, for the history")
    parser.add_argument("--yes", action="store_true", help="agree to each step; never enough to write over a state")
    parser.add_argument("--confirm", metavar="NAME", help="the name, typed: needed where a state is written over")
    common.engine_flags(parser)


def run(args: argparse.Namespace) -> int:
    """Lead the way back for each stack. Exit 1 where there is none, or where the plan at its end is not clean."""
    from wizard.cli.plan import chosen, open_both
    from wizard.deploy.exclusive import exclusive

    target, site = open_both(args, quiet=args.json, gated=False)
    documents: dict[str, Any] = {}
    with exclusive(target.place):
        for stack in chosen(target, args.stack):
            documents[stack] = _recover(target, stack, site, args)
    if args.json:
        common.say_json({"name": target.name, "stacks": documents})
    return 0 if all(document["clean"] for document in documents.values()) else 1


def _recover(target: Target, stack: str, site: Site, args: argparse.Namespace) -> dict[str, Any]:
    from wizard.deploy.state.diagnosis import diagnose
    from wizard.deploy.state.seeing import look

    seen = look(target, stack, site.session)
    found = diagnose(seen, sure=args.sure)
    document: dict[str, Any] = {
        "troubles": [trouble.name.lower() for trouble in found.troubles],
        "said": list(found.lines),
        "steps": [{"doing": step.doing.value, "says": step.says} for step in found.steps],
        "ends": found.ends,
        "done": [],
        "differences": None,
        "clean": not found.troubles,
    }
    if not args.json:
        _tell(stack, found)
    if args.look or found.ends:
        return document
    for step in found.steps:
        said, differences = _take(step, seen, target, site, args)
        if not args.json:
            say(f"✓ {stack}: {said}" if not differences else f"! {stack}: {said}")
        document["done"].append(said)
        if differences is not None:
            document |= {"differences": list(differences), "clean": not differences}
    return document


def _tell(stack: str, found: Diagnosis) -> None:
    for trouble in found.troubles:
        say(f"! {stack}: the state is {trouble.value}")
    for line in found.lines:
        say(f"    {line}")
    if not found.troubles:
        say(f"✓ {stack}: nothing is wrong with the state itself")
    for number, step in enumerate(found.steps, 1):
        say(f"  {number}. {step.says}")
    if found.ends:
        say(f"  {found.ends}")


def _take(
    step: Step, seen: Seen, target: Target, site: Site, args: argparse.Namespace
) -> tuple[str, tuple[str, ...] | None]:
    """Do a step, once it is agreed to; give what was done, and, of a plan, what it wants to change."""
    from wizard.deploy.state import recovering
    from wizard.deploy.state.diagnosis import Doing

    stack = seen.stack
    if step.doing not in {Doing.PLAN, Doing.RESTORE}:
        _require_agreed(step, target, args)
    match step.doing:
        case Doing.UNLOCK:
            return _unlock(seen, target, site, args), None
        case Doing.PUSH:
            return recovering.push_errored(target, site, stack), None
        case Doing.SET_ASIDE:
            return recovering.set_aside(target, stack), None
        case Doing.RESTORE:
            return _restore(step, seen, target, site, args), None
        case Doing.PLAN:
            return _plan(target, site, stack, args)


def _unlock(seen: Seen, target: Target, site: Site, args: argparse.Namespace) -> str:
    from wizard.deploy.state import recovering

    held = seen.aftermath.held
    if held is None:
        raise TypeError("a step that unlocks has a lock")
    return recovering.unlock(target, site, seen.stack, held, sure=args.sure, reason=common.reason_of(args))


def _restore(step: Step, seen: Seen, target: Target, site: Site, args: argparse.Namespace) -> str:
    from wizard.cli import state_restore
    from wizard.deploy.state import restoring

    if step.copy is None:
        raise TypeError("a step that restores has a copy")
    prepared = restoring.prepare(target, seen.stack, site, *restoring.of_copy(target, seen.stack, site, step.copy))
    if not args.json:
        state_restore.show(prepared)
    state_restore.require_typed(prepared, args.confirm)
    restored = restoring.carry_out(prepared)
    kept = f"; what was there is kept as {restored.backup.where}" if restored.backup else ""
    return f"restored from {step.copy.text}, now serial {restored.serial}{kept}"


def _plan(target: Target, site: Site, stack: str, args: argparse.Namespace) -> tuple[str, tuple[str, ...]]:
    from contextlib import nullcontext

    from wizard.cli.progress import view
    from wizard.deploy.state import recovering

    with nullcontext() if args.json else view() as renderer:
        made = recovering.plan(target, site, stack, on_state=renderer.update if renderer else None)
    differences = recovering.differences(made.view)
    if not differences:
        return "the plan is clean: state and files agree with what is there", ()
    told = "\n".join(f"    {line}" for line in differences)
    said = f"the plan is not clean: it wants to\n{told}\n{_NOT_CLEAN.format(name=target.name, stack=stack)}"
    return said, differences


def _require_agreed(step: Step, target: Target, args: argparse.Namespace) -> None:
    from wizard.errors import BlockedError

    if args.yes or (not args.json and common.confirm(f"{step.says}? [y/N]")):
        return
    raise BlockedError(
        f"{target.name} was not recovered",
        cause=f"this step was not agreed to: {step.says}",
        action="run the command again; it goes on from what is true then. Without a terminal, --yes agrees",
    )
