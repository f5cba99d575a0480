"""Springtail's survey, from AWS and the workspace: each node's versions, and those of what was emitted."""

from __future__ import annotations

import pytest

from tests.aws.conftest import aws, session
from tests.deploy.upgrading.test_springtail_course import Deployed, deployed

__all__ = ["aws", "deployed", "session"]

pytestmark = pytest.mark.xdist_group("moto")


def test_it_has_the_steps_and_what_runs_is_pinned_and_is_wanted(deployed: Deployed) -> None:
    deployed.answer(fdw=deployed.new)

    found = deployed.course.survey(deployed.target, deployed.site)

    assert found.steps == deployed.steps()
    things = {(thing.key, thing.says): thing for thing in found.things}
    fdw = things["fdw-0", "image"]
    assert (fdw.runs, fdw.wanted, fdw.settled) == (deployed.old, deployed.new, False)
    assert things["fdw-0", "type"].settled
    assert things["proxy-0", "image"].settled
    modules = things["modules", "checksum"]
    assert modules.runs == modules.pinned == modules.wanted != ""
    assert things["provider hashicorp/aws", "version"].wanted == "5.100.0"
    assert any(f"image of fdw: none → {deployed.new}" in line for _, lines in found.writes for line in lines)

    deployed.course.write(deployed.target, found.steps[0])
    half = deployed.course.survey(deployed.target, deployed.site)
    kept = {(thing.key, thing.says): thing for thing in half.things}
    assert kept["fdw-0", "image"].pinned == deployed.new
    assert kept["fdw-1", "image"].pinned == deployed.old
