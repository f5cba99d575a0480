"""The way of one stack, where it needs no engine and no AWS."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.verify import world
from tests.workspaces import EXAMPLES, run_in, with_examples
from wizard.answers.account import StateLock
from wizard.blueprints.springtail.facts import StateLocation
from wizard.deploy import flow, store
from wizard.deploy.exclusive import require_idle
from wizard.deploy.target import Target, neighbours, open_target
from wizard.deploy.teardown import lifted
from wizard.engine.plans import read_plan
from wizard.engine.runs import Action, Run
from wizard.errors import BlockedError, EngineError
from wizard.files import write_atomic
from wizard.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(with_examples(tmp_path))


@pytest.mark.parametrize("action", ["destroy-plan", "refresh-plan", "apply"])
def test_apply_takes_up_plans_and_no_other_kind_of_run(workspace: Workspace, action: Action) -> None:
    target = open_target(workspace, "acme-prod")

    with pytest.raises(EngineError, match="no plan that `apply` can take"):
        flow.reopen(target, SimpleNamespace(), run_in(target.place.runs, action))  # type: ignore[arg-type]


def test_a_stack_whose_run_is_alive_is_left_alone(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    target = open_target(workspace, "acme-prod")
    run = run_in(target.place.runs)
    require_idle(target, "instance")

    monkeypatch.setattr(Run, "alive", lambda _self: True)

    with pytest.raises(BlockedError) as caught:
        require_idle(target, "instance")
    assert run.id in caught.value.cause
    require_idle(target, "link")


def test_neighbours_are_the_other_deployments_of_the_same_shard(workspace: Workspace) -> None:
    elsewhere = workspace.root / "deployments" / "initech-prod"
    elsewhere.mkdir()
    text = (EXAMPLES / "public.yaml").read_text()
    (elsewhere / "answers.yaml").write_text(text.replace("globex-prod", "initech-prod").replace("use1-a", "use1-b"))

    assert [other.name for other in neighbours(open_target(workspace, "acme-prod"))] == ["globex-prod"]
    shard = neighbours(open_target(workspace, "use1-a"))
    assert [other.name for other in shard] == ["acme-prod", "globex-prod"]


def test_a_neighbour_s_broken_answers_are_told_after_an_apply_and_fail_nothing(workspace: Workspace) -> None:
    drift = {
        "address": "aws_vpc.main",
        "type": "aws_vpc",
        "name": "main",
        "change": {"actions": ["delete"], "before": {}},
    }
    refresh = SimpleNamespace(
        view=read_plan({"resource_drift": [drift]}), run=SimpleNamespace(plan_file=workspace.root / "plan.bin")
    )
    applied = SimpleNamespace(view=SimpleNamespace(acting=(), empty=False))
    engine = SimpleNamespace(plan=lambda _runs, refresh_only: refresh)
    planned = flow.Planned(open_target(workspace, "use1-a"), "shard", engine, applied, None)  # type: ignore[arg-type]
    assert flow._settle(planned) == (0, ("aws_vpc.main",), "")

    workspace.place("deployment", "acme-prod").answers.write_text("kind: nonsense\nshard: use1-a\n")

    settled, drift_of, note = flow._settle(planned)
    assert (settled, drift_of) == (0, ())
    assert note.startswith("the state could not be settled: ")
    assert "acme-prod" in note


def test_what_was_imported_is_made_whole_before_what_was_applied_is_settled(workspace: Workspace) -> None:
    target = open_target(workspace, "acme-prod")
    store.save_state_location(workspace, target.shard, StateLocation(backend="local"))
    text = {"name": "/planewright/acme/one", "type": "String", "value": "text", "insecure_value": None}
    state = {"version": 4, "serial": 3, "lineage": "l", "outputs": {}}
    known = {"mode": "managed", "type": "aws_ssm_parameter", "name": "one", "instances": [{"attributes": text}]}
    path = target.place.stack("instance") / "terraform.tfstate"
    write_atomic(path, json.dumps({**state, "resources": [known]}))
    imported = {
        "address": "aws_ssm_parameter.one",
        "type": "aws_ssm_parameter",
        "name": "one",
        "change": {"actions": ["no-op"], "importing": {"id": "/planewright/acme/one"}},
    }

    def refresh(*_: Any, **__: Any) -> Any:
        seen.append(json.loads(path.read_text())["resources"][0]["instances"][0]["attributes"])
        raise EngineError("there is no refresh in this test")

    seen: list[dict[str, Any]] = []
    handed = {key: {"value": value} for key, value in world.outputs("private").model_dump(mode="json").items()}
    engine = SimpleNamespace(outputs=lambda: handed, plan=refresh)
    made = SimpleNamespace(view=read_plan({"resource_changes": [imported]}))

    flow.conclude(flow.Planned(target, "instance", engine, made, None))  # type: ignore[arg-type]

    assert [(it["insecure_value"], it["value"]) for it in seen] == [("text", None)]


def test_lifting_the_protection_touches_only_what_exists() -> None:
    def change(address: str, *actions: str) -> dict[str, Any]:
        return {"address": address, "type": "aws_lb", "name": "x", "change": {"actions": list(actions)}}

    view = read_plan({"resource_changes": [change("aws_lb.made", "update"), change("aws_lb.missing", "create")]})

    assert lifted(view) == ("aws_lb.made",)


def _locked_by(workspace: Workspace, lock: str) -> None:
    """Answer anew what locks the states of the shard."""
    place = workspace.place("shard", "use1-a")
    answers = store.load_object(place)
    state = answers.state.model_copy(update={"lock": StateLock(lock)})  # type: ignore[union-attr]
    store.save_answers(place, answers.model_copy(update={"state": state}))


def _emitted_lock(target: Target) -> tuple[str, str] | None:
    return store.load_lock(target.place, "shard")


def test_what_locks_a_state_is_changed_by_a_plan_alone(workspace: Workspace) -> None:
    """The files are all that says where to look for who holds it."""
    target = open_target(workspace, "use1-a")
    home = StateLocation(bucket="states", region="us-east-1")
    store.save_state_location(workspace, target.shard, home)
    flow.write(target, "shard")
    assert not flow.lock_waits(target, "shard")

    _locked_by(workspace, "dynamodb")
    target = open_target(workspace, "use1-a")
    flow.write(target, "shard")

    assert _emitted_lock(target) == ("file", "")
    assert flow.lock_waits(target, "shard")
    assert "dynamodb_table" in flow.preview(target, "shard")["backend.tf.json"], "it is due, and said to be"
    flow.write(target, "shard", same_lock=False)
    assert _emitted_lock(target) == ("dynamodb", "planewright-state-lock")
    assert not flow.lock_waits(target, "shard")


def test_shards_of_one_account_are_each_locked_as_they_answer(workspace: Workspace) -> None:
    target = open_target(workspace, "use1-a")
    _locked_by(workspace, "both")
    by_another = StateLocation(bucket="states", region="us-east-1", lock="dynamodb", lock_table="of-another-shard")
    store.save_state_location(workspace, target.shard, by_another)

    target = open_target(workspace, "use1-a")
    flow.write(target, "shard")

    assert _emitted_lock(target) == ("both", "planewright-state-lock")
