"""All checks of a shard and of a deployment: of the answers alone, and against facts."""

from __future__ import annotations

from typing import Any

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.checks import (
    changes,
    database,
    engine,
    governance,
    ingress,
    live,
    names,
    network,
    placement,
    service,
    storage,
    unused,
)
from wizard.checks.codes import CODES, Code
from wizard.checks.live import unread
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
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


#: Given by the engine's room, which knows the runs; named here so that they are registered with all others.
ENGINE = (engine.ENGINE_KIND_CHANGED, engine.ENGINE_OLDER)
#: Given where a plan has been made (`wizard.deploy.classes`); named here for the same reason.
PLANS = (changes.CHANGE_IGNORED,)


#: Checks against facts: modules with `asks(subject)` and `check(subject, facts)`.
LIVE = (
    live.account,
    live.addresses,
    live.database,
    live.permissions,
    live.private_zones,
    live.quotas,
    live.service,
    live.sizing,
    live.taken,
    live.zones,
)


def check_answers(subject: Subject) -> tuple[Finding, ...]:
    """Everything there is to say without asking anybody."""
    if subject.deployment is None:
        return check_shard(subject.shard)
    return check_deployment(subject.deployment, subject.shard, subject.others)


def asks_of(subject: Subject) -> frozenset[Ask[Any]]:
    """Everything that has to be asked. All at once: no ask depends on what another one gave."""
    return frozenset(ask for module in LIVE for ask in module.asks(subject))


def check_facts(subject: Subject, asks: frozenset[Ask[Any]], facts: Facts) -> tuple[Finding, ...]:
    """Everything that facts say of the answers, and which of the subject's `asks` could not be read; worst first."""
    in_order = sorted(asks, key=lambda ask: (ask.kind, repr(ask)))
    found = [finding for module in LIVE for finding in module.check(subject, facts)]
    return worst_first((*found, *unread.check(in_order, facts)))


def registered() -> tuple[Code, ...]:
    """Every code that a check can give, by name."""
    return tuple(sorted(CODES.values(), key=lambda code: code.name))
