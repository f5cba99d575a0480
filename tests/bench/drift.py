"""A look for drift of one deployment, beside the bare engine's refresh-only plan of the very same, read as well."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure
from tests.live.account import Account
from tests.live.server import Server
from tests.workspaces import with_examples
from wizard.deploy.drift.looking import look
from wizard.deploy.manifest import MANIFEST
from wizard.deploy.site import Site, open_site
from wizard.deploy.target import Target, open_target
from wizard.engine.commands import StackEngine
from wizard.engine.locate import find_engine
from wizard.errors import EngineError
from wizard.workspace import Workspace

PAIRS = 3
#: As many resources as a deployment has, of a type that is made in no time.
RESOURCES = 120
CONFIGURATION = f"""
terraform {{
  required_providers {{ aws = {{ source = "hashicorp/aws", version = ">= 5.100, < 7.0" }} }}
}}

resource "aws_sns_topic" "one" {{
  count = {RESOURCES}
  name  = "bench-${{count.index}}"
}}
"""


def measure() -> Iterator[Figure]:
    """One deployment of a hundred resources, one of them drifted."""
    try:
        engine = find_engine(os.environ.get("PLANEWRIGHT_ENGINE"), search_path=os.environ["PATH"])
    except EngineError as error:
        print(f"        drift was not measured: {error}")
        return
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        server.tell(reset=True)
        account = Account(server)
        target = open_target(Workspace(with_examples(Path(folder))), "acme-prod")
        environ = account.environ() | {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", folder)}
        site = open_site(target, environ=environ, engine=engine)
        stack = _applied(target, site)
        account.client("sns").set_topic_attributes(
            TopicArn=account.client("sns").list_topics()["Topics"][0]["TopicArn"],
            AttributeName="DisplayName",
            AttributeValue="by hand",
        )
        bare: list[float] = []
        ours: list[float] = []
        for pair in range(PAIRS):
            for which in ("bare", "ours") if pair % 2 else ("ours", "bare"):
                began = time.perf_counter()
                if which == "bare":
                    _bare(stack, Path(folder) / f"bare-{pair}.bin")
                    bare.append(time.perf_counter() - began)
                    continue
                found = look(target, "instance", site)
                ours.append(time.perf_counter() - began)
                if len(found.drifted) != 1:
                    raise AssertionError(f"one resource drifted, and {len(found.drifted)} were found")
    peer = f"{engine.kind} {engine.version}, {RESOURCES} resources, median of {PAIRS} alternating pairs"
    yield Figure("drift: the bare engine, refreshed and shown", statistics.median(bare), "s", peer=peer)
    yield Figure("drift: a look through Planewright", statistics.median(ours), "s", peer=peer)
    yield Figure("drift: a look / bare", statistics.median(ours) / statistics.median(bare), "x", 1.05, peer)


def _applied(target: Target, site: Site) -> StackEngine:
    stack = site.stack_engine(target, "instance")
    stack.stack_dir.mkdir(parents=True)
    (stack.stack_dir / "main.tf").write_text(CONFIGURATION)
    (stack.stack_dir / MANIFEST).write_text("{}")
    target.place.contract("instance").parent.mkdir(parents=True)
    target.place.contract("instance").write_text("{}")
    stack.init()
    _engine(stack, "apply", "-auto-approve", "-input=false")
    return stack


def _bare(stack: StackEngine, plan_file: Path) -> None:
    """What a person does by hand: a refresh-only plan, and a look at what it says."""
    arguments = ["-json", "-input=false", "-lock=false", "-refresh-only", f"-out={plan_file}"]
    _engine(stack, "plan", *arguments)
    _engine(stack, "show", "-json", str(plan_file))


def _engine(stack: StackEngine, *arguments: str) -> None:
    subprocess.run(
        [str(stack.engine.path), *arguments],
        cwd=stack.stack_dir,
        env=stack.environment.values,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
