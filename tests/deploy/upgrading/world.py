"""A deployment of two nodes and a format, as its upgrade meets it: what is true lies in a file, and outlives whoever works.

Whatever is done counts, and a kill can be set for any of it: before it happens, or right after.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.deploy.objects import a_run
from tests.workspaces import with_examples
from wizard.aws.clock import Clock
from wizard.aws.session import Identity
from wizard.deploy import flow
from wizard.deploy.target import Target, open_target
from wizard.deploy.upgrading import record
from wizard.deploy.upgrading.carrying import Carrier
from wizard.deploy.upgrading.course import Seen
from wizard.engine.plans import read_plan
from wizard.engine.runs import Result, Run
from wizard.upgrades.steps import Act, Gate, Step
from wizard.workspace import Workspace


class Killed(BaseException):
    """The process is gone: nothing of ours catches it."""


def a_node(key: str, image: str) -> Step:
    return Step(
        key=key,
        title=f"{key} to {image}",
        why="the new image",
        stack="instance",
        sets=((f"image.{key}", image),),
        before=(Act("stop", key),),
        after=(Act("prepare", key), Act("start", key)),
        gates=(
            Gate("runs", f"{key} runs {image}", "nodes_run", ((key, image),)),
            Gate("path", "a read is served", "hop", (("read", "passed"),)),
        ),
        back="the image as it was",
    )


FORMAT = Step(
    key="format",
    title="the new format",
    why="it is asked for",
    stack="instance",
    sets=(("format", "v3"),),
    one_way="what is written in it nothing older reads",
)
WANTED = (a_node("fdw-0", "ami-2"), a_node("fdw-1", "ami-2"), FORMAT)
BEFORE = {"image.fdw-0": "ami-1", "image.fdw-1": "ami-1", "format": "v1"}
AFTER = {"image.fdw-0": "ami-2", "image.fdw-1": "ami-2", "format": "v3"}


@dataclass
class World:
    """What is true, and all that was done to it. `kill_at`: which deed is not lived through, counted from 0."""

    root: Path
    wanted: tuple[Step, ...] = WANTED
    kill_at: int = -1
    after_it: bool = False
    did: list[str] = field(default_factory=list)
    hidden: bool = False
    fails: bool = False
    #: What of an apply that fails comes true all the same.
    half_true: frozenset[str] = frozenset()
    #: Whose session it is, and when it ends.
    account: str = ""
    ends: datetime | None = None
    slept: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    course: Callable[[World], Any] = field(default_factory=lambda: Demo)

    @cached_property
    def target(self) -> Target:
        return open_target(Workspace(self.root), "acme-prod")

    def read(self, name: str) -> dict[str, str]:
        path = self.root / name
        return json.loads(path.read_text()) if path.exists() else {}

    def put(self, name: str, values: dict[str, str]) -> None:
        (self.root / name).write_text(json.dumps(values))

    @property
    def true(self) -> dict[str, str]:
        return self.read("true.json")

    @property
    def running(self) -> dict[str, str]:
        return self.read("running.json")

    def do(self, what: str, doing: Callable[[], Any]) -> Any:
        dies, self.kill_at = self.kill_at == 0, self.kill_at - 1
        if dies and not self.after_it:
            raise Killed(what)
        self.did.append(what)
        found = doing()
        if dies:
            raise Killed(what)
        return found

    def carrier(self, **other: Any) -> Carrier:
        clock = Clock(monotonic=lambda: sum(self.slept), sleep=self.slept.append)
        account = self.account or self.target.shard.account.id
        identity = Identity(account, f"arn:aws:iam::{account}:user/o", "o")
        session = SimpleNamespace(identity=lambda: identity)
        site: Any = SimpleNamespace(session=session, credentials=SimpleNamespace(ends=self.ends))
        return Carrier(self.target, site, self.course(self), AtWork(self), clock=clock, **other)

    def go(self, **other: Any) -> None:
        """Begin, or go on, to the end."""
        if record.going(self.target.place) is None:
            record.begin(self.target.place, self.course(self).steps(self.target, None), reason="the new image is out")
        carrier = self.carrier(**other)
        while carrier.step() is not None:
            pass


def world(root: Path) -> World:
    with_examples(root)
    made = World(root)
    made.put("true.json", BEFORE)
    made.put("written.json", BEFORE)
    made.put("running.json", {"fdw-0": "on", "fdw-1": "on"})
    return made


@dataclass
class Demo:
    """The course of it."""

    world: World

    def steps(self, target: Target, site: Any) -> tuple[Step, ...]:
        true = self.world.true
        return tuple(step for step in self.world.wanted if any(true.get(key) != value for key, value in step.sets))

    def write(self, target: Target, step: Step) -> Target:
        written = {**self.world.read("written.json"), **dict(step.sets)}
        self.world.do(f"write {step.key}", lambda: self.world.put("written.json", written))
        return target

    def observe(self, target: Target, site: Any, gate: Gate) -> Seen:
        def look() -> Seen:
            if self.world.hidden:
                return Seen(ok=False, says="nobody answers")
            if gate.kind == "hop":
                return Seen(ok=all(state == "on" for state in self.world.running.values()), says="a read came back")
            [(node, image)] = gate.wanted
            found = self.world.true[f"image.{node}"]
            return Seen(ok=found == image, says=f"{node} runs {found}")

        return self.world.do(f"look {gate.key}", look)


class Serving(Demo):
    """A course that stops and starts services only where any is observed to run, as Springtail's."""

    def steps(self, target: Target, site: Any) -> tuple[Step, ...]:
        found = super().steps(target, site)
        if "on" in self.world.running.values():
            return found
        return tuple(
            replace(step, before=(), after=(), gates=tuple(gate for gate in step.gates if gate.kind != "hop"))
            for step in found
        )


