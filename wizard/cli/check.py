"""`planewright check NAME`: the findings of the saved answers, against what AWS says now."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say
from wizard.errors import InputError

if TYPE_CHECKING:
    from wizard.deploy.checking import Checked
    from wizard.deploy.target import Target


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "check", run, help="findings of the saved answers, against AWS")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument(
        "--acknowledge",
        action="append",
        default=[],
        metavar="CODE=REASON",
        help="record why a high finding is all right",
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--offline", action="store_true", help="the answers alone: ask nobody")
    source.add_argument("--facts", type=Path, metavar="FILE", help="check against facts that --export wrote")
    source.add_argument("--export", type=Path, metavar="FILE", help="write the facts that were read")


def run(args: argparse.Namespace) -> int:
    """Print every finding; exit 1 when one holds the next step."""
    from wizard.deploy.gate import acknowledge, acknowledged, holding
    from wizard.deploy.target import open_target

    target = open_target(common.workspace_of(args), args.name)
    checked = _checked(args, target)
    findings = checked.findings
    acknowledge(target.place, findings, args.acknowledge)
    held = holding(findings, acknowledged(target.place))
    if args.json:
        common.say_json(
            {
                "name": target.name,
                "findings": [f.model_dump(mode="json") for f in findings],
                "holding": [f"{f.code} {f.path}" for f in held],
                "facts": {"read": len(checked.facts), "asked": checked.asked},
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
    if args.offline:
        say("· answers alone: nothing was checked against AWS")
    return 1 if held else 0


def _checked(args: argparse.Namespace, target: Target) -> Checked:
    from wizard.checks.run import check_answers
    from wizard.deploy.checking import Checked, check_recorded
    from wizard.deploy.target import subject_of
    from wizard.facts import record
    from wizard.facts.asking import Facts
    from wizard.files import write_atomic

    subject = subject_of(target)
    account = subject.account
    if args.offline:
        return Checked(check_answers(subject), Facts(), 0)
    if args.facts is not None:
        facts = record.load(_text(args.facts), source=str(args.facts), account=account.id, region=account.region)
        return check_recorded(subject, facts)
    checked = common.checker(target).check(subject)
    if args.export is not None:
        write_atomic(args.export, record.dump(checked.facts, account=account.id, region=account.region), mode=0o600)
    return checked


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} cannot be read", cause=str(error), action="name a file that `planewright check --export` wrote"
        ) from None
