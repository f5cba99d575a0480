"""`planewright bundle NAME`: what support needs of an object, in one file, redacted before it is written."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from wizard.cli import common
from wizard.cli.common import say
from wizard.errors import UsageError


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "bundle", run, help="journals, facts, reports and versions for support, in one redacted file"
    )
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument(
        "--out", type=Path, metavar="FILE.tar.gz", help="where to write it (default: support-NAME-TIME.tar.gz, here)"
    )
    parser.add_argument("--runs", type=int, default=10, metavar="N", help="how many of the newest runs (default: 10)")
    parser.add_argument(
        "--add", type=Path, action="append", default=[], metavar="FILE", help="a text to add, such as a crash report"
    )


def run(args: argparse.Namespace) -> int:
    """Collect, pack and say what is in it. AWS is not asked."""
    from wizard.deploy.bundle.collecting import Wanted
    from wizard.deploy.bundle.making import make

    if args.runs < 0:
        raise UsageError(f"--runs {args.runs}: not a number of runs", action="--runs 0 takes none")
    made = make(common.workspace_of(args), args.name, Wanted(args.runs, tuple(args.add)), out=args.out)
    bundle = made.bundle
    if args.json:
        common.say_json(
            {
                "file": str(made.path),
                "digest": made.digest,
                "files": sorted(bundle.files),
                "left_out": {entry.name: entry.why for entry in bundle.left},
            }
        )
        return 0
    for name in sorted(bundle.files):
        say(f"  {name}")
    for entry in bundle.left:
        say(f"- left out: {entry.name}: {entry.why}")
    say(f"{made.path}: {len(bundle.files)} files, {made.size} bytes; secrets are masked, names and addresses are not")
    return 0
