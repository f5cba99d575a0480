"""`planewright outputs NAME`: the typed outputs of each applied stack."""

from __future__ import annotations

import argparse
from typing import Any

from wizard.cli import common
from wizard.cli.common import say


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "outputs", run, help="typed outputs of the stacks")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")


def run(args: argparse.Namespace) -> int:
    """Print the contracts as they were saved at the last apply."""
    from wizard.contracts import digest_of
    from wizard.deploy import store
    from wizard.deploy.target import open_target

    target = open_target(common.workspace_of(args), args.name)
    found = {stack: store.load_contract(target.place, stack) for stack in target.stacks}
    if args.json:
        common.say_json({s: c.model_dump(mode="json") if c else None for s, c in found.items()})
        return 0
    for stack, contract in found.items():
        if contract is None:
            say(f"· {stack}: not applied from this workspace")
            continue
        say(f"{stack}  ({digest_of(contract)[:19]}…)")
        _tree(contract.model_dump(mode="json"), "  ")
    return 0


def _tree(value: Any, indent: str) -> None:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, dict | list) and item:
            say(f"{indent}{key}:")
            _tree(item, indent + "  ")
        elif item is not None:
            say(f"{indent}{key}: {item}")
