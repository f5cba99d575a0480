"""What all volumes of a node ask for together, against what its instance type carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wizard.blueprints.springtail.answers import DataVolumes, LogVolume, VolumeType
from wizard.blueprints.springtail.volumes import EBS, throughput_of
from wizard.facts.compute import EbsPerformance

#: EBS counts a volume's throughput in MiB/s, and an instance's in MB/s.
MB_PER_MIB = 1.048576
#: What a root volume has without being asked: gp3's included performance.
_ROOT_IOPS = EBS[VolumeType.GP3].included_iops
_ROOT_MIBPS = EBS[VolumeType.GP3].included_mibps


@dataclass(frozen=True, slots=True)
class Volumes:
    """Equal volumes of a node. `mibps` is MiB/s; `holds_data` is false for the root volume."""

    name: str
    count: int
    kind: VolumeType
    size_gib: int
    iops: int
    mibps: float
    holds_data: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """A term of the sum."""

    name: str
    count: int
    each: float


@dataclass(frozen=True, slots=True)
class Budget:
    """What is needed of what there is, in `unit`. The maximum is a burst: shown, and never counted on.

    `scale` turns the terms' unit (`unit_each`) into that of the instance.
    """

    unit: str
    unit_each: str
    scale: float
    parts: tuple[Part, ...]
    baseline: float
    maximum: float

    @property
    def sum_each(self) -> float:
        """The sum of the terms, in their own unit."""
        return sum(part.count * part.each for part in self.parts)

    @property
    def needed(self) -> float:
        """The sum, in the instance's unit."""
        return self.sum_each * self.scale

    @property
    def over_by(self) -> float:
        """How much of it the baseline does not carry; 0 when it carries all."""
        return max(0.0, self.needed - self.baseline)

    @property
    def left(self) -> float:
        """How much of the baseline is left; 0 when there is none."""
        return max(0.0, self.baseline - self.needed)

    @property
    def text(self) -> str:
        """The arithmetic in one line."""
        terms = " + ".join(_term(part) for part in self.parts)
        total = _figure(self.sum_each)
        if self.unit != self.unit_each:
            total = f"{total} {self.unit_each} = {_figure(self.needed)} {self.unit}"
        carried = f"{_figure(self.baseline)} baseline (burst {_figure(self.maximum)})"
        rest = f"over by {_figure(self.over_by)}" if self.over_by else f"{_figure(self.left)} left"
        return f"{terms} = {total} of {carried}: {rest}"


def root_volume(size_gib: int) -> Volumes:
    """Give a node's root volume: one gp3 with what comes included."""
    return Volumes("root", 1, VolumeType.GP3, size_gib, _ROOT_IOPS, _ROOT_MIBPS, holds_data=False)


def data_volumes(name: str, count: int, answers: DataVolumes | LogVolume) -> Volumes:
    """Give volumes as answered; the throughput of types that sell none follows from their IOPS."""
    carries = throughput_of(answers.type, answers.iops, answers.throughput_mibps)
    return Volumes(name, count, answers.type, answers.size_gib, answers.iops, carries)


def iops_budget(volumes: Sequence[Volumes], ebs: EbsPerformance) -> Budget:
    """Sum the IOPS of every attached volume, the root volume included."""
    parts = tuple(Part(it.name, it.count, it.iops) for it in volumes)
    return Budget("IOPS", "IOPS", 1.0, parts, ebs.baseline_iops, ebs.maximum_iops)


def throughput_budget(volumes: Sequence[Volumes], ebs: EbsPerformance) -> Budget:
    """Sum the throughput of every attached volume, the root volume included."""
    parts = tuple(Part(it.name, it.count, it.mibps) for it in volumes)
    return Budget("MB/s", "MiB/s", MB_PER_MIB, parts, ebs.baseline_mbps, ebs.maximum_mbps)


def _term(part: Part) -> str:
    return f"{part.name} {_figure(part.each)}" if part.name == "root" else f"{part.count} x {_figure(part.each)}"


def _figure(value: float) -> str:
    return str(round(value))
