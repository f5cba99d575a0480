"""`planewright check NAME`: the findings of the saved answers, against what AWS says now.

With `--json` it prints one document, whose keys are stable:

    name        the shard or deployment
    findings    worst first, each with code, severity, path, what, why, remedy (docs/findings.md)
    holding     `CODE path` of each finding that holds the next step
    facts       what it rests on:
        source    `aws`, `file` (--facts) or `none` (--offline)
        account, region    as the answers mean them
        read      how many facts were read, now or before
        unread    how many could not be read; a finding says why, and what is therefore unchecked
        asked     how many AWS was asked for now
        at        the times of the oldest and the newest reading; empty without any
        seconds   how long the check took

The exit code is 0, or 1 when a finding holds the next step, or 2 when the answers or the facts cannot be used.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say
from wizard.errors import InputError

if TYPE_CHECKING:
    from wizard.checks.subject import Subject
    from wizard.deploy.checking import Checked
    from wizard.deploy.target import Target
    from wizard.facts.asking import Facts
    from wizard.findings import Finding


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
    from wizard.deploy.target import open_target, subject_of

    target = open_target(common.workspace_of(args), args.name)
    subject = subject_of(target)
    began = time.monotonic()
    checked = _checked(args, target, subject)
    seconds = time.monotonic() - began
    findings = checked.findings
    acknowledge(target.place, findings, args.acknowledge)
    held = holding(findings, acknowledged(target.place))
    if args.json:
        common.say_json(
            {
                "name": target.name,
                "findings": [f.model_dump(mode="json") for f in findings],
                "holding": [f"{f.code} {f.path}" for f in held],
                "facts": _facts(args, subject, checked, seconds),
            }
        )
        return 1 if held else 0
    common.say_findings(findings)
    say(_verdict(target.name, findings, held))
    for line in _source(args, subject, checked, seconds):
        say(f"· {line}")
    return 1 if held else 0


def _checked(args: argparse.Namespace, target: Target, subject: Subject) -> Checked:
    from wizard.checks.answered import check_answers
    from wizard.cli.reading import Progress
    from wizard.deploy.checking import Checked, check_recorded
    from wizard.facts import record
    from wizard.facts.asking import Facts as NoFacts

    account = subject.account
    if args.offline:
        return Checked(check_answers(subject), NoFacts(), 0)
    if args.facts is not None:
        return check_recorded(subject, facts_in(args.facts, subject))
    with Progress() as progress:
        checked = common.checker(target).check(subject, on_reading=progress.on_reading, on_asks=progress.on_asks)
    if args.export is not None:
        _export(args.export, record.dump(checked.facts, account=account.id, region=account.region))
    return checked


def facts_in(path: Path, subject: Subject) -> Facts:
    """Read exported facts, which must be of the subject's account and region. Raises InputError."""
    from wizard.facts import record

    account = subject.account
    return record.load(_text(path), source=str(path), account=account.id, region=account.region)


def _verdict(name: str, findings: tuple[Finding, ...], held: tuple[Finding, ...]) -> str:
    if not findings:
        return f"✓ {name}: no findings"
    # Worst first, as the findings are.
    counts = Counter(finding.severity.value for finding in findings)
    told = ", ".join(f"{count} {severity}" for severity, count in counts.items())
    if held:
        return f"✗ {told}: {len(held)} of {len(findings)} hold the next step"
    return f"✓ {told}: nothing holds {name}: planewright plan {name}"


def _source(args: argparse.Namespace, subject: Subject, checked: Checked, seconds: float) -> tuple[str, ...]:
    """Say what the findings rest on: how many facts, of which account, read when, by whom and how fast."""
    from wizard.facts.access import Caller

    if args.offline:
        return ("answers alone: nothing was checked against AWS",)
    times = _times(checked)
    unread = _unread(checked)
    missing = f"; {unread} could not be read" if unread else ""
    read = len(checked.facts) - unread
    of = f"{read} {'fact' if read == 1 else 'facts'} of account {subject.account.id} in {subject.region}"
    if args.facts is not None:
        when = f", read {times[0]:%Y-%m-%d %H:%M} UTC" if times else ""
        return (f"{of} out of {args.facts}{when}{missing}",)
    known = len(checked.facts) - checked.asked
    lines = [f"{of}, in {seconds:.1f} s{missing}{f'; {known} were known before' if known else ''}"]
    caller = next((r.value for ask, r in _read(checked) if isinstance(ask, Caller)), None)
    if caller is not None:
        lines.append(f"asked as {caller.arn}")
    if args.export is not None:
        lines.append(f"written to {args.export}: planewright check {subject.name} --facts {args.export}")
    return tuple(lines)


def _facts(args: argparse.Namespace, subject: Subject, checked: Checked, seconds: float) -> dict[str, Any]:
    unread = _unread(checked)
    return {
        "source": "none" if args.offline else "file" if args.facts is not None else "aws",
        "account": subject.account.id,
        "region": subject.region,
        "read": len(checked.facts) - unread,
        "unread": unread,
        "asked": checked.asked,
        "at": [at.isoformat(timespec="seconds") for at in _times(checked)],
        "seconds": round(seconds, 3),
    }


def _read(checked: Checked) -> tuple[tuple[Any, Any], ...]:
    from wizard.facts.asking import Read

    return tuple((ask, reading) for ask, reading in checked.facts.items() if isinstance(reading, Read))


def _unread(checked: Checked) -> int:
    return len(checked.facts) - len(_read(checked))


def _times(checked: Checked) -> tuple[Any, ...]:
    times = sorted(reading.at for _, reading in _read(checked))
    return (times[0], times[-1]) if times else ()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} cannot be read", cause=str(error), action="name a file that `planewright check --export` wrote"
        ) from None


def _export(path: Path, text: str) -> None:
    from wizard.files import write_atomic

    try:
        write_atomic(path, text, mode=0o600)
    except OSError as error:
        raise InputError(f"{path} cannot be written", cause=str(error), action="name another file") from None
