"""What holds the way is gone through in the order of the steps, from where one is, round and round."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.asking import finding, walk_in
from wizard.findings import Severity
from wizard.walk.next_open import next_open
from wizard.walk.steps import Step
from wizard.walk.walk import Walk

DATABASE, SIZING = (Step.DATABASE, "database.host"), (Step.SIZING, "nodes.fdw.count")


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    made = walk_in(tmp_path, "acme-prod")
    check = made.begin_check()
    assert check is not None
    made.took(
        check.generation,
        (
            finding("nodes.fdw.count", Severity.CRITICAL),
            finding("database.host", Severity.HIGH),
            finding("proxy.client_cidrs", Severity.WARN),
        ),
    )
    return made


@pytest.mark.parametrize(
    ("here", "key", "found"),
    [
        (None, "", DATABASE),
        (Step.ACCOUNT, "shard", DATABASE),
        (Step.DATABASE, "database.port", DATABASE),
        (Step.DATABASE, "database.host", SIZING),
        (Step.TOPOLOGY, "proxy.client_cidrs", SIZING),
        (Step.SIZING, "nodes.fdw.count", DATABASE),
        (Step.PLAN, "", DATABASE),
    ],
)
def test_the_next_one_is_the_first_from_here_on(
    walk: Walk, here: Step | None, key: str, found: tuple[Step, str]
) -> None:
    assert next_open(walk, here, key) == found


def test_an_answer_that_is_refused_is_open_too(walk: Walk) -> None:
    walk.typed("database.port", "54x")
    assert next_open(walk, None, "") == (Step.DATABASE, "database.port")


def test_a_warning_holds_nobody(tmp_path: Path) -> None:
    walk = walk_in(tmp_path, "acme-prod")
    check = walk.begin_check()
    assert check is not None
    walk.took(check.generation, (finding("database.host", Severity.WARN),))
    assert next_open(walk, Step.DATABASE, "") is None
