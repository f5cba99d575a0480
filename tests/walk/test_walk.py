"""A front end types; the draft is on disk, the answers' findings follow at once, and stale checks are dropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspaces import with_examples
from wizard.deploy import drafts
from wizard.deploy.gate import acknowledge
from wizard.errors import InputError
from wizard.findings import Finding, Severity
from wizard.walk.steps import Mark, Step
from wizard.walk.walk import Walk
from wizard.workspace import Workspace

LIVE = Finding(code="A_CODE", severity=Severity.HIGH, path="nodes.fdw.count", what="", why="", remedy="")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(with_examples(tmp_path))


@pytest.fixture
def walk(workspace: Workspace) -> Walk:
    return Walk(workspace, workspace.place("deployment", "globex-prod"))


def marks(walk: Walk) -> dict[Step, Mark]:
    return {standing.step: standing.mark for standing in walk.standings()}


def codes(walk: Walk) -> set[str]:
    return {finding.code for finding in walk.findings}


def test_what_is_typed_is_on_disk_and_another_walk_goes_on_from_it(workspace: Workspace, walk: Walk) -> None:
    assert not walk.changed
    walk.typed("database.port", "54x")
    assert walk.changed
    assert Walk(workspace, walk.place).draft.text("database.port") == "54x"


def test_findings_of_the_answers_follow_every_key(walk: Walk) -> None:
    walk.typed("proxy.client_cidrs", "0.0.0.0/0")
    assert "PUBLIC_INGRESS_OPEN" in codes(walk)
    assert marks(walk)[Step.TOPOLOGY] is Mark.HELD
    walk.typed("proxy.client_cidrs", "203.0.113.0/24")
    assert "PUBLIC_INGRESS_OPEN" not in codes(walk)


def test_a_check_is_taken_only_if_nothing_was_typed_since(walk: Walk) -> None:
    first = walk.begin_check()
    assert first is not None
    walk.typed("nodes.fdw.count", "2")
    assert not walk.took(first.generation, (LIVE,))
    assert walk.checking
    second = walk.begin_check()
    assert second is not None
    assert second.target.deployment.nodes.fdw.count == 2
    assert walk.took(second.generation, (LIVE,))
    assert not walk.checking
    assert codes(walk) == {"A_CODE"}
    assert marks(walk)[Step.SIZING] is Mark.HELD


def test_an_acknowledged_finding_holds_no_longer(walk: Walk) -> None:
    check = walk.begin_check()
    assert check is not None
    walk.took(check.generation, (LIVE,))
    assert walk.holding == (LIVE,)
    acknowledge(walk.place, walk.findings, ["A_CODE=two are enough here"])
    assert walk.holding == ()
    assert marks(walk)[Step.SIZING] is Mark.NOTED


def test_while_an_answer_is_refused_there_is_nothing_to_check(walk: Walk) -> None:
    walk.typed("database.port", "54x")
    assert walk.begin_check() is None
    assert not walk.checking
    with pytest.raises(InputError):
        walk.settle()


def test_settled_answers_are_the_objects_own(walk: Walk) -> None:
    walk.typed("nodes.fdw.count", "3")
    target = walk.settle()
    assert target.deployment.nodes.fdw.count == 3
    assert "count: 3" in walk.place.answers.read_text()
    assert not drafts.path_of(walk.place).exists()


def test_a_shard_that_is_not_there_is_told_and_nothing_crashes(walk: Walk) -> None:
    walk.typed("shard", "no-such-shard")
    assert walk.target is None
    assert walk.unopened is not None
    assert "no-such-shard" in walk.unopened.title
    walk.typed("shard", "use1-a")
    assert walk.target is not None


def test_a_new_deployment_lacks_its_answers_step_by_step(workspace: Workspace) -> None:
    walk = Walk(workspace, workspace.place("deployment", "new-one"))
    assert marks(walk)[Step.DATABASE] is Mark.HELD
    assert walk.changed
    lacking = {standing.step: standing.lacking for standing in walk.standings()}
    assert lacking[Step.DATABASE] > 0


def test_typing_the_same_again_asks_nothing_again(walk: Walk) -> None:
    check = walk.begin_check()
    assert check is not None
    walk.took(check.generation, ())
    walk.typed("database.port", walk.draft.text("database.port") or "5432")
    walk.typed("database.port", walk.draft.text("database.port"))
    again = walk.begin_check()
    assert again is not None
    walk.took(again.generation, ())
    walk.typed("database.port", walk.draft.text("database.port"))
    assert not walk.checking


def test_a_shard_walks_its_own_steps(workspace: Workspace) -> None:
    walk = Walk(workspace, workspace.place("shard", "use1-a"))
    assert Step.DATABASE not in marks(walk)
    walk.typed("zone_id", "use2-az1")
    assert "ZONE_REGION_MISMATCH" in codes(walk)
    assert marks(walk)[Step.TOPOLOGY] is Mark.HELD
