"""The policies of one audience, each with the name that it goes by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, ShardOutputs
from wizard.permissions.customer import customer_grants
from wizard.permissions.documents import Document, documents
from wizard.permissions.emitted import Emitted
from wizard.permissions.grants import Grant, Stage
from wizard.permissions.needed import checker_grants, operator_grants
from wizard.permissions.places import Places

Audience = Literal["operator", "check", "customer"]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document, and a name for it and its file: `acme-prod-operator-1`."""

    name: str
    document: Document


def policies(
    audience: Audience,
    shard: ShardAnswers,
    deployment: DeploymentAnswers | None,
    emitted: Iterable[Emitted],
    *,
    built: InstanceOutputs | None = None,
    stage: Stage | None = None,
    on: ShardOutputs | None = None,
    locked_by: Collection[tuple[str, str]] = (),
) -> tuple[Policy, ...]:
    """Give an audience's policies, for one stage or for all. Those of a customer are apart by account and stage.

    `built` and `on` are what the deployment and its shard handed over, where they were applied; `locked_by` as `Places` has it.

    A shard by itself has no customer: there are none then.
    """
    name = deployment.name if deployment else shard.name
    if audience == "customer":
        return () if deployment is None else tuple(_customer(name, shard, deployment, built, stage))
    places = Places(shard, deployment, on, locked_by)
    grants = checker_grants(places) if audience == "check" else operator_grants(places, emitted)
    return tuple(_named([name, audience, *([stage.value] if stage else [])], grants, stage))


def _customer(
    name: str,
    shard: ShardAnswers,
    deployment: DeploymentAnswers,
    built: InstanceOutputs | None,
    stage: Stage | None,
) -> Iterator[Policy]:
    for account, grants in customer_grants(deployment, shard, built).items():
        for one in [stage] if stage else list(Stage):
            parts = [name, "customer", *([account] if account else []), one.value]
            yield from _named(parts, grants, one)


def _named(parts: list[str], grants: Iterable[Grant], stage: Stage | None) -> Iterator[Policy]:
    found = documents(grant for grant in grants if stage in (None, grant.stage))
    name = "-".join(parts)
    if len(found) == 1:
        yield Policy(name, found[0])
        return
    yield from (Policy(f"{name}-{number}", document) for number, document in enumerate(found, start=1))
