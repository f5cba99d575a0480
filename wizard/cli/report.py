"""`planewright report NAME`: the record of a call in Markdown, HTML and JSON; `--verify FILE` tells whether one was altered."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say
from wizard.errors import InputError, UsageError

if TYPE_CHECKING:
    from wizard.deploy.record.making import Ground
    from wizard.deploy.target import Target


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers,
        "report",
        run,
        help="the record of a call: answers, findings, plans, timeline, proof; and checking one",
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="a shard or a deployment")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to write it (default: the object's reports)")
    parser.add_argument(
        "--signed-off-by", action="append", default=[], metavar="WHO", help="who signs it off; may be repeated"
    )
    parser.add_argument("--note", default="", metavar="TEXT", help="what else is to be said in it")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--offline", action="store_true", help="findings of the answers alone: do not ask AWS")
    source.add_argument("--facts", type=Path, metavar="FILE", help="findings on facts that `check --export` wrote")
    parser.add_argument(
        "--verify", type=Path, metavar="FILE", help="tell whether a record was altered since it was made"
    )
    parser.add_argument(
        "--expect", metavar="DIGEST", help="with --verify: the record's digest as it was noted when it was made"
    )


def run(args: argparse.Namespace) -> int:
    """Make a record, or check one; exit 1 for one that was altered."""
    if args.verify is not None:
        return _verify(args)
    if args.name is None or args.expect is not None:
        raise UsageError(
            "report needs a NAME, or --verify FILE with what is expected of it",
            action="planewright report NAME, or planewright report --verify FILE --expect DIGEST",
        )
    return _make(args)


def _make(args: argparse.Namespace) -> int:
    from wizard.deploy.record.making import Signed, make
    from wizard.deploy.target import open_target

    target = open_target(common.workspace_of(args), args.name)
    signed = Signed(tuple(args.signed_off_by), args.note)
    record, written = make(target, _ground(args, target), signed, folder=args.out)
    if args.json:
        common.say_json({"digest": written.digest, "files": [str(path) for path in written.files]})
        return 0
    from wizard.deploy.record.document import verdict

    say(f"{target.name}: {verdict(record)}")
    for sentence in record.not_proven:
        say(f"  not proven: {sentence}")
    for path in written.files:
        say(f"record: {path}")
    say(f"digest: {written.digest}  (note it on both sides: it tells later whether a copy was altered)")
    return 0


def _ground(args: argparse.Namespace, target: Target) -> Ground:
    """Give the findings, and what they rest on."""
    from wizard.deploy.record import making
    from wizard.deploy.target import subject_of

    subject = subject_of(target)
    if args.offline:
        return making.offline(subject)
    if args.facts is not None:
        from wizard.cli.check import facts_in
        from wizard.deploy.checking import check_recorded

        return making.from_exported(subject, check_recorded(subject, facts_in(args.facts, subject)))
    from wizard.cli.reading import Progress

    with Progress() as progress:
        checked = common.checker(target).check(subject, on_reading=progress.on_reading, on_asks=progress.on_asks)
    return making.from_aws(subject, checked)


def _verify(args: argparse.Namespace) -> int:
    from wizard.deploy.record.seal import check

    try:
        data = args.verify.read_bytes()
    except OSError as error:
        raise InputError(
            f"{args.verify} cannot be read", cause=error.strerror or str(error), action="name a record's file"
        ) from None
    found = check(data, name=str(args.verify))
    problems = list(found.problems)
    if args.expect is not None and args.expect.strip() != found.record:
        problems.append(f"it says record {found.record}, and {args.expect.strip()} was expected")
    if args.json:
        common.say_json({"file": str(args.verify), "record": found.record, "problems": problems})
    else:
        for problem in problems:
            say(f"✗ {args.verify}: {problem}")
        if not problems:
            say(f"✓ {args.verify} is as it was made: record {found.record}")
        if not problems and args.expect is None:
            say("  a digest is no signature: compare it with the one that was noted (--expect DIGEST)")
    return 1 if problems else 0
