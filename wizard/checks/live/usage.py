"""What is in use of each quota, and what this plan adds to it.

What is there already and ours is not added again; what this plan removes does not count: it goes while others come.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from wizard.blueprints.springtail.adds import Holds, Network, deployment_holds, shard_holds
from wizard.blueprints.springtail.names import names
from wizard.blueprints.springtail.ownership import Whose, whose
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
from wizard.facts.compute import InstanceTypes, names_of
from wizard.facts.network import Endpoints, Peerings, Subnets, Tags, Vpcs, tag
from wizard.facts.quotas import (
    Addresses,
    Balancers,
    GroupFact,
    InternetGateways,
    NatGateways,
    RouteTables,
    RunningInstances,
    SecurityGroups,
)

#: The quota that is no number of things: for how many hours a peering request waits.
PEERING_EXPIRY = ("vpc", "L-8312C5BB")

#: Families that the Standard quota counts, by the letters before the first digit: `inf1`, `dl1`, `hpc7a`, `trn1` and
#: `mac2` begin with the same letters and have quotas of their own.
_STANDARD = frozenset({"a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"})
#: Answers that decide how many rules a group has.
_DECIDES = {
    "proxy-nlb": "proxy.client_cidrs",
    "outbound-nlb": "applications",
    "outbound-endpoint": "applications",
    "redis": "shard",
}
_LETTERS = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Use:
    """`in_use` of a quota now, ours included, and what this plan `adds`; `where`, for quotas that are not the region's.

    `path` is the answer that decides, where it is another one than the measure's.
    """

    where: str
    in_use: int
    adds: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """How a quota is used. `path` is the answer that decides how much."""

    service: str
    code: str
    path: str
    uses: Callable[[Subject, Facts], Iterable[Use]]


def holds_of(subject: Subject) -> Holds:
    """Count what the subject's stacks hold."""
    return shard_holds() if subject.deployment is None else deployment_holds(subject.deployment)


