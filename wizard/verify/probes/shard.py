"""The shard: what its deployments share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wizard.blueprints.springtail.contracts import ShardOutputs
from wizard.verify.outcome import Outcome, failed, passed, waiting
from wizard.verify.reads import NatGateway, RedisGroup, RedisUser, RedisUserGroup, Vpc
from wizard.verify.scene import ShardScene


def vpc(scene: ShardScene) -> Outcome:
    """The VPC is there."""
    return judge_vpc(scene.outputs, scene.reads.vpc(scene.outputs.vpc_id))


def judge_vpc(outputs: ShardOutputs, found: Vpc | None) -> Outcome:
    """Judge the VPC."""
    if found is None:
        return failed(f"{outputs.vpc_id} is not there", "planewright plan of the shard shows what is missing")
    evidence = f"{found.id} {', '.join(found.cidrs)}: {found.state}"
    if found.state != "available":
        return waiting("AWS", f"the VPC is {found.state}", "verify again in a minute", evidence)
    return passed(evidence)


def nat(scene: ShardScene) -> Outcome:
    """The NAT gateway is available at the address that customers have allowed."""
    return judge_nat(scene.outputs.nat_public_ip, scene.reads.nat_gateways(scene.outputs.vpc_id))


def judge_nat(wanted: str, found: Sequence[NatGateway]) -> Outcome:
    """Judge NAT gateways: one of them has to hold the address."""
    evidence = tuple(f"{one.id} {', '.join(one.public_ips)}: {one.state}" for one in found)
    ours = [one for one in found if wanted in one.public_ips]
    if any(one.state == "available" for one in ours):
        return passed(*evidence)
    if any(one.state == "pending" for one in ours or found):
        return waiting("AWS", "the NAT gateway is being made", "verify again in two minutes", *evidence)
    return failed(
        f"no NAT gateway holds {wanted}, the address on customers' allow-lists",
        "keep the address: planewright plan of the shard shows the way back; a new one interrupts every customer",
        *evidence,
    )


def redis(scene: ShardScene) -> Outcome:
    """The replication group is available, encrypts on the way and at rest, and has our user group."""
    outputs = scene.outputs
    return judge_redis(scene.reads.redis_group(outputs.redis_replication_group_id), outputs.redis_user_group_id)


def judge_redis(found: RedisGroup | None, user_group_id: str) -> Outcome:
    """Judge the replication group."""
    remedy = "planewright plan of the shard shows what has been changed"
    if found is None:
        return failed("the replication group is not there", remedy)
    evidence = (
        f"{found.id}: {found.status}",
        f"TLS {'on' if found.tls else 'off'}, encrypted at rest: {'yes' if found.encrypted else 'no'}",
        f"user groups: {', '.join(found.user_group_ids) or 'none'}",
    )
    if found.status in ("creating", "modifying", "snapshotting"):
        return waiting("AWS", f"Redis is {found.status}", "verify again in a few minutes", *evidence)
    wrong = [
        *([f"Redis is {found.status}"] if found.status != "available" else []),
        *(["Redis speaks clear text"] if not found.tls else []),
        *([f"user group {user_group_id} is not attached"] if user_group_id not in found.user_group_ids else []),
    ]
    return failed("; ".join(wrong), remedy, *evidence) if wrong else passed(*evidence)


def redis_default(scene: ShardScene) -> Outcome:
    """The group's user named `default` is off: everybody who gives no name is that user."""
    group = scene.reads.redis_user_group(scene.outputs.redis_user_group_id)
    users = scene.reads.redis_users(group.user_ids) if group and group.user_ids else {}
    return judge_default(scene.outputs.redis_user_group_id, group, users)


def judge_default(group_id: str, group: RedisUserGroup | None, users: Mapping[str, RedisUser]) -> Outcome:
    """Judge the user group's default user."""
    remedy = "planewright plan of the shard shows what has been changed; until it is off, anybody in the VPC may read"
    if group is None:
        return failed(f"there is no user group {group_id}", remedy)
    default = next((user for user in users.values() if user.name == "default"), None)
    if default is None:
        return failed(f"{group_id} has no user named default", remedy, f"its users: {', '.join(group.user_ids)}")
    evidence = f"{default.id}: {default.access}"
    if default.access.split()[:1] != ["off"]:
        return failed(f"user {default.id} is on, without a password", remedy, evidence)
    return passed(evidence)
