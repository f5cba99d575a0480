"""The engine's figures: how fast a journal is folded, and what Planewright adds to an apply."""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil

from tests.bench.figures import Figure
from wizard.engine import follow, runs
from wizard.engine.commands import StackEngine, Subject
from wizard.engine.events import Lines
from wizard.engine.locate import Engine, find_engine
from wizard.engine.mirrors import write_cli_config
from wizard.engine.plans import destructive, read_plan
from wizard.engine.processes import identify
from wizard.engine.reducer import Reducer
from wizard.engine.verdict import verdict
from wizard.errors import EngineError

STREAMS = Path(__file__).parents[1] / "engine" / "streams"
MILLION = 1_000_000
PAIRS = 3
# Six waves of ten at once, four seconds each: an apply of some 24 seconds.
RESOURCES, SECONDS = 60, 4
CONFIGURATION = f"""
resource "terraform_data" "step" {{
  count = {RESOURCES}
  input = count.index
  provisioner "local-exec" {{
    command = "sleep {SECONDS}"
  }}
}}
"""


def measure() -> Iterator[Figure]:
    """Everything about the engine."""
    yield _recorded()
    yield from _million()
    yield _plan_of_10_000()
    yield from _apply()


def _recorded() -> Figure:
    names = (
        sorted(STREAMS.glob("apply-*.jsonl")) + sorted(STREAMS.glob("plan-*.jsonl")) + sorted(STREAMS.glob("destroy-*"))
    )
    data = b"".join(path.read_bytes() for path in names)
    # The best of several rounds: what the fold can do, not what else the machine was doing meanwhile.
    rates = []
    for _ in range(10):
        lines, reducer, began = Lines(), Reducer(), time.perf_counter()
        reducer.feed(lines.feed(data))
        reducer.snapshot()
        rates.append(reducer.events / (time.perf_counter() - began))
    return Figure("journal: recorded streams folded", max(rates), "events/s", 50_000, "best of 10 rounds", "at least")


def _million() -> Iterator[Figure]:
    """A synthetic journal of a million events, every resource's address its own, folded and followed from its file."""
    with tempfile.TemporaryDirectory() as folder:
        run = _written(Path(folder), MILLION)
        size = run.journal.stat().st_size / 1e6
        first, began = 0.0, time.perf_counter()
        half = resident = 0
        final = None
        for final in follow.follow(run, poll=0.05):
            first = first or time.perf_counter() - began
            if final.events >= MILLION // 10 and not half:
                gc.collect()
                half = psutil.Process().memory_info().rss
        took = time.perf_counter() - began
        gc.collect()
        resident = psutil.Process().memory_info().rss
        if final is None or final.events != MILLION:
            raise AssertionError(f"folded {final and final.events} of {MILLION} events")
        yield Figure(
            "journal: a million events folded from the file", MILLION / took, "events/s", 50_000, bound="at least"
        )
        yield Figure("journal: its size", size, "MB")
        yield Figure("journal: memory from 100,000 to 1,000,000 events", (resident - half) / 1e6, "MB more", 8)
        yield Figure("re-attach to a million events: first content", first, "s", 1)


