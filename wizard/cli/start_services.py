"""`planewright start NAME`: Springtail's services, in their order, each waited for until it is well."""

from __future__ import annotations

import argparse
from typing import Any

from wizard.cli import common, services


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "start", run, help="start Springtail's services in their order, until they are well"
    )
    services.flags(parser, waits=True)


def run(args: argparse.Namespace) -> int:
    """Start."""
    from wizard.blueprints.springtail.services import Verb

    return services.run(args, Verb.START)
