"""Ending engine runs of a rehearsal's workspace: on real AWS they outlive us, here there is nothing left to talk to."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from wizard.engine.processes import Identity
from wizard.engine.runs import Processes
from wizard.errors import EngineError
from wizard.workspace import Workspace

_GRACE_SECONDS = 5.0


def end_runs(workspace: Path, *, grace_seconds: float = _GRACE_SECONDS) -> int:
    """Interrupt every engine that runs in the workspace, kill what is left after the grace; give their number."""
    living = [identity for identity in _processes(workspace) if identity.alive()]
    for identity in living:
        _signal(identity, signal.SIGINT)
    deadline = time.monotonic() + grace_seconds
    while any(identity.alive() for identity in living) and time.monotonic() < deadline:
        time.sleep(0.05)
    for identity in living:
        _kill_tree(identity)
    return len(living)


def _processes(workspace: Path) -> list[Identity]:
    found = []
    for place in Workspace(workspace).all():
        for file in place.past_runs.glob("*/process.json"):
            with contextlib.suppress(EngineError):
                processes = Processes.read(file)
                if processes is not None:
                    # The engine before the runner, which writes down how it ended.
                    found += [identity for identity in (processes.engine, processes.runner) if identity]
    return found


def _signal(identity: Identity, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if identity.alive():
            os.kill(identity.pid, number)


def _kill_tree(identity: Identity) -> None:
    """Kill a process and its children (the engine's providers), if it is still the one that was meant."""
    import psutil

    if not identity.alive():
        return
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(identity.pid)
        for child in [*process.children(recursive=True), process]:
            with contextlib.suppress(psutil.Error):
                child.kill()
