"""What instance types can do, where they are offered, and which image a role would boot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from wizard.facts.asking import Ask
from wizard.findings import Severity

#: Types do not change under their names, and zones gain or lose them rarely.
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LocalDisks:
    """Equal local disks of an instance: `kind` is `ssd` or `hdd`, `size_gb` that of one of them."""

    kind: str
    count: int
    size_gb: int


@dataclass(frozen=True, slots=True)
class LocalStorage:
    """Local disks of an instance. `nvme` is `unsupported`, `supported` or `required`; `total_gb` their sum."""

    nvme: str
    disks: tuple[LocalDisks, ...]
    total_gb: int


@dataclass(frozen=True, slots=True)
class EbsPerformance:
    """IOPS and MB/s (10^6 bytes): the baseline lasts; the maximum is a burst of 30 minutes a day at least."""

    baseline_iops: int
    maximum_iops: int
    baseline_mbps: float
    maximum_mbps: float


@dataclass(frozen=True, slots=True)
class InstanceTypeFact:
    """One instance type, as DescribeInstanceTypes gives it.

    `hypervisor` is `nitro`, `xen`, or empty where AWS names none (bare metal). `local` is None without instance
    storage; `ebs` is None for types that have no EBS-optimized figures (the oldest). `attachments` is how many volumes
    can be attached, the root volume among them; AWS has taken the first network interface and local disks off already
    where the limit is `shared`, further interfaces count against it; 0 where AWS does not say. `ena` is `unsupported`,
    `supported` or `required`.
    """

    name: str
    architectures: tuple[str, ...]
    vcpu: int
    memory_mib: int
    hypervisor: str
    bare_metal: bool
    current_generation: bool
    burstable: bool
    local: LocalStorage | None
    ebs: EbsPerformance | None
    attachments: int
    attachment_limit: str
    interfaces: int
    ena: str
    virtualization: tuple[str, ...]

    @property
    def family(self) -> str:
        """The part before the dot, `r6i`."""
        return self.name.partition(".")[0]

    @property
    def nitro(self) -> bool:
        """Whether it is built on Nitro; bare metal of today names no hypervisor but has Nitro's cards."""
        return self.hypervisor == "nitro" or (self.bare_metal and self.hypervisor != "xen")


@dataclass(frozen=True, slots=True)
class Offered:
    """An instance type in a zone, by the zone's ID."""

    instance_type: str
    zone_id: str


#: States of an image beside AWS's own (`available`, `pending`, `deregistered`, …).
NO_PARAMETER = "no such parameter"
NO_IMAGE_ID = "the parameter holds no AMI id"
NO_IMAGE = "no such image"


@dataclass(frozen=True, slots=True)
class ImageFact:
    """An image. `state` is AWS's own or one of `NO_PARAMETER`, `NO_IMAGE_ID`, `NO_IMAGE`; then only `id` may be known.

    `root_gib` is the least size of a root volume (that of the snapshot), 0 for images without an EBS root.
    """

    id: str
    state: str
    architecture: str = ""
    root_device: str = ""
    root_gib: int = 0
    virtualization: str = ""
    ena: bool = False


@dataclass(frozen=True, slots=True)
class InstanceTypes(Ask[tuple[InstanceTypeFact, ...]]):
    """Instance types by name, sorted; those that the region does not have are missing from the answer.

    Give `names` sorted and without doubles (`names_of`), so that equal questions are equal.
    """

    kind: ClassVar[str] = "instance_types"
    unchecks: ClassVar[str] = "whether the instance types exist, and what they can do"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeInstanceTypes",)
    keep: ClassVar[timedelta] = A_DAY

    region: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Family(Ask[tuple[InstanceTypeFact, ...]]):
    """All sizes of one family (`r6i`), by name; empty for a family that the region does not have."""

    kind: ClassVar[str] = "instance_family"
    unchecks: ClassVar[str] = "which size of the same family would do"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeInstanceTypes",)
    weight: ClassVar[Severity] = Severity.INFO
    keep: ClassVar[timedelta] = A_DAY

    region: str
    family: str


@dataclass(frozen=True, slots=True)
class Catalogue(Ask[tuple[InstanceTypeFact, ...]]):
    """Every instance type of the region, by name: 1,200 to 1,400 of them."""

    kind: ClassVar[str] = "instance_catalogue"
    unchecks: ClassVar[str] = "which instance types there are"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeInstanceTypes", "ec2:DescribeInstanceTypeOfferings")
    keep: ClassVar[timedelta] = A_DAY

    region: str


@dataclass(frozen=True, slots=True)
class Offerings(Ask[tuple[str, ...]]):
    """Names of the instance types that a zone offers, sorted."""

    kind: ClassVar[str] = "instance_offerings"
    unchecks: ClassVar[str] = "which instance types the zone offers"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeInstanceTypeOfferings",)
    keep: ClassVar[timedelta] = A_DAY

    region: str
    zone_id: str


@dataclass(frozen=True, slots=True)
class OfferedZones(Ask[tuple[Offered, ...]]):
    """Which zones of the region offer a type, and which offer its family's other sizes."""

    kind: ClassVar[str] = "offered_zones"
    unchecks: ClassVar[str] = "whether the zone offers the instance type"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeInstanceTypeOfferings",)
    keep: ClassVar[timedelta] = A_DAY

    region: str
    instance_type: str


@dataclass(frozen=True, slots=True)
class Image(Ask[ImageFact]):
    """The image of this id, or, with an empty id, the one that an SSM parameter names now."""

    kind: ClassVar[str] = "image"
    unchecks: ClassVar[str] = "whether the image exists and fits the instance type"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeImages", "ssm:GetParameter")

    region: str
    image_id: str
    parameter: str


#: What VolumeDryRun gives for a volume that could be made.
ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class VolumeDryRun(Ask[str]):
    """Whether EBS would make such a volume: `ALLOWED`, or AWS's own words on the values that it refuses.

    `throughput` is MiB/s, 0 for volume types that take none.
    """

    kind: ClassVar[str] = "volume_dry_run"
    unchecks: ClassVar[str] = "whether EBS takes the volumes as answered; only the documented limits were compared"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:CreateVolume",)
    #: The documented limits are compared in any case, and a permission that is missing is told as such.
    weight: ClassVar[Severity] = Severity.INFO

    region: str
    zone_id: str
    volume_type: str
    size_gib: int
    iops: int
    throughput: int


def names_of(*names: str) -> tuple[str, ...]:
    """Give names as `InstanceTypes` wants them."""
    return tuple(sorted(set(names)))
