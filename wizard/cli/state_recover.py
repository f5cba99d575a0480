"""`planewright state recover NAME`: what happened to a state, and the way back, step by step."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.deploy.site import Site
    from wizard.deploy.state.accidents import Diagnosis, Step
    from wizard.deploy.state.rebuilding import Rebuild
    from wizard.deploy.target import Target
    from wizard.walk.recovery import Looked, Took


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
    lost = parser.add_argument_group(
        "a state that is lost whole", "What a rebuild cannot know by itself, of one stack."
    )
    lost.add_argument(
        "--import",
        dest="imports",
        action="append",
        default=[],
        metavar="ADDRESS=ID",
        help="this is that one: where several fit, or none by its tags",
    )
    lost.add_argument(
        "--anew", action="append", default=[], metavar="ADDRESS", help="this is really gone: make a new, empty one"
    )
    common.engine_flags(parser)


def run(args: argparse.Namespace) -> int:
    """Lead the way back for each stack. Exit 1 where there is none, or where the plan at its end is not clean."""
    from wizard.cli.plan import chosen, open_both
    from wizard.deploy.drift.ways import address_of, import_of
    from wizard.deploy.exclusive import exclusive

    args.imports = dict(import_of(text) for text in args.imports)
    args.anew = [address_of(text) for text in args.anew]
    target, site = open_both(args, quiet=args.json, gated=False)
    _require_one(target, args)
    documents: dict[str, Any] = {}
    with exclusive(target.place):
        for stack in chosen(target, args.stack):
            documents[stack] = _recover(target, stack, site, args)
    if args.json:
        common.say_json({"name": target.name, "stacks": documents})
    return 0 if all(document["clean"] for document in documents.values()) else 1


def _recover(target: Target, stack: str, site: Site, args: argparse.Namespace) -> dict[str, Any]:
    from wizard.walk import recovery

    looked = recovery.look(target, stack, site, sure=args.sure)
    found = looked.found
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
    if not found.ends:
        _require_rebuild(target, stack, found, args)
    if args.look or found.ends:
        return document
    for step in found.steps:
        took = (
            _rebuild(looked, target, site, args, document)
            if _is_rebuild(step)
            else _take(step, looked, target, site, args)
        )
        if took is None:
            return document
        if not args.json:
            _tell_taken(took, target.name, stack)
        document["done"].append(took.said)
        if took.differences is not None:
            document |= {"differences": list(took.differences), "clean": not took.differences}
    return document


def _tell(stack: str, found: Diagnosis) -> None:
    from wizard.walk import recovery

    for said in recovery.told(found) if found.troubles else ():
        say(f"! {stack}: {said}")
    for line in found.lines:
        say(f"    {line}")
    if not found.troubles:
        say(f"✓ {stack}: {recovery.WELL}")
    for number, step in enumerate(found.steps, 1):
        say(f"  {number}. {step.says}")
    if found.ends:
        say(f"  {found.ends}")


def _tell_taken(took: Took, name: str, stack: str) -> None:
    from wizard.walk import recovery

    if not took.differences:
        say(f"✓ {stack}: {took.said}")
        return
    say(f"! {stack}: {took.said}: it wants to")
    for line in took.differences:
        say(f"    {line}")
    say(f"    {recovery.not_clean(name, stack)}")


def _take(step: Step, looked: Looked, target: Target, site: Site, args: argparse.Namespace) -> Took:
    """Do a step, once it is agreed to."""
    from contextlib import nullcontext

    from wizard.cli import state_restore
    from wizard.cli.progress import view
    from wizard.deploy.state.accidents import Doing
    from wizard.walk import recovery

    if step.doing is Doing.RESTORE:
        prepared = recovery.prepare(step, looked.seen, target, site)
        if not args.json:
            state_restore.show(prepared)
        state_restore.require_typed(prepared, args.confirm)
        return recovery.restore(prepared)
    if step.doing not in recovery.UNASKED:
        _require_agreed(step, target, args)
    with nullcontext() if args.json or step.doing is not Doing.PLAN else view() as renderer:
        return recovery.take(
            step, looked.seen, target, site,
            sure=args.sure, reason=common.reason_of(args), on_state=renderer.update if renderer else None,
        )  # fmt: skip


def _require_one(target: Target, args: argparse.Namespace) -> None:
    """What is said of addresses is said of one stack."""
    from wizard.errors import UsageError

    if (args.imports or args.anew) and args.stack is None:
        raise UsageError(
            "--import and --anew are about the addresses of one stack",
            cause=f"{target.name} has {', '.join(target.stacks)}",
            action=f"name it: planewright state recover {target.name} {target.stacks[0]} …",
        )


def _require_rebuild(target: Target, stack: str, found: Diagnosis, args: argparse.Namespace) -> None:
    """What is said of addresses is said for a rebuild; a state that is there takes things in otherwise."""
    from wizard.errors import UsageError

    if (args.imports or args.anew) and not any(_is_rebuild(step) for step in found.steps):
        raise UsageError(
            f"the state of {stack} is not rebuilt, and --import and --anew are for that alone",
            cause="no step of the way back is one; nothing was changed",
            action=f"planewright drift {target.name} {stack} --import 'ADDRESS=ID' takes what exists in AWS into a state that is there",
        )


def _is_rebuild(step: Step) -> bool:
    from wizard.deploy.state.accidents import Doing

    return step.doing is Doing.REBUILD


def _rebuild(
    looked: Looked, target: Target, site: Site, args: argparse.Namespace, document: dict[str, Any]
) -> Took | None:
    """Find everything, show it, take the typed name, apply. None where what was found leads nowhere: `ends` says why."""
    from wizard.cli.apply import attend
    from wizard.walk import recovery

    found = _found(looked, target, site, args)
    document["rebuild"] = found.as_dict()
    if found.refused:
        document["ends"] = found.refused
        if not args.json:
            say(f"✗ {found.stack}: {found.refused}")
            say(f"  {recovery.undecided(target.name, found.stack)}")
        return None
    question = f"This makes the state of {found.stack} anew, of what was found. Type {target.name} to go on:"
    common.require_typed(target.name, question, args.confirm, refused=f"{found.stack} of {target.name} was not rebuilt")
    how = "--confirm" if args.confirm else "by its name"
    reason = common.reason_of(args)
    return recovery.rebuild(found, how=how, reason=reason, follow=lambda run: attend(run, quiet=args.json))


def _found(looked: Looked, target: Target, site: Site, args: argparse.Namespace) -> Rebuild:
    from wizard.cli.plans import show
    from wizard.cli.progress import view
    from wizard.walk import rebuilt, recovery

    if args.json:
        return recovery.find(looked.seen, target, site, ids=args.imports, anew=args.anew)
    with view() as renderer:
        found = recovery.find(looked.seen, target, site, ids=args.imports, anew=args.anew, on_state=renderer.update)
    say()
    for line in rebuilt.lines(found, found=False):
        say(line)
    say()
    show(found.planned.plan.view, stack=found.stack, name=target.name)
    say()
    return found


def _require_agreed(step: Step, target: Target, args: argparse.Namespace) -> None:
    from wizard.errors import BlockedError

    if args.yes or (not args.json and common.confirm(f"{step.says}? [y/N]")):
        return
    raise BlockedError(
        f"{target.name} was not recovered",
        cause=f"this step was not agreed to: {step.says}",
        action="run the command again; it goes on from what is true then. Without a terminal, --yes agrees",
    )
