"""What would do instead of an instance type that does not carry its role."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.blueprints.springtail.answers import DeploymentAnswers, IngestionNode
from wizard.blueprints.springtail.volumes import EBS
from wizard.checks.subject import Subject
from wizard.facts.asking import Facts
from wizard.facts.compute import Family, InstanceTypeFact, OfferedZones
from wizard.findings import Severity
from wizard.sizing.alternatives import smallest
from wizard.sizing.fit import Lack, Misfit
from wizard.sizing.roles import node_of, wish_of

_COUNTS = (6, 4)


def better(subject: Subject, role: str, kind: InstanceTypeFact, misfit: Misfit, facts: Facts) -> str:
    """Give the way on: sizes of the same family that carry everything, what else would help, and where to look further."""
    deployment = subject.deployment
    if deployment is None:
        return ""
    ways = list(_sizes(subject, deployment, role, kind, facts))
    if misfit.severity is Severity.INFO:
        return "; ".join(
            ["nothing has to change: it came with the volumes", *(f"{way} would carry it" for way in ways)]
        )
    if misfit.lack is Lack.IOPS:
        ways += _fewer_iops(deployment, role, kind)
    if misfit.lack is Lack.THROUGHPUT:
        ways.append("less throughput for each volume (125 MiB/s come with gp3)")
    if misfit.lack in {Lack.NVME, Lack.NVME_UNSUPPORTED}:
        ways.append("ebs (nodes.ingestion.storage)")
    ways.append(f"`planewright sizes {subject.name} {role}` lists what would do")
    return "; or ".join(ways)


def _sizes(
    subject: Subject, deployment: DeploymentAnswers, role: str, kind: InstanceTypeFact, facts: Facts
) -> Iterator[str]:
    family = facts.value(Family(subject.region, kind.family)) or ()
    zones = facts.value(OfferedZones(subject.region, kind.name))
    offered = None if zones is None else {it.instance_type for it in zones if it.zone_id == subject.shard.zone_id}
    # A named image keeps its architecture; within a family that is the same anyway.
    found = smallest(family, wish_of(deployment, role), like=kind.name, offered=offered)
    if found:
        yield f"{found[0].name} and up" if len(found) > 1 else found[0].name


def _fewer_iops(deployment: DeploymentAnswers, role: str, kind: InstanceTypeFact) -> Iterator[str]:
    """Say how few volumes, or how few IOPS each, the baseline would carry."""
    node = node_of(deployment, role)
    if not isinstance(node, IngestionNode) or kind.ebs is None:
        return
    wish = wish_of(deployment, role)
    others = sum(it.count * it.iops for it in wish.volumes if it.name != "data")
    left = kind.ebs.baseline_iops - others
    data = node.volumes
    if any(it.name == "data" for it in wish.volumes):
        for count in _COUNTS:
            if count < data.count and count * data.iops <= left:
                yield f"{count} data volumes"
                break
        if left // data.count >= EBS[data.type].least_iops:
            yield f"at most {left // data.count} IOPS for each data volume"
