"""A deployment in which everything is well, for tests to break one thing at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from wizard.aws.commands import NodePing
from wizard.aws.reads import EndpointFact, InstanceFact, LoadBalancerFact, PeeringFact, TargetFact, VolumeFact
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, LinkOutputs, ShardOutputs
from wizard.verify.hops import Hop, HopState, Identity, Verification
from wizard.verify.reads import (
    IngressRule,
    Listener,
    NatGateway,
    Ran,
    Record,
    RedisGroup,
    RedisUser,
    RedisUserGroup,
    Vpc,
)
from wizard.verify.scene import Scene
from wizard.verify.scripts import script
from wizard.verify.verify import verify_shard_with, verify_with

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=2)
NAT = "54.12.0.9"

OPERATOR = Identity("111111111111", "arn:aws:iam::111111111111:user/operator")
REDIS = RedisGroup("use1-a-redis", "available", tls=True, encrypted=True, user_group_ids=("use1-a-users",))
USER_GROUP = RedisUserGroup("use1-a-users", "active", ("use1-a-default", "acme-prod-redis"))
LINK = LinkOutputs(dns_resolution_peering_ids=["pcx-db"])

ANSWER: dict[str, Any] = {
    "version": "15.18",
    "server": "PostgreSQL 15.18 on x86_64-pc-linux-gnu",
    "user": "springtail",
    "database": "postgres",
    "client_address": "100.64.0.11",
    "tls": {"on": True, "version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384"},
    "in_recovery": False,
    "wal_level": "logical",
    "superuser": False,
    "replication": False,
    "rds": True,
    "rds_replication": True,
    "max_replication_slots": 20,
    "replication_slots": 1,
    "max_wal_senders": 20,
    "max_slot_wal_keep_size": "1024",
    "databases": 2,
}


def shard() -> ShardAnswers:
    return ShardAnswers.model_validate(
        {
            "planewright": "0.1.0",
            "name": "use1-a",
            "account": {"id": "111111111111", "region": "us-east-1"},
            "zone_id": "use1-az1",
        }
    )


def deployment(topology: str = "private", **database: Any) -> DeploymentAnswers:
    vpc = {
        "account_id": "222222222222",
        "region": "us-east-1",
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
        "cidr": "10.20.0.0/16",
    }
    value = {
        "planewright": "0.1.0",
        "name": "acme-prod",
        "shard": "use1-a",
        "topology": topology,
        "identifiers": {"organization": "acme", "account": "main", "instance": "1001"},
        "database": {"host": "db.acme.example.com", **({"vpc": vpc} if topology == "private" else {}), **database},
        "proxy": {"host": "springtail.acme.example.com", "tls": "customer"}
        | ({"client_cidrs": ["203.0.113.0/24"]} if topology == "public" else {}),
    }
    return DeploymentAnswers.model_validate(value)


def with_package(answers: DeploymentAnswers) -> DeploymentAnswers:
    package = answers.package.model_copy(update={"s3_uri": "s3://packages/springtail.tgz", "sha256": "0" * 64})
    return answers.model_copy(update={"package": package})


def shard_outputs() -> ShardOutputs:
    return ShardOutputs(
        account_id="111111111111",
        region="us-east-1",
        zone_id="use1-az1",
        availability_zone="us-east-1a",
        vpc_id="vpc-11",
        vpc_cidr="10.64.0.0/16",
        private_subnet_id="subnet-private",
        private_subnet_cidr="10.64.0.0/18",
        public_subnet_id="subnet-public",
        public_subnet_cidr="10.64.64.0/24",
        nat_public_ip=NAT,
        redis_replication_group_id="use1-a-redis",
        redis_user_group_id="use1-a-users",
        redis_host="redis.example",
        redis_port=6379,
        redis_security_group_id="sg-redis",
        sns_topic_arn="arn:aws:sns:us-east-1:111111111111:use1-a-events",
    )


def outputs(topology: str = "private") -> InstanceOutputs:
    peering = {
        "id": "pcx-db",
        "peer_account_id": "222222222222",
        "peer_region": "us-east-1",
        "peer_vpc_id": "vpc-0a1b2c3d4e5f60718",
        "peer_cidr": "10.20.0.0/16",
    }
    private = {
        "transit_vpc_id": "vpc-transit",
        "transit_vpc_cidr": "100.64.0.0/24",
        "inbound_nlb_arn": "nlb-in",
        "inbound_target_group_arn": "tg-in",
        "inbound_service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-in",
        "inbound_endpoint_id": "vpce-in",
        "inbound_endpoint_dns": "vpce-in.example",
        "outbound_nlb_arn": "nlb-out",
        "outbound_target_group_arn": "tg-out",
        "outbound_service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-out",
        "outbound_endpoint_id": "vpce-out",
        "outbound_endpoint_dns": "vpce-out.example",
        "private_zone_id": "Z1",
        "watcher_function_name": "acme-prod-watcher",
        "database_peering": peering,
        "application_peerings": {"web": {**peering, "id": "pcx-web", "peer_vpc_id": "vpc-web"}},
    }
    public = {
        "proxy_nlb_arn": "nlb-px",
        "proxy_nlb_dns": "px.elb.example",
        "proxy_public_ips": ["54.1.1.1"],
        "proxy_target_group_arn": "tg-px",
    }
    nodes = {
        f"{role}-0": {"name": f"acme-prod-{role}-0", "role": role, "instance_id": f"i-{role}", "private_ip": ip}
        for role, ip in (("fdw", "10.64.0.13"), ("ingestion", "10.64.0.11"), ("proxy", "10.64.0.12"))
    }
    value = {
        "nodes": nodes,
        "data_volume_ids": ["vol-1", "vol-2"],
        "slog_volume_id": "vol-slog",
        "database_secret_name": "sk/acme/main/aws/dbi/1001/primary_db_password",
        "redis_secret_name": "redis/password/us-east-1/use1-a/1001",
        "redis_user_id": "acme-prod-redis",
        "redis_user_name": "acme-prod-redis",
        "redis_access_string": "on ~1001:* +@all",
        "proxy_tls_secret_name": None,
        "private": private if topology == "private" else None,
        "public": public if topology == "public" else None,
    }
    return InstanceOutputs.model_validate_json(json.dumps(value))


def an_instance(instance_id: str, ip: str = "10.64.0.11", **other: Any) -> InstanceFact:
    fact = InstanceFact(
        id=instance_id,
        state="running",
        instance_type="r6i.xlarge",
        image_id="ami-0123456789abcdef0",
        private_ip=ip,
        subnet_id="subnet-private",
        zone="us-east-1a",
        zone_id="use1-az1",
        imds_tokens="required",
        imds_hop_limit=1,
        launched_at=LONG_AGO,
    )
    return replace(fact, **other)


def a_volume(name: str, **other: Any) -> VolumeFact:
    fact = VolumeFact(
        id=name,
        state="in-use",
        attached_to="i-ingestion",
        attachment="attached",
        device="/dev/sdf",
        encrypted=True,
        size_gib=100,
    )
    return replace(fact, **other)


def an_endpoint(side: str, subnet: str, **other: Any) -> EndpointFact:
    fact = EndpointFact(
        id=f"vpce-{side}",
        state="available",
        service_name=f"com.amazonaws.vpce.us-east-1.vpce-svc-{side}",
        dns_names=(f"vpce-{side}.example",),
        subnet_ids=(subnet,),
        zone_ids=("use1-az1",),
        private_ips=("10.64.0.20",),
    )
    return replace(fact, **other)


def a_balancer(arn: str, **other: Any) -> LoadBalancerFact:
    fact = LoadBalancerFact(
        arn=arn,
        state="active",
        reason="",
        scheme="internal",
        dns_name=f"{arn}.example",
        zones=("us-east-1a",),
        public_ips=(),
        security_group_ids=(),
    )
    return replace(fact, **other)


def a_target(address: str, state: str = "healthy", reason: str = "", description: str = "") -> TargetFact:
    return TargetFact(address, 5432, state, reason, description)


def a_peering(name: str, status: str = "active", **other: Any) -> PeeringFact:
    fact = PeeringFact(
        id=name, status=status, message="", expires_at=None, requester_dns=status == "active", accepter_dns=False
    )
    return replace(fact, **other)


def scripts_said() -> dict[str, Any]:
    """What each probe's script prints on a node where all is well; `marker` by role."""
    return {
        "resolve": {"addresses": ["10.64.0.20"]},
        "tcp": {"outcome": "connected", "answer": "tls", "address": "10.64.0.20", "seconds": 0.002, "problem": ""},
        "psql": {
            "step": "done",
            "exit": 0,
            "problem": "",
            "answer": ANSWER,
            "address": "10.64.0.20",
            "psql": "psql 16",
        },
        "status": {
            "steps": [],
            "failed": None,
            "status": {
                "prepared": True,
                "active": True,
                "coordinators": {
                    "ingestion:ingestion-0": "running",
                    "proxy:proxy-0": "running",
                    "fdw:fdw-0": "running",
                },
                "mode": "normal",
            },
        },
        "read": {
            "step": "done",
            "exit": 0,
            "problem": "",
            "answered": True,
            "served": ["fdw-0"],
            "asked": {"fdw-0": "seen"},
        },
    }


