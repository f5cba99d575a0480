"""`planewright handoff NAME`: write what the customer gets, for each account and region of theirs; or do it for them."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli import common, doing
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.deploy.handoff import Handed
    from wizard.deploy.target import Target
    from wizard.handoff.model import Step

#: As `generators.handoff.bundle.Format`, which is imported only when something is written.
FORMATS = ("page", "script", "tofu", "cloudformation", "policies")


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "handoff", run, help="write what the customer gets: each step with its values, ready to be done"
    )
    parser.add_argument("name", metavar="NAME", help="a deployment that was applied")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to (default: the deployment's folder handoff/)")
    parser.add_argument(
        "--format",
        dest="formats",
        action="append",
        choices=FORMATS,
        help="only this; may be given more than once. What was written there before and is not named now is removed",
    )
    parser.add_argument(
        "--expires", action="store_true", help="ask AWS until when the peering requests can be accepted, for the page"
    )
    parser.add_argument("--force", action="store_true", help="overwrite edited files; your version is kept beside them")
    doing.register(parser)


def run(args: argparse.Namespace) -> int:
    """Write the bundle, and say what is in it."""
    from generators.handoff.bundle import Format
    from wizard.deploy import handoff
    from wizard.deploy.exclusive import exclusive
    from wizard.deploy.target import open_target

    target = open_target(common.workspace_of(args), args.name)
    if args.do:
        return doing.run(target, args)
    _require_no_wish(args)
    formats = frozenset(map(Format, args.formats)) if args.formats else None
    handoff.steps_of(target)  # what cannot be handed over needs no login first
    expires = _expires(target) if args.expires else {}
    folder = args.out.resolve() if args.out is not None else None
    with exclusive(target.place):
        handed = handoff.write(target, folder, formats=formats, expires=expires, force=args.force)
    if args.json:
        common.say_json(_document(handed, expires))
    else:
        _tell(handed, expires)
    return 0


def _require_no_wish(args: argparse.Namespace) -> None:
    """Refuse what would change something, or name somebody, where only files are written."""
    from wizard.errors import UsageError

    for flag in ("undo", "apply", "only", "consent", "restart", "profile", "role_arn", "account"):
        if getattr(args, flag):
            raise UsageError(
                f"--{flag.replace('_', '-')} wants --do", action="`planewright handoff --help` says what each does"
            )


def _expires(target: Target) -> dict[str, datetime]:
    from wizard.deploy.customer_side import look

    return look(target, common.session_of(target)).expires


def _tell(handed: Handed, expires: dict[str, datetime]) -> None:
    from wizard.handoff.model import at, by_people, sites

    for site in sites(handed.steps):
        own = at(handed.steps, site)
        say(f"account {site.account_id}, {site.region}: {len(own)} steps")
        for step in own:
            say(f"  {step.key:32} {step.title}")
    people = by_people(handed.steps)
    if people:
        say(f"by people: {len(people)} steps")
        for step in people:
            say(f"  {step.key:32} {step.title}")
    for peering, end in sorted(expires.items()):
        say(f"{peering} can be accepted until {end:%Y-%m-%d %H:%M} UTC")
    for name in handed.emitted.removed:
        say(f"· {name} removed")
    for kept in handed.emitted.kept:
        say(f"! your version is kept as {kept}")
    say(f"✓ {len(handed.files)} files in {handed.folder}, {len(handed.emitted.written)} of them new or changed")


def _document(handed: Handed, expires: dict[str, datetime]) -> dict[str, Any]:
    return {
        "folder": str(handed.folder),
        "files": sorted(handed.files),
        "written": list(handed.emitted.written),
        "removed": list(handed.emitted.removed),
        "kept": list(handed.emitted.kept),
        "expires": {peering: end.isoformat() for peering, end in sorted(expires.items())},
        "steps": [_step(step) for step in handed.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "key": step.key,
        "act": step.act.value,
        "account": step.site.account_id if step.site else None,
        "region": step.site.region if step.site else None,
        "title": step.title,
        "why": step.why,
        "values": dict(step.values),
        "after": list(step.after),
        "undo": step.undo,
        "reversible": step.reversible,
    }
