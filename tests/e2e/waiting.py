"""`apply --wait` in a rehearsed world: confirmed before the customer has done anything, and applied by whoever waits for them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from wizard.deploy.target import Target
from wizard.deploy.waiting import records
from wizard.deploy.waiting.records import End, Look, Wait
from wizard.engine import runs
from wizard.engine.runs import Run

STACK = "link"
#: Who says yes. The journey's own runs are of whoever runs it.
CONFIRMS = "olga"
_DEADLINE_S = 480.0

_T = TypeVar("_T")


@dataclass(frozen=True)
class Waited:
    """What the command said, what was seen first, the applies that there were then, and how it ended."""

    said: dict[str, Any]
    wait: Wait
    looked: Look
    before: tuple[Run, ...]
    end: End


def applies(target: Target) -> tuple[Run, ...]:
    """Give the applies of a target, the newest first; those that only settled its state are not among them."""
    known = {run.id: run for run in runs.listed(target.place.runs)}
    plans = {id_: known[run.request.plan_run] for id_, run in known.items() if run.request.plan_run in known}
    return tuple(known[id_] for id_, plan in plans.items() if plan.request.action != "refresh-plan")


@contextmanager
def waiting(target: Target, environ: Mapping[str, str]) -> Iterator[Callable[[], Waited]]:
    """Have somebody wait, once the first look was taken; what is given waits for the end. Nobody waits any more after it."""
    workspace = str(target.workspace.root)
    options = ("--stack", STACK, "--wait", "--yes", "--json", "--workspace", workspace)
    done = subprocess.run(
        [sys.executable, "-m", "wizard", "apply", target.name, *options],
        env={**environ, "LOGNAME": CONFIRMS},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    wait = records.newest(target.place)
    assert wait is not None, done.stdout
    try:
        looked = _once(wait.look, wait)
        before = applies(target)
        yield lambda: Waited(json.loads(done.stdout), wait, looked, before, _once(wait.end, wait))
    finally:
        wait.cancel()


def _once(there: Callable[[], _T | None], wait: Wait) -> _T:
    deadline = time.monotonic() + _DEADLINE_S
    while time.monotonic() < deadline:
        alive = wait.alive()
        found = there()
        if found is not None:
            return found
        assert alive, wait.log.read_text()
        time.sleep(0.2)
    raise AssertionError(f"nothing in {_DEADLINE_S:.0f} s: {wait.look()}\n{wait.log.read_text()}")
