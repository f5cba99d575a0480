"""What speaks against an instance type, and which others would do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sizing.machines import every_type, machine, plain, wish
from wizard.blueprints.springtail.answers import VolumeType
from wizard.blueprints.springtail.volumes import EBS
from wizard.facts.compute import EbsPerformance
from wizard.findings import Severity
from wizard.sizing.alternatives import smallest
from wizard.sizing.choice import weigh
from wizard.sizing.fit import Lack, fits, misfits

IO2 = ("nodes.ingestion.volumes.type=io2", "nodes.ingestion.volumes.iops=32001")
LARGE = EbsPerformance(400000, 400000, 40000.0, 40000.0)


@pytest.mark.parametrize(
    ("changes", "settings", "lack", "severity"),
    [
        ({"architectures": ("arm64_mac",)}, (), Lack.ARCHITECTURE, Severity.CRITICAL),
        ({"ebs": None}, (), Lack.EBS_OPTIMIZED, Severity.CRITICAL),
        ({"attachments": 5}, (), Lack.ATTACHMENTS, Severity.CRITICAL),
        ({"hypervisor": "xen", "ebs": LARGE}, IO2, Lack.VOLUME_IOPS, Severity.CRITICAL),
        ({"memory_mib": 3735}, (), Lack.CACHE, Severity.CRITICAL),
        ({"memory_mib": 3736}, (), Lack.CACHE, Severity.HIGH),
        ({"memory_mib": 4759}, (), Lack.CACHE, Severity.HIGH),
        ({"memory_mib": 4760}, (), Lack.SMALL, Severity.WARN),
        ({"memory_mib": 16383}, (), Lack.SMALL, Severity.WARN),
        ({"vcpu": 3}, (), Lack.SMALL, Severity.WARN),
        ({"burstable": True}, (), Lack.BURSTABLE, Severity.WARN),
    ],
)
def test_each_lack_is_found_by_itself(
    changes: dict[str, Any], settings: tuple[str, ...], lack: Lack, severity: Severity
) -> None:
    found = [(it.lack, it.severity) for it in misfits(plain(**changes), wish(*settings))]
    assert (lack, severity) in found
    assert len([it for it in found if it[1] is not Severity.INFO]) == 1


@pytest.mark.parametrize(
    ("changes", "settings"),
    [
        ({}, ()),
        ({"attachments": 6}, ()),
        ({"attachments": 0}, ()),
        ({"hypervisor": "nitro", "ebs": LARGE}, IO2),
        ({"hypervisor": "", "bare_metal": True, "ebs": LARGE}, IO2),
        ({"memory_mib": 16384, "vcpu": 4}, ()),
    ],
)
def test_a_machine_that_just_carries_it_fits(changes: dict[str, Any], settings: tuple[str, ...]) -> None:
    assert fits(plain(**changes), wish(*settings))


@pytest.mark.parametrize(
    ("role", "name"), [("ingestion", "r6i.4xlarge"), ("proxy", "c6i.xlarge"), ("fdw", "r6i.xlarge")]
)
def test_the_shipped_types_fit_their_roles(role: str, name: str) -> None:
    assert fits(machine(name), wish(role=role))


def test_a_named_image_bounds_the_architecture() -> None:
    found = [it.what for it in misfits(machine("r6i.4xlarge"), wish(architecture="arm64"))]
    assert "the image is built for arm64, r6i.4xlarge runs x86_64" in found
    assert fits(machine("r7g.8xlarge"), wish(architecture="arm64"))


def test_alternatives_fit_and_come_from_the_same_family_first_the_smallest_before_the_larger() -> None:
    found = smallest(every_type(), wish(), like="r6i.large", at_most=6)
    assert [it.name for it in found[:3]] == ["r6i.4xlarge", "r6i.8xlarge", "r6i.12xlarge"]
    assert all(fits(it, wish()) for it in found)
    others = [it for it in smallest(every_type(), wish(), at_most=50) if it.family != "r6i"]
    assert others == sorted(others, key=lambda it: (it.vcpu, it.memory_mib, it.name))
    assert all(it.current_generation and not it.bare_metal for it in others)


def test_alternatives_are_offered_where_they_are_to_run_and_are_never_the_type_itself() -> None:
    offered = {"r6i.4xlarge", "r6i.16xlarge"}
    found = smallest(every_type(), wish(), like="r6i.4xlarge", offered=offered)
    assert [it.name for it in found] == ["r6i.16xlarge"]


def test_a_type_that_the_zone_lacks_is_no_choice_however_well_it_fits() -> None:
    kind = plain()
    for offered, fitting in ((frozenset[str](), False), ({kind.name}, True), (None, True)):
        (choice,) = weigh((kind,), wish(), offered=offered, booted={})
        assert choice.fits is fitting


def test_the_image_that_a_type_would_boot_counts_by_the_type_s_architecture() -> None:
    (choice,) = weigh((plain(),), wish(), offered=None, booted={"x86_64": "arm64"})
    assert [it.lack for it in choice.against] == [Lack.ARCHITECTURE]
    (other,) = weigh((plain(),), wish(), offered=None, booted={"arm64": "arm64"})
    assert other.fits


def test_what_comes_with_gp3_is_held_to_no_ratio() -> None:
    assert EBS[VolumeType.GP3].iops_at(2) == 3000
    assert EBS[VolumeType.GP3].iops_at(7) == 3500
    assert EBS[VolumeType.GP3].size_for(3501) == 8
    assert EBS[VolumeType.IO2].iops_at(4) == 4000
    assert EBS[VolumeType.IO2].size_for(100) == 4
