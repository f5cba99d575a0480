"""`planewright adopt SHARD`: stand deployments on a shard that something else made."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.blueprints.springtail.adopting import Given
    from wizard.deploy.adopting import Adopted

_IDS = ("private_subnet", "public_subnet", "redis", "topic")


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "adopt", run, help="stand deployments on a shard that something else made")
    parser.description = (
        "Reads a VPC, its subnets, Redis and topic from AWS, checks that deployments can stand on them, and keeps them as "
        "the shard's contract. Planewright never changes or destroys what it adopted. Without ids: reads it anew."
    )
    parser.add_argument("name", metavar="SHARD", help="a shard whose answers say where it is")
    parser.add_argument("--private-subnet", metavar="ID", help="subnet of the nodes, with a NAT gateway as its way out")
    parser.add_argument("--public-subnet", metavar="ID", help="subnet of public load balancers")
    parser.add_argument("--redis", metavar="ID", help="the replication group")
    parser.add_argument("--topic", metavar="ARN", help="the SNS topic of events")
    parser.add_argument(
        "--redis-security-group", metavar="ID", help="the one that deployments add rules to, of several"
    )
    parser.add_argument("--look", action="store_true", help="check, and keep nothing")
    parser.add_argument("--forget", action="store_true", help="take the contract away again; the shard stays as it is")


def run(args: argparse.Namespace) -> int:
    """Adopt; with --look exit 1 where AWS no longer has what the contract says."""
    from wizard.deploy import adopting
    from wizard.deploy.target import open_target

    target = open_target(common.workspace_of(args), args.name)
    if args.forget:
        adopting.forget(target)
        _tell(args, {"name": target.name, "forgotten": True}, f"✓ forgotten: {target.name} is in AWS as it was")
        return 0
    found = adopting.look(target, common.session_of(target), _given(args))
    if not args.look:
        adopting.adopt(target, found)
    document = {
        "name": target.name,
        "kept": not args.look,
        "outputs": found.outputs.model_dump(),
        "changed": [{"output": key, "was": was, "is": now} for key, was, now in found.changed],
    }
    _tell(args, document, *_lines(found, target.name, kept=not args.look))
    return 1 if args.look and found.changed else 0


def _given(args: argparse.Namespace) -> Given | None:
    from wizard.blueprints.springtail.adopting import Given
    from wizard.errors import UsageError

    named = [getattr(args, name) for name in _IDS]
    if not any((*named, args.redis_security_group)):
        return None
    missing = [f"--{name.replace('_', '-')}" for name, value in zip(_IDS, named, strict=True) if not value]
    if missing:
        raise UsageError(f"{', '.join(missing)} missing", action="name all four; the rest is read from AWS")
    return Given(args.private_subnet, args.public_subnet, args.redis, args.topic, args.redis_security_group or "")


def _lines(found: Adopted, name: str, *, kept: bool) -> list[str]:
    outputs = found.outputs
    lines = [
        f"{outputs.vpc_id}  {outputs.vpc_cidr}  in {outputs.zone_id} ({outputs.availability_zone})",
        f"  private  {outputs.private_subnet_id}  {outputs.private_subnet_cidr}  out by {outputs.nat_public_ip}",
        f"  public   {outputs.public_subnet_id}  {outputs.public_subnet_cidr}",
        f"  Redis    {outputs.redis_replication_group_id}  {outputs.redis_host}:{outputs.redis_port}",
        f"           user group {outputs.redis_user_group_id}, security group {outputs.redis_security_group_id}",
        f"  topic    {outputs.sns_topic_arn}",
    ]
    lines += [f"  ! {key}: {was} before, {now} now" for key, was, now in found.changed]
    if not kept:
        return [*lines, "deployments can stand on it; nothing was kept"]
    return [
        *lines,
        f"✓ adopted: shard {name} is used as it is, and never changed or destroyed from here",
        f"next: planewright new NAME --shard {name}",
    ]


def _tell(args: argparse.Namespace, document: dict[str, Any], *lines: str) -> None:
    if args.json:
        common.say_json(document)
        return
    for line in lines:
        say(line)
