"""A shard that something else made: what deployments need of it, and what of that it lacks. Pure.

ids ─► Seen (wizard.aws.adopting reads AWS) ─► wrong, contract
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.contracts import ShardOutputs
from wizard.errors import Problem

#: What Springtail follows changes of its configuration by: keyspace (K) and keyevent (E) notifications of all commands (A).
NOTIFICATIONS = frozenset("AKE")


@dataclass(frozen=True, slots=True)
class Given:
    """What an operator names. All else follows from it. `redis_security_group_id` may be empty where Redis has one alone."""

    private_subnet_id: str
    public_subnet_id: str
    redis_replication_group_id: str
    sns_topic_arn: str
    redis_security_group_id: str = ""


@dataclass(frozen=True, slots=True)
class SubnetSeen:
    """A subnet. `way_out` is where its default route leads (`nat-…`, `igw-…`); empty where there is none."""

    id: str
    vpc_id: str
    cidr: str
    zone_id: str
    zone: str
    way_out: str


@dataclass(frozen=True, slots=True)
class VpcSeen:
    """The VPC of the private subnet. `cidr` is its first block; DNS as its attributes say."""

    id: str
    cidr: str
    dns_support: bool
    dns_hostnames: bool


@dataclass(frozen=True, slots=True)
class NatSeen:
    """The NAT gateway that the private subnet's default route leads to. `public_ip` is empty for a private one."""

    id: str
    state: str
    public_ip: str


