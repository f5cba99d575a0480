"""What EBS and the provider take for a volume, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wizard.blueprints.springtail.answers import VolumeType

#: The provider that emitted code pins (assets/templates/versions.tf.j2), by minor version.
PROVIDER = "5.100"


@dataclass(frozen=True, slots=True)
class VolumeLimits:
    """EBS's limits of one volume type. IOPS that come with any size are not held to `iops_per_gib`.

    Throughput is MiB/s. `most_mibps` is 0 for a type whose throughput is not bought but follows from the IOPS.
    """

    least_gib: int
    most_gib: int
    least_iops: int
    most_iops: int
    included_iops: int
    iops_per_gib: int
    mibps_per_iops: float
    most_iops_without_nitro: int
    included_mibps: int = 0
    most_mibps: int = 0

    def iops_at(self, size_gib: int) -> int:
        """Give the most IOPS that a volume of this size may have."""
        return min(self.most_iops, max(self.included_iops, size_gib * self.iops_per_gib))

    def size_for(self, iops: int) -> int:
        """Give the least GiB that so many IOPS take."""
        return max(self.least_gib, 0 if iops <= self.included_iops else -(-iops // self.iops_per_gib))


#: EC2's API reference (CreateVolume) and the EBS user guide; gp3 since September 2025. The throughput of io2 follows from
#: its IOPS: 0.256 MiB/s each (256 KiB a piece), 4000 MiB/s at most.
EBS: Mapping[VolumeType, VolumeLimits] = MappingProxyType(
    {
        VolumeType.GP3: VolumeLimits(
            least_gib=1,
            most_gib=65536,
            least_iops=3000,
            most_iops=80000,
            included_iops=3000,
            iops_per_gib=500,
            mibps_per_iops=0.25,
            most_iops_without_nitro=80000,
            included_mibps=125,
            most_mibps=2000,
        ),
        VolumeType.IO2: VolumeLimits(
            least_gib=4,
            most_gib=65536,
            least_iops=100,
            most_iops=256000,
            included_iops=0,
            iops_per_gib=1000,
            mibps_per_iops=0.256,
            most_iops_without_nitro=32000,
        ),
    }
)
_IO2_MOST_MIBPS = 4000

#: The most MiB/s that `aws_ebs_volume` of hashicorp/aws takes at validate, where that is less than EBS takes.
PROVIDER_MIBPS: Mapping[str, Mapping[VolumeType, int]] = MappingProxyType({"5.100": {VolumeType.GP3: 1000}})


def provider_mibps(kind: VolumeType, provider: str = PROVIDER) -> int:
    """Give the most MiB/s that can be had of a volume type through a provider; 0 for a type that takes none."""
    return PROVIDER_MIBPS.get(provider, {}).get(kind, EBS[kind].most_mibps)


def throughput_of(kind: VolumeType, iops: int, answered_mibps: int) -> float:
    """Give what a volume carries, in MiB/s: what was answered, or what follows from the IOPS."""
    limits = EBS[kind]
    if limits.most_mibps:
        return float(answered_mibps)
    return min(float(_IO2_MOST_MIBPS), iops * limits.mibps_per_iops)
