"""All checks of a shard and of a deployment."""

from __future__ import annotations

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.checks import database, engine, governance, ingress, names, network, placement, storage, unused
from wizard.checks.codes import CODES, Code
from wizard.findings import Finding, worst_first


def check_shard(shard: ShardAnswers) -> tuple[Finding, ...]:
    """Everything there is to say about a shard by itself, worst first."""
    return worst_first(
        (
            *network.shard(shard),
            *placement.shard(shard),
            *names.shard(shard),
            *governance.shard(shard),
            *unused.unused(shard),
        )
    )


def check_deployment(
    deployment: DeploymentAnswers, shard: ShardAnswers, others: tuple[DeploymentAnswers, ...] = ()
) -> tuple[Finding, ...]:
    """Everything there is to say about a deployment on its shard, beside the shard's other deployments; worst first."""
    return worst_first(
        (
            *network.deployment(deployment, shard, others),
            *placement.deployment(deployment, shard),
            *names.deployment(deployment, shard, others),
            *ingress.deployment(deployment),
            *database.deployment(deployment),
            *storage.deployment(deployment),
            *governance.deployment(deployment, shard),
            *unused.unused(deployment),
        )
    )


#: Given by the engine's room, which knows the runs; named here so that they are registered with all others.
ENGINE = (engine.ENGINE_KIND_CHANGED, engine.ENGINE_OLDER)


def registered() -> tuple[Code, ...]:
    """Every code that a check can give, by name."""
    return tuple(sorted(CODES.values(), key=lambda code: code.name))
