"""`planewright network NAME`: whose blocks there are, how large, where they meet, and which are free."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.addressing.plan import AddressMap, Block
    from wizard.deploy.target import Target
    from wizard.facts.asking import Unread


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "network", run, help="address blocks of a shard or deployment, and free ones")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("--offline", action="store_true", help="the answers alone: ask nobody")


def run(args: argparse.Namespace) -> int:
    """Print the map. What could not be read is said: then a free block is free as far as is known."""
    from wizard.deploy.target import open_target

    return show(args, open_target(common.workspace_of(args), args.name))


def show(args: argparse.Namespace, target: Target) -> int:
    """As the command, for answers that may not be saved yet."""
    layout, unread = _read(args, target)
    if args.json:
        common.say_json(_json(target.name, layout, unread))
        return 0
    for line in lines(layout):
        say(line)
    for reading in unread:
        say(f"! not read: {reading.source}: {reading.said}")
    if args.offline:
        say("· answers alone: the account's own VPCs are not on this map")
    return 0


def _read(args: argparse.Namespace, target: Target) -> tuple[AddressMap, list[Unread]]:
    from wizard.addressing.plan import address_map
    from wizard.checks.live.addresses import surroundings
    from wizard.deploy.target import subject_of
    from wizard.facts.asking import Facts, Unread
    from wizard.facts.network import Peerings, Subnets, Vpcs

    subject = subject_of(target)
    facts = Facts()
    if not args.offline:
        kinds = (Vpcs, Subnets, Peerings)
        facts = common.checker(target).read([kind(region=subject.region) for kind in kinds], subject)
    layout = address_map(subject.shard, subject.deployment, subject.others, surroundings(subject, facts))
    return layout, [reading for _, reading in facts.items() if isinstance(reading, Unread)]


def lines(layout: AddressMap) -> Iterator[str]:
    """Give the map as text: VPCs with their subnets, and under each what it meets."""
    entries = [("", block) for block in layout.blocks]
    wide = max(len(f"  {inner.cidr}") for _, block in entries for inner in (block, *block.inside))
    for _, block in entries:
        yield _line(block, "", wide)
        for meeting in layout.meets(block):
            other = meeting.other if meeting.one is block else meeting.one
            symbol, said = ("✗", "conflicts with") if meeting.conflict else ("·", "overlaps, without a route, with")
            yield f"    {symbol} {said} {other.cidr} ({other.purpose.value}, {other.owner})"
        for subnet in block.inside:
            yield _line(subnet, "  ", wide)
    if layout.free_transit:
        yield f"free for a transit VPC: {', '.join(layout.free_transit)}"
    else:
        yield "no block is free for a transit VPC in the private address space"


def _line(block: Block, indent: str, wide: int) -> str:
    size = f"{block.usable} usable" if block.free < 0 else f"{block.free} of {block.usable} free"
    return f"{indent + block.cidr:{wide}}  {size:>20}  {block.purpose.value} · {block.owner}"


def _json(name: str, layout: AddressMap, unread: list[Unread]) -> dict[str, Any]:
    return {
        "name": name,
        "blocks": [_block(block) for block in layout.blocks],
        "overlaps": [
            {"one": _block(meeting.one), "other": _block(meeting.other), "conflict": meeting.conflict}
            for meeting in layout.meetings
        ],
        "free_transit": list(layout.free_transit),
        "unread": [{"source": reading.source, "reason": reading.reason.value} for reading in unread],
    }


def _block(block: Block) -> dict[str, Any]:
    described: dict[str, Any] = {
        "cidr": block.cidr,
        "purpose": block.purpose.name.lower(),
        "owner": block.owner,
        "usable": block.usable,
    }
    optional = {"path": block.path, "vpc_id": block.vpc_id}
    described |= {key: value for key, value in optional.items() if value}
    if block.free >= 0:
        described["free"] = block.free
    if block.inside:
        described["subnets"] = [_block(subnet) for subnet in block.inside]
    return described
