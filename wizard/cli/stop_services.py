"""`planewright stop NAME`: Springtail's services, in reverse: proxies, FDWs once their connections have ended, ingestion."""

from __future__ import annotations

import argparse
from typing import Any

from wizard.cli import common, services


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "stop", run, help="stop Springtail's services in the reverse order")
    services.flags(parser, waits=True)
    parser.add_argument("--now", action="store_true", help="do not wait until an FDW's connections have ended")


def run(args: argparse.Namespace) -> int:
    """Stop."""
    from wizard.blueprints.springtail.services import Verb

    return services.run(args, Verb.STOP)
