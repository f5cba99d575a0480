"""`planewright seed-secrets NAME`: put values into the secret containers. They pass through memory and nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.aws.tls_material import TlsMaterial
    from wizard.deploy.target import Target

KINDS = ("database", "redis", "proxy_tls")


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "seed-secrets", run, help="put the passwords where nodes fetch them, and enable the Redis user"
    )
    parser.add_argument("name", metavar="NAME", help="a deployment whose instance stack is applied")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--password-stdin", action="store_true", help="read the database password from standard input")
    source.add_argument("--password-env", metavar="VARIABLE", help="read it from this environment variable")
    parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="the proxy's certificate chain (PEM)")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="the proxy's private key (PEM); /dev/stdin works")
    parser.add_argument("--rotate", action="append", default=[], choices=KINDS, help="replace a value that is there")
    parser.add_argument(
        "--purge",
        action="store_true",
        help="first delete for good what a destroyed installation left in its recovery window",
    )
    parser.add_argument("--confirm", metavar="NAME", help="the name, typed: needed by --purge")


def run(args: argparse.Namespace) -> int:
    """Seed; exit 1 while something is still missing."""
    from wizard.aws.secrets import Inputs
    from wizard.deploy.seeding import seed_target
    from wizard.deploy.target import open_target

    target = open_target(common.workspace_of(args), args.name)
    session = common.session_of(target)
    if args.purge:
        return _purge(target, session, args)
    result = seed_target(
        target,
        session,
        inputs=Inputs(database_password=lambda: _password(target, args), proxy_tls=lambda: _tls(args)),
        rotate=frozenset(args.rotate),
    )
    if args.json:
        events = [{"which": e.which, "did": e.did, "name": e.name, "version_id": e.version_id} for e in result.events]
        common.say_json({"complete": result.complete, "events": events, "not_proven": list(result.not_proven)})
    else:
        for event in result.events:
            say(f"{'…' if event.did == 'missing' else '✓'} {event.which:9} {event.did:8} {event.name}")
        for sentence in result.not_proven:
            say(f"? not proven: {sentence}")
        if not result.complete:
            say(f"next: planewright seed-secrets {target.name} --tls-cert FILE --tls-key FILE")
        else:
            say(f"next: planewright verify {target.name}")
    return 0 if result.complete else 1


def _password(target: Target, args: argparse.Namespace) -> str:
    import os
    from getpass import getpass

    from wizard.errors import InputError

    database = target.deployment.database
    if args.password_stdin:
        return sys.stdin.read().removesuffix("\n")
    if args.password_env:
        if args.password_env not in os.environ:
            raise InputError(
                f"the environment has no {args.password_env}",
                action="export it, or leave --password-env out to be asked",
            )
        return os.environ[args.password_env]
    if not sys.stdin.isatty():
        raise InputError(
            "the database password is needed, and there is nobody to ask",
            action="pipe it in with --password-stdin, or name a variable with --password-env",
        )
    return getpass(f"Password of {database.user} on {database.host} (not shown, not stored here): ")


def _tls(args: argparse.Namespace) -> TlsMaterial | None:
    from wizard.aws.tls_material import TlsMaterial
    from wizard.errors import InputError

    if args.tls_cert is None and args.tls_key is None:
        return None
    if args.tls_cert is None or args.tls_key is None:
        raise InputError("the proxy's certificate and key go together", action="give both --tls-cert and --tls-key")
    try:
        return TlsMaterial(args.tls_cert.read_text(), args.tls_key.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "the proxy's certificate or key cannot be read", cause=str(error), action="give two PEM files"
        ) from None


def _purge(target: Target, session: Any, args: argparse.Namespace) -> int:
    from wizard.deploy.seeding import blocked_names, purge_names
    from wizard.errors import BlockedError

    blocked = blocked_names(target, session)
    if not blocked:
        say(f"· no secret of {target.name} waits for its deletion")
        return 0
    for secret in blocked:
        say(f"- {secret.name}, deleted {secret.deleted_at:%Y-%m-%d}, recoverable until purged")
    question = f"These cannot be brought back. Type {target.name} to delete them for good:"
    if args.confirm != target.name and not (args.confirm is None and common.confirm(question, typed=target.name)):
        raise BlockedError("nothing was purged", cause="the name was not typed", action=f"--confirm {target.name}")
    for name in purge_names(target, session):
        say(f"✓ {name} is gone; its name is free")
    return 0
