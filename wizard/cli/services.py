"""Springtail's services, for `prepare`, `start` and `stop`: flags, a line for each step, what was sent."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wizard.cli import common
from wizard.cli.common import say
from wizard.verify.scripts import MARK

if TYPE_CHECKING:
    from wizard.blueprints.springtail.services import Verb
    from wizard.deploy.services import Did, Sent
    from wizard.deploy.target import Target


def flags(parser: argparse.ArgumentParser, *, waits: bool) -> None:
    """Add the flags that all of them have; `waits` for those that wait until something is so."""
    parser.add_argument("name", metavar="NAME", help="a deployment whose instance stack is applied")
    parser.add_argument("--role", metavar="ROLE", help="only the nodes of this role: ingestion, proxy or fdw")
    parser.add_argument("--dry-run", action="store_true", help="show every command and its node, and send none")
    if waits:
        parser.add_argument(
            "--wait", type=int, default=600, metavar="SECONDS", help="how long each node is waited for (default: 600)"
        )


def run(args: argparse.Namespace, verb: Verb) -> int:
    """Do it, or show it; exit 3 when Springtail's package is not at hand."""
    from wizard.deploy.services import as_json, commands
    from wizard.deploy.target import open_target

    target = open_target(common.workspace_of(args), args.name)
    sent = commands(target, verb, role=args.role, wait=getattr(args, "wait", 600), now=getattr(args, "now", False))
    if args.dry_run:
        common.say_json(as_json(verb, sent, None)) if args.json else _show(sent)
        return 0
    done = carry_out(target, sent, quiet=args.json)
    if args.json:
        common.say_json(as_json(verb, sent, done))
    else:
        tell_end(target, verb)
    return 0


def carry_out(target: Target, sent: tuple[Sent, ...], *, quiet: bool = False) -> tuple[Did, ...]:
    """Send every command, with a line for each node and step."""
    from wizard.deploy import services

    def on_node(one: Sent) -> None:
        if not quiet:
            say(f"{one.task.verb.value} {one.task.key} ({one.task.node.instance_id}) …")

    def on_step(did: Did) -> None:
        if not quiet:
            say(f"✓ {did.node:12} {did.step:13} {did.did}")

    runs = services.through_ssm(common.session_of(target))
    return services.carry_out(target, sent, runs, on_node=on_node, on_step=on_step)


def tell_end(target: Target, verb: Verb) -> None:
    """Say what nothing of it proves, and what comes next."""
    from wizard.walk.services import ended

    for line in ended(target.name, verb):
        say(line)


def _show(sent: tuple[Sent, ...]) -> None:
    """Show every command as it would go: what each node is told, and once the program that is the same for all.

    Not redacted: a mask would make it another command, and what it is made of holds no secret.
    """
    program = ""
    for number, one in enumerate(sent, 1):
        task = one.task
        told, mark, program = one.script.partition(MARK)
        say(f"# {number} of {len(sent)}: {task.key}, {task.node.instance_id}, at most {task.seconds} s")
        say(told + mark)
    say("# the program that follows each of these lines")
    say(program.rstrip("\n"))
    say(f"# {len(sent)} commands; none was sent")
