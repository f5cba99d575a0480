"""A meter moves as volumes change, and reads without colour."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from screens.widgets.meter import BURST, LEFT, NEEDED, OVER, Meter, bar, sentence
from tests.sizing.machines import PLAIN, wish
from wizard.findings import Severity
from wizard.sizing.budget import Budget, Part, iops_budget


def iops(needed: float, baseline: float = 12000, maximum: float = 40000) -> Budget:
    return Budget("IOPS", "IOPS", 1.0, (Part("data", 1, needed),), baseline, maximum)


def drawn(budget: Budget, width: int = 41) -> str:
    return "".join(text for text, _ in bar(budget, width))


class Shown(App[None]):
    def __init__(self, *meters: Meter) -> None:
        super().__init__()
        self.meters = meters

    def compose(self) -> ComposeResult:
        yield from self.meters


def test_the_arithmetic_is_said_in_one_line() -> None:
    assert sentence(iops(18000)) == "18000 of 12000 baseline (burst 40000): over by 6000"
    assert sentence(iops(9000)) == "9000 of 12000 baseline (burst 40000): 3000 left"


def test_the_bar_shows_needed_left_and_burst_in_proportion() -> None:
    assert drawn(iops(6000)) == NEEDED * 6 + LEFT * 6 + "│" + BURST * 28


def test_what_is_over_the_baseline_lies_beyond_its_mark() -> None:
    assert drawn(iops(18000)) == NEEDED * 12 + "│" + OVER * 6 + BURST * 22


def test_what_is_needed_beyond_the_burst_lengthens_the_bar() -> None:
    assert drawn(iops(80000)) == NEEDED * 6 + "│" + OVER * 34


@given(
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.integers(10, 60),
)
def test_every_bar_is_as_wide_as_its_room_and_hides_nothing(
    needed: float, base: float, more: float, width: int
) -> None:
    budget = iops(needed, base, base + more)
    text = drawn(budget, width)
    assert len(text) == width
    assert (OVER in text) == (budget.over_by > 0)
    assert needed == 0 or base == 0 or NEEDED in text


async def test_it_moves_with_the_volumes() -> None:
    assert PLAIN.ebs is not None
    meter = Meter("IOPS", iops_budget(wish().volumes, PLAIN.ebs))
    async with Shown(meter).run_test(size=(80, 24)) as pilot:
        assert "✓ carried" in meter.render().plain
        meter.show(iops_budget(wish("nodes.ingestion.volumes.iops=6000").volumes, PLAIN.ebs))
        await pilot.pause()
        assert "✗ over  30000 of 18000 baseline (burst 40000): over by 12000" in meter.render().plain


@pytest.mark.parametrize(
    ("grave", "word"), [(Severity.INFO, "· over"), (Severity.WARN, "! over"), (Severity.CRITICAL, "✗ over")]
)
async def test_what_is_over_is_as_grave_as_its_finding(grave: Severity, word: str) -> None:
    meter = Meter("MB/s")
    async with Shown(meter).run_test(size=(80, 24)):
        meter.show(iops_budget(wish("nodes.ingestion.volumes.iops=6000").volumes, PLAIN.ebs), grave=grave)
        assert f"{word}  30000 of 18000" in meter.render().plain


async def test_what_is_not_known_is_said_and_no_pass() -> None:
    meter = Meter("IOPS", None, why="there is no x9.large in us-east-1")
    async with Shown(meter).run_test(size=(80, 24)):
        assert "? unknown: there is no x9.large in us-east-1" in meter.render().plain
        assert "✓" not in meter.render().plain
