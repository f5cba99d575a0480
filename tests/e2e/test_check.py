"""What stands is checked again: nothing of ours counts as taken, as overlapping or as still to be added."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.conftest import Rehearsed

pytestmark = pytest.mark.e2e


def above_info(world: Rehearsed, name: str) -> list[Any]:
    done = world.planewright("check", name, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads(done.stdout)
    assert document["facts"]["unread"] == 0
    return [finding for finding in document["findings"] if finding["severity"] != "info"]


@pytest.mark.xdist_group("private")
def test_the_private_deployment_and_its_shard_are_as_good_as_before(private: Rehearsed) -> None:
    assert above_info(private, private.outcome.deployment) == []
    assert above_info(private, private.outcome.shard) == []


@pytest.mark.xdist_group("public")
def test_the_public_deployment_and_its_shard_are_as_good_as_before(public: Rehearsed) -> None:
    assert above_info(public, public.outcome.deployment) == []
    assert above_info(public, public.outcome.shard) == []


@pytest.mark.xdist_group("private")
def test_a_peering_that_the_journey_met_was_checked_before_it_was_asked_for(private: Rehearsed) -> None:
    checks = [index for index, line in enumerate(private.told) if line.startswith("Check ")]
    applies = [index for index, line in enumerate(private.told) if line.startswith("Apply ")]
    assert len(checks) == 2
    assert checks[0] < applies[0] < checks[1] < applies[1], "each object is checked right before its own apply"
