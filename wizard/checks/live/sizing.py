"""Whether the machines that were chosen exist where they are to run, boot their image, and carry what is asked of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from wizard.blueprints.springtail.answers import DeploymentAnswers, Storage
from wizard.blueprints.springtail.facts import Architecture, Pin
from wizard.blueprints.springtail.volumes import EBS
from wizard.checks import storage
from wizard.checks.codes import Code, code
from wizard.checks.live.remedies import better
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
from wizard.facts.compute import (
    ALLOWED,
    Family,
    Image,
    InstanceTypeFact,
    InstanceTypes,
    OfferedZones,
    VolumeDryRun,
    names_of,
)
from wizard.findings import Finding, Severity
from wizard.sizing.fit import Lack, misfits
from wizard.sizing.images import Trouble, architecture_of, image_asks, image_problems, parameter_of
from wizard.sizing.roles import ROLES, node_of, wish_of

UNKNOWN = code(
    "TYPE_UNKNOWN",
    Severity.CRITICAL,
    why="nothing can be launched as a type that the region does not have",
    remedy="`planewright sizes NAME ROLE` lists the types that there are",
)
NOT_OFFERED = code(
    "TYPE_NOT_OFFERED",
    Severity.CRITICAL,
    why="all nodes run in the shard's zone, and zones of a region do not offer the same types",
    remedy="choose a type that the zone offers: `planewright sizes NAME ROLE` lists them",
)
ARCHITECTURE = code(
    "ARCH_MISMATCH",
    Severity.CRITICAL,
    why="an image boots only on the processors that it was built for: EC2 refuses the launch",
    remedy="choose an image and an instance type of the same architecture; without an image named, the default follows the type",
)
IMAGE_MISSING = code(
    "IMAGE_MISSING",
    Severity.CRITICAL,
    why="EC2 refuses to launch from an image that is not there, or that the account may not use",
    remedy="name an image of this region that the account may launch (ami.id), or a parameter that holds one (ami.parameter)",
)
IMAGE_NOT_AVAILABLE = code(
    "IMAGE_NOT_AVAILABLE",
    Severity.CRITICAL,
    why="EC2 launches only from images that are available",
    remedy="wait until it is available, or name another image",
)
IMAGE_UNFIT = code(
    "IMAGE_UNFIT",
    Severity.CRITICAL,
    why="EC2 refuses a launch whose type cannot boot the image, or whose root volume is smaller than the image's snapshot",
    remedy="name another image, another instance type, or a larger root volume",
)
NVME = code(
    "NVME_REQUIRED",
    Severity.CRITICAL,
    why="the data is to lie on the instance's own disks, and it has none: the node would fail at boot",
    remedy="choose a type with local NVMe (i4i, r6id, m7gd, …), or ebs (nodes.ingestion.storage)",
)
NVME_UNSUPPORTED = code(
    "NVME_UNSUPPORTED",
    Severity.CRITICAL,
    why="the node looks for NVMe flash disks at boot; older types have disks of another kind, and it would fail then",
    remedy="choose a type with local NVMe (i4i, r6id, m7gd, …), or ebs (nodes.ingestion.storage)",
)
NOT_OPTIMIZED = code(
    "EBS_NOT_OPTIMIZED",
    Severity.CRITICAL,
    why="nodes are launched EBS-optimized, so that volumes do not share the network; EC2 refuses that of this type",
    remedy="choose a type of a current generation",
)
ATTACHMENTS = code(
    "VOLUME_ATTACHMENTS",
    Severity.CRITICAL,
    why="EC2 attaches no more volumes than the instance type has room for",
    remedy="fewer volumes, or a type that attaches more",
)
IOPS = code(
    "IOPS_ABOVE_BASELINE",
    Severity.CRITICAL,
    Severity.INFO,
    why="what all volumes do together is bounded by the instance's EBS baseline; the maximum is a burst that lasts 30 minutes a day, and a replica that falls behind then fills the primary's disk",
    remedy="a larger type, fewer volumes, or fewer IOPS each",
)
THROUGHPUT = code(
    "THROUGHPUT_ABOVE_BASELINE",
    Severity.WARN,
    Severity.INFO,
    why="throughput that the instance's EBS baseline does not carry is paid for and lies idle outside of bursts",
    remedy="a larger type, or less throughput for each volume (125 MiB/s come with a gp3 volume)",
)
CACHE = code(
    "MEMORY_BELOW_CACHE",
    Severity.CRITICAL,
    Severity.HIGH,
    why="Springtail fills its caches up to their settings: without the memory, the kernel kills it",
    remedy="a type with more memory",
)
SMALL = code(
    "ROLE_TOO_SMALL",
    Severity.WARN,
    why="it starts, and will not keep up with a database of any size",
    remedy="a larger type",
)
BURSTABLE = code(
    "BURSTABLE",
    Severity.WARN,
    why="a burstable type earns CPU credits by resting; one that never rests is slowed down, or billed for the surplus",
    remedy="a type of a family with steady performance (r6i, r7g, m6i, …)",
)
REFUSED = code(
    "VOLUME_REFUSED",
    Severity.CRITICAL,
    why="EBS was asked in a dry run, and would not make the volume",
    remedy="change what EBS names; then check again",
)

_LACKS: Mapping[Lack, Code] = MappingProxyType(
    {
        Lack.ARCHITECTURE: ARCHITECTURE,
        Lack.NVME: NVME,
        Lack.NVME_UNSUPPORTED: NVME_UNSUPPORTED,
        Lack.EBS_OPTIMIZED: NOT_OPTIMIZED,
        Lack.ATTACHMENTS: ATTACHMENTS,
        Lack.IOPS: IOPS,
        Lack.THROUGHPUT: THROUGHPUT,
        Lack.VOLUME_IOPS: storage.TOO_MANY,
        Lack.CACHE: CACHE,
        Lack.SMALL: SMALL,
        Lack.BURSTABLE: BURSTABLE,
    }
)
_TROUBLES: Mapping[Trouble, Code] = MappingProxyType(
    {
        Trouble.MISSING: IMAGE_MISSING,
        Trouble.NOT_AVAILABLE: IMAGE_NOT_AVAILABLE,
        Trouble.ARCHITECTURE: ARCHITECTURE,
        Trouble.UNFIT: IMAGE_UNFIT,
    }
)


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask about each role's type and its family, its image, and the volumes."""
    deployment = subject.deployment
    if deployment is None:
        return
    yield _types(subject, deployment)
    for role in ROLES:
        node = node_of(deployment, role)
        yield OfferedZones(subject.region, node.instance_type)
        yield Family(subject.region, node.instance_type.partition(".")[0])
        yield from images_of(subject, deployment, role).values()
    yield from _dry_runs(subject, deployment).values()


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Hold each role's answers against what its type can do."""
    deployment = subject.deployment
    if deployment is None:
        return
    kinds = facts.value(_types(subject, deployment))
    for role in ROLES:
        name = node_of(deployment, role).instance_type
        if kinds is not None:
            kind = next((it for it in kinds if it.name == name), None)
            if kind is None:
                yield _unknown(subject, role, name, facts)
                continue
            yield from _fit(subject, deployment, role, kind, facts)
            yield from _image(subject, deployment, role, kind, facts)
        yield from _offered(subject, role, name, facts)
    yield from _volumes(subject, deployment, facts)


