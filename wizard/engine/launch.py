"""Hand a run to its runner."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import wizard
from wizard.engine import runs
from wizard.engine.environment import Served
from wizard.errors import EngineError

_PATIENCE_S = 60
_LEAST_BYTES = 16 << 10  # what the runner writes before it starts the engine


def launch(
    run: runs.Run,
    environment: dict[str, str],
    *,
    session: Served | None = None,
    discard: Sequence[Path] = (),
) -> None:
    """Start the run's engine, detached from this process and its terminal; returns once it has been started.

    `environment` is the engine's whole one; `session` is served to it from the loopback; `discard` are files that go when
    the run has succeeded. None of it is written to a disk or shown in a process list.

    Raises EngineError when the engine could not be started.
    """
    handover = {
        "environment": environment,
        "credentials": None if session is None else {"keys": asdict(session.keys), "profile": session.profile},
        "discard": [str(path) for path in discard],
    }
    with run.log.open("ab") as log:
        # From the package's own root: a module of the same name in the caller's directory can never be picked up.
        runner = subprocess.Popen(
            [sys.executable, "-m", "wizard.engine.runner", str(run.path.absolute())],
            cwd=Path(wizard.__file__).parent.parent,
            env=os.environ.copy(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        runner.communicate(json.dumps(handover).encode(), timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        runner.kill()
        runner.communicate()
    if runner.returncode != 0:
        result = run.recorded()
        said = run.log.read_text(errors="replace").strip().splitlines()
        full = "the disk is full" if shutil.disk_usage(run.path).free < _LEAST_BYTES else ""
        raise EngineError(
            "the engine could not be started",
            cause=(result.cause if result else "") or full or (said[-1] if said else "the runner ended without a word"),
            action=f"look into {run.log}; if `planewright watch {run.request.object_name}` shows that nothing runs, run the command again",
        )
