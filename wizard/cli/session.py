"""`planewright session NAME [ROLE]`: an interactive shell on a node, by the AWS CLI's `ssm start-session`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.blueprints.springtail.contracts import NodeOutput
    from wizard.deploy.target import Target


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "session", run, help="an interactive shell on a node, through SSM")
    parser.add_argument("name", metavar="NAME", help="a deployment")
    parser.add_argument(
        "role",
        metavar="ROLE",
        nargs="?",
        help="a role, or one node of it: fdw, fdw-1 (default: ask, when there are more)",
    )
    parser.add_argument(
        "--print", action="store_true", dest="print_only", help="print the command instead of running it"
    )


def run(args: argparse.Namespace) -> int:
    """Open the shell, and come back when it ends; with --print or --json, say what would be run, and ask nobody."""
    from wizard.deploy import session
    from wizard.deploy.target import open_target

    target = open_target(common.workspace_of(args), args.name)
    nodes = session.nodes_of(target)
    printed = args.print_only or args.json
    key = _chosen(nodes, args.role, ask=not printed)
    if printed:
        _print(target, key, nodes[key], json_output=args.json)
        return 0
    _require_terminal(args.name, key)
    ready = session.shell(target, common.session_of(target), key)
    say(f"{ready.node.name}  {ready.node.instance_id}  account {target.shard.account.id}; `exit` comes back")
    session.run(ready)
    return 0


def _chosen(nodes: Mapping[str, NodeOutput], wanted: str | None, *, ask: bool) -> str:
    from wizard.deploy.session import matching
    from wizard.errors import InputError

    found = matching(nodes, wanted) if wanted else tuple(nodes)
    if len(found) == 1:
        return found[0]
    if not ask or not common.interactive():
        raise InputError(
            "there is more than one node to choose from", cause=f"nodes: {', '.join(found)}", action="name one of them"
        )
    for number, key in enumerate(found, 1):
        say(f"  {number}  {key:14} {nodes[key].instance_id}  {nodes[key].private_ip}")
    answer = input("Which? [1] ").strip() or "1"
    if answer.isdigit() and 1 <= int(answer) <= len(found):
        return found[int(answer) - 1]
    return _chosen({key: nodes[key] for key in found}, answer, ask=False)


def _require_terminal(name: str, key: str) -> None:
    from wizard.errors import InputError

    if not common.interactive():
        raise InputError(
            "a shell needs a terminal, and this is none",
            action=f"run it in a terminal; `planewright session {name} {key} --print` gives the command",
        )


def _print(target: Target, key: str, node: NodeOutput, *, json_output: bool) -> None:
    from wizard.deploy.session import command, said_credentials

    account = target.shard.account
    argv = command(node, account)
    if json_output:
        common.say_json(
            {
                "node": key,
                "role": node.role,
                "instance_id": node.instance_id,
                "account": account.id,
                "region": account.region,
                "credentials": said_credentials(account),
                "command": list(argv),
            }
        )
        return
    say(f"# {key} of {target.name}; credentials: {said_credentials(account)}")
    say(" ".join(argv))
