"""A deployment whose instance stack is the real engine's, small and on local state, with a course of two steps.

The command is the real one; what it needs AWS for stands still here. Started as a module it is a command that can be killed:

    python -m tests.cli.upgrade_stage ROOT upgrade acme-prod --go --yes
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.workspaces import with_examples
from wizard import cli
from wizard.cli import plan
from wizard.deploy import flow
from wizard.deploy.services import Did
from wizard.deploy.target import Target, open_target
from wizard.deploy.upgrading import acting, carrying, courses
from wizard.deploy.upgrading.course import Seen
from wizard.engine.commands import StackEngine, Subject
from wizard.engine.locate import find_engine
from wizard.engine.mirrors import write_cli_config
from wizard.upgrades.steps import Act, Gate, Step
from wizard.upgrades.survey import Survey, Thing
from wizard.workspace import Workspace

#: A fact that changes is made anew; its making waits for as long as it is held.
STACK = """
variable "facts" { type = map(string) }
resource "terraform_data" "fact" {
  for_each         = var.facts
  triggers_replace = each.value
  input            = each.value
  provisioner "local-exec" {
    command = "while [ -e '${path.module}/held' ]; do sleep 0.05; done"
  }
}
"""
NODE = Step(
    key="fdw-0",
    title="fdw-0 to ami-2",
    why="its image is another one",
    stack="instance",
    sets=(("image", "ami-2"),),
    before=(Act("stop", "fdw-0"),),
    after=(Act("start", "fdw-0"),),
    gates=(Gate("runs", "fdw-0 runs ami-2", "nodes_run", (("fdw-0", "ami-2"),)),),
    back="answer the image as it was",
)
FORMAT = Step(
    key="format",
    title="the new format",
    why="it is asked for",
    stack="instance",
    sets=(("format", "v3"),),
    one_way="nothing older reads what is written in it",
)


class Stage:
    """The workspace, and what the command meets there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.target: Target = open_target(Workspace(root), "acme-prod")
        self.stack = self.target.place.stack("instance")
        self.acts = root / "acts.log"

    @property
    def true(self) -> dict[str, str]:
        """What the engine's state has."""
        state = json.loads((self.stack / "terraform.tfstate").read_bytes())
        found = [item for resource in state["resources"] for item in resource["instances"]]
        return {item["index_key"]: item["attributes"]["output"]["value"] for item in found}

    def put(self, facts: dict[str, str]) -> None:
        (self.stack / "terraform.tfvars.json").write_text(json.dumps({"facts": facts}))

    def engine(self) -> StackEngine:
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.root)}
        place = self.target.place
        return StackEngine(
            find_engine(os.environ.get("PLANEWRIGHT_ENGINE"), search_path=os.environ["PATH"]),
            self.stack,
            place.engine_data("instance"),
            subject=Subject("deployment", "acme-prod", "instance"),
            environ=environ,
            cli_config=write_cli_config(place.hidden, None, environ, self.root),
        )

    # The course.

    def steps(self, target: Target, site: Any) -> tuple[Step, ...]:
        true = self.true
        return tuple(step for step in (NODE, FORMAT) if any(true.get(key) != value for key, value in step.sets))

    def survey(self, target: Target, site: Any) -> Survey:
        true = self.true
        things = (Thing("fdw-0", "image", true["image"], "", "ami-2"), Thing("format", "WAL", true["format"], "", "v3"))
        return Survey(self.steps(target, site), things, writes=(("format", ("format: v1 → v3",)),))

    def write(self, target: Target, step: Step) -> Target:
        written = json.loads((self.stack / "terraform.tfvars.json").read_bytes())["facts"]
        self.put({**written, **dict(step.sets)})
        return target

    def observe(self, target: Target, site: Any, gate: Gate) -> Seen:
        found = self.true.get("image", "nothing")
        return Seen(ok=found == "ami-2", says=f"fdw-0 runs {found}")

    # What stands in the place of AWS and of the nodes.

    def prepare(self, target: Target, stack: str, site: Any, **_: Any) -> flow.Ready:
        engine = self.engine()
        engine.init()
        return flow.Ready(target, stack, None, engine, None, ())  # type: ignore[arg-type]

    def act(self, target: Target, act: Act, runs: Any) -> tuple[Did, ...]:
        with self.acts.open("a") as log:
            log.write(f"{act}\n")
        return (Did(act.node, act.verb, "done"),)

    def play(self, put: Callable[[Any, str, Any], None]) -> None:
        """Let the command meet this stage, by whoever puts one thing in the place of another."""
        site = SimpleNamespace(
            session=SimpleNamespace(identity=lambda: None), credentials=SimpleNamespace(ends=None), environ=os.environ
        )
        put(plan, "open_both", lambda *_, **__: (self.target, site))
        put(courses, "course_of", lambda _: self)
        put(acting, "carry_out", self.act)
        put(flow, "prepare", self.prepare)
        put(flow, "conclude", lambda planned: flow.Concluded(planned.engine.outputs(), 0, (), ""))
        for module in (flow, carrying):
            put(module, "require_account", lambda *_: None)
            put(module, "require_lifetime", lambda *_, **__: None)


def lay(root: Path) -> Stage:
    """Make the workspace, with the stack applied as it is before the upgrade."""
    with_examples(root)
    stage = Stage(root)
    stage.stack.mkdir(parents=True)
    (stage.stack / "main.tf").write_text(STACK)
    stage.put({"image": "ami-1", "format": "v1"})
    engine = stage.engine()
    engine.init()
    runs = stage.target.place.runs
    flow.carry_through(engine, runs, engine.plan(runs))
    return stage


if __name__ == "__main__":
    Stage(Path(sys.argv[1])).play(setattr)
    sys.exit(cli.run([*sys.argv[2:], "--workspace", sys.argv[1]]))
