"""Plans for a state that is lost: with an engine that plans what it is told to import, and an AWS of values. The state is a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.verify import world
from tests.workspaces import run_in, with_examples
from wizard.blueprints.springtail.facts import StateLocation
from wizard.changes.change import read_changes
from wizard.deploy import flow, store
from wizard.deploy.drift.importing import import_blocks
from wizard.deploy.drift.reading import Strays
from wizard.deploy.state import rebuilding, recovering
from wizard.deploy.state.rebuilding import Chosen, Rebuild
from wizard.deploy.target import Target, open_target
from wizard.drift.known_by import Candidate
from wizard.drift.taking_in import Standing
from wizard.engine.events import RunState
from wizard.engine.plans import PlanView
from wizard.engine.runs import Run
from wizard.engine.saved import PlanRun
from wizard.errors import BlockedError
from wizard.workspace import Workspace

STACK = "instance"
OWN = {"planewright:shard": "use1-a", "planewright:deployment": "acme-prod"}
IMPORTED = re.compile(r'to = (\S+)\n  id = "(\S+)"')


def disk(id_: str, name: str) -> Candidate:
    return Candidate({"id": id_, "availability_zone": "us-east-1b"}, {**OWN, "Name": name})


class Lost:
    """The stack `instance` of acme-prod, applied and without a state: two volumes, which AWS has."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.target: Target = open_target(Workspace(with_examples(root)), "acme-prod")
        store.save_state_location(self.target.workspace, self.target.shard, StateLocation(backend="local"))
        store.save_contract(self.target.shard_place, "shard", world.shard_outputs())
        self.folder = self.target.place.stack(STACK)
        self.folder.mkdir(parents=True)
        self.blocks = self.folder / "planewright-import.tf"
        self.planned = {"aws_ebs_volume.data[0]": "acme-data-0", "aws_ebs_volume.data[1]": "acme-data-1"}
        self.there = [disk("vol-0", "acme-data-0"), disk("vol-1", "acme-data-1")]
        self.run: Run | None = None
        engine = SimpleNamespace(stack_dir=self.folder, init=lambda: None, plan=self.plan)
        self.site: Any = SimpleNamespace(session=None, stack_engine=lambda _target, _stack: engine)
        patch.setattr(rebuilding, "candidates", lambda _session, some: {"aws_ebs_volume": self.there} if some else {})
        patch.setattr(rebuilding.reading, "strays", lambda *_: Strays())

    def plan(self, runs: Path, **_: Any) -> PlanRun:
        """Plan as the engine does: what is to be imported is, and all else is made."""
        imports = dict(IMPORTED.findall(self.blocks.read_text())) if self.blocks.exists() else {}
        changes = read_changes([self._change(address, imports) for address in self.planned])
        self.run = self.run or run_in(runs, "plan")
        return PlanRun(self.run, PlanView(tuple(changes)), "sha256:0123456789abcdef", RunState())

    def _change(self, address: str, imports: Mapping[str, str]) -> dict[str, Any]:
        after = {"availability_zone": "us-east-1b", "tags": {**OWN, "Name": self.planned[address]}}
        id_ = imports.get(address)
        change = {"actions": ["no-op"], "importing": {"id": id_}} if id_ else {"actions": ["create"]}
        return {"address": address, "type": "aws_ebs_volume", "change": {**change, "after": after}}

    def found(self, ids: Mapping[str, str] | None = None, *, anew: tuple[str, ...] = ()) -> Rebuild:
        return rebuilding.prepare(self.target, STACK, self.site, Chosen(ids or {}, anew))


@pytest.fixture
def lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lost:
    return Lost(tmp_path, monkeypatch)


def told(rebuild: Rebuild) -> list[tuple[Standing, str]]:
    return [(place.standing, place.id) for place in rebuild.places]


def test_what_is_there_is_imported_under_its_own_id(lost: Lost) -> None:
    found = lost.found()

    assert told(found) == [(Standing.FOUND, "vol-0"), (Standing.FOUND, "vol-1")]
    assert found.refused == ""
    assert not lost.blocks.exists()


def test_what_is_to_be_made_anew_is_not_imported_though_aws_has_one_like_it(lost: Lost) -> None:
    found = lost.found(anew=("aws_ebs_volume.data[0]",))

    assert told(found) == [(Standing.MISSING, ""), (Standing.FOUND, "vol-1")]
    assert found.refused == ""


def test_what_an_earlier_round_found_is_no_other_address_s_under_another_name(lost: Lost) -> None:
    lost.there = [disk("vol-0", "acme-data-0"), disk("vol-1", "do not touch")]

    found = lost.found()

    assert [place.others for place in found.places] == [(), ("vol-1",)]
    assert "aws_ebs_volume.data[1]: vol-1" in found.refused


def test_an_id_that_the_operator_gives_to_one_address_and_that_is_found_for_another_is_refused(lost: Lost) -> None:
    found = lost.found({"aws_ebs_volume.data[0]": "vol-1"})

    assert "vol-1: aws_ebs_volume.data[0] and aws_ebs_volume.data[1]" in found.refused


def left_over(lost: Lost) -> None:
    """Leave what a planner does that is killed while it plans."""
    with import_blocks(lost.folder, [("aws_ebs_volume.data[0]", "vol-9")]):
        left = lost.blocks.read_text()
    lost.blocks.write_text(left)


def test_what_a_killed_planner_was_to_import_is_in_no_later_plan(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    def gather(*_: Any) -> None:
        assert not lost.blocks.exists()
        raise BlockedError("stop here")

    left_over(lost)
    assert lost.found(anew=tuple(lost.planned)).planned.plan.view.imports == ()

    left_over(lost)
    assert recovering.plan(lost.target, lost.site, STACK).view.imports == ()

    left_over(lost)
    monkeypatch.setattr(flow, "gather", gather)
    with pytest.raises(BlockedError, match="stop here"):
        flow.prepare(lost.target, STACK, lost.site)