@dataclass
class FakeReads:
    """Answers from tables. A value may be an exception: then asking raises it."""

    who: Any = OPERATOR
    known_instances: Any = field(
        default_factory=lambda: {
            f"i-{role}": an_instance(f"i-{role}", ip)
            for role, ip in (("ingestion", "10.64.0.11"), ("proxy", "10.64.0.12"), ("fdw", "10.64.0.13"))
        }
    )
    known_managed: Any = field(
        default_factory=lambda: {
            f"i-{role}": NodePing("Online", "3.3.1", NOW) for role in ("ingestion", "proxy", "fdw")
        }
    )
    known_volumes: Any = field(default_factory=lambda: tuple(a_volume(name) for name in ("vol-1", "vol-2", "vol-slog")))
    endpoints: Any = field(
        default_factory=lambda: {
            "vpce-in": an_endpoint("in", "subnet-private"),
            "vpce-out": an_endpoint("out", "subnet-transit"),
        }
    )
    balancers: Any = field(
        default_factory=lambda: {
            "nlb-in": a_balancer("nlb-in"),
            "nlb-out": a_balancer("nlb-out"),
            "nlb-px": a_balancer(
                "nlb-px", scheme="internet-facing", public_ips=("54.1.1.1",), security_group_ids=("sg-px",)
            ),
        }
    )
    known_listeners: Any = (Listener(5432, "TCP", ("tg-px",)),)
    known_targets: Any = field(
        default_factory=lambda: {
            "tg-in": (a_target("10.20.1.5"),),
            "tg-out": (a_target("i-proxy"),),
            "tg-px": (a_target("10.64.0.12"),),
        }
    )
    peerings: Any = field(default_factory=lambda: {name: a_peering(name) for name in ("pcx-db", "pcx-web")})
    rules: Any = (IngressRule("203.0.113.0/24", "tcp", 5432, 5432),)
    zone: Any = (Record("springtail.acme.example.com", "A", ("vpce-out.example.",)),)
    vpcs: Any = field(default_factory=lambda: {"vpc-11": Vpc("vpc-11", "available", ("10.64.0.0/16",))})
    nats: Any = (NatGateway("nat-1", "available", (NAT,)),)
    redis: Any = REDIS
    user_group: Any = USER_GROUP
    users: Any = field(
        default_factory=lambda: {
            "use1-a-default": RedisUser("use1-a-default", "default", "active", "off -@all"),
            "acme-prod-redis": RedisUser("acme-prod-redis", "acme-prod-redis", "active", "on ~1001:* +@all"),
        }
    )
    said: dict[str, Any] = field(default_factory=scripts_said)
    ran: list[tuple[str, str]] = field(default_factory=list)

    def identity(self) -> Identity:
        return give(self.who)

    def instances(self, ids: Sequence[str]) -> dict[str, InstanceFact]:
        return give(self.known_instances)

    def managed_nodes(self, ids: Sequence[str]) -> dict[str, NodePing]:
        return give(self.known_managed)

    def volumes(self, ids: Sequence[str]) -> tuple[VolumeFact, ...]:
        return give(self.known_volumes)

    def endpoint(self, endpoint_id: str) -> EndpointFact | None:
        return give(give(self.endpoints).get(endpoint_id))

    def load_balancer(self, arn: str) -> LoadBalancerFact | None:
        return give(give(self.balancers).get(arn))

    def listeners(self, load_balancer_arn: str) -> tuple[Listener, ...]:
        return give(self.known_listeners)

    def targets(self, target_group_arn: str) -> tuple[TargetFact, ...]:
        return give(give(self.known_targets)[target_group_arn])

    def peering(self, peering_id: str) -> PeeringFact | None:
        return give(give(self.peerings).get(peering_id))

    def ingress(self, group_ids: Sequence[str]) -> tuple[IngressRule, ...]:
        return give(self.rules)

    def records(self, zone_id: str, name: str) -> tuple[Record, ...]:
        return give(self.zone)

    def vpc(self, vpc_id: str) -> Vpc | None:
        return give(self.vpcs).get(vpc_id)

    def nat_gateways(self, vpc_id: str) -> tuple[NatGateway, ...]:
        return give(self.nats)

    def redis_group(self, group_id: str) -> RedisGroup | None:
        return give(self.redis)

    def redis_user_group(self, group_id: str) -> RedisUserGroup | None:
        return give(self.user_group)

    def redis_users(self, ids: Sequence[str]) -> dict[str, RedisUser]:
        return give(self.users)

    def run(self, instance_id: str, script: str, *, seconds: int) -> Ran:
        name = script_name(script)
        self.ran.append((instance_id, name))
        role = instance_id.removeprefix("i-")
        marker = {
            "found": True,
            "problem": "",
            "marker": {"version": 1, "role": role, "instance_id": instance_id, "simulated": False},
        }
        said = give(self.said.get(name, marker))
        return said if isinstance(said, Ran) else Ran("success", 0, json.dumps(said) + "\n")