def asks_of(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask what is in use of everything that the subject's stacks hold."""
    region = subject.region
    holds = holds_of(subject)
    yield from (Vpcs(region), Subnets(region), SecurityGroups(region), RouteTables(region))
    if holds.internet_gateways:
        yield InternetGateways(region)
    if holds.nat_gateways:
        yield NatGateways(region)
    if holds.addresses:
        yield Addresses(region)
    if holds.network_balancers:
        yield Balancers(region)
    if holds.interface_endpoints:
        yield Endpoints(region)
    if holds.peerings:
        yield Peerings(region)
    if holds.nodes:
        yield RunningInstances(region)
        yield _types(subject)


def _types(subject: Subject) -> InstanceTypes:
    return InstanceTypes(subject.region, names_of(*(nodes.instance_type for nodes in holds_of(subject).nodes)))


def _mine(subject: Subject, tags: Tags) -> bool:
    deployment = subject.deployment.name if subject.deployment else ""
    wanted = Whose.DEPLOYMENT if subject.deployment else Whose.SHARD
    return whose(tags, shard=subject.shard.name, deployment=deployment) is wanted


def _use(subject: Subject, planned: int, found: Iterable[Tags], where: str = "") -> Use:
    """Compare what is planned with what was found, by its tags."""
    tags = list(found)
    return Use(where, len(tags), max(0, planned - sum(_mine(subject, it) for it in tags)))


def _vcpus(subject: Subject, facts: Facts) -> Iterator[Use]:
    running, types = facts.value(RunningInstances(subject.region)), facts.value(_types(subject))
    if running is None or types is None:
        return
    vcpu = {kind.name: kind.vcpu for kind in types}
    nodes = [it for it in holds_of(subject).nodes if _standard(it.instance_type)]
    planned = sum(vcpu.get(it.instance_type, 0) * it.count for it in nodes)
    counted = [it for it in running if it.on_demand and _standard(it.instance_type)]
    ours = sum(it.vcpu for it in counted if _mine(subject, it.tags))
    yield Use("", sum(it.vcpu for it in counted), max(0, planned - ours))


def unweighed_types(subject: Subject) -> tuple[str, ...]:
    """Give the answered types that count against another quota than the one that is compared."""
    return tuple(sorted({it.instance_type for it in holds_of(subject).nodes if not _standard(it.instance_type)}))


def _standard(instance_type: str) -> bool:
    letters = _LETTERS.match(instance_type)
    return letters is not None and letters[0] in _STANDARD


def _addresses(subject: Subject, facts: Facts) -> Iterator[Use]:
    found = facts.value(Addresses(subject.region))
    if found is not None:
        yield _use(subject, holds_of(subject).addresses, (it.tags for it in found))


def _vpcs(subject: Subject, facts: Facts) -> Iterator[Use]:
    found = facts.value(Vpcs(subject.region))
    if found is not None:
        yield _use(subject, holds_of(subject).vpcs, (it.tags for it in found))


def _internet_gateways(subject: Subject, facts: Facts) -> Iterator[Use]:
    found = facts.value(InternetGateways(subject.region))
    if found is not None:
        yield _use(subject, holds_of(subject).internet_gateways, (it.tags for it in found))


def _nat_gateways(subject: Subject, facts: Facts) -> Iterator[Use]:
    found, zone = facts.value(NatGateways(subject.region)), subject.shard.zone_id
    if found is not None:
        there = (it.tags for it in found if it.zone_id == zone)
        yield _use(subject, holds_of(subject).nat_gateways, there, f"in {zone}")


def _balancers(subject: Subject, facts: Facts) -> Iterator[Use]:
    found, deployment = facts.value(Balancers(subject.region)), subject.deployment
    if found is None or deployment is None:
        return
    # Tags of load balancers are a call for each twenty; a name is in the region once only.
    own = names(deployment)
    ours = {own["inbound_nlb"], own["outbound_nlb"], own["proxy_nlb"]}
    there = [it.name for it in found if it.kind == "network"]
    planned = holds_of(subject).network_balancers
    yield Use("", len(there), max(0, planned - sum(name in ours for name in there)))


def _networks(subject: Subject, facts: Facts) -> dict[Network, str]:
    """Find the ids of our networks that are there, by their tags."""
    found: dict[Network, str] = {}
    deployment = subject.deployment.name if subject.deployment else ""
    for vpc in facts.value(Vpcs(subject.region)) or ():
        owner = whose(vpc.tags, shard=subject.shard.name, deployment=deployment)
        if owner is Whose.SHARD:
            found[Network.SHARD] = vpc.id
        elif owner is Whose.DEPLOYMENT:
            found[Network.TRANSIT] = vpc.id
    return found


def _at(network: Network, vpc_id: str) -> str:
    name = "the shard's VPC" if network is Network.SHARD else "the transit VPC"
    return f"in {name}{vpc_id and ' ' + vpc_id}"


def _subnets(subject: Subject, facts: Facts) -> Iterator[Use]:
    found = facts.value(Subnets(subject.region))
    if found is None or facts.value(Vpcs(subject.region)) is None:
        return
    ids = _networks(subject, facts)
    for network, planned in holds_of(subject).subnets.items():
        vpc_id = ids.get(network, "")
        yield _use(subject, planned, (it.tags for it in found if it.vpc_id == vpc_id), _at(network, vpc_id))


def _endpoints(subject: Subject, facts: Facts) -> Iterator[Use]:
    found = facts.value(Endpoints(subject.region))
    if found is None or facts.value(Vpcs(subject.region)) is None:
        return
    ids = _networks(subject, facts)
    there = [it for it in found if it.kind == "Interface" and it.state not in {"deleted", "failed", "rejected"}]
    for network, planned in holds_of(subject).interface_endpoints.items():
        vpc_id = ids.get(network, "")
        yield _use(subject, planned, (it.tags for it in there if it.vpc_id == vpc_id), _at(network, vpc_id))


def _active_peerings(subject: Subject, facts: Facts) -> Iterator[Use]:
    found = facts.value(Peerings(subject.region))
    planned = holds_of(subject).peerings
    if found is None or not planned or facts.value(Vpcs(subject.region)) is None:
        return
    # A request becomes an active peering of this VPC as soon as it is accepted.
    vpc_id = _networks(subject, facts).get(Network.TRANSIT, "")
    there = [
        it
        for it in found
        if it.status in {"active", "pending-acceptance", "provisioning"}
        and vpc_id in {it.requester.vpc_id, it.accepter.vpc_id}
    ]
    yield _use(subject, planned, (it.tags for it in there if vpc_id), _at(Network.TRANSIT, vpc_id))


def _outstanding_peerings(subject: Subject, facts: Facts) -> Iterator[Use]:
    found = facts.value(Peerings(subject.region))
    if found is None:
        return
    waiting = [
        it for it in found if it.status == "pending-acceptance" and it.requester.account_id == subject.account.id
    ]
    made = sum(
        it.status in {"active", "pending-acceptance", "provisioning"} and _mine(subject, it.tags) for it in found
    )
    yield Use("", len(waiting), max(0, holds_of(subject).peerings - made))


def _security_groups(subject: Subject, facts: Facts) -> Iterator[Use]:
    found = facts.value(SecurityGroups(subject.region))
    if found is not None:
        yield _use(subject, holds_of(subject).security_groups, (it.tags for it in found))


def _groups_per_interface(subject: Subject, facts: Facts) -> Iterator[Use]:
    del facts
    yield Use("", 0, holds_of(subject).groups_per_interface)


def _rules(subject: Subject, facts: Facts) -> Iterator[Use]:
    groups = facts.value(SecurityGroups(subject.region))
    if groups is None:
        return
    ours = {it.id for it in groups if _mine(subject, it.tags)}
    for name, planned in holds_of(subject).rules.items():
        group = _group(subject, groups, name)
        where, path = f"in {group.name if group else name}", _DECIDES.get(name, "")
        if subject.deployment is not None and name == "redis":
            # The shard's group: other deployments' rules are in it, and ours come from groups of ours.
            there = sum(source in ours for source in group.inbound_from) if group else 0
            yield Use(f"{where}, inbound", group.inbound if group else 0, max(0, planned.inbound - there), path)
            continue
        for way, wanted, there in (
            ("inbound", planned.inbound, group.inbound if group else 0),
            ("outbound", planned.outbound, group.outbound if group else 0),
        ):
            yield Use(f"{where}, {way}", there, max(0, wanted - there), path)


def _group(subject: Subject, groups: Iterable[GroupFact], name: str) -> GroupFact | None:
    """Find a group of ours by the name that its module gives it."""
    owner = subject.shard.name if subject.deployment is None or name == "redis" else subject.deployment.name
    wanted = Whose.SHARD if subject.deployment is None or name == "redis" else Whose.DEPLOYMENT
    deployment = subject.deployment.name if subject.deployment else ""
    for group in groups:
        found = whose(group.tags, shard=subject.shard.name, deployment=deployment)
        if group.name == f"{owner}-{name}" and found is wanted:
            return group
    return None


def _routes(subject: Subject, facts: Facts) -> Iterator[Use]:
    tables = facts.value(RouteTables(subject.region))
    if tables is None:
        return
    own = [it for it in tables if _mine(subject, it.tags)]
    for name, planned in holds_of(subject).routes.items():
        label = f"{subject.name}-{name}"
        there = next((it.routes for it in own if tag(it.tags, "Name") == label), 0)
        yield Use(f"in {label}", there, max(0, planned - there))


MEASURES = (
    Measure("ec2", "L-1216C47A", "nodes", _vcpus),
    Measure("ec2", "L-0263D0A3", "account.region", _addresses),
    Measure("vpc", "L-F678F1CE", "account.region", _vpcs),
    Measure("vpc", "L-A4707A72", "account.region", _internet_gateways),
    Measure("vpc", "L-FE5A380F", "zone_id", _nat_gateways),
    Measure("vpc", "L-29B6F2EB", "shard", _endpoints),
    Measure("vpc", "L-7E9ECCDB", "applications", _active_peerings),
    Measure("vpc", "L-DC9F7029", "applications", _outstanding_peerings),
    Measure("vpc", "L-93826ACB", "applications", _routes),
    Measure("vpc", "L-2AFB9258", "account.region", _groups_per_interface),
    Measure("vpc", "L-0EA8095F", "account.region", _rules),
    Measure("vpc", "L-E79EC296", "account.region", _security_groups),
    Measure("vpc", "L-407747CB", "account.region", _subnets),
    Measure("elasticloadbalancing", "L-69A177A2", "account.region", _balancers),
)
