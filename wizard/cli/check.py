"""`planewright check NAME`: the findings of the saved answers. Asks nobody but the workspace."""

from __future__ import annotations

import argparse
from typing import Any

from wizard.cli import common
from wizard.cli.common import say


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "check", run, help="findings of the saved answers")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument(
        "--acknowledge",
        action="append",
        default=[],
        metavar="CODE=REASON",
        help="record why a high finding is all right",
    )


def run(args: argparse.Namespace) -> int:
    """Print every finding; exit 1 when one holds the next step."""
    from wizard.deploy.gate import acknowledge, acknowledged, holding
    from wizard.deploy.target import findings_of, open_target

    target = open_target(common.workspace_of(args), args.name)
    findings = findings_of(target)
    acknowledge(target.place, findings, args.acknowledge)
    held = holding(findings, acknowledged(target.place))
    if args.json:
        common.say_json(
            {
                "name": target.name,
                "findings": [f.model_dump(mode="json") for f in findings],
                "holding": [f"{f.code} {f.path}" for f in held],
            }
        )
        return 1 if held else 0
    common.say_findings(findings)
    if not findings:
        say(f"✓ {target.name}: no findings")
    elif held:
        say(f"{len(held)} of {len(findings)} hold the next step")
    else:
        say(f"✓ nothing holds {target.name}: planewright plan {target.name}")
    return 1 if held else 0
