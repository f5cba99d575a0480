"""A deployment that stands in an account, and an engine that plans and destroys it: for tests of tearing down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.deploy import objects
from tests.walk.test_plan_tree import entry, view_of
from wizard.deploy import flow, teardown
from wizard.deploy.flow import Planned, Ready
from wizard.deploy.site import Site
from wizard.deploy.target import Target, open_target
from wizard.engine.events import RunState
from wizard.engine.plans import PlanView
from wizard.engine.runs import Result, Run
from wizard.engine.saved import PlanRun
from wizard.errors import PlanewrightError
from wizard.workspace import Workspace

SITE = cast("Site", SimpleNamespace(session=None))
STACKS = {"instance": "module.nodes.aws_instance.fdw[0]", "link": "aws_route53_zone.database"}
VOLUME = 'module.nodes.aws_ebs_volume.data["ingestion"]'


@dataclass
class World:
    """What exists, stack by stack, and what of it is protected. Runs go on until `end` says how they did."""

    root: Path
    exists: set[str] = field(default_factory=lambda: {"instance", "link"})
    protected: set[str] = field(default_factory=lambda: {"instance", "link"})
    plans: list[str] = field(default_factory=list)
    started: list[Planned] = field(default_factory=list)
    #: Of each that was started: its stack, how somebody said yes, and why.
    said: list[tuple[str, str, str]] = field(default_factory=list)
    error: PlanewrightError | None = None
    forced: list[bool] = field(default_factory=list)
    pause: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._hours = 0

    @property
    def target(self) -> Target:
        return open_target(Workspace(self.root), "acme-prod")

    def prepare(self, target: Target, stack: str, site: Any, *, force: bool = False, reason: str = "") -> Ready:
        del site
        self.forced.append(force)
        if self.error is not None and not force:
            raise self.error
        return cast("Ready", SimpleNamespace(target=target, stack=stack))

    def plan(
        self,
        ready: Ready,
        *,
        destroy: bool = False,
        variables: Mapping[str, Any] | None = None,
        targets: Sequence[str] = (),
        on_state: Callable[[RunState], None] | None = None,
    ) -> Planned:
        assert variables == teardown.LIFT, "a destroy plan without it would be refused by AWS"
        del targets
        self.plans.append(f"{'destroy' if destroy else 'lift'} {ready.stack}")
        if on_state is not None:
            on_state(RunState(phase="refreshing", refreshed=12))
        self.pause()
        if on_state is not None:
            on_state(RunState(phase="planning", refreshed=30))
        run = self._run(ready.target, ready.stack, "destroy-plan" if destroy else "plan")
        run.plan_file.write_bytes(b"a plan")
        view = self.goes(ready.stack) if destroy else self.lifts(ready.stack)
        return Planned(
            ready.target, ready.stack, cast("Any", None), PlanRun(run, view, "sha256:1", RunState()), cast("Any", None)
        )

    def lifts(self, stack: str) -> PlanView:
        if stack not in self.exists & self.protected:
            return PlanView(())
        address = STACKS[stack]
        return view_of(entry(address, "update", before={"protected": True}, after={"protected": False}))

    def goes(self, stack: str) -> PlanView:
        if stack not in self.exists:
            return PlanView(())
        entries = [entry(STACKS[stack], "delete", before={"name": "acme"})]
        if stack == "instance":
            entries.append(entry(VOLUME, "delete", before={"size": 100}))
        return view_of(*entries)

    def start(self, planned: Planned, site: Any, *, tearing_down: bool, how: str, reason: str) -> Run:
        assert tearing_down
        del site
        self.said.append((planned.stack, how, reason))
        self.started.append(planned)
        run = self._run(planned.target, planned.stack, "apply", of=planned.plan.run)
        objects.going(run)
        return run

    def end(self, run: Run, outcome: Any = "succeeded") -> None:
        """Let a run end, and what it did be done."""
        planned = next(p for p in self.started if p.plan.run.id == run.request.plan_run)
        if outcome == "succeeded":
            if planned.plan.run.request.action == "destroy-plan":
                self.exists.discard(planned.stack)
            self.protected.discard(planned.stack)
        code = 0 if outcome == "succeeded" else 1
        Result(outcome, code, run.request.created_at).write(run.path / "result.json")

    def _run(self, target: Target, stack: str, action: Any, of: Run | None = None) -> Run:
        self._hours += 1
        at = objects.APPLIED + timedelta(hours=self._hours)
        return objects.a_run(target.place, at, stack=stack, action=action, outcome=None, of=of)


def standing(root: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """acme-prod on its shard, all applied and handed over, with the engine stood in for."""
    world = World(root)
    workspace = Workspace(root)
    objects.handed_over(workspace.find("use1-a"), "shard")
    _contracts(workspace)
    monkeypatch.setattr(flow, "prepare", world.prepare)
    monkeypatch.setattr(flow, "plan", world.plan)
    monkeypatch.setattr(flow, "start", world.start)
    monkeypatch.setattr(flow, "needed_contract", _owned)
    monkeypatch.setattr(teardown, "deployments_on_shard", lambda session, name: ())
    return world


def _contracts(workspace: Workspace) -> None:
    place = workspace.find("acme-prod")
    objects.handed_over(place, "instance", "private")
    objects.handed_over(place, "link")


def _owned(target: Target, stack: str) -> object:
    """The contract that a stack stands on, as far as its file is there."""
    from wizard.blueprints.springtail.stacks import NEEDS, SHARD

    needs = NEEDS.get(stack)
    owner = target.shard_place if needs == SHARD else target.place
    return needs if needs and owner.contract(needs).exists() else None
