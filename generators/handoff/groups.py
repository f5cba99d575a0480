"""Steps of one account and region, gathered by what they change: what OpenTofu and CloudFormation are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.handoff.model import Act, Admit, Peering, Routes, Site, Step, Zone, at


@dataclass(frozen=True, slots=True)
class RouteGroup:
    """Route tables of one VPC that get the same route. `host` is empty where every table of the VPC gets it."""

    name: str
    vpc_id: str
    destination: str
    peering_id: str
    host: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A peering to accept, and whether its DNS option is a step too."""

    name: str
    peering: Peering
    allow_dns: bool


@dataclass(frozen=True, slots=True)
class Groups:
    """What a site's steps come to."""

    peerings: tuple[Accepted, ...]
    routes: tuple[RouteGroup, ...]
    rules: tuple[tuple[str, Admit], ...]
    zones: tuple[tuple[str, Zone], ...]


def groups(steps: tuple[Step, ...], site: Site) -> Groups:
    """Gather the steps of a site. A name is a step's key without its last word: `database`, `application.web`."""
    here = at(steps, site)
    with_dns = {step.target for step in here if step.act is Act.ALLOW_DNS}
    return Groups(
        peerings=tuple(
            Accepted(_name(step), step.target, step.target in with_dns)
            for step in here
            if step.act is Act.ACCEPT_PEERING and isinstance(step.target, Peering)
        ),
        routes=tuple(_routes(here)),
        rules=tuple((_name(step), step.target) for step in here if isinstance(step.target, Admit)),
        zones=tuple((_name(step), step.target) for step in here if isinstance(step.target, Zone)),
    )


def _routes(here: tuple[Step, ...]) -> Iterator[RouteGroup]:
    """Two steps may ask for one route: the database's and that of an application in the same VPC. It is made once."""
    found: dict[tuple[str, str, str], RouteGroup] = {}
    for step in here:
        if not isinstance(step.target, Routes):
            continue
        routes = step.target
        key = (routes.vpc_id, routes.destination, routes.peering_id)
        first = found.get(key)
        # An application's step names no host and means every table of the VPC, which holds the database's.
        host = routes.host if first is None or first.host == routes.host else ""
        found[key] = RouteGroup(first.name if first else _name(step), *key, host)
    yield from found.values()


def _name(step: Step) -> str:
    return step.key.rpartition(".")[0]
