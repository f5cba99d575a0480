"""`planewright generate NAME`: emit OpenTofu from the answers and what is known. Asks nobody but the workspace."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say
from wizard.cli.plan import chosen

if TYPE_CHECKING:
    from wizard.deploy.target import Target


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "generate", run, help="emit OpenTofu from the answers")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("--stack", help="only this stack")
    parser.add_argument("--diff", action="store_true", help="show what would change, and write nothing")
    common.force_flags(parser)


def run(args: argparse.Namespace) -> int:
    """Write each stack's files, or show what would change."""
    from wizard.deploy.exclusive import exclusive
    from wizard.deploy.target import findings_of, open_target

    common.require_reason(args)
    target = open_target(common.workspace_of(args), args.name)
    documents: dict[str, Any] = {}
    with exclusive(target.place):
        for stack in chosen(target, args.stack):
            documents[stack] = _one(target, stack, args)
    if args.json:
        common.say_json(documents)
    else:
        common.say_findings(findings_of(target))
    return 0


def _one(target: Target, stack: str, args: argparse.Namespace) -> Any:
    from wizard.deploy import flow

    if args.diff:
        shown = flow.preview(target, stack)
        if not args.json:
            say("\n".join(shown.values()) or f"· {stack}: nothing would change")
            _tell_of_lock(target, stack)
        return shown
    emitted = flow.write(target, stack, force=args.force, reason=common.reason_of(args))
    if not args.json:
        say(f"✓ {stack}: {len(emitted.written)} written, {len(emitted.removed)} removed in {target.place.stack(stack)}")
        for kept in emitted.kept:
            say(f"! your version is kept as {kept}")
        _tell_of_lock(target, stack)
    return {"written": emitted.written, "removed": emitted.removed, "kept": emitted.kept}


def _tell_of_lock(target: Target, stack: str) -> None:
    from wizard.deploy import flow

    if flow.lock_waits(target, stack):
        say(
            f"· {stack} stays locked as it is until planewright plan {target.name} has seen that nobody holds its state"
        )
