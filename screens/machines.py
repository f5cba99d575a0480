"""The region's machines as screens need them: read in a worker, held against what the answers ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wizard.blueprints.springtail.facts import Architecture
from wizard.errors import PlanewrightError
from wizard.facts.asking import Ask, Facts, Unread
from wizard.facts.compute import Image, InstanceTypeFact

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.target import Target


@dataclass(frozen=True)
class Machines:
    """What is known. `kinds` is None while it is not; `offered` None where nobody could say.

    `booted` is, by role, the architecture of the image that a type of each architecture would boot. `whole`: these are
    all types of the region, so that one which is missing does not exist there. `unread` says what could not be read.
    """

    region: str
    zone_id: str
    kinds: Mapping[str, InstanceTypeFact] | None = None
    offered: frozenset[str] | None = None
    booted: Mapping[str, Mapping[Architecture, str]] = field(default_factory=dict)
    whole: bool = False
    unread: tuple[str, ...] = ()

    def of(self, name: str) -> InstanceTypeFact | None:
        """Give a type, None if it is not known."""
        return self.kinds.get(name) if self.kinds else None

    def why_not(self, name: str) -> str:
        """Say why a type is not known."""
        if self.kinds is None:
            return self.unread[0] if self.unread else "not read yet"
        if self.whole:
            return f"there is no {name} in {self.region}" if name else "no type is named yet"
        return "not read yet"


def read_chosen(desk: Desk, target: Target) -> Machines:
    """Read the types that the answers name: what a table of roles needs, and a check knows already. Blocks."""
    from wizard.facts.compute import InstanceTypes, names_of
    from wizard.sizing.roles import ROLES, node_of

    region, zone_id = target.shard.account.region, target.shard.zone_id
    names = names_of(*(node_of(target.deployment, role).instance_type for role in ROLES))
    ask = InstanceTypes(region, names)
    try:
        reading = _read(desk, target, {ask}).reading(ask)
    except PlanewrightError as error:
        return Machines(region, zone_id, unread=(error.title,))
    if isinstance(reading, Unread):
        return Machines(region, zone_id, unread=(_said(reading),))
    return Machines(region, zone_id, {kind.name: kind for kind in reading.value})


def read_machines(desk: Desk, target: Target) -> Machines:
    """Read all types of the region, those that the zone offers, and what each role would boot. Blocks."""
    from wizard.checks.live.sizing import images_of
    from wizard.deploy.target import subject_of
    from wizard.facts.compute import Catalogue, Offerings
    from wizard.sizing.roles import ROLES

    region, zone_id = target.shard.account.region, target.shard.zone_id
    catalogue, offerings = Catalogue(region), Offerings(region, zone_id)
    try:
        subject = subject_of(target)
        images = {role: images_of(subject, target.deployment, role) for role in ROLES}
        wanted = (ask for by_architecture in images.values() for ask in by_architecture.values())
        facts = _read(desk, target, {catalogue, offerings, *wanted})
    except PlanewrightError as error:
        return Machines(region, zone_id, unread=(error.title,))
    kinds, offered = facts.value(catalogue), facts.value(offerings)
    read = (facts.reading(catalogue), facts.reading(offerings))
    return Machines(
        region,
        zone_id,
        None if kinds is None else {kind.name: kind for kind in kinds},
        None if offered is None else frozenset(offered),
        {role: _booted(asked, facts) for role, asked in images.items()},
        whole=kinds is not None,
        unread=tuple(_said(reading) for reading in read if isinstance(reading, Unread)),
    )


def _read(desk: Desk, target: Target, asks: set[Ask[Any]]) -> Facts:
    from wizard.deploy.target import subject_of

    checker, lock = desk.checker(target)
    with lock:
        return checker.read(asks, subject_of(target))


def _booted(asked: Mapping[Architecture, Image], facts: Facts) -> dict[Architecture, str]:
    known = {name: facts.value(ask) for name, ask in asked.items()}
    return {name: image.architecture for name, image in known.items() if image and image.architecture}


def _said(reading: Unread) -> str:
    way_on = f": {reading.remedy}" if reading.remedy else ""
    return f"{reading.source or 'AWS'} could not be read ({reading.reason.value}): {reading.said}{way_on}"
