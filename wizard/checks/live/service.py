"""The customer's endpoint service as this account sees it, and what another link would do to a path that stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.checks.codes import code
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
from wizard.facts.network import OwnedService, ServiceSeen
from wizard.findings import Finding, Severity

NOT_SEEN = code(
    "SERVICE_NOT_SEEN",
    Severity.CRITICAL,
    Severity.HIGH,
    why="AWS shows a service to nobody but those whom its owner allows, and makes no endpoint for anybody else",
    remedy="the customer allows our account: aws ec2 modify-vpc-endpoint-service-permissions --add-allowed-principals",
)
OWNER = code(
    "SERVICE_OTHER_OWNER",
    Severity.HIGH,
    why="the steps for the customer go to the account of database.vpc, and only the service's owner can accept our endpoint",
    remedy="ask the customer which account runs the service; put it into database.vpc.account_id, or correct the name",
)
KIND = code(
    "SERVICE_NOT_INTERFACE",
    Severity.CRITICAL,
    why="an interface endpoint leads to a service of network load balancers alone",
    remedy="ask the customer for a service in front of a network load balancer",
)
ZONE = code(
    "SERVICE_NOT_IN_ZONE",
    Severity.CRITICAL,
    why="an endpoint can be only in zones that the service's load balancer is in; everything of a shard stands in one zone",
    remedy="the customer adds a subnet in the shard's zone, by ID, to the load balancer",
)
ACCEPTANCE = code(
    "SERVICE_ASKS_ACCEPTANCE",
    Severity.INFO,
    why="our endpoint carries nothing until the service's owner accepts it",
    remedy="nothing now: the handoff has the step, and stack link waits for it",
)
REPLACED = code(
    "LINK_REPLACES_PATH",
    Severity.HIGH,
    why="the path that stands is taken down before the new one is accepted: replication and applications are cut off meanwhile",
    remedy="agree on a time with the customer and acknowledge this with it; their steps begin anew, and the old ones are undone",
)


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask for the service that is named."""
    if (deployment := subject.deployment) is not None and _named(deployment):
        yield _ask(subject, deployment)


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Say what holds our endpoint up, and whether a path that stands would be replaced."""
    deployment = subject.deployment
    if deployment is None:
        return
    yield from _replaced(subject, deployment)
    seen = facts.value(_ask(subject, deployment)) if _named(deployment) else None
    if seen is not None:
        yield from _service(subject, deployment, seen)


def _named(deployment: DeploymentAnswers) -> bool:
    return deployment.through_service and bool(deployment.database.service_name)


def _ask(subject: Subject, deployment: DeploymentAnswers) -> OwnedService:
    return OwnedService(region=subject.region, name=deployment.database.service_name)


def _service(subject: Subject, deployment: DeploymentAnswers, seen: ServiceSeen) -> Iterator[Finding]:
    path, name = "database.service_name", deployment.database.service_name
    if not seen.exists:
        ours = f"arn:{subject.account.partition.value}:iam::{subject.account.id}:root"
        built = subject.built.service if subject.built else None
        stands = built is not None and built.inbound_service_name == name
        yield NOT_SEEN.at(
            path,
            f"{subject.account.id} sees no service {name} in {subject.region}",
            severity=Severity.HIGH if stands else Severity.CRITICAL,
            remedy=f"compare the name with the customer's; they allow {ours}: aws ec2 modify-vpc-endpoint-service-permissions "
            f"--region {subject.region} --service-id {name.rpartition('.')[2]} --add-allowed-principals {ours}",
        )
        return
    owner = deployment.database.vpc.account_id if deployment.database.vpc else ""
    if owner and seen.owner and seen.owner != owner:
        yield OWNER.at(path, f"{name} is {seen.owner}'s; database.vpc says {owner}")
    if "Interface" not in seen.kinds:
        yield KIND.at(path, f"{name} takes {', '.join(seen.kinds) or 'no'} endpoints")
        return
    zone = subject.shard.zone_id
    if zone not in seen.zone_ids:
        yield ZONE.at(
            path,
            f"{name} is in {', '.join(seen.zone_ids) or 'no zone of ours'}; the shard is in {zone}",
            remedy=f"the customer adds a subnet in {zone} to the load balancer (zone names differ between accounts: by ID)",
        )
    if seen.acceptance_required:
        yield ACCEPTANCE.at(path, f"{name} asks its owner to accept each endpoint")


def _replaced(subject: Subject, deployment: DeploymentAnswers) -> Iterator[Finding]:
    built = subject.built
    if built is None:
        return
    if built.private is not None and deployment.through_service:
        peering = built.private.database_peering.id
        what = f"{deployment.name} stands on {peering} and its transit VPC, which an apply takes down"
        yield REPLACED.at("database.link", what)
    elif built.service is not None and deployment.peered:
        what = f"{deployment.name} stands on {built.service.inbound_endpoint_id}, which an apply takes down"
        yield REPLACED.at("database.link", what)
    elif built.service is not None and _named(deployment):
        before, after = built.service.inbound_service_name, deployment.database.service_name
        if before != after:
            what = f"{built.service.inbound_endpoint_id} leads to {before}: an apply replaces it by one to {after}"
            yield REPLACED.at("database.service_name", what)
