"""What holds a step, and what a person's word can let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.deploy.gate import acknowledge, acknowledged, holding, require_clear
from wizard.errors import BlockedError, InputError
from wizard.findings import Finding, Severity
from wizard.workspace import Place


def finding(severity: Severity, path: str = "a.b") -> Finding:
    return Finding(code=f"IS_{severity.name}", severity=severity, path=path, what="w", why="y", remedy="r")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place("shard", "use1-a", tmp_path)


def test_only_critical_and_high_hold() -> None:
    findings = tuple(finding(severity) for severity in Severity)

    assert [f.severity for f in holding(findings, ())] == [Severity.HIGH, Severity.CRITICAL]


def test_an_acknowledgement_counts_for_its_path_alone(place: Place) -> None:
    acknowledge(place, [finding(Severity.HIGH, "a")], ["IS_HIGH=known to us"])

    require_clear(place, [finding(Severity.HIGH, "a")])
    with pytest.raises(BlockedError) as caught:
        require_clear(place, [finding(Severity.HIGH, "a"), finding(Severity.HIGH, "b")])
    assert "IS_HIGH (high, b)" in caught.value.cause
    assert "IS_HIGH (high, a)" not in caught.value.cause


def test_nothing_is_recorded_when_one_acknowledgement_is_refused(place: Place) -> None:
    with pytest.raises(InputError):
        acknowledge(place, [finding(Severity.HIGH)], ["IS_HIGH=fine", "IS_CRITICAL=fine too"])

    assert acknowledged(place) == ()


def test_a_damaged_record_is_told_and_never_taken_for_consent(place: Place) -> None:
    (place.path / "acknowledgements.json").write_text("[{]")

    with pytest.raises(InputError, match=r"acknowledgements\.json"):
        require_clear(place, [finding(Severity.HIGH)])