def _types(subject: Subject, deployment: DeploymentAnswers) -> InstanceTypes:
    return InstanceTypes(subject.region, names_of(*(node_of(deployment, role).instance_type for role in ROLES)))


def images_of(subject: Subject, deployment: DeploymentAnswers, role: str) -> dict[Architecture, Image]:
    """Give what to ask for the image that a role would boot, by the architecture of its type."""
    pin: Pin | None = getattr(subject.pins, role) if subject.pins else None
    return image_asks(node_of(deployment, role), pin, subject.region)


def _unknown(subject: Subject, role: str, name: str, facts: Facts) -> Finding:
    siblings = facts.value(Family(subject.region, name.partition(".")[0])) or ()
    sizes = ", ".join(it.name for it in siblings)
    return UNKNOWN.at(
        f"nodes.{role}.instance_type",
        f"there is no {name} in {subject.region}",
        remedy=f"there are {sizes}"
        if sizes
        else f"`planewright sizes {subject.name} {role}` lists those that would do",
    )


def _fit(
    subject: Subject, deployment: DeploymentAnswers, role: str, kind: InstanceTypeFact, facts: Facts
) -> Iterator[Finding]:
    for misfit in misfits(kind, wish_of(deployment, role)):
        yield _LACKS[misfit.lack].at(
            f"nodes.{role}.{misfit.where}",
            misfit.what,
            severity=misfit.severity,
            remedy=better(subject, role, kind, misfit, facts),
        )


