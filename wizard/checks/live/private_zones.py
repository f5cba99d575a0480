"""Whether private DNS zones conflict: a VPC resolves a name in one private zone only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wizard.blueprints.springtail.answers import DeploymentAnswers, Topology
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
    remedy="give the proxy another host name, or have the other zone disassociated from the VPC",
)


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask for the zones of the proxy's name, where stack `instance` makes one."""
    if subject.deployment is not None and _host(subject.deployment):
        yield PrivateZones(host=_host(subject.deployment))


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Say which other zone some VPC of the answers would meet beside ours."""
    deployment = subject.deployment
    if deployment is None or not _host(deployment):
        return
    host = _host(deployment)
    for zone in facts.value(PrivateZones(host=host)) or ():
        if not _is_ours(subject, zone):
            yield from _zone(zone, host, _vpcs(subject, deployment))


def _host(deployment: DeploymentAnswers) -> str:
    """The name that becomes a private zone; none in the public topology."""
    return deployment.proxy.host if deployment.topology is Topology.PRIVATE else ""


def _vpcs(subject: Subject, deployment: DeploymentAnswers) -> dict[str, str]:
    """Give the VPCs that resolve our zone, with what they are called."""
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


def _zone(zone: PrivateZone, host: str, vpcs: dict[str, str]) -> Iterator[Finding]:
    met = [called for vpc_id, called in vpcs.items() if vpc_id in {*zone.vpc_ids, *zone.authorized_vpc_ids}]
    if not met:
        return
    if zone.name == host:
        yield CONFLICT.at(
            "proxy.host",
            f"private zone {zone.id} has the name {host} already, for {', '.join(met)}",
            remedy=f"give the proxy another host name, or have {', '.join(met)} disassociated from {zone.id}",
        )
    elif host.endswith(f".{zone.name}"):
        yield CONFLICT.at(
            "proxy.host",
            f"private zone {zone.id} ({zone.name}) is a parent of {host}, for {', '.join(met)}: a record of it that "
            f"names {host} is hidden by the new zone",
            severity=Severity.WARN,
            remedy=f"nothing, if {zone.id} has no record {host}; remove that record otherwise",
        )
    else:
        yield CONFLICT.at(
            "proxy.host",
            f"private zone {zone.id} ({zone.name}) is a child of {host}, for {', '.join(met)}: names under it are "
            "answered there",
            severity=Severity.WARN,
            remedy=f"nothing, if {zone.name} is meant to lead elsewhere than the proxy",
        )
