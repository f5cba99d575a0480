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
    import os
    from datetime import UTC, datetime

    from wizard.deploy.bundle.cleaning import Cleaner
    from wizard.deploy.bundle.collecting import Wanted, collect, place_named
    from wizard.deploy.bundle.packing import packed, write_new
    from wizard.files import digest
    from wizard.redact import Redactor

    if args.runs < 0:
        raise UsageError(f"--runs {args.runs}: not a number of runs", action="--runs 0 takes none")
    workspace = common.workspace_of(args)
    place = place_named(workspace, args.name)
    redactor = Redactor()
    redactor.learn_environment(os.environ)
    cleaner = Cleaner(redactor, home=_home())
    bundle = collect(workspace, place, cleaner, os.environ, Wanted(args.runs, tuple(args.add)))
    out = args.out or Path(f"support-{place.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.gz")
    data = packed(bundle.files, root=f"support-{place.name}")
    write_new(out, data)
    if args.json:
        common.say_json(
            {
                "file": str(out),
                "digest": digest(data),
                "files": sorted(bundle.files),
                "left_out": {entry.name: entry.why for entry in bundle.left},
            }
        )
        return 0
    for name in sorted(bundle.files):
        say(f"  {name}")
    for entry in bundle.left:
        say(f"- left out: {entry.name}: {entry.why}")
    say(f"{out}: {len(bundle.files)} files, {len(data)} bytes; secrets are masked, names and addresses are not")
    return 0


def _home() -> str:
    """Give the home directory; nothing where there is none worth hiding."""
    try:
        home = str(Path.home())
    except RuntimeError:
        return ""
    return home if len(home) > 1 else ""
