"""gp3 volumes: the ratios that EBS demands and what the pinned provider accepts."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.blueprints.springtail.answers import DataVolumes, DeploymentAnswers, LogVolume
from wizard.checks.codes import code
from wizard.findings import Finding, Severity

#: gp3, since September 2025 (EBS user guide).
IOPS_PER_GIB = 500
MIBPS_PER_IOPS = 0.25
#: `aws_ebs_volume.throughput` in hashicorp/aws, by the pinned minor version: 5.100 refuses more at validate.
PROVIDER_MIBPS = {"5.100": 1000}
PROVIDER = "5.100"

RATIO = code(
    "VOLUME_RATIO",
    Severity.CRITICAL,
    why="EBS refuses a gp3 volume of more than 500 IOPS per GiB, or more than 0.25 MiB/s per IOPS",
    remedy="raise what is too small, or lower what is too much",
)
LIMIT = code(
    "PROVIDER_LIMIT",
    Severity.CRITICAL,
    why="the pinned AWS provider refuses it at validate, although EBS takes up to 2000 MiB/s since September 2025",
    remedy="at most 1000 MiB/s for each volume; more volumes add up",
)


def deployment(answers: DeploymentAnswers) -> Iterator[Finding]:
    """Check the ingestion node's volumes."""
    yield from _volume("nodes.ingestion.volumes", answers.nodes.ingestion.volumes)
    yield from _volume("nodes.ingestion.slog", answers.nodes.ingestion.slog)


def _volume(path: str, volume: DataVolumes | LogVolume) -> Iterator[Finding]:
    if volume.iops > volume.size_gib * IOPS_PER_GIB:
        least = -(-volume.iops // IOPS_PER_GIB)
        yield RATIO.at(
            f"{path}.iops",
            f"{volume.iops} IOPS on {volume.size_gib} GiB; at most {volume.size_gib * IOPS_PER_GIB}",
            remedy=f"at least {least} GiB for {volume.iops} IOPS, or fewer IOPS",
        )
    if volume.throughput_mibps > volume.iops * MIBPS_PER_IOPS:
        least = volume.throughput_mibps * 4
        yield RATIO.at(
            f"{path}.throughput_mibps",
            f"{volume.throughput_mibps} MiB/s on {volume.iops} IOPS; at most {int(volume.iops * MIBPS_PER_IOPS)}",
            remedy=f"at least {least} IOPS for {volume.throughput_mibps} MiB/s, or less throughput",
        )
    most = PROVIDER_MIBPS[PROVIDER]
    if volume.throughput_mibps > most:
        yield LIMIT.at(
            f"{path}.throughput_mibps",
            f"{volume.throughput_mibps} MiB/s; hashicorp/aws {PROVIDER} takes at most {most}",
        )
