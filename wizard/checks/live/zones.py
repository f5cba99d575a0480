"""Whether the zone has what is to be built in it. By zone ID throughout: names differ between accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wizard.answers.account import Partition
from wizard.checks.codes import code
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
from wizard.facts.network import EndpointServiceFact, EndpointServices, ZoneFact, Zones
from wizard.findings import Finding, Severity

UNKNOWN = code(
    "ZONE_UNKNOWN",
    Severity.CRITICAL,
    why="nothing can be built in a zone that the account does not have",
    remedy="choose one of the region's zone IDs: aws ec2 describe-availability-zones --query 'AvailabilityZones[].ZoneId'",
)
NOT_USABLE = code(
    "ZONE_NOT_USABLE",
    Severity.CRITICAL,
    Severity.WARN,
    why="the shard's NAT gateway, load balancers and endpoints need an availability zone that works and is open to the account",
    remedy="choose another of the region's zone IDs",
)
CANNOT_CHANGE = code(
    "ZONE_CANNOT_CHANGE",
    Severity.CRITICAL,
    why="a subnet stays in its zone: an apply would destroy the shard's subnets with everything in them, and build anew",
    remedy="put the zone ID back that the shard is built in; another zone means another shard",
)
ENDPOINT = code(
    "ENDPOINT_NOT_IN_ZONE",
    Severity.CRITICAL,
    why="everything of a shard stands in its one zone; without the endpoint in that zone, what calls the API cannot reach it",
    remedy="choose another zone ID for the shard",
)

#: What the transit VPC's interface endpoints lead to (module private_path): the watcher's only ways out.
_INTERFACES = ("elasticloadbalancing", "sns")
#: The shard's gateway endpoint (module shard). It belongs to the region, not to a zone.
_GATEWAY = "s3"

_FINE = frozenset({"available", "information"})
_DEGRADED = frozenset({"impaired", "constrained"})
_OPEN = frozenset({"opt-in-not-required", "opted-in"})


def services(subject: Subject) -> tuple[str, ...]:
    """Give the short names of AWS's services that the stacks make endpoints for."""
    needs_watcher = subject.deployment is not None and subject.deployment.peered
    return (_GATEWAY, *(_INTERFACES if needs_watcher else ()))


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask for the region's zones, and where the endpoint services are."""
    yield Zones(region=subject.region)
    yield _services(subject)


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Look the shard's zone up among them."""
    built = subject.shard_built
    if built is not None and built.zone_id != subject.shard.zone_id:
        yield CANNOT_CHANGE.at(
            "zone_id",
            f"{subject.shard.name} is built in {built.zone_id}; the answers say {subject.shard.zone_id}",
            remedy=f"set zone_id back to {built.zone_id}; another zone means another shard",
        )
    zones = facts.value(Zones(region=subject.region))
    if zones is not None:
        yield from _zone(subject, zones)
    found = facts.value(_services(subject))
    if found is not None:
        known = zones is None or any(zone.id == subject.shard.zone_id for zone in zones)
        yield from _endpoints(subject, found, zone_known=known)


def _services(subject: Subject) -> EndpointServices:
    names = tuple(name for service in services(subject) for name in _full_names(subject, service))
    return EndpointServices(region=subject.region, names=names)


def _full_names(subject: Subject, service: str) -> tuple[str, ...]:
    """Give the names that AWS may have the service under. China has some of either kind."""
    plain = f"com.amazonaws.{subject.region}.{service}"
    return (plain, f"cn.{plain}") if subject.account.partition is Partition.CHINA else (plain,)


def _zone(subject: Subject, zones: tuple[ZoneFact, ...]) -> Iterator[Finding]:
    wanted = subject.shard.zone_id
    usable = sorted(zone.id for zone in zones if _trouble(zone) is None)
    instead = f"zone IDs of {subject.region}: {', '.join(usable)}"
    zone = next((zone for zone in zones if zone.id == wanted), None)
    if zone is None:
        yield UNKNOWN.at("zone_id", f"{subject.account.id} has no zone {wanted} in {subject.region}", remedy=instead)
    elif trouble := _trouble(zone):
        what, severity = trouble
        yield NOT_USABLE.at("zone_id", f"{wanted} {what}", severity=severity, remedy=f"choose another; {instead}")


def _trouble(zone: ZoneFact) -> tuple[str, Severity] | None:
    if zone.kind != "availability-zone":
        return (
            f"is a {zone.kind.replace('-', ' ')}, which lacks NAT gateways, endpoints or ElastiCache",
            Severity.CRITICAL,
        )
    if zone.opt_in not in _OPEN:
        return f"is {zone.opt_in} for the account", Severity.CRITICAL
    if zone.state in _FINE:
        return None
    return f"is {zone.state}, AWS says", Severity.WARN if zone.state in _DEGRADED else Severity.CRITICAL


def _endpoints(subject: Subject, found: tuple[EndpointServiceFact, ...], *, zone_known: bool) -> Iterator[Finding]:
    zone = subject.shard.zone_id
    by_name = {service.name: service for service in found}
    for short in services(subject):
        there = [by_name[name] for name in _full_names(subject, short) if name in by_name and by_name[name].exists]
        name = _full_names(subject, short)[0]
        if not there:
            yield ENDPOINT.at(
                "account.region",
                f"AWS has no endpoint service {name}",
                remedy="choose a region that has it: aws ec2 describe-vpc-endpoint-services",
            )
            continue
        zones = sorted({zone_id for service in there for zone_id in service.zone_ids})
        if short != _GATEWAY and zone_known and zone not in zones:
            yield ENDPOINT.at(
                "zone_id",
                f"{name} has no interface endpoints in {zone}",
                remedy=f"choose a zone ID that has them: {', '.join(zones)}",
            )
