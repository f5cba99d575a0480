"""Every name that AWS will see, with the kind of thing that bears it: what can be taken or be too long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from wizard.blueprints.springtail import names
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers, TlsHolder, Topology


class Kind(StrEnum):
    """What bears a name."""

    LOAD_BALANCER = "load balancer"
    TARGET_GROUP = "target group"
    ROLE = "role"
    INSTANCE_PROFILE = "instance profile"
    FUNCTION = "function"
    RULE = "event rule"
    LOG_GROUP = "log group"
    ALARM = "alarm"
    SECRET = "secret"  # noqa: S105 - the word
    PARAMETER = "parameter"
    REDIS_USER = "Redis user"
    REPLICATION_GROUP = "replication group"
    USER_GROUP = "Redis user group"
    CACHE_PARAMETER_GROUP = "cache parameter group"
    CACHE_SUBNET_GROUP = "cache subnet group"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Named:
    """A name to be, and the answer's key that it comes from first of all."""

    kind: Kind
    name: str
    path: str = "name"


def of_shard(shard: ShardAnswers) -> tuple[Named, ...]:
    """Give the names of stack `shard`. The state's bucket is not among them: it is meant to be shared."""
    by_purpose = names.shard_names(shard)
    kinds = {
        "replication_group": Kind.REPLICATION_GROUP,
        "user_group": Kind.USER_GROUP,
        "default_user_id": Kind.REDIS_USER,
        "parameter_group": Kind.CACHE_PARAMETER_GROUP,
        "subnet_group": Kind.CACHE_SUBNET_GROUP,
        "topic": Kind.TOPIC,
    }
    return tuple(Named(kind, by_purpose[purpose]) for purpose, kind in kinds.items())


def of_deployment(deployment: DeploymentAnswers, shard: ShardAnswers) -> tuple[Named, ...]:
    """Give the names of stack `instance`, of the topology that is chosen."""
    path = _private if deployment.topology is Topology.PRIVATE else _public
    if deployment.through_service:
        path = _service
    return (
        *_nodes(deployment),
        *(Named(Kind.SECRET, name, "identifiers.instance") for name in _secrets(deployment, shard)),
        *path(names.names(deployment)),
    )


def _nodes(deployment: DeploymentAnswers) -> Iterator[Named]:
    by_purpose = names.names(deployment)
    for role in ("ingestion", "proxy", "fdw"):
        name = by_purpose[f"{role}_role"]
        yield Named(Kind.ROLE, name)
        yield Named(Kind.INSTANCE_PROFILE, name)
        yield Named(Kind.PARAMETER, names.node_parameter(deployment, role))
    if deployment.database.ca_pem:
        yield Named(Kind.PARAMETER, names.authority_parameter(deployment))
    yield Named(Kind.REDIS_USER, by_purpose["redis_user_id"])


def _secrets(deployment: DeploymentAnswers, shard: ShardAnswers) -> Iterator[str]:
    yield names.database_secret(deployment)
    yield names.redis_secret(shard, deployment)
    if deployment.proxy.tls is not TlsHolder.NONE:
        yield names.proxy_tls_secret(deployment)


def _private(by_purpose: dict[str, str]) -> Iterator[Named]:
    for side in ("inbound", "outbound"):
        yield Named(Kind.LOAD_BALANCER, by_purpose[f"{side}_nlb"])
        yield Named(Kind.TARGET_GROUP, by_purpose[f"{side}_target_group"])
    watcher = by_purpose["watcher"]
    for kind in (Kind.ROLE, Kind.FUNCTION, Kind.RULE):
        yield Named(kind, watcher)
    yield Named(Kind.LOG_GROUP, f"/aws/lambda/{watcher}")
    yield Named(Kind.ALARM, f"{watcher}-errors")


def _service(by_purpose: dict[str, str]) -> Iterator[Named]:
    yield Named(Kind.LOAD_BALANCER, by_purpose["outbound_nlb"])
    yield Named(Kind.TARGET_GROUP, by_purpose["outbound_target_group"])


def _public(by_purpose: dict[str, str]) -> Iterator[Named]:
    yield Named(Kind.LOAD_BALANCER, by_purpose["proxy_nlb"])
    yield Named(Kind.TARGET_GROUP, by_purpose["proxy_target_group"])