def script_name(text: str) -> str:
    """Which probe's script this is."""
    if "\nexec python3 - status <<" in text:
        return "status"
    return next(name for name in ("marker", "resolve", "tcp", "psql", "read") if text.endswith(script(name)))


def give(value: Any) -> Any:
    if isinstance(value, BaseException):
        raise value
    return value


def scene(
    reads: Any, topology: str = "private", *, answers: DeploymentAnswers | None = None, link: LinkOutputs | None = None
) -> Scene:
    return Scene(answers or deployment(topology), shard(), outputs(topology), shard_outputs(), link, reads, lambda: NOW)


def look(
    reads: Any,
    topology: str = "private",
    *,
    answers: DeploymentAnswers | None = None,
    link: LinkOutputs | None = LINK,
    on_hop: Callable[[Hop], None] = lambda _hop: None,
    endpoint: str | None = None,
) -> Verification:
    return verify_with(
        answers or deployment(topology),
        shard(),
        outputs=outputs(topology),
        shard_outputs=shard_outputs(),
        link=link,
        reads=reads,
        on_hop=on_hop,
        clock=lambda: NOW,
        endpoint=endpoint,
    )


def look_at_shard(reads: Any) -> Verification:
    return verify_shard_with(shard(), shard_outputs(), reads, clock=lambda: NOW)


def states(verification: Verification) -> dict[str, HopState]:
    return {hop.key: hop.state for hop in verification.hops}


def hop(verification: Verification, key: str) -> Hop:
    return next(hop for hop in verification.hops if hop.key == key)
