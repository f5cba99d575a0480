"""EBS volumes: the limits of their type, the ratios that EBS demands, and what the pinned provider accepts."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.blueprints.springtail.answers import DataVolumes, DeploymentAnswers, LogVolume, Storage
from wizard.blueprints.springtail.volumes import EBS, PROVIDER, VolumeLimits, provider_mibps
from wizard.checks.codes import code
from wizard.findings import Finding, Severity

RATIO = code(
    "VOLUME_RATIO",
    Severity.CRITICAL,
    why="EBS refuses a volume of too many IOPS for its size (gp3: 500 per GiB, io2: 1000), and a gp3 volume of more than 0.25 MiB/s per IOPS",
    remedy="raise what is too small, or lower what is too much",
)
LIMIT = code(
    "PROVIDER_LIMIT",
    Severity.CRITICAL,
    why="the pinned AWS provider refuses it at validate, although EBS takes up to 2000 MiB/s since September 2025",
    remedy="at most 1000 MiB/s for each volume; more volumes add up",
)
TOO_FEW = code(
    "IOPS_BELOW_MINIMUM",
    Severity.CRITICAL,
    why="EBS makes no such volume: gp3 has 3000 IOPS at least, which cost nothing; io2 has 100",
    remedy="raise the IOPS to the volume type's minimum",
)
TOO_MANY = code(
    "IOPS_ABOVE_MAXIMUM",
    Severity.CRITICAL,
    why="EBS makes no gp3 volume of more than 80000 IOPS; an io2 volume has up to 256000, and 32000 on an instance that is not built on Nitro",
    remedy="lower the IOPS of each volume; more volumes add up",
)
TOO_SMALL = code(
    "VOLUME_TOO_SMALL",
    Severity.CRITICAL,
    why="EBS makes no io2 volume below 4 GiB",
    remedy="4 GiB at least, or gp3",
)
EPHEMERAL = code(
    "LOCAL_STORAGE_EPHEMERAL",
    Severity.HIGH,
    why="AWS wipes an instance's own disks whenever it stops, fails or is replaced: Springtail then copies everything from the primary again, and serves nothing until that is done",
    remedy="ebs (nodes.ingestion.storage) keeps the data; or acknowledge it, knowing how long a copy of this database takes",
)


def deployment(answers: DeploymentAnswers) -> Iterator[Finding]:
    """Check the ingestion node's volumes; on local disks it has none."""
    ingestion = answers.nodes.ingestion
    if ingestion.storage is Storage.NVME:
        yield EPHEMERAL.at("nodes.ingestion.storage", f"the data lies on {ingestion.instance_type}'s own disks alone")
        return
    yield from _volume("nodes.ingestion.volumes", ingestion.volumes)
    yield from _volume("nodes.ingestion.slog", ingestion.slog)


def _volume(path: str, volume: DataVolumes | LogVolume) -> Iterator[Finding]:
    limits = EBS[volume.type]
    if volume.size_gib < limits.least_gib:
        yield TOO_SMALL.at(
            f"{path}.size_gib", f"{volume.size_gib} GiB of {volume.type.value}; at least {limits.least_gib}"
        )
    yield from _iops(path, volume, limits)
    if limits.most_mibps:
        yield from _throughput(path, volume, limits)


def _iops(path: str, volume: DataVolumes | LogVolume, limits: VolumeLimits) -> Iterator[Finding]:
    kind, key = volume.type.value, f"{path}.iops"
    if volume.iops < limits.least_iops:
        yield TOO_FEW.at(
            key,
            f"{volume.iops} IOPS of {kind}; at least {limits.least_iops}",
            remedy=f"at least {limits.least_iops}"
            + ("; they come with every gp3 volume and cost nothing" if limits.included_iops else ""),
        )
    elif volume.iops > limits.most_iops:
        yield TOO_MANY.at(
            key,
            f"{volume.iops} IOPS of {kind}; at most {limits.most_iops}",
            remedy=f"at most {limits.most_iops} for each volume; more volumes add up",
        )
    elif volume.iops > limits.iops_at(volume.size_gib):
        yield RATIO.at(
            key,
            f"{volume.iops} IOPS on {volume.size_gib} GiB of {kind}; at most {limits.iops_at(volume.size_gib)}",
            remedy=f"at least {limits.size_for(volume.iops)} GiB for {volume.iops} IOPS, or fewer IOPS",
        )


def _throughput(path: str, volume: DataVolumes | LogVolume, limits: VolumeLimits) -> Iterator[Finding]:
    wanted = volume.throughput_mibps
    if wanted > volume.iops * limits.mibps_per_iops:
        yield RATIO.at(
            f"{path}.throughput_mibps",
            f"{wanted} MiB/s on {volume.iops} IOPS; at most {int(volume.iops * limits.mibps_per_iops)}",
            remedy=f"at least {round(wanted / limits.mibps_per_iops)} IOPS for {wanted} MiB/s, or less throughput",
        )
    most = provider_mibps(volume.type)
    if wanted > most:
        yield LIMIT.at(f"{path}.throughput_mibps", f"{wanted} MiB/s; hashicorp/aws {PROVIDER} takes at most {most}")
