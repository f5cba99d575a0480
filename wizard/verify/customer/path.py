"""The customer's own hops, put into the path where the answers name a way to look, or an answer was pasted. Pure.

Where nobody can look they are not on the path at all: the hop that fails says how far it sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, PeeringOutput, PrivateOutputs
from wizard.verify.customer.reads import Look
from wizard.verify.path import PlannedHop

#: The database's side, among the sides; the others are called as their application.
DATABASE: Final = ""

#: What can be looked at on each side.
Looks = Mapping[str, frozenset[Look]]

#: Of the database's side, those that a connection needs.
_CARRYING: Final = (Look.ROUTES, Look.RULES, Look.ACLS)


def looks_of(deployment: DeploymentAnswers, outputs: InstanceOutputs) -> Looks:
    """Give what can be looked at by the ways that the answers name."""
    path = outputs.private
    if path is None:
        return {}
    every = frozenset(Look)
    named = {DATABASE: path.database_peering, **path.application_peerings}
    return {name: every for name, one in named.items() if deployment.way_into(one.peer_account_id) is not None}


def with_customer(
    path: tuple[PlannedHop, ...], deployment: DeploymentAnswers, outputs: InstanceOutputs, looks: Looks
) -> tuple[PlannedHop, ...]:
    """Give a deployment's path with the customer's hops in it, and what stands on them standing on them."""
    private = outputs.private
    if private is None or not looks:
        return path
    database = tuple(_database(private, deployment, looks.get(DATABASE, frozenset())))
    own = {hop.key for hop in database}
    carrying = tuple(key for look in _CARRYING if (key := f"customer.{look}") in own)
    extra = {
        "inbound.target": tuple(key for key in ("customer.dns",) if key in own),
        "inbound.health": carrying,
        "database.tcp": carrying,
        "database.replication": tuple(key for key in ("customer.parameters",) if key in own),
    }
    found: list[PlannedHop] = []
    for hop in path:
        if hop.key == "database.replication":
            found += [one for one in database if one.key == "customer.parameters"]
        found.append(replace(hop, stands_on=(*hop.stands_on, *extra.get(hop.key, ()))))
        if hop.key == "peering.database.dns":
            found += [one for one in database if one.key != "customer.parameters"]
    return tuple(_with_applications(found, private, deployment, looks))


def _database(private: PrivateOutputs, deployment: DeploymentAnswers, looks: frozenset[Look]) -> Iterator[PlannedHop]:
    peering = private.database_peering
    host = f"{deployment.database.host}:{deployment.database.port}"
    titles = {
        Look.DNS: ("The customer's side of the peering resolves the database's name", peering.id),
        Look.ROUTES: ("The database's subnets route back over the peering", f"{peering.peer_vpc_id} to {peering.id}"),
        Look.RULES: ("The database's security groups let us in", f"{private.transit_vpc_cidr} to {host}"),
        Look.ACLS: ("The network ACLs let us in, and the answers out", f"{private.transit_vpc_cidr} to {host}"),
        Look.PARAMETERS: ("The database's parameter group is set, and in force", deployment.database.host),
    }
    for look, (title, subject) in titles.items():
        if look in looks:
            after = () if look is Look.PARAMETERS else ("peering.database",)
            yield PlannedHop(f"customer.{look}", title, subject, f"customer_{look}", DATABASE, stands_on=after)


def _with_applications(
    path: list[PlannedHop], private: PrivateOutputs, deployment: DeploymentAnswers, looks: Looks
) -> Iterator[PlannedHop]:
    """Put an application's hops before the last hop: its own question to the proxy."""
    *before, last = path
    yield from before
    for name, peering in sorted(private.application_peerings.items()):
        for look in (Look.ROUTES, Look.ZONE):
            wanted = look in looks.get(name, frozenset())
            if wanted and (look is Look.ROUTES or (private.private_zone_id and deployment.proxy.host)):
                yield _application(name, peering, look, private, before)
    yield last


def _application(
    name: str, peering: PeeringOutput, look: Look, private: PrivateOutputs, before: list[PlannedHop]
) -> PlannedHop:
    accepted = f"peering.application.{name}"
    keys = {hop.key for hop in before}
    title, subject = {
        Look.ROUTES: (
            f"The subnets of application {name} route to the transit VPC",
            f"{peering.peer_vpc_id} to {peering.id}",
        ),
        Look.ZONE: (
            f"The VPC of application {name} knows the proxy's name",
            f"{peering.peer_vpc_id} in {private.private_zone_id}",
        ),
    }[look]
    after = (accepted,) if look is Look.ROUTES and accepted in keys else ()
    return PlannedHop(f"customer.{look}.{name}", title, subject, f"customer_{look}", name, stands_on=after)
