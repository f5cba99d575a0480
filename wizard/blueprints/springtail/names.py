"""Every name that AWS sees, derived in one place, within AWS's limits.

A name that would be too long is cut and ends in six hexadecimal digits of the whole, so that two long names that
begin alike stay two names. Limits: load balancer and target group 32, ElastiCache replication group and user 40,
IAM role 64 (FACTS, AWS API models).
"""

from __future__ import annotations

import hashlib

from wizard.answers.account import StateBackend, StateLock
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers, Storage


def fit(name: str, limit: int) -> str:
    """Give `name`, or its beginning and a digest of the whole, in at most `limit` characters."""
    if len(name) <= limit:
        return name
    tail = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{name[: limit - 7].rstrip('-')}-{tail}"


def node(deployment: str, role: str, index: int) -> str:
    """Name tag of an instance; also its key in the contract (`ingestion-0`, without the deployment)."""
    return f"{deployment}-{role}-{index}"


def names(deployment: DeploymentAnswers) -> dict[str, str]:
    """Names of the instance stack, by purpose: what its module takes as `names`."""
    name = deployment.name
    return {
        "inbound_nlb": fit(f"{name}-in", 32),
        "inbound_target_group": fit(f"{name}-in-db", 32),
        "outbound_nlb": fit(f"{name}-out", 32),
        "outbound_target_group": fit(f"{name}-out-px", 32),
        "proxy_nlb": fit(f"{name}-px", 32),
        "proxy_target_group": fit(f"{name}-px-tg", 32),
        "ingestion_role": fit(f"{name}-ingestion", 64),
        "proxy_role": fit(f"{name}-proxy", 64),
        "fdw_role": fit(f"{name}-fdw", 64),
        "watcher": fit(f"{name}-watcher", 64),
        "redis_user_id": fit(f"{name}-redis", 40),
        "redis_user_name": fit(f"{name}-redis", 40),
    }


def shard_names(shard: ShardAnswers) -> dict[str, str]:
    """Names of the shard stack, by purpose."""
    name = shard.name
    return {
        "replication_group": fit(f"{name}-redis", 40),
        "user_group": fit(f"{name}-users", 40),
        "default_user_id": fit(f"{name}-default", 40),
        "parameter_group": fit(f"{name}-redis-ake", 64),
        "subnet_group": fit(f"{name}-redis", 64),
        "topic": fit(f"{name}-events", 256),
    }


def database_secret(deployment: DeploymentAnswers) -> str:
    """Secret that holds the replication user's password, as Springtail looks for it."""
    ids = deployment.identifiers
    return f"sk/{ids.organization}/{ids.account}/aws/dbi/{ids.instance}/primary_db_password"


def proxy_tls_secret(deployment: DeploymentAnswers) -> str:
    """Secret that holds the proxy's certificate chain and key."""
    ids = deployment.identifiers
    return f"sk/{ids.organization}/{ids.account}/aws/dbi/{ids.instance}/proxy_tls"


def redis_secret(shard: ShardAnswers, deployment: DeploymentAnswers) -> str:
    """Secret that holds the deployment's own Redis user's password."""
    return f"redis/password/{shard.account.region}/{shard.name}/{deployment.identifiers.instance}"


def node_parameter(deployment: DeploymentAnswers, role: str) -> str:
    """Parameter that a role's nodes read their configuration from at every boot (module nodes).

    Ingestion without EBS has a name of its own: a node is made for its storage.
    """
    on_nvme = role == "ingestion" and deployment.nodes.ingestion.storage is Storage.NVME
    return f"/planewright/{deployment.name}/node-config-{role}{'-nvme' if on_nvme else ''}"


def authority_parameter(deployment: DeploymentAnswers) -> str:
    """Parameter of the database's certificate authority, where the answers give one (module nodes)."""
    return f"/planewright/{deployment.name}/database-ca"


def state_bucket(shard: ShardAnswers) -> str:
    """Bucket of the engine's state: as answered, or one for each account and region."""
    return shard.state.bucket or f"planewright-state-{shard.account.id}-{shard.account.region}"


def lock_table(shard: ShardAnswers) -> str:
    """Table that locks the engine's states: as answered, or one for each account and region; empty where none does."""
    state = shard.state
    if state.backend is StateBackend.LOCAL or state.lock is StateLock.FILE:
        return ""
    return state.lock_table or "planewright-state-lock"


def state_key(kind: str, name: str, stack: str) -> str:
    """Key of a stack's state in the bucket, e.g. `deployment/acme-prod/instance.tfstate`."""
    return f"{kind}/{name}/{stack}.tfstate"
