"""Seeding a deployment's secrets, with a journal of names; and the names that a destroyed deployment still blocks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from wizard.aws.secret_store import ScheduledSecret, purge, scheduled_for_deletion
from wizard.aws.secrets import Inputs, SeedEvent, SeedResult, Which, seed
from wizard.blueprints.springtail.answers import TlsHolder
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.blueprints.springtail.names import database_secret, proxy_tls_secret, redis_secret
from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.deploy import store
from wizard.deploy.journals import append
from wizard.deploy.target import Target
from wizard.errors import ContractError

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession

JOURNAL = "seeding.jsonl"


def secret_names(target: Target) -> tuple[str, ...]:
    """Names of the deployment's secrets."""
    deployment = target.deployment
    tls = () if deployment.proxy.tls is TlsHolder.NONE else (proxy_tls_secret(deployment),)
    return (database_secret(deployment), redis_secret(target.shard, deployment), *tls)


def blocked_names(target: Target, session: AwsSession) -> tuple[ScheduledSecret, ...]:
    """Secrets of an earlier installation that wait for their deletion: the check says NAME_TAKEN of them until they are gone."""
    return scheduled_for_deletion(session, secret_names(target))


def purge_names(target: Target, session: AwsSession) -> tuple[str, ...]:
    """Delete what waits for its deletion for good; gives the names that are free now."""
    blocked = blocked_names(target, session)
    for secret in blocked:
        purge(session, secret.name)
    return tuple(secret.name for secret in blocked)


def seed_target(target: Target, session: AwsSession, *, inputs: Inputs, rotate: frozenset[Which]) -> SeedResult:
    """Seed every secret of an applied deployment. Each step that took effect is journalled at once, by name alone."""
    outputs = store.load_contract(target.place, INSTANCE)
    if not isinstance(outputs, InstanceOutputs):
        raise ContractError(
            f"{target.name} has no secrets to seed yet",
            cause="its stack instance makes the containers and has not been applied from this workspace",
            action=f"planewright apply {target.name}",
        )
    return seed(
        session,
        outputs,
        target.deployment,
        inputs=inputs,
        rotate=rotate,
        journal=lambda event: _journal(target, event),
    )


def _journal(target: Target, event: SeedEvent) -> None:
    append(target.place, JOURNAL, asdict(event))
