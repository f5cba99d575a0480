"""Whether an instance has local NVMe disks that can hold data."""

from __future__ import annotations

from wizard.facts.compute import InstanceTypeFact


def why_no_nvme(kind: InstanceTypeFact) -> str:
    """Say why a type has no local NVMe, or nothing if it has.

    Three things are needed: instance storage, attached by NVMe, and of flash. A rule that asks for the first alone lets old
    types through (m3, d2, h1, x1 …), whose machine then finds no NVMe device at boot.
    """
    local = kind.local
    if local is None or not local.disks:
        return "it has no instance storage"
    disks = ", ".join(f"{disks.count} x {disks.size_gb} GB {disks.kind}" for disks in local.disks)
    if local.nvme in {"", "unsupported"}:
        return f"its instance storage ({disks}) is not attached by NVMe"
    if not any(disks.kind == "ssd" for disks in local.disks):
        return f"its instance storage ({disks}) is of spinning disks"
    return ""


def nvme_gb(kind: InstanceTypeFact) -> int:
    """Give the size of all local NVMe flash disks together, in GB; 0 where there is none."""
    if kind.local is None or why_no_nvme(kind):
        return 0
    return sum(disks.count * disks.size_gb for disks in kind.local.disks if disks.kind == "ssd")
