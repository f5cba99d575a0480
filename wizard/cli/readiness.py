"""`planewright readiness NAME`: what the customer's database says of itself, looked at from here or sent by its DBA."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say
from wizard.errors import InputError

if TYPE_CHECKING:
    from wizard.deploy.target import Target
    from wizard.findings import Finding
    from wizard.readiness.model import Readiness

#: Holds the password for --psql where nobody can be asked.
PASSWORD = "PLANEWRIGHT_DATABASE_PASSWORD"  # noqa: S105 - a variable's name


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "readiness", run, help="what the customer's database says of itself")
    parser.add_argument("name", metavar="NAME", help="a deployment")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--psql", action="store_true", help="look from here, with this machine's psql")
    way.add_argument(
        "--script", nargs="?", const="-", metavar="FILE", help="write what the customer's DBA runs (default: print it)"
    )
    way.add_argument("--read", metavar="FILE", help="read what they sent back; - reads the standard input")
    parser.add_argument("--user", help="with --psql: connect as this role (default: database.user)")
    parser.add_argument(
        "--address",
        default="",
        metavar="IP",
        help="with --psql: connect to this address instead, for example a tunnel's",
    )
    parser.add_argument(
        "--ca",
        type=Path,
        metavar="FILE",
        help="with --psql: certificates that sign the database's, for RDS Amazon's global bundle (PEM)",
    )
    parser.add_argument(
        "--password-env",
        metavar="VARIABLE",
        default=PASSWORD,
        help=f"with --psql: the variable that holds the password (default: {PASSWORD}); without one it is asked for",
    )


def run(args: argparse.Namespace) -> int:
    """Look, or write the script, or read; then say what follows. Exit 1 when a finding holds the next step."""
    from wizard.deploy.target import open_target

    return show(args, open_target(common.workspace_of(args), args.name))


def show(args: argparse.Namespace, target: Target) -> int:
    """As the command, for answers that may not be saved yet."""
    from wizard.blueprints.springtail.answers import DeploymentAnswers
    from wizard.deploy import readiness

    if not isinstance(target.answers, DeploymentAnswers):
        raise InputError(f"{target.name} is a shard: it has no database", action="name a deployment")
    if args.script is not None:
        return _script(args, target)
    if args.psql:
        readiness.save(target.place, _looked(args, target))
    elif args.read is not None:
        text = common.text_of(args.read, action="name the file that the customer's DBA sent back")
        readiness.save(target.place, readiness.read_sent(text, name=args.read))
    return _tell(args, target, readiness.load(target.place))


def _script(args: argparse.Namespace, target: Target) -> int:
    from wizard.deploy.readiness import script_for
    from wizard.files import write_atomic

    text = script_for(target.deployment)
    if args.script == "-":
        sys.stdout.write(text)
        return 0
    write_atomic(Path(args.script), text)
    if args.json:
        common.say_json({"script": args.script})
    else:
        say(f"✓ {args.script}: its head says what the customer's DBA runs")
        say(f"next: planewright readiness {target.name} --read FILE  (what they send back)")
    return 0


def _looked(args: argparse.Namespace, target: Target) -> Readiness:
    from wizard.deploy.readiness import look, verifies

    database = target.deployment.database
    user = args.user or database.user
    if not args.json and not verifies(database, args.ca):
        say("! encrypted, but nobody verifies the certificate: give the authority's with --ca FILE")
    return look(
        target.deployment,
        user=user,
        password=lambda: _password(args, user, database.host),
        environ=os.environ,
        host_address=args.address,
        authority=args.ca,
        looking=lambda name: None if args.json else say(f"… {name}"),
    )


def _password(args: argparse.Namespace, user: str, host: str) -> str:
    from getpass import getpass

    if args.password_env in os.environ:
        return os.environ[args.password_env]
    if not sys.stdin.isatty():
        raise InputError(
            f"the password of {user} is needed, and there is nobody to ask",
            action=f"export it as {args.password_env}, or name another variable with --password-env",
        )
    return getpass(f"Password of {user} on {host} (not shown, not stored): ")


def _tell(args: argparse.Namespace, target: Target, readiness: Readiness | None) -> int:
    from wizard.deploy.gate import acknowledged, holding

    findings = _findings(target)
    held = holding(findings, acknowledged(target.place))
    if args.json:
        common.say_json(
            {
                "name": target.name,
                "readiness": readiness.model_dump(mode="json") if readiness else None,
                "findings": [finding.model_dump(mode="json") for finding in findings],
                "holding": [f"{finding.code} {finding.path}" for finding in held],
            }
        )
        return 1 if held else 0
    if readiness is not None:
        names = ", ".join(database.name for database in readiness.databases)
        say(
            f"PostgreSQL {readiness.server.version}, {names}, looked at {readiness.at:%Y-%m-%d %H:%M} UTC as {readiness.looked_as}"
        )
        say(f"· {target.place.readiness}; not read: {', '.join(readiness.not_read)} (`verify` proves the way in)")
    common.say_findings(findings)
    if not held:
        say(f"next: planewright check {target.name}")
    return 1 if held else 0


def _findings(target: Target) -> tuple[Finding, ...]:
    """Give what the database's own word leads to; RDS is asked by `check`."""
    from wizard.checks.live import database
    from wizard.deploy.target import subject_of
    from wizard.facts.asking import Facts
    from wizard.findings import worst_first

    return worst_first(tuple(database.check(subject_of(target), Facts())))
