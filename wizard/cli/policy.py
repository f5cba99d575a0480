"""`planewright policy NAME`: the least-privilege IAM policies of the operator, of whoever only checks, and of the customer."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.permissions.policies import Policy


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "policy", run, help="least-privilege IAM policies for a shard or a deployment")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument(
        "--for",
        dest="audience",
        choices=("operator", "check", "customer"),
        default="operator",
        help="who it is for: the operator who applies, whoever only checks, or the customer (default: operator)",
    )
    parser.add_argument("--stage", choices=("read", "do", "undo"), help="only what looks, makes, or takes away")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write each document to a file of its own")


def run(args: argparse.Namespace) -> int:
    """Print one document, or write them all to files."""
    from wizard.deploy.target import open_target, subject_of
    from wizard.errors import InputError
    from wizard.files import to_json
    from wizard.permissions.grants import Stage
    from wizard.permissions.policies import policies

    subject = subject_of(open_target(common.workspace_of(args), args.name))
    _require(subject, args.audience)
    stage = Stage(args.stage) if args.stage else None
    found = policies(
        args.audience,
        subject.shard,
        subject.deployment,
        subject.emitted,
        built=subject.built,
        stage=stage,
        on=subject.shard_built,
        locked_by=subject.locked_by,
    )
    if args.out is not None:
        _write(found, args.out, silent=args.json)
    if args.json:
        common.say_json([{"name": policy.name, "document": policy.document} for policy in found])
    elif args.out is None:
        if len(found) != 1:
            raise InputError(
                f"{args.name} has {len(found)} policies for the {args.audience}",
                cause="one document is printed, and AWS limits each to 6,144 characters: "
                + ", ".join(policy.name for policy in found),
                action="name a folder for them (--out DIR), or take them all as one JSON list (--json)",
            )
        say(to_json(found[0].document).rstrip("\n"))
    return 0


def _require(subject: Any, audience: str) -> None:
    from wizard.errors import InputError

    if audience == "customer" and subject.deployment is None:
        raise InputError(
            f"{subject.name} is a shard, and no customer's",
            cause="only a deployment asks anything of a customer",
            action="name a deployment",
        )
    if audience == "operator" and not subject.emitted:
        raise InputError(
            f"nobody knows yet what {subject.name} needs",
            cause="its answers give no stack",
            action=f"planewright generate {subject.name} says what is wrong with them",
        )


def _write(found: tuple[Policy, ...], folder: Path, *, silent: bool) -> None:
    from wizard.files import to_json, write_atomic
    from wizard.permissions.documents import size

    for policy in found:
        path = folder / f"{policy.name}.json"
        write_atomic(path, to_json(policy.document))
        if not silent:
            say(f"{path}  ({size(policy.document)} of 6144 characters)")
