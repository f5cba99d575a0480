"""Stop a run. The first time by one signal to the engine alone, which then stops in good order.

A signal to the whole process group would also kill the providers in the middle of a call.
"""

from __future__ import annotations

import contextlib
import os
import signal

from wizard.engine.processes import Identity
from wizard.engine.runs import Run

WHAT_IT_DOES = "The engine finishes or aborts the calls in flight, marks what is half made, saves the state and gives the lock back."
WHAT_MAY_BE_LOST = (
    "Stopping at once may lose what the calls in flight have already made: resources that AWS then has and no state knows, "
    "and the state's lock stays until it is removed with `planewright unlock NAME`."
)


def interrupt(run: Run) -> bool:
    """Ask the engine to stop in good order (one SIGINT to its pid alone). False when it had already ended.

    A second call is what the engine takes for "at once": ask the operator first, with WHAT_MAY_BE_LOST.
    """
    return _signal(run, signal.SIGINT) or _to_container(run, signal.SIGINT)


def kill_hard(run: Run) -> bool:
    """Kill the engine and its providers (SIGKILL to the session it leads). False when it had already ended.

    Only after a second `interrupt` did not help: everything of WHAT_MAY_BE_LOST is then lost.
    """
    engine = _engine(run)
    # The processes here are those of Docker's client then: they end by themselves when the container has.
    if _to_container(run, signal.SIGKILL):
        return True
    if engine is None or not engine.alive():
        return False
    with contextlib.suppress(ProcessLookupError):
        os.killpg(engine.pid, signal.SIGKILL)
        return True
    return False


def _engine(run: Run) -> Identity | None:
    processes = run.processes()
    return processes.engine if processes else None


def _signal(run: Run, number: signal.Signals) -> bool:
    engine = _engine(run)
    if engine is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        if not hasattr(os, "pidfd_open"):
            if not engine.alive():
                return False
            os.kill(engine.pid, number)
            return True
        # The descriptor is taken first and the process checked after: from then on the pid cannot change hands.
        handle = os.pidfd_open(engine.pid)
        try:
            if not engine.alive():
                return False
            signal.pidfd_send_signal(handle, number)
            return True
        finally:
            os.close(handle)
    return False


def _to_container(run: Run, number: signal.Signals) -> bool:
    if not run.container_alive():
        return False
    from wizard.engine.container import send

    return send(run.request.container, number.name)
