"""Whether private DNS zones conflict: a VPC resolves a name in one private zone only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.blueprints.springtail.ownership import Whose, whose
from wizard.checks.codes import code
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
from wizard.facts.names import PrivateZone, PrivateZones
from wizard.findings import Finding, Severity

CONFLICT = code(
    "PRIVATE_ZONE_CONFLICT",
    Severity.CRITICAL,
    Severity.WARN,
    why="AWS associates a VPC with one private zone of a name (ConflictingDomainExists); of parent and child the longest name answers",
    remedy="give the proxy another host name, or have the other zone disassociated from the VPC; the database's name is what it is",
)


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask for the zones of the name that becomes one of ours."""
    if subject.deployment is not None and (named := _named(subject.deployment)):
        yield PrivateZones(host=named.host)


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Say which other zone some VPC of the answers would meet beside ours."""
    deployment = subject.deployment
    named = _named(deployment) if deployment is not None else None
    if deployment is None or named is None:
        return
    for zone in facts.value(PrivateZones(host=named.host)) or ():
        if not _is_ours(subject, zone):
            yield from _zone(zone, named, _vpcs(subject, deployment))


@dataclass(frozen=True, slots=True)
class _Named:
    """A name that becomes a private zone, the answer that sets it, and what else could be answered."""

    path: str
    host: str
    instead: str


def _named(deployment: DeploymentAnswers) -> _Named | None:
    """The proxy's name on the peered path, the database's through a service of the customer's; none in the public topology."""
    if deployment.through_service:
        return _Named("database.host", deployment.database.host, "choose another shard")
    if deployment.peered and deployment.proxy.host:
        return _Named("proxy.host", deployment.proxy.host, "give the proxy another host name")
    return None


def _vpcs(subject: Subject, deployment: DeploymentAnswers) -> dict[str, str]:
    """Give the VPCs that resolve our zone, with what they are called."""
    if deployment.through_service:
        built = subject.shard_built
        return {built.vpc_id: f"the shard's {built.vpc_id}"} if built else {}
    found = {app.vpc_id: f"application {app.name}'s {app.vpc_id}" for app in deployment.applications}
    if subject.built and subject.built.private:
        transit = subject.built.private.transit_vpc_id
        found[transit] = f"the transit VPC {transit}"
    return found


def _is_ours(subject: Subject, zone: PrivateZone) -> bool:
    built = subject.built.private if subject.built else None
    if built is not None and zone.id == built.private_zone_id:
        return True
    return whose(zone.tags, shard=subject.shard.name, deployment=subject.name) is Whose.DEPLOYMENT


def _zone(zone: PrivateZone, named: _Named, vpcs: dict[str, str]) -> Iterator[Finding]:
    host = named.host
    met = [called for vpc_id, called in vpcs.items() if vpc_id in {*zone.vpc_ids, *zone.authorized_vpc_ids}]
    if not met:
        return
    if zone.name == host:
        yield CONFLICT.at(
            named.path,
            f"private zone {zone.id} has the name {host} already, for {', '.join(met)}",
            remedy=f"{named.instead}, or have {', '.join(met)} disassociated from {zone.id}",
        )
    elif host.endswith(f".{zone.name}"):
        yield CONFLICT.at(
            named.path,
            f"private zone {zone.id} ({zone.name}) is a parent of {host}, for {', '.join(met)}: a record of it that "
            f"names {host} is hidden by the new zone",
            severity=Severity.WARN,
            remedy=f"nothing, if {zone.id} has no record {host}; remove that record otherwise",
        )
    else:
        yield CONFLICT.at(
            named.path,
            f"private zone {zone.id} ({zone.name}) is a child of {host}, for {', '.join(met)}: names under it are "
            "answered there",
            severity=Severity.WARN,
            remedy=f"nothing, if {zone.name} is meant to lead elsewhere than {host}",
        )
