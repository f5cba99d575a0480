"""`planewright prepare NAME`: everything that Springtail's services need on their nodes and in Redis; starts none."""

from __future__ import annotations

import argparse
from typing import Any

from wizard.cli import common, services


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers,
        "prepare",
        run,
        help="package, settings, environment and Redis of Springtail's services; starts none",
    )
    services.flags(parser, waits=False)
    parser.add_argument("--undo", action="store_true", help="take away what it put on nodes whose services are stopped")


def run(args: argparse.Namespace) -> int:
    """Prepare, or put back."""
    from wizard.blueprints.springtail.services import Verb

    return services.run(args, Verb.UNDO if args.undo else Verb.PREPARE)
