"""`planewright profiles`: the AWS profiles there are, and whose account each is for."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.aws.profiles import Identified, Profile


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "profiles", run, help="the AWS profiles there are, and whose account each is")
    parser.add_argument("--identify", action="store_true", help="ask AWS whose each is (sts:GetCallerIdentity)")


def run(args: argparse.Namespace) -> int:
    """Print one line for each profile. A profile that cannot be used is told, and is no failure of the listing."""
    from wizard.aws.profiles import identify, profiles

    found = profiles(os.environ)
    told = {it.name: it for it in identify(found, os.environ)} if args.identify else {}
    if args.json:
        common.say_json([_document(profile, told.get(profile.name)) for profile in found])
        return 0
    for profile in found:
        say(_line(profile, told.get(profile.name)))
    if not found:
        say("no profiles: `aws configure sso` or `aws configure` makes one")
    return 0


def _document(profile: Profile, identified: Identified | None) -> dict[str, Any]:
    document = {
        "name": profile.name,
        "kind": profile.kind,
        "region": profile.region,
        "says_account": profile.says,
        "source": profile.source,
    }
    if identified is None:
        return document
    return document | {"account": identified.account, "arn": identified.arn, "unread": identified.unread}


def _line(profile: Profile, identified: Identified | None) -> str:
    symbol = "·" if identified is None else "?" if identified.unread else "✓"
    account = profile.says or "-"
    if identified is not None and identified.account:
        account = identified.account
    line = f"{symbol} {profile.name:24} {profile.kind:12} {profile.region or '-':14} {account:12}"
    note = profile.source
    if identified is not None:
        note = identified.unread or identified.arn
    return f"{line}  {note}".rstrip()
