"""What an operator waits for before AWS is asked anything: the command itself, emitting, listing."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import assets
from tests.bench.figures import Figure

DEPLOYMENTS = 1000


def measure() -> Iterator[Figure]:
    """Measure --version, --help, generate and list; medians."""
    bare = _process([sys.executable, "-c", "pass"])
    command = [str(Path(sys.executable).parent / "planewright")]
    peer = f"bare interpreter {bare:.0f} ms"
    yield Figure("planewright --version", _process([*command, "--version"]), "ms", 60, peer=peer)
    yield Figure("planewright --help", _process([*command, "--help"]), "ms", peer=peer)
    with tempfile.TemporaryDirectory() as folder:
        yield from _generate(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        yield from _list(Path(folder))


def _generate(root: Path) -> Iterator[Figure]:
    from wizard.deploy import flow
    from wizard.deploy.target import open_target
    from wizard.workspace import Workspace

    workspace(root, 1)
    target = open_target(Workspace(root), "acme-0")

    def anew() -> None:
        for stack in target.stacks:
            flow.write(target, stack)

    first = _timed(anew, 1)
    yield Figure("generate: first, modules loaded and every file written", first, "ms", 150)
    yield Figure("generate: again, all stacks of a private deployment", _timed(anew, 9), "ms", 150)


def _list(root: Path) -> Iterator[Figure]:
    from wizard.deploy.overview import Overview, overview
    from wizard.workspace import Workspace

    workspace(root, DEPLOYMENTS)
    yield Figure(f"list: {DEPLOYMENTS} deployments", _timed(lambda: overview(Workspace(root)), 5), "ms", 500)
    _live_in(root)
    looking = Overview()
    cold = _timed(lambda: overview(Workspace(root)), 5)
    yield Figure(f"list: {DEPLOYMENTS} that were planned, applied, verified", cold, "ms", 500)
    looking.rows(Workspace(root))
    again = _timed(lambda: looking.rows(Workspace(root)), 9)
    yield Figure("list: the same again, nothing changed", again, "ms", 100)


def _live_in(root: Path) -> None:
    """Let every deployment have been applied and verified a minute ago, with two plans since."""
    from tests.deploy import objects
    from wizard.workspace import Workspace

    for place in Workspace(root).folders():
        if place.kind == "deployment":
            objects.a_run(place)
            for hour in (10, 11):
                run = objects.a_run(place, objects.APPLIED.replace(hour=hour), action="plan")
                (run.path / "plan.json").write_text("{}")
            objects.handed_over(place)
            objects.looked_at(place, objects.APPLIED.replace(hour=9), hops=25)
    for folder, _, _ in os.walk(root):
        was = Path(folder).stat()
        os.utime(folder, (was.st_atime - 60, was.st_mtime - 60))


def workspace(root: Path, deployments: int) -> None:
    """Lay one shard with so many deployments."""
    examples = Path(assets.__file__).parent / "examples"
    shard = root / "shards" / "use1-a"
    shard.mkdir(parents=True)
    (shard / "answers.yaml").write_text((examples / "shard.yaml").read_text())
    text = (examples / "private.yaml").read_text()
    for index in range(deployments):
        folder = root / "deployments" / f"acme-{index}"
        folder.mkdir(parents=True)
        (folder / "answers.yaml").write_text(text.replace("name: acme-prod", f"name: acme-{index}"))


def _process(command: list[str], times: int = 15) -> float:
    return _timed(lambda: subprocess.run(command, capture_output=True, check=True), times)


def _timed(action: Callable[[], object], times: int) -> float:
    """Milliseconds, the median."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)
