"""A deployment whose upgrade stands still: what its course would do is true as soon as its apply has ended."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from tests.deploy.objects import a_run, going
from tests.screens.runs import clock
from tests.screens.stage import Stage, StillDesk
from tests.upgrades.seed import LADDER
from tests.verify import world
from wizard.aws.session import Identity
from wizard.deploy import flow, store
from wizard.deploy.services import Did
from wizard.deploy.upgrading.course import Seen
from wizard.engine.events import RunState
from wizard.engine.plans import Change, PlanView
from wizard.engine.runs import Result, Run
from wizard.errors import PlanewrightError
from wizard.upgrades.steps import Act, Gate, Step
from wizard.upgrades.survey import Survey, Thing, climb

OLD, NEW = "ami-0a11aa11aa11aa11a", "ami-0b22bb22bb22bb22b"


def replaces(number: int) -> Step:
    """The step that replaces an FDW."""
    key = f"fdw-{number}"
    return Step(
        key=f"replace-{key}",
        title=f"Replace {key}: from image {OLD} to {NEW}",
        why="a new node is made beside it, and then the old one goes; it is drained first: its connections come to their end",
        stack="instance",
        sets=((key, NEW),),
        before=(Act("stop", key),),
        after=(Act("prepare", key), Act("start", key)),
        gates=(
            Gate(f"runs-{key}", f"{key} runs {NEW}", "nodes_run", ((key, NEW),)),
            Gate(f"well-{key}", f"{key} is online and has booted", "hop", ((f"node.{key}.boot", "passed"),)),
        ),
        back=f"answer nodes.fdw.ami.id: {OLD}, and planewright upgrade again: one by one, as now",
    )


FORMAT = Step(
    key="format",
    title="Write WAL v3",
    why="the answers ask for it",
    stack="instance",
    sets=(("format", "v3"),),
    one_way="nothing older than 2.0 reads what is written in it",
)
STEPS = (replaces(0), replaces(1), FORMAT)
#: Applies nothing: its acts alone make it true.
PACKAGE = Step(
    key="package",
    title="Reload Springtail's package on fdw-0",
    why="the new package is laid beside the old one",
    stack="instance",
    sets=(("package", "new"),),
    after=(Act("stop", "fdw-0"), Act("prepare", "fdw-0"), Act("start", "fdw-0")),
    gates=(Gate("services", "Springtail's services run", "hop", (("springtail.services", "passed"),)),),
    back="answer the earlier package",
)


class Fleet:
    """What is true of acme-prod, a course of three steps to what is wanted, and all that was done to it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.true = {"fdw-0": OLD, "fdw-1": OLD, "format": "v1"}
        self.wanted = STEPS
        #: Gates that are not green, by their key: what they show.
        self.red: dict[str, str] = {}
        #: A ladder's survey in the place of the steps' own: what it wants.
        self.climbs: dict[str, str] | None = None
        self.findings: tuple[Any, ...] = ()
        self.error: PlanewrightError | None = None
        #: Why a look sees nothing, where what is carried goes on.
        self.blind: PlanewrightError | None = None
        self.did: list[str] = []
        #: Where it is set, an apply goes on until somebody ends it.
        self.held = False
        self.runs: list[Run] = []
        self._hour = clock() - timedelta(minutes=5)
        #: Held until it is set: plans go on and on.
        self.planning: threading.Event | None = None
        patch, place = stage.patch, stage.place()
        store.save_contract(stage.place("use1-a"), "shard", world.shard_outputs())
        store.save_contract(place, "instance", world.outputs("private"))
        place.stack("instance").mkdir(parents=True)
        identity = Identity("111111111111", "arn:aws:iam::111111111111:user/o", "o")
        ends = SimpleNamespace(ends=None)
        site = SimpleNamespace(session=SimpleNamespace(identity=lambda: identity), engine=None, credentials=ends)
        patch.setattr(StillDesk, "site", lambda _desk, _target: site)
        patch.setattr("wizard.deploy.upgrading.courses.course_of", lambda _target: self)
        patch.setattr("wizard.deploy.site.checked", lambda *_: SimpleNamespace(findings=self.findings))
        patch.setattr("wizard.deploy.services.through_ssm", lambda *_, **__: None)
        patch.setattr("wizard.deploy.upgrading.acting.carry_out", self.act)
        patch.setattr("wizard.deploy.upgrading.record.me", lambda: "olga@desk")
        patch.setattr("wizard.deploy.upgrading.carrying.me", lambda: "olga@desk")
        patch.setattr("wizard.deploy.upgrading.carrying.APART_S", 0.2)
        patch.setattr("wizard.deploy.upgrading.record.now", lambda: clock().replace(microsecond=0))
        for name in ("prepare", "plan", "start", "conclude"):
            patch.setattr(flow, name, getattr(self, name))

    # -- the course

    def steps(self, _target: Any, _site: Any) -> tuple[Step, ...]:
        self.did.append("steps")
        return tuple(step for step in self.wanted if any(self.true.get(key) != value for key, value in step.sets))

    def survey(self, target: Any, site: Any) -> Survey:
        error = self.error or self.blind
        if error is not None:
            raise error
        if self.climbs is not None:
            now = {"version": "1.1.32", "wal": "none", "no_pg": "off"}
            return climb(LADDER, now, self.climbs, stack="instance")
        wanted = {key: value for step in self.wanted for key, value in step.sets}
        things = (
            Thing(key, "WAL" if key == "format" else "image", value, "", wanted.get(key, value))
            for key, value in self.true.items()
        )
        return Survey(self.steps(target, site), tuple(things), writes=(("format", ("format: v1 → v3",)),))

    def write(self, target: Any, step: Step) -> Any:
        self.did.append(f"write {step.key}")
        self.written = dict(step.sets)
        return target

    def observe(self, _target: Any, _site: Any, gate: Gate) -> Seen:
        red = self.red.get(gate.key)
        return Seen(ok=red is None, says=red or "as it is wanted")

    # -- the engine and the nodes

    def now(self) -> datetime:
        """A second later each time, up to the time at which the screen's clock stands."""
        self._hour += timedelta(seconds=1)
        return self._hour

    def prepare(self, target: Any, stack: str, _site: Any, **wanted: Any) -> Any:
        if self.error is not None and not wanted.get("force"):
            raise self.error
        return flow.Ready(target, stack, cast("Any", None), cast("Any", None), cast("Any", None), ())

    def plan(self, ready: Any, *, on_state: Any) -> flow.Planned:
        on_state(RunState())
        while self.planning is not None and not self.planning.wait(0.05):
            on_state(RunState())
        self.did.append("plan")
        changes = tuple(
            Change(f'module.nodes.aws_instance.node["{key}"]', "module.nodes", "aws_instance", "node", "update")
            for key, value in self.written.items()
            if key != "package" and self.true[key] != value
        )
        run = a_run(ready.target.place, self.now(), stack=ready.stack, action="plan")
        plan = SimpleNamespace(run=run, view=PlanView(changes), digest=f"sha256:{run.id}")
        return flow.Planned(ready.target, ready.stack, cast("Any", None), cast("Any", plan), ready.session)

    def start(self, planned: flow.Planned, _site: Any, *, how: str, reason: str) -> Run:
        self.did.append(f"apply, {how}{f', {reason}' if reason else ''}")
        made = a_run(planned.target.place, self.now(), stack=planned.stack, outcome=None)
        request = replace(made.request, plan_run=planned.plan.run.id, plan_digest=planned.plan.digest)
        request.write(made.path / "request.json")
        run = Run(made.path, request)
        self.runs.append(run)
        if self.held:
            going(run)
        else:
            self.end(run)
        return run

    def end(self, run: Run, outcome: Any = "succeeded") -> None:
        """Let an apply end; what it was to set is true then."""
        if outcome == "succeeded":
            self.true |= self.written
        Result(outcome, 0, self.now().isoformat()).write(run.path / "result.json")

    def conclude(self, _planned: Any) -> None:
        self.did.append("conclude")

    def act(self, _target: Any, act: Act, _runs: Any) -> tuple[Did, ...]:
        self.did.append(str(act))
        if act.verb == "start" and PACKAGE in self.wanted:
            self.true["package"] = "new"
        return (Did(act.node, act.verb, "done"),)
