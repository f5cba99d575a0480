"""Why an instance type does not carry what a role asks of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from wizard.blueprints.springtail.answers import Storage
from wizard.blueprints.springtail.volumes import EBS
from wizard.facts.compute import EbsPerformance, InstanceTypeFact
from wizard.findings import Severity
from wizard.sizing.budget import Volumes, iops_budget, throughput_budget
from wizard.sizing.images import architecture_of
from wizard.sizing.nvme import why_no_nvme
from wizard.sizing.roles import Wish


class Lack(StrEnum):
    """What is missing; each is a finding's code as well."""

    ARCHITECTURE = "ARCH_MISMATCH"
    NVME = "NVME_REQUIRED"
    NVME_UNSUPPORTED = "NVME_UNSUPPORTED"
    EBS_OPTIMIZED = "EBS_NOT_OPTIMIZED"
    ATTACHMENTS = "VOLUME_ATTACHMENTS"
    IOPS = "IOPS_ABOVE_BASELINE"
    THROUGHPUT = "THROUGHPUT_ABOVE_BASELINE"
    VOLUME_IOPS = "IOPS_ABOVE_MAXIMUM"
    CACHE = "MEMORY_BELOW_CACHE"
    SMALL = "ROLE_TOO_SMALL"
    BURSTABLE = "BURSTABLE"


@dataclass(frozen=True, slots=True)
class Misfit:
    """One reason, with the arithmetic; `where` is the answer below the node's key that it is about."""

    lack: Lack
    severity: Severity
    what: str
    where: str = "instance_type"


def misfits(kind: InstanceTypeFact, wish: Wish) -> tuple[Misfit, ...]:
    """Give everything that speaks against a type, in the order in which a person would look."""
    return (
        *_architecture(kind, wish),
        *_local_storage(kind, wish),
        *_attachments(kind, wish),
        *_performance(kind, wish),
        *_volumes(kind, wish),
        *_memory(kind, wish),
        *_burstable(kind, wish),
    )


def fits(kind: InstanceTypeFact, wish: Wish) -> bool:
    """Whether nothing of weight speaks against a type."""
    return all(it.severity is Severity.INFO for it in misfits(kind, wish))


def _architecture(kind: InstanceTypeFact, wish: Wish) -> Iterator[Misfit]:
    own = architecture_of(kind)
    supported = ", ".join(kind.architectures) or "no known architecture"
    if not own:
        yield Misfit(Lack.ARCHITECTURE, Severity.CRITICAL, f"{kind.name} runs {supported}")
    elif wish.architecture and wish.architecture not in kind.architectures:
        yield Misfit(
            Lack.ARCHITECTURE,
            Severity.CRITICAL,
            f"the image is built for {wish.architecture}, {kind.name} runs {supported}",
        )


def _local_storage(kind: InstanceTypeFact, wish: Wish) -> Iterator[Misfit]:
    if wish.storage is not Storage.NVME:
        return
    if why := why_no_nvme(kind):
        lack = Lack.NVME_UNSUPPORTED if kind.local else Lack.NVME
        yield Misfit(lack, Severity.CRITICAL, f"{kind.name} has no local NVMe: {why}")


def _attachments(kind: InstanceTypeFact, wish: Wish) -> Iterator[Misfit]:
    if kind.attachments and wish.attached > kind.attachments:
        shared = " (network interfaces and local disks share the limit, and are taken off already)"
        yield Misfit(
            Lack.ATTACHMENTS,
            Severity.CRITICAL,
            f"{wish.attached} volumes with the root volume; {kind.name} attaches {kind.attachments}"
            f"{shared if kind.attachment_limit == 'shared' else ''}",
        )


def _performance(kind: InstanceTypeFact, wish: Wish) -> Iterator[Misfit]:
    if kind.ebs is None:
        yield Misfit(
            Lack.EBS_OPTIMIZED,
            Severity.CRITICAL,
            f"{kind.name} cannot be EBS-optimized: its volumes share the network, and AWS names no figures",
        )
        return
    yield from _iops(kind, kind.ebs, wish)
    yield from _throughput(kind, kind.ebs, wish)


def _iops(kind: InstanceTypeFact, ebs: EbsPerformance, wish: Wish) -> Iterator[Misfit]:
    budget = iops_budget(wish.volumes, ebs)
    if budget.over_by:
        weight = Severity.CRITICAL if wish.holds_data else Severity.INFO
        yield Misfit(Lack.IOPS, weight, f"{kind.name}: {budget.text}", _volumes_key(wish, "iops"))


def _throughput(kind: InstanceTypeFact, ebs: EbsPerformance, wish: Wish) -> Iterator[Misfit]:
    budget = throughput_budget(wish.volumes, ebs)
    if budget.over_by:
        # What comes with a volume for nothing may lie idle; what was bought on top of it must not.
        bought = any(_bought(volumes) for volumes in wish.volumes)
        weight = Severity.WARN if bought else Severity.INFO
        yield Misfit(Lack.THROUGHPUT, weight, f"{kind.name}: {budget.text}", _volumes_key(wish, "throughput_mibps"))


def _volumes_key(wish: Wish, name: str) -> str:
    return f"volumes.{name}" if wish.holds_data else "instance_type"


def _bought(volumes: Volumes) -> bool:
    limits = EBS[volumes.kind]
    return bool(limits.most_mibps) and volumes.mibps > limits.included_mibps


def _volumes(kind: InstanceTypeFact, wish: Wish) -> Iterator[Misfit]:
    if kind.nitro:
        return
    for volumes in wish.volumes:
        most = EBS[volumes.kind].most_iops_without_nitro
        if volumes.iops > most:
            key = "slog" if volumes.name == "slog" else "volumes"
            yield Misfit(
                Lack.VOLUME_IOPS,
                Severity.CRITICAL,
                f"{volumes.iops} IOPS of {volumes.kind.value}; {kind.name} is not built on Nitro: at most {most}",
                f"{key}.iops",
            )


def _memory(kind: InstanceTypeFact, wish: Wish) -> Iterator[Misfit]:
    needs = wish.needs
    wanted = needs.cache_mib + needs.reserve_mib
    if needs.caches and kind.memory_mib < wanted:
        caches = " + ".join(f"{cache.name} {cache.mib}" for cache in needs.caches)
        weight = Severity.CRITICAL if kind.memory_mib < needs.cache_mib else Severity.HIGH
        yield Misfit(
            Lack.CACHE,
            weight,
            f"{caches} + system {needs.reserve_mib} = {wanted} MiB of {kind.memory_mib} MiB: "
            f"over by {wanted - kind.memory_mib}",
        )
    elif kind.memory_mib < needs.memory_mib or kind.vcpu < needs.vcpu:
        yield Misfit(
            Lack.SMALL,
            Severity.WARN,
            f"{kind.name} has {kind.vcpu} vCPU and {kind.memory_mib / 1024:g} GiB; "
            f"{needs.role} wants {needs.vcpu} and {needs.memory_mib / 1024:g} at least",
        )


def _burstable(kind: InstanceTypeFact, wish: Wish) -> Iterator[Misfit]:
    if kind.burstable and wish.needs.steady:
        yield Misfit(
            Lack.BURSTABLE,
            Severity.WARN,
            f"{kind.name} is burstable, and {wish.needs.role} works all the time",
        )
