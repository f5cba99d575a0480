"""Local NVMe: instance storage, attached by NVMe, of flash. All three."""

from __future__ import annotations

import pytest

from tests.sizing.machines import every_type, machine, plain, wish
from wizard.facts.compute import LocalDisks, LocalStorage
from wizard.sizing.fit import Lack, misfits
from wizard.sizing.nvme import nvme_gb, why_no_nvme


def _local(nvme: str, *kinds: str) -> LocalStorage:
    return LocalStorage(nvme, tuple(LocalDisks(kind, 2, 900) for kind in kinds), 1800 * len(kinds))


@pytest.mark.parametrize(
    ("local", "why"),
    [
        (None, "no instance storage"),
        (_local("required"), "no instance storage"),
        (_local("unsupported", "ssd"), "not attached by NVMe"),
        (_local("", "ssd"), "not attached by NVMe"),
        (_local("required", "hdd"), "spinning disks"),
    ],
)
def test_each_of_the_three_is_needed(local: LocalStorage | None, why: str) -> None:
    kind = plain(local=local)
    assert why in why_no_nvme(kind)
    assert nvme_gb(kind) == 0


@pytest.mark.parametrize("nvme", ["supported", "required"])
def test_with_all_three_the_flash_disks_count(nvme: str) -> None:
    kind = plain(local=_local(nvme, "ssd", "hdd"))
    assert why_no_nvme(kind) == ""
    assert nvme_gb(kind) == 1800


def test_all_types_whose_instance_storage_is_no_nvme_are_refused() -> None:
    """43 of them in AWS's data: a rule that asks for instance storage alone would take every one."""
    old = [kind for kind in every_type() if kind.local is not None and kind.local.nvme == "unsupported"]
    assert len(old) == 43
    assert {kind.family for kind in old} >= {"m3", "d2", "h1", "x1", "x1e", "i2", "c3", "r3"}
    for kind in old:
        lacks = {it.lack for it in misfits(kind, wish("nodes.ingestion.storage=nvme"))}
        assert Lack.NVME_UNSUPPORTED in lacks, kind.name


def test_types_with_nvme_on_spinning_disks_are_refused_too() -> None:
    slow = [
        kind
        for kind in every_type()
        if kind.local is not None
        and kind.local.nvme != "unsupported"
        and {disks.kind for disks in kind.local.disks} == {"hdd"}
    ]
    assert len(slow) == 10
    for kind in slow:
        assert Lack.NVME_UNSUPPORTED in {it.lack for it in misfits(kind, wish("nodes.ingestion.storage=nvme"))}


def test_a_type_without_any_is_refused_in_other_words() -> None:
    lacks = {it.lack for it in misfits(machine("r6i.4xlarge"), wish("nodes.ingestion.storage=nvme"))}
    assert lacks == {Lack.NVME}


@pytest.mark.parametrize(("name", "gb"), [("i4i.xlarge", 937), ("c8gd.4xlarge", 950), ("r7gd.2xlarge", 474)])
def test_types_of_today_pass(name: str, gb: int) -> None:
    kind = machine(name)
    assert nvme_gb(kind) == gb
    assert not {Lack.NVME, Lack.NVME_UNSUPPORTED} & {
        it.lack for it in misfits(kind, wish("nodes.ingestion.storage=nvme"))
    }