class Reloading(Demo):
    """A course of one step that applies nothing: every node that does not run yet is stopped, prepared and started."""

    def steps(self, target: Target, site: Any) -> tuple[Step, ...]:
        left = [key for key, state in self.world.running.items() if state != "on"]
        if not left:
            return ()
        acts = tuple(Act(verb, key) for key in left for verb in ("stop", "prepare", "start"))  # type: ignore[arg-type]
        gate = Gate("path", "a read is served", "hop", (("read", "passed"),))
        return (Step("package", "the new package", "it is answered", "instance", (), after=acts, gates=(gate,)),)


@dataclass
class AtWork:
    """Hands without an engine: an apply makes true what is written, also when nobody lives to see it."""

    world: World

    def plan(self, target: Target, stack: str) -> flow.Planned:
        written, true = self.world.read("written.json"), self.world.true
        changes = [
            {"address": f"demo.{key}", "type": "demo", "name": key, "change": {"actions": ["update"], "before": {"value": true[key]}, "after": {"value": written[key]}}}
            for key in written if written[key] != true[key]
        ]  # fmt: skip
        run = a_run(target.place, datetime.now(UTC), stack=stack, action="plan")
        plan = SimpleNamespace(run=run, view=read_plan({"resource_changes": changes}), digest=f"sha256:{run.id}")
        return self.world.do("plan", lambda: flow.Planned(target, stack, None, plan, None))  # type: ignore[arg-type]

    def confirm(self, planned: flow.Planned, step: Step) -> str:
        return self.world.do(f"ask {step.key}", lambda: "asked")

    def start(self, planned: flow.Planned, how: str) -> Run:
        plan = planned.plan
        outcome = "failed" if self.world.fails else "succeeded"

        def apply() -> Run:
            run = a_run(planned.target.place, datetime.now(UTC), stack=planned.stack, outcome=None)
            replace(run.request, plan_run=plan.run.id, plan_digest=plan.digest).write(run.path / "request.json")
            changed = {change.name: change.after("value") for change in plan.view.changes}
            if self.world.fails:
                changed = {key: value for key, value in changed.items() if key in self.world.half_true}
            self.world.put("true.json", {**self.world.true, **changed})
            # A node that is made anew runs nothing until it is started.
            anew = {key.removeprefix("image."): "off" for key in changed if key.startswith("image.")}
            self.world.put("running.json", {**self.world.running, **anew})
            Result(outcome, 0, datetime.now(UTC).isoformat()).write(run.path / "result.json")  # type: ignore[arg-type]
            return Run(run.path, replace(run.request, plan_run=plan.run.id, plan_digest=plan.digest))

        return self.world.do("apply", apply)

    def attend(self, run: Run) -> None:
        self.world.do("attend", lambda: flow.require_success(run, flow.follow.state_of(run)))

    def conclude(self, planned: flow.Planned) -> None:
        self.world.do("conclude", lambda: None)

    def act(self, target: Target, act: Act) -> None:
        word = {"stop": "off", "start": "on"}.get(act.verb)
        running = {**self.world.running, **({act.node: word} if word else {})}
        self.world.do(str(act), lambda: self.world.put("running.json", running))

    def tell(self, line: str) -> None:
        self.world.said.append(line)
