"""`planewright state backup` and `planewright state restore`: keep a copy of a state, and put an earlier one in its place."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.deploy.state.restoring import Restored, Restoring


def register(subparsers: Any) -> None:
    """Add both."""
    backup = common.command(subparsers, "backup", run_backup, help="keep a copy of each state, beside it")
    backup.add_argument("name", metavar="NAME", help="a shard or a deployment")
    backup.add_argument("stack", metavar="STACK", nargs="?", help="only this stack")
    backup.add_argument(
        "--file", type=Path, metavar="FILE", help="to a new file instead (0600), where no secret seems to be in it"
    )
    restore = common.command(
        subparsers, "restore", run_restore, help="put an earlier state in the place of the one there"
    )
    restore.add_argument("name", metavar="NAME", help="a shard or a deployment")
    restore.add_argument("stack", metavar="STACK", help="the stack")
    source = restore.add_mutually_exclusive_group(required=True)
    source.add_argument("--version", metavar="ID", help="a version that the bucket keeps (`planewright state list`)")
    source.add_argument("--backup", metavar="ID", help="a backup")
    source.add_argument("--file", type=Path, metavar="FILE", help="a state in a file")
    restore.add_argument("--confirm", metavar="NAME", help="the name, typed: the state is written over")
    common.engine_flags(restore)


def run_backup(args: argparse.Namespace) -> int:
    """Keep the copies."""
    from wizard.cli.plan import chosen
    from wizard.cli.state import opened
    from wizard.deploy.state.backing_up import back_up, to_file
    from wizard.errors import UsageError

    target, session = opened(args)
    stacks = chosen(target, args.stack)
    if args.file is not None and len(stacks) != 1:
        raise UsageError("--file takes one stack", action=f"name it: {' or '.join(stacks)}")
    made = {
        stack: to_file(target, stack, session, args.file) if args.file else back_up(target, stack, session)
        for stack in stacks
    }
    if args.json:
        documents = {
            stack: {"id": it.id, "where": it.where, "serial": it.serial, "digest": it.digest}
            for stack, it in made.items()
        }
        common.say_json({"name": target.name, "backups": documents})
        return 0
    for stack, backup in made.items():
        serial = "which cannot be read" if backup.serial is None else f"serial {backup.serial}"
        say(f"✓ {stack}: kept {backup.where} ({serial}, {backup.digest[:19]}…)")
    if args.file is not None:
        say(
            "! a state tells names, addresses and ids of what was built: keep the file out of git, and as private as that"
        )
    return 0


def run_restore(args: argparse.Namespace) -> int:
    """Show what it changes, take the typed name, restore."""
    from wizard.cli.plan import chosen, open_both
    from wizard.deploy.exclusive import exclusive
    from wizard.deploy.state import restoring

    target, site = open_both(args, quiet=args.json, gated=False)
    (stack,) = chosen(target, args.stack)
    if args.version:
        copy, content = restoring.of_version(target, stack, site, args.version)
    elif args.backup:
        copy, content = restoring.of_backup(target, stack, site, args.backup)
    else:
        copy, content = restoring.of_file(args.file)
    with exclusive(target.place):
        prepared = restoring.prepare(target, stack, site, copy, content)
        if not args.json:
            show(prepared)
        require_typed(prepared, args.confirm)
        restored = restoring.carry_out(prepared)
    if args.json:
        backup = restored.backup.id if restored.backup else None
        common.say_json({"name": target.name, "stack": stack, "backup": backup, **prepared.changes.as_dict()})
    else:
        tell(prepared, restored)
        say(f"next: planewright state recover {target.name} {stack} plans, and says what differs")
    return 0


def show(prepared: Restoring) -> None:
    """Say what a restore would change."""
    say(f"restoring {prepared.stack} from {prepared.copy.text}:")
    for line in prepared.changes.lines:
        say(f"    {line}")


def require_typed(prepared: Restoring, confirmed: str | None) -> None:
    """Writing over a state always takes its owner's name, typed. BlockedError without it."""
    name = prepared.target.name
    question = f"This writes over the state of {prepared.stack}. Type {name} to go on:"
    common.require_typed(name, question, confirmed, refused=f"{prepared.stack} of {name} was not restored")


def tell(prepared: Restoring, restored: Restored) -> None:
    """Say what a restore did."""
    if restored.backup is not None:
        say(f"+ kept what was there: {restored.backup.where}")
    say(f"✓ {prepared.stack}: restored, now serial {restored.serial}")
