"""The order of a teardown: last stack first, its protection lifted before it goes, each plan shown, taken up again."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.walk.torn_down import SITE, World, standing
from tests.workspaces import with_examples
from wizard.answers.account import State, StateLock
from wizard.blueprints.springtail.facts import StateLocation
from wizard.deploy import flow, store, teardown
from wizard.deploy.target import open_target
from wizard.errors import BlockedError
from wizard.walk.destroying import Destroying, Kind, Turn
from wizard.workspace import Workspace


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return standing(with_examples(tmp_path), monkeypatch)


def next_turn(destroying: Destroying) -> Turn | None:
    target = destroying.target
    return destroying.next(lambda stack: flow.prepare(target, stack, SITE), partial(flow.plan))


def carried_out(destroying: Destroying, world: World) -> list[str]:
    """Every turn to the end, each run a success."""
    told = []
    while (turn := next_turn(destroying)) is not None:
        told.append(f"{turn.stack}: {turn.kind.value}")
        if turn.kind is not Kind.NOTHING:
            world.end(destroying.start(turn))
            destroying.succeeded(turn)
    return told


def test_the_last_stack_goes_first_and_each_is_unprotected_before(world: World) -> None:
    destroying = Destroying(world.target, SITE)
    assert carried_out(destroying, world) == [
        "link: lift the protection",
        "link: destroy",
        "instance: lift the protection",
        "instance: destroy",
    ]
    place = world.target.place
    assert not place.contract("link").exists()
    assert not place.contract("instance").exists()
    assert world.exists == set()
    assert "the answers in" in destroying.remains()[-1]


@pytest.mark.parametrize(("lock", "kept"), [("file", False), ("dynamodb", True), ("both", True)])
def test_the_table_that_locks_states_is_left_like_the_bucket(world: World, lock: str, kept: bool) -> None:
    target, state = world.target, State(lock=StateLock(lock))
    store.save_state_location(target.workspace, target.shard, StateLocation(bucket="states", region="us-east-1"))

    left = " ".join(teardown.remains(replace(target, shard=target.shard.model_copy(update={"state": state}))))

    assert "the state bucket" in left
    assert ("the lock table planewright-state-lock" in left) is kept


def test_nothing_is_applied_but_the_plans_that_were_shown_in_their_order(world: World) -> None:
    destroying = Destroying(world.target, SITE)
    shown = []
    while (turn := next_turn(destroying)) is not None:
        shown.append(turn.planned)
        world.end(destroying.start(turn))
        destroying.succeeded(turn)
    assert world.started == shown


def test_a_turn_that_is_not_started_is_planned_again_and_nothing_is_gone(world: World) -> None:
    destroying = Destroying(world.target, SITE)
    first, second = next_turn(destroying), next_turn(destroying)
    assert first is not None
    assert second is not None
    assert (first.stack, first.kind) == (second.stack, second.kind) == ("link", Kind.LIFT)
    assert world.started == []
    assert destroying.left == ("link", "instance")


def test_after_a_destroy_that_failed_the_same_stack_is_planned_anew(world: World) -> None:
    world.protected.clear()
    destroying = Destroying(world.target, SITE)
    turn = next_turn(destroying)
    assert turn is not None
    world.end(destroying.start(turn), "failed")
    again = next_turn(destroying)
    assert again is not None
    assert (again.stack, again.kind) == ("link", Kind.DESTROY)
    assert world.target.place.contract("link").exists()


@pytest.mark.parametrize("turns_before", [1, 2, 3])
def test_whoever_takes_it_up_again_goes_on_where_it_was_left(world: World, turns_before: int) -> None:
    first = Destroying(world.target, SITE)
    told = []
    for _ in range(turns_before):
        turn = next_turn(first)
        assert turn is not None
        told.append(f"{turn.stack}: {turn.kind.value}")
        world.end(first.start(turn))
        if len(told) < turns_before:
            first.succeeded(turn)  # of the last run nobody saw the end
    told += carried_out(Destroying(world.target, SITE), world)
    assert [one for one in told if "nothing" not in one] == [
        "link: lift the protection",
        "link: destroy",
        "instance: lift the protection",
        "instance: destroy",
    ]
    assert not any(world.target.place.contract(stack).exists() for stack in ("link", "instance"))


def test_what_is_gone_is_forgotten_though_nobody_saw_it_go(world: World) -> None:
    world.exists.clear()
    destroying = Destroying(world.target, SITE)
    turn = next_turn(destroying)
    assert turn is not None
    assert (turn.kind, turn.why) == (Kind.NOTHING, "its state holds nothing")
    assert not world.target.place.contract("link").exists()


def test_a_stack_whose_base_was_never_applied_has_nothing_to_destroy(world: World) -> None:
    world.target.place.contract("instance").unlink()
    turn = next_turn(Destroying(world.target, SITE))
    assert turn is not None
    assert (turn.stack, turn.kind) == ("link", Kind.NOTHING)
    assert turn.why == "it stands on stack instance, which was never applied"
    assert world.plans == []


def test_one_stack_alone_may_go(world: World) -> None:
    assert carried_out(Destroying(world.target, SITE, stacks=("link",)), world) == [
        "link: lift the protection",
        "link: destroy",
    ]
    assert world.exists == {"instance"}


def test_what_is_not_protected_is_not_planned_to_be_lifted_twice(world: World) -> None:
    world.protected.clear()
    turn = next_turn(Destroying(world.target, SITE))
    assert turn is not None
    assert turn.kind is Kind.DESTROY
    assert world.plans == ["lift link", "destroy link"]


def test_nothing_is_no_turn_to_start(world: World) -> None:
    with pytest.raises(ValueError, match="nothing to start"):
        Destroying(world.target, SITE).start(Turn("link", Kind.NOTHING, why="its state holds nothing"))


def test_a_shard_is_not_destroyed_while_a_deployment_stands_on_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shard = open_target(Workspace(world.root), "use1-a")
    with pytest.raises(BlockedError, match="in use"):
        next_turn(Destroying(shard, SITE))
    world.target.place.contract("instance").unlink()
    monkeypatch.setattr(teardown, "deployments_on_shard", lambda session, name: ("elsewhere",))
    with pytest.raises(BlockedError, match="in use") as error:
        next_turn(Destroying(shard, SITE))
    assert "elsewhere (found by tag in the account)" in error.value.cause
    assert world.plans == []


def test_a_shard_that_came_into_use_after_its_plan_was_shown_is_not_destroyed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.target.place.contract("instance").unlink()
    world.exists.add("shard")
    monkeypatch.setattr(world, "goes", lambda stack: World.goes(world, "link"))
    monkeypatch.setattr(world, "lifts", lambda stack: World.lifts(world, "nothing"))
    destroying = Destroying(open_target(Workspace(world.root), "use1-a"), SITE)
    turn = next_turn(destroying)
    assert turn is not None
    assert turn.kind is Kind.DESTROY
    monkeypatch.setattr(teardown, "deployments_on_shard", lambda session, name: ("new-customer",))
    with pytest.raises(BlockedError, match="in use"):
        destroying.start(turn)
    assert world.started == []


def test_what_had_drifted_is_forgotten_with_its_stack(world: World) -> None:
    drift = world.target.place.hidden / "drift-link.json"
    drift.write_text('["aws_route53_zone.database"]')
    teardown.forget(world.target, "link")
    assert drift.read_text() == "[]\n"
