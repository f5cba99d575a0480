"""All checks of a shard and of a deployment that need nothing but their answers. What needs AWS is in `run`."""

from __future__ import annotations

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.checks import database, governance, ingress, names, network, placement, service, storage, unused
from wizard.checks.subject import Subject
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
            *service.deployment(deployment, shard),
            *storage.deployment(deployment),
            *governance.deployment(deployment, shard),
            *unused.unused(deployment),
        )
    )


def check_answers(subject: Subject) -> tuple[Finding, ...]:
    """Everything there is to say without asking anybody."""
    if subject.deployment is None:
        return check_shard(subject.shard)
    return check_deployment(subject.deployment, subject.shard, subject.others)