def _image(
    subject: Subject, deployment: DeploymentAnswers, role: str, kind: InstanceTypeFact, facts: Facts
) -> Iterator[Finding]:
    architecture = architecture_of(kind)
    if architecture is None:
        return
    node = node_of(deployment, role)
    image = facts.value(images_of(subject, deployment, role)[architecture])
    if image is None:
        return
    problems = image_problems(
        image,
        parameter=parameter_of(node, architecture),
        kind=kind,
        root_volume_gib=node.root_volume_gib,
        region=subject.region,
        account=subject.account.id,
    )
    for problem in problems:
        remedy = problem.remedy
        if problem.trouble is Trouble.ARCHITECTURE:
            remedy = f"{remedy}: `planewright sizes {subject.name} {role} {image.architecture}` lists them"
        yield _TROUBLES[problem.trouble].at(f"nodes.{role}.{problem.key}", problem.what, remedy=remedy)


def _offered(subject: Subject, role: str, name: str, facts: Facts) -> Iterator[Finding]:
    offered = facts.value(OfferedZones(subject.region, name))
    zone = subject.shard.zone_id
    if offered is None:
        return
    zones = sorted(it.zone_id for it in offered if it.instance_type == name)
    if not zones or zone in zones:  # offered nowhere: it is unknown, and told as that
        return
    siblings = [it.instance_type for it in offered if it.zone_id == zone]
    advice = f"{zone} offers {', '.join(siblings)} of the family; or another" if siblings else "another family"
    yield NOT_OFFERED.at(
        f"nodes.{role}.instance_type",
        f"{zone} does not offer {name}; {', '.join(zones)} do",
        remedy=f"{advice}: `planewright sizes {subject.name} {role}` lists what would do",
    )


def _dry_runs(subject: Subject, deployment: DeploymentAnswers) -> dict[str, VolumeDryRun]:
    ingestion = deployment.nodes.ingestion
    if ingestion.storage is not Storage.EBS:
        return {}
    return {
        name: VolumeDryRun(
            subject.region,
            subject.shard.zone_id,
            volume.type.value,
            volume.size_gib,
            volume.iops,
            volume.throughput_mibps if EBS[volume.type].most_mibps else 0,
        )
        for name, volume in (("volumes", ingestion.volumes), ("slog", ingestion.slog))
    }


def _volumes(subject: Subject, deployment: DeploymentAnswers, facts: Facts) -> Iterator[Finding]:
    known = tuple(storage.deployment(deployment))
    for name, ask in _dry_runs(subject, deployment).items():
        path = f"nodes.ingestion.{name}"
        said = facts.value(ask)
        # What the documented limits say already, they say better.
        if said is not None and said != ALLOWED and not any(it.path.startswith(f"{path}.") for it in known):
            yield REFUSED.at(path, f"EBS says {said}")
