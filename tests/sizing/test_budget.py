"""The budget of a node: the sum of all its volumes, against the baseline, with the arithmetic in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sizing.machines import machine, plain, wish
from wizard.blueprints.springtail.answers import VolumeType
from wizard.blueprints.springtail.volumes import throughput_of
from wizard.facts.compute import EbsPerformance
from wizard.findings import Severity
from wizard.sizing.budget import Volumes, iops_budget, root_volume, throughput_budget
from wizard.sizing.fit import Lack, Misfit, misfits

SMALL = EbsPerformance(12000, 40000, 312.5, 1250.0)
VOLUMES = st.builds(
    Volumes,
    name=st.sampled_from(["data", "slog", "more"]),
    count=st.integers(1, 8),
    kind=st.sampled_from(VolumeType),
    size_gib=st.integers(4, 65536),
    iops=st.integers(100, 256000),
    mibps=st.integers(125, 2000).map(float),
)
FIGURE = st.integers(0, 2_000_000)


def _of(found: tuple[Misfit, ...], lack: Lack) -> Misfit:
    return next(it for it in found if it.lack is lack)


def test_the_arithmetic_is_told_with_every_volume_the_root_volume_too() -> None:
    volumes = wish().volumes
    assert iops_budget(volumes, SMALL).text == (
        "4 x 3000 + 1 x 3000 + root 3000 = 18000 of 12000 baseline (burst 40000): over by 6000"
    )
    assert throughput_budget(volumes, SMALL).text == (
        "4 x 125 + 1 x 125 + root 125 = 750 MiB/s = 786 MB/s of 312 baseline (burst 1250): over by 474"
    )


def test_what_is_left_is_told_when_the_baseline_carries_all() -> None:
    budget = iops_budget(wish().volumes, EbsPerformance(20000, 40000, 625.0, 1250.0))
    assert (budget.over_by, budget.left) == (0, 2000)
    assert budget.text.endswith("18000 of 20000 baseline (burst 40000): 2000 left")


@given(volumes=st.lists(VOLUMES, max_size=6), baseline=FIGURE, burst=FIGURE)
def test_the_budget_is_the_sum_over_every_volume_and_a_burst_adds_nothing(
    volumes: list[Volumes], baseline: int, burst: int
) -> None:
    attached = (*volumes, root_volume(30))
    ebs = EbsPerformance(baseline, burst, float(baseline), float(burst))
    one = sum(it.iops for it in attached for _ in range(it.count))
    other = sum(it.mibps for it in attached for _ in range(it.count)) * 1.048576
    for budget, needed in ((iops_budget(attached, ebs), one), (throughput_budget(attached, ebs), other)):
        assert budget.needed == pytest.approx(needed)
        assert budget.over_by == pytest.approx(max(0.0, needed - baseline))
        assert budget.over_by == 0 or budget.left == 0
        assert f"(burst {burst})" in budget.text


def test_what_the_baseline_just_carries_fits_and_one_more_does_not() -> None:
    fitting = plain(ebs=EbsPerformance(18000, 18000, 786.432, 786.432))
    assert misfits(fitting, wish()) == ()
    short = plain(ebs=EbsPerformance(17999, 80000, 786.432, 786.432))
    assert [(it.lack, it.severity) for it in misfits(short, wish())] == [(Lack.IOPS, Severity.CRITICAL)]


def test_the_reference_s_machine_is_refused_with_the_arithmetic() -> None:
    found = misfits(machine("c6gn.medium"), wish())
    iops = _of(found, Lack.IOPS)
    assert iops.severity is Severity.CRITICAL
    assert "4 x 3000 + 1 x 3000 + root 3000 = 18000 of 2500 baseline" in iops.what
    assert _of(found, Lack.CACHE).severity is Severity.CRITICAL


def test_without_data_on_its_volumes_a_node_is_only_told() -> None:
    (found,) = (it for it in misfits(machine("c6gn.medium"), wish(role="proxy")) if it.lack is Lack.IOPS)
    assert found.severity is Severity.INFO


def test_throughput_that_was_bought_weighs_more_than_what_came_with_the_volume() -> None:
    free = _of(misfits(machine("r6i.4xlarge"), wish()), Lack.THROUGHPUT)
    bought = _of(misfits(machine("r6i.4xlarge"), wish("nodes.ingestion.volumes.throughput_mibps=126")), Lack.THROUGHPUT)
    assert (free.severity, bought.severity) == (Severity.INFO, Severity.WARN)


@pytest.mark.parametrize(
    ("kind", "iops", "answered", "mibps"),
    [
        (VolumeType.GP3, 3000, 250, 250.0),
        (VolumeType.IO2, 1000, 250, 256.0),
        (VolumeType.IO2, 100000, 125, 4000.0),
    ],
)
def test_throughput_of_io2_follows_from_its_iops(kind: VolumeType, iops: int, answered: int, mibps: float) -> None:
    assert throughput_of(kind, iops, answered) == mibps