@dataclass(frozen=True, slots=True)
class RedisSeen:
    """The replication group. `security_groups` are (id, VPC); `notifications` is its parameter notify-keyspace-events."""

    id: str
    status: str
    host: str
    port: int
    cluster_mode: bool
    tls: bool
    user_group_ids: tuple[str, ...]
    security_groups: tuple[tuple[str, str], ...]
    notifications: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What AWS has under the ids; None for what it does not have."""

    account_id: str
    region: str
    private: SubnetSeen | None
    public: SubnetSeen | None
    vpc: VpcSeen | None
    nat: NatSeen | None
    redis: RedisSeen | None
    topic_arn: str | None


def wrong(given: Given, seen: Seen, shard: ShardAnswers) -> tuple[Problem, ...]:
    """Say everything for which no deployment could stand on it, or for which the answers say something else."""
    return (
        *_missing(given, seen),
        *_network(seen),
        *_answered(seen, shard),
        *_redis(given, seen),
    )


def contract(given: Given, seen: Seen) -> ShardOutputs:
    """Give what stack `shard` would hand over. Only for what has nothing `wrong`."""
    private, public, vpc, nat, redis = seen.private, seen.public, seen.vpc, seen.nat, seen.redis
    assert private and public and vpc and nat and redis and seen.topic_arn  # noqa: S101, PT018 - nothing is wrong
    return ShardOutputs(
        account_id=seen.account_id,
        region=seen.region,
        zone_id=private.zone_id,
        availability_zone=private.zone,
        vpc_id=vpc.id,
        vpc_cidr=vpc.cidr,
        private_subnet_id=private.id,
        private_subnet_cidr=private.cidr,
        public_subnet_id=public.id,
        public_subnet_cidr=public.cidr,
        nat_public_ip=nat.public_ip,
        redis_replication_group_id=redis.id,
        redis_user_group_id=redis.user_group_ids[0],
        redis_host=redis.host,
        redis_port=redis.port,
        redis_security_group_id=_group(given, redis),
        sns_topic_arn=seen.topic_arn,
    )


def named_by(outputs: ShardOutputs) -> Given:
    """Give the ids that a contract was made from."""
    return Given(
        outputs.private_subnet_id,
        outputs.public_subnet_id,
        outputs.redis_replication_group_id,
        outputs.sns_topic_arn,
        outputs.redis_security_group_id,
    )


def _group(given: Given, redis: RedisSeen) -> str:
    return given.redis_security_group_id or redis.security_groups[0][0]


def _missing(given: Given, seen: Seen) -> Iterator[Problem]:
    where = f"account {seen.account_id}, {seen.region}"
    named = (
        ("--private-subnet", given.private_subnet_id, seen.private),
        ("--public-subnet", given.public_subnet_id, seen.public),
        ("--redis", given.redis_replication_group_id, seen.redis),
        ("--topic", given.sns_topic_arn, seen.topic_arn),
    )
    for flag, value, found in named:
        if found is None:
            yield Problem(
                flag, f"there is no {value} in {where}", "name one that is there, by its id; a topic by its ARN"
            )


def _network(seen: Seen) -> Iterator[Problem]:
    private, public, vpc = seen.private, seen.public, seen.vpc
    if private and public:
        if private.vpc_id != public.vpc_id:
            what = f"{public.id} is in {public.vpc_id}, and {private.id} in {private.vpc_id}"
            yield Problem("--public-subnet", what, "name two subnets of one VPC")
        if private.zone_id != public.zone_id:
            what = f"{public.id} is in {public.zone_id}, and {private.id} in {private.zone_id}"
            yield Problem("--public-subnet", what, "name two subnets of one zone: a shard lives in a single one")
    if vpc and not (vpc.dns_support and vpc.dns_hostnames):
        yield Problem(
            "--private-subnet",
            f"{vpc.id} has DNS support or DNS host names off, and the private zones of deployments would not resolve",
            f"aws ec2 modify-vpc-attribute --vpc-id {vpc.id} --enable-dns-support; then the same with --enable-dns-hostnames",
        )
    if private and not (private.way_out.startswith("nat-") and seen.nat):
        said = f"leads to {private.way_out}" if private.way_out else "is not there"
        what = f"the default route of {private.id} {said}, and nodes need a NAT gateway to reach AWS and packages"
        yield Problem("--private-subnet", what, "name the subnet whose default route leads to the NAT gateway")
    elif seen.nat and (seen.nat.state != "available" or not seen.nat.public_ip):
        what = f"{seen.nat.id} is {seen.nat.state}, with " + (seen.nat.public_ip or "no public address")
        yield Problem(
            "--private-subnet", what, "nodes are known to customers by a public address of an available gateway"
        )
    if public and not public.way_out.startswith("igw-"):
        what = f"the default route of {public.id} does not lead to an internet gateway"
        yield Problem("--public-subnet", what, "name the subnet in which public load balancers can be")


def _answered(seen: Seen, shard: ShardAnswers) -> Iterator[Problem]:
    private, public, vpc = seen.private, seen.public, seen.vpc
    pairs = (
        ("zone_id", shard.zone_id, private.zone_id if private else None),
        ("network.vpc_cidr", shard.network.vpc_cidr, vpc.cidr if vpc else None),
        ("network.private_subnet_cidr", shard.network.private_subnet_cidr, private.cidr if private else None),
        ("network.public_subnet_cidr", shard.network.public_subnet_cidr, public.cidr if public else None),
    )
    for key, said, found in pairs:
        if found is not None and str(said) != found:
            remedy = f"planewright new {shard.name} --force --set {key}={found}"
            yield Problem(key, f"the answers say {said}, and AWS has {found}", remedy)


def _redis(given: Given, seen: Seen) -> Iterator[Problem]:
    redis = seen.redis
    if redis is None:
        return
    flag = "--redis"
    if redis.status != "available":
        yield Problem(flag, f"{redis.id} is {redis.status}", "wait until it is available")
    if redis.cluster_mode or not redis.host:
        what = f"{redis.id} is in cluster mode, and Springtail speaks to a single primary"
        yield Problem(flag, what, "name a replication group with cluster mode disabled")
    if not redis.tls:
        yield Problem(flag, f"{redis.id} takes connections without TLS", "turn encryption in transit on: required")
    if len(redis.user_group_ids) != 1:
        what = f"{redis.id} has {len(redis.user_group_ids)} user groups, and each deployment adds its own user to one"
        yield Problem(flag, what, "give it a user group of its own (role-based access control)")
    if not set(redis.notifications) >= NOTIFICATIONS:
        what = f"its parameter group has notify-keyspace-events = {redis.notifications or '(none)'}"
        yield Problem(flag, what, "set it to AKE: Springtail follows changes of its configuration by them")
    yield from _redis_groups(given, redis, seen.private)


def _redis_groups(given: Given, redis: RedisSeen, private: SubnetSeen | None) -> Iterator[Problem]:
    groups, wanted = dict(redis.security_groups), given.redis_security_group_id
    if wanted and wanted not in groups:
        what = f"{redis.id} does not have {wanted}; it has {', '.join(groups) or 'none'}"
        yield Problem("--redis-security-group", what, "name one of its own: deployments add their rules to it")
    elif not wanted and len(groups) != 1:
        what = f"{redis.id} has {len(groups)} security groups: {', '.join(groups) or 'none'}"
        yield Problem("--redis-security-group", what, "name the one that deployments add their rules to")
    elif private and groups[wanted or next(iter(groups))] != private.vpc_id:
        what = f"{redis.id} is in {groups[wanted or next(iter(groups))]}, and the subnets are in {private.vpc_id}"
        yield Problem("--redis", what, "name the replication group of this VPC")
