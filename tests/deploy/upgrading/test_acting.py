"""A service act goes to its one node, and is journalled as the command of its name does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.nodes import applied, node
from tests.workspaces import with_examples
from wizard.aws.commands import ScriptResult
from wizard.deploy.record.traces import events
from wizard.deploy.services import Sent
from wizard.deploy.target import Target, open_target
from wizard.deploy.upgrading.acting import carry_out
from wizard.deploy.upgrading.courses import course_of
from wizard.deploy.upgrading.springtail import SpringtailCourse
from wizard.errors import InputError, PackageMissingError
from wizard.upgrades.steps import Act
from wizard.workspace import Workspace


@pytest.fixture
def target(tmp_path: Path) -> Target:
    made = open_target(Workspace(with_examples(tmp_path)), "acme-prod")
    applied(made.place)
    return made


def test_it_goes_to_its_node_alone(target: Target) -> None:
    sent: list[str] = []

    def runs(one: Sent) -> ScriptResult:
        sent.append(one.task.node.instance_id)
        return ScriptResult("Success", 0, json.dumps({"steps": [{"step": "drain", "did": "drained"}]}), "", "c")

    [did] = carry_out(target, Act("stop", "fdw-1"), runs)

    assert sent == [node("fdw-1").instance_id]
    assert (did.node, did.step, did.did) == ("fdw-1", "drain", "drained")
    assert [event.what for event in events(target.place)] == ["services, stop fdw-1, drain: drained"]


def test_a_node_that_is_none_is_said_to_be_none(target: Target) -> None:
    with pytest.raises(InputError, match="stop fdw-7: acme-prod has no node fdw-7"):
        carry_out(target, Act("stop", "fdw-7"), lambda _: pytest.fail("it was sent"))


def test_nothing_is_started_without_a_package(target: Target) -> None:
    with pytest.raises(PackageMissingError):
        carry_out(target, Act("start", "fdw-0"), lambda _: pytest.fail("it was sent"))


def test_a_deployment_has_springtails_course(target: Target) -> None:
    assert isinstance(course_of(target), SpringtailCourse)
