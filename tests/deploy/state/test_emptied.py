"""A state that can be read and knows nothing of a stack that was applied: nothing is planned over it, and it stands in no way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.deploy.objects import a_run
from tests.deploy.state.test_document import resource, state
from tests.verify import world
from tests.workspaces import with_examples
from wizard.aws.state_locks import md5_of
from wizard.blueprints.springtail.facts import StateLocation
from wizard.deploy import store
from wizard.deploy.state import rebuilding, restoring, seeing
from wizard.deploy.state.clearing import clear
from wizard.deploy.state.present import require_present
from wizard.deploy.state.shelf import LocalShelf
from wizard.deploy.target import Target, open_target
from wizard.errors import BlockedError
from wizard.workspace import Workspace

STACK = "instance"
AT = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
NOTHING = state(serial=1)
SESSION: Any = None


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """acme-prod, applied; its states are files."""
    target = open_target(Workspace(with_examples(tmp_path)), "acme-prod")
    store.save_state_location(target.workspace, target.shard, StateLocation(backend="local"))
    store.save_contract(target.shard_place, "shard", world.shard_outputs())
    store.save_contract(target.place, STACK, world.outputs("private"))
    target.place.stack(STACK).mkdir(parents=True)
    return target


def put(target: Target, content: bytes) -> Path:
    path = target.place.stack(STACK) / "terraform.tfstate"
    path.write_bytes(content)
    return path


def tear_down(target: Target) -> None:
    """Destroy the stack, without anybody who follows that to its end."""
    plan = a_run(target.place, AT, stack=STACK, action="destroy-plan")
    a_run(target.place, AT + timedelta(minutes=1), stack=STACK, of=plan)


def test_a_stack_is_not_planned_over_a_state_that_knows_nothing_of_it(target: Target) -> None:
    put(target, NOTHING)

    with pytest.raises(BlockedError, match="not planned: its state is without any resource") as caught:
        require_present(target, STACK, SESSION)

    assert "everything a second time" in caught.value.cause
    assert "planewright state recover acme-prod instance" in caught.value.action
    put(target, state(resource("one")))
    require_present(target, STACK, SESSION)
    put(target, b'{"serial": 1, "lineage": "l", "encrypted_data": "x"}')
    require_present(target, STACK, SESSION)


def test_of_a_stack_that_was_torn_down_such_a_state_is_right(target: Target) -> None:
    put(target, NOTHING)
    tear_down(target)

    require_present(target, STACK, SESSION)

    assert not seeing.look(target, STACK, SESSION).emptied
    again = a_run(target.place, AT + timedelta(hours=1), stack=STACK, action="plan")
    a_run(target.place, AT + timedelta(hours=2), stack=STACK, of=again)
    assert seeing.look(target, STACK, SESSION).emptied, "it was applied again since"
    with pytest.raises(BlockedError):
        require_present(target, STACK, SESSION)


def test_it_is_cleared_away_and_no_state_that_knows_something_is(target: Target) -> None:
    path = put(target, NOTHING)

    assert "kept as" in clear(target, STACK, SESSION)

    assert not path.exists()
    put(target, state(resource("one")))
    with pytest.raises(BlockedError, match="not cleared away"):
        clear(target, STACK, SESSION)
    put(target, NOTHING)
    target.place.contract(STACK).unlink()
    with pytest.raises(BlockedError, match="not cleared away"):
        clear(target, STACK, SESSION)


def test_a_rebuild_is_made_over_it_and_over_no_state_that_knows_something(target: Target) -> None:
    engine = object()
    site: Any = SimpleNamespace(session=None, stack_engine=lambda _target, _stack: engine)
    put(target, NOTHING)

    assert rebuilding._engine(target, STACK, site) is engine

    put(target, state(resource("one")))
    with pytest.raises(BlockedError, match="was not rebuilt"):
        rebuilding._engine(target, STACK, site)


def test_another_lineage_is_restored_where_the_lock_table_says_that_the_engine_wrote_it(
    target: Target, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site: Any = SimpleNamespace(session=None)
    put(target, state(resource("one"), lineage="somebody's"))
    kept = tmp_path / "kept.tfstate"
    kept.write_bytes(state(resource("one"), resource("two"), serial=9))
    copy = restoring.of_file(kept)
    with pytest.raises(BlockedError, match="was not restored"):
        restoring.prepare(target, STACK, site, *copy)

    monkeypatch.setattr(LocalShelf, "expected", lambda _self: md5_of(kept.read_bytes()))

    assert restoring.prepare(target, STACK, site, *copy).changes.added == ("aws_vpc.two",)
