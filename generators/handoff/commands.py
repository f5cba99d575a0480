"""The customer's steps as lines of the AWS CLI, each of which can be copied into a shell as it is.

A word in capitals stands for what only the customer knows: a route table, a security group. Every value is quoted for the shell.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from wizard.handoff.model import Act, Admit, Connection, Outlet, Parameters, Peering, Routes, Service, Site, Step, Zone

ROUTE_TABLE: Final = "ROUTE_TABLE_ID"
SECURITY_GROUP: Final = "SECURITY_GROUP_ID"
SUBNET: Final = "SUBNET_ID"
ENDPOINT: Final = "ENDPOINT_ID"
ZONE: Final = "HOSTED_ZONE_ID"
_FILLED: Final = (ROUTE_TABLE, SECURITY_GROUP, SUBNET, ENDPOINT, ZONE)
_DNS: Final = "AllowDnsResolutionFromRemoteVpc"


def by_hand(step: Step) -> tuple[str, ...]:
    """Give the lines that do a step; SQL where the step is PostgreSQL's; none where only a person can do it."""
    return tuple(_lines(step, undo=False))


def taken_back(step: Step) -> tuple[str, ...]:
    """Give the lines that take a step back; none where nothing in AWS is to be taken back."""
    return tuple(_lines(step, undo=True))


def to_fill(step: Step) -> bool:
    """Whether a line of the step has a word in capitals that the customer replaces."""
    return any(word in line for line in by_hand(step) for word in _FILLED)


def tables_of(site: Site, vpc_id: str) -> str:
    """Give the line that lists a VPC's route tables, each with its subnets; the main one is that of all others."""
    told = ("--query", "RouteTables[].[RouteTableId,Associations[].[SubnetId,Main]]", "--output", "json")
    return _ec2(site, "describe-route-tables", "--filters", f"Name=vpc-id,Values={vpc_id}", *told)


def quoted(*words: str) -> str:
    """Give one line that a POSIX shell reads as exactly these words."""
    return shlex.join(words)


def _lines(step: Step, *, undo: bool) -> Iterator[str]:
    match step.target:
        case Peering() as peering if step.site and step.act is Act.ACCEPT_PEERING:
            call = "delete-vpc-peering-connection" if undo else "accept-vpc-peering-connection"
            yield _ec2(step.site, call, "--vpc-peering-connection-id", peering.id)
        case Peering() as peering if step.site:
            option = f"{_DNS}={'false' if undo else 'true'}"
            names = ("--vpc-peering-connection-id", peering.id, "--accepter-peering-connection-options", option)
            yield _ec2(step.site, "modify-vpc-peering-connection-options", *names)
        case Routes() as routes if step.site:
            yield from _routes(step.site, routes, undo=undo)
        case Admit() as admit if step.site:
            call = "revoke-security-group-ingress" if undo else "authorize-security-group-ingress"
            rule = ("--protocol", "tcp", "--port", str(admit.port), "--cidr", admit.source_cidr)
            yield _ec2(step.site, call, "--group-id", SECURITY_GROUP, *rule)
        case Connection() as ours if step.site and step.act is Act.ALLOW_PRINCIPAL:
            which = "--remove-allowed-principals" if undo else "--add-allowed-principals"
            call = "modify-vpc-endpoint-service-permissions"
            yield _ec2(step.site, call, "--service-id", ours.service_id, which, ours.principal)
        case Connection() as ours if step.site:
            call = f"{'reject' if undo else 'accept'}-vpc-endpoint-connections"
            yield _ec2(step.site, call, "--service-id", ours.service_id, "--vpc-endpoint-ids", ours.endpoint_id)
        case Outlet() as outlet if step.site:
            yield from _outlet(step.site, step.act, outlet, undo=undo)
        case Service():
            return  # a load balancer, a target group, a listener and a service: the templates make them
        case Zone() as zone if step.site:
            call = "disassociate-vpc-from-hosted-zone" if undo else "associate-vpc-with-hosted-zone"
            vpc = f"VPCRegion={zone.region},VPCId={zone.vpc_id}"
            yield quoted("aws", "route53", call, "--hosted-zone-id", zone.zone_id, "--vpc", vpc)
        case Parameters(managed=True) if not undo:
            return  # which group, and whether a new one is needed, is the script's to find
        case target if not undo:
            yield from getattr(target, "sql", ())


def _routes(site: Site, routes: Routes, *, undo: bool) -> Iterator[str]:
    if not undo:
        yield tables_of(site, routes.vpc_id)
    where = ("--route-table-id", ROUTE_TABLE, "--destination-cidr-block", routes.destination)
    target = () if undo else ("--vpc-peering-connection-id", routes.peering_id)
    yield _ec2(site, "delete-route" if undo else "create-route", *where, *target)


def _outlet(site: Site, act: Act, outlet: Outlet, *, undo: bool) -> Iterator[str]:
    if act is Act.NAME_PROXY:
        if undo:
            yield quoted("aws", "route53", "delete-hosted-zone", "--id", ZONE)
            return
        vpc = f"VPCRegion={site.region},VPCId={outlet.vpc_id}"
        reference = ("--caller-reference", f"planewright-{outlet.name}")
        yield quoted("aws", "route53", "create-hosted-zone", "--name", outlet.host, "--vpc", vpc, *reference)
        yield quoted(
            "aws",
            "route53",
            "change-resource-record-sets",
            "--hosted-zone-id",
            ZONE,
            "--change-batch",
            "file://record.json",
        )
        return
    if undo:
        yield _ec2(site, "delete-vpc-endpoints", "--vpc-endpoint-ids", ENDPOINT)
        return
    where = ("--vpc-id", outlet.vpc_id, "--subnet-ids", SUBNET, "--security-group-ids", SECURITY_GROUP)
    kind = ("--vpc-endpoint-type", "Interface", "--service-name", outlet.service_name)
    yield _ec2(site, "create-vpc-endpoint", *kind, *where)


def _ec2(site: Site, call: str, *arguments: str) -> str:
    return quoted("aws", "ec2", call, "--region", site.region, *arguments)
