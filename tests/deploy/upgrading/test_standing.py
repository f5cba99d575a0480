"""What comes next of an upgrade that is half-way: what was begun is not forgotten for what can no longer be observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.upgrades.test_springtail import LARGER, NEW, PACKAGE, serving
from wizard.blueprints.springtail.upgrades import Fleet, Running, steps
from wizard.deploy.upgrading.record import Upgrade, Walked
from wizard.deploy.upgrading.standing import standing
from wizard.upgrades.steps import Step

BEGUN = datetime(2026, 5, 1, 12, tzinfo=UTC)


def begun(step: Step, **more: bool) -> Upgrade:
    walked = Walked(step=step, begun_at=BEGUN, **more)
    return Upgrade(id="u", begun_at=BEGUN, who="olga@desk", steps=(walked,))


def with_nodes(fleet: Fleet, nodes: Mapping[str, Running]) -> Fleet:
    return replace(fleet, nodes=nodes)


@pytest.mark.parametrize("wanted", [{"ami_id": NEW}, {"instance_type": LARGER}], ids=["replaced", "resized"])
def test_everything_that_ingestions_step_stopped_is_started_again_and_seen_though_nothing_is_active(
    wanted: dict[str, str],
) -> None:
    fleet = serving(**wanted)
    role = fleet.roles["fdw"]
    there = {
        key: replace(node, ami_id=role.ami_id, instance_type=role.instance_type) for key, node in fleet.nodes.items()
    }
    there["ingestion-0"] = fleet.nodes["ingestion-0"]
    *_, step = steps(with_nodes(fleet, there))
    down = {key: replace(node, active=False, up=False) for key, node in there.items()}
    left = steps(with_nodes(fleet, down))
    assert not left[-1].after, "of itself it would start nothing"

    found = standing(begun(step, stopped=True), left).next

    assert found is not None
    assert found.step == step
    assert [str(act) for act in found.step.before] == ["stop proxy-0", "stop fdw-0", "stop fdw-1", "stop ingestion-0"]
    assert {str(act) for act in found.step.after} >= {f"start {key}" for key in there}
    assert ("springtail.services", "passed") in found.step.gates[1].wanted


@pytest.mark.parametrize("far", ["stopped", "applied", "started"])
def test_a_step_that_has_touched_something_and_is_not_left_any_more_has_its_gates_to_be_seen(far: str) -> None:
    fleet = serving()
    old = {key: replace(node, release="b" * len(PACKAGE)) for key, node in fleet.nodes.items()}
    [package] = steps(with_nodes(fleet, old))

    assert standing(begun(package), steps(fleet)).next is None
    found = standing(begun(package, **{far: True}), steps(fleet))

    assert found.next is not None
    assert not found.write
    assert found.next.step.gates == package.gates
    assert [act for act in found.next.step.after if act.verb == "stop"] == [], "each was started since"
    assert [act for act in found.next.step.after if act.verb == "start"]

    # One was reloaded, and the next one killed between its stop and its start.
    half = {**old, "fdw-0": fleet.nodes["fdw-0"], "fdw-1": replace(old["fdw-1"], active=False, up=False)}
    left = standing(begun(package, **{far: True}), steps(with_nodes(fleet, half))).next
    assert left is not None
    acts = [str(act) for act in left.step.after]
    assert "stop fdw-0" not in acts
    assert {"start fdw-0", "start fdw-1"} <= set(acts)
    assert acts.index("stop fdw-1") < acts.index("prepare fdw-1") < acts.index("start fdw-1")


def test_a_step_that_has_stopped_nothing_is_as_it_is_worked_out_now() -> None:
    step = steps(serving(ami_id=NEW))[-1]
    other = replace(step, before=(), after=())
    found = standing(begun(step), (other,)).next
    assert found is not None
    assert found.step == other
