"""What a workspace holds is read and written as typed values, and what cannot be read is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.answers.examples import example, text
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.contracts import LinkOutputs
from wizard.blueprints.springtail.facts import Pin, Pins, StateLocation
from wizard.deploy import store
from wizard.errors import InputError
from wizard.workspace import Place, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = Workspace(tmp_path)
    store.save_answers(found.place("shard", "use1-a"), example("shard"))
    store.save_answers(found.place("deployment", "acme-prod"), example("private"))
    return found


def place(workspace: Workspace) -> Place:
    return workspace.find("acme-prod")


def shard(workspace: Workspace) -> ShardAnswers:
    answers = store.load_object(workspace.find("use1-a"))
    assert isinstance(answers, ShardAnswers)
    return answers


def test_answers_are_read_back_as_they_were_saved(workspace: Workspace) -> None:
    assert store.load_object(place(workspace)) == example("private")
    deployment = store.load_object(place(workspace))
    assert isinstance(deployment, DeploymentAnswers)
    assert store.load_shard_of(workspace, deployment) == example("shard")


def test_saving_again_keeps_what_a_person_wrote_beside_the_answers(workspace: Workspace) -> None:
    path = place(workspace).answers
    path.write_text(text("private"))
    store.save_answers(place(workspace), example("private"))
    assert path.read_text() == text("private")


def test_answers_under_another_name_or_kind_are_refused(workspace: Workspace) -> None:
    moved = workspace.place("shard", "moved")
    moved.path.mkdir()
    moved.answers.write_text(text("private"))
    with pytest.raises(InputError) as caught:
        store.load_object(moved)
    assert [problem.path for problem in caught.value.problems] == ["kind", "name"]
    assert str(moved.answers) in caught.value.title


def test_a_missing_shard_is_named_with_those_that_are_there(workspace: Workspace) -> None:
    deployment = store.load_object(place(workspace))
    assert isinstance(deployment, DeploymentAnswers)
    with pytest.raises(InputError, match="stands on shard nowhere") as caught:
        store.load_shard_of(workspace, deployment.model_copy(update={"shard": "nowhere"}))
    assert "use1-a" in caught.value.cause


def test_pins_contracts_and_the_state_s_location_are_read_back(workspace: Workspace) -> None:
    here = place(workspace)
    assert store.load_pins(here) is None
    assert store.load_contract(here, "link") is None
    assert store.load_state_location(workspace, shard(workspace)) is None
    pin = Pin(ami_id="ami-1", architecture="arm64", instance_type="r6g.large", resolved_at="2026-01-01T00:00:00Z")
    pins = Pins(ingestion=pin, proxy=pin, fdw=pin)
    link = LinkOutputs(dns_resolution_peering_ids=["pcx-1"])
    location = StateLocation(bucket="b", region="us-east-1", kms_key_arn="arn")
    store.save_pins(here, pins)
    store.save_contract(here, "link", link)
    store.save_state_location(workspace, shard(workspace), location)
    assert store.load_pins(here) == pins
    assert store.load_contract(here, "link") == link
    assert store.load_state_location(workspace, shard(workspace)) == location
    assert (workspace.root / "state" / "111111111111-us-east-1.json").is_file()
    store.remove_contract(here, "link")
    store.remove_contract(here, "link")
    assert store.load_contract(here, "link") is None


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"dns_resolution_peering_ids": "pcx-1"}', "\x00"])
def test_a_file_that_was_changed_by_hand_is_named(workspace: Workspace, content: str) -> None:
    path = place(workspace).contract("link")
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        store.load_contract(place(workspace), "link")
    assert str(path) in caught.value.title
    assert caught.value.problems


def test_a_file_that_is_no_text_is_named(workspace: Workspace) -> None:
    place(workspace).answers.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is no UTF-8 text"):
        store.load_object(place(workspace))