def _written(folder: Path, count: int) -> runs.Run:
    path = runs.directory(folder / "runs", runs.new_id(datetime.now(UTC)))
    request = runs.Request(
        path.name, "deployment", "bench", "instance", "apply", "tofu", "1.10.0", "/bin/false", (), str(folder), "bench@here",
        datetime.now(UTC).isoformat(), "0",
    )  # fmt: skip
    run = runs.create(path, request)
    me = identify(os.getpid())
    runs.Processes("here", 1, me.started + "0" if me else "", 1, "never").write(path / "process.json")
    runs.Result("succeeded", 0, datetime.now(UTC).isoformat()).write(path / "result.json")
    with run.journal.open("w") as journal:
        for index in range(count // 4):
            hook = (
                f'"hook":{{"resource":{{"addr":"module.nodes.aws_instance.svc[\\"{index}\\"]","module":"module.nodes",'
                f'"resource":"aws_instance.svc[\\"{index}\\"]","implied_provider":"aws","resource_type":"aws_instance",'
                f'"resource_name":"svc","resource_key":"{index}"}},"action":"create","elapsed_seconds":10'
            )
            head = '{"@level":"info","@message":"module.nodes.aws_instance.svc: working","@module":"tofu.ui",'
            head += '"@timestamp":"2026-11-21T02:13:15.264978Z",'
            for kind in ("apply_start", "apply_progress", "apply_progress", "apply_complete"):
                journal.write(f'{head}{hook}}},"type":"{kind}"}}\n')
    return run


def _plan_of_10_000() -> Figure:
    document = json.loads((STREAMS / "show-planfile.json").read_text())
    pattern = document["resource_changes"]
    document["resource_changes"] = [pattern[index % len(pattern)] for index in range(10_000)]
    text = json.dumps(document)
    began = time.perf_counter()
    plan = read_plan(json.loads(text))
    plan.counts, destructive(plan.changes), [change.differences() for change in plan.changes[:100]]
    return Figure("a plan of 10,000 resources read, first screenful taken apart", time.perf_counter() - began, "s", 1)


def _apply() -> Iterator[Figure]:
    try:
        engine = find_engine(os.environ.get("PLANEWRIGHT_ENGINE"), search_path=os.environ["PATH"])
    except EngineError as error:
        print(f"        the apply was not measured: {error}")
        return
    bare: list[float] = []
    ours: list[float] = []
    before: list[float] = []
    after: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for pair in range(PAIRS):
            for which in ("bare", "ours") if pair % 2 else ("ours", "bare"):
                stack = _stack(engine, Path(folder) / f"{pair}-{which}")
                runs_dir = stack.stack_dir.parent / "runs"
                plan = stack.plan(runs_dir)
                if which == "bare":
                    bare.append(_bare(stack, plan.run.plan_file))
                    continue
                began = time.perf_counter()
                run = stack.start_apply(runs_dir, plan)
                started = time.perf_counter()
                *_, state = follow.follow(run)
                result = follow.result_of(run)
                ended = time.perf_counter()
                if result is None or verdict(run.request, state, result) is not None:
                    raise AssertionError(f"the apply did not succeed: {result}")
                ours.append(ended - began)
                before.append(started - began)
                recorded = result.ended.timestamp() if result.ended else time.time()
                after.append(max(time.time() - recorded, 0))
    peer = f"{engine.kind} {engine.version}, median of {PAIRS} alternating pairs"
    yield Figure("apply: the bare engine", statistics.median(bare), "s", peer=peer)
    yield Figure("apply: through Planewright", statistics.median(ours), "s", peer=peer)
    yield Figure("apply: before the engine runs (digest, copy, runner)", statistics.median(before), "s")
    yield Figure("apply: after it has ended (seen, folded, judged)", statistics.median(after), "s")
    yield Figure(
        "apply: through Planewright / bare", statistics.median(ours) / statistics.median(bare), "x", 1.02, peer
    )


def _stack(engine: Engine, folder: Path) -> StackEngine:
    stack = folder / "stack"
    stack.mkdir(parents=True)
    (stack / "main.tf").write_text(CONFIGURATION)
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    made = StackEngine(
        engine,
        stack,
        folder / "data",
        subject=Subject("deployment", "bench", "instance"),
        environ=environ,
        cli_config=write_cli_config(folder, None, environ, folder),
    )
    made.init()
    return made


def _bare(stack: StackEngine, plan_file: Path) -> float:
    began = time.perf_counter()
    with (stack.stack_dir / "bare.jsonl").open("wb") as journal:
        subprocess.run(
            [str(stack.engine.path), "apply", "-json", "-input=false", str(plan_file)],
            cwd=stack.stack_dir,
            env=stack.environment.values,
            stdin=subprocess.DEVNULL,
            stdout=journal,
            check=True,
        )
    return time.perf_counter() - began
