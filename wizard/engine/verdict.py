"""Whether a run did what was asked, and if not, the error that says so. Pure."""

from __future__ import annotations

from wizard.engine.diagnostics import failure
from wizard.engine.events import RunState
from wizard.engine.runs import Request, Result
from wizard.errors import EngineError, PlanewrightError

_DONE = {"plan": "planned", "destroy-plan": "planned for destruction", "refresh-plan": "refreshed", "apply": "applied"}

CUT = "run {run} succeeded, but what the engine said of it is cut off (a full disk does that): its outputs and state are whole"


def journal_cut(request: Request, state: RunState, result: Result) -> bool:
    """Whether a run ended well and its stream does not: the counters of its state then fall short of what was done."""
    return request.action == "apply" and result.outcome == "succeeded" and state.summary is None


def verdict(request: Request, state: RunState, result: Result) -> PlanewrightError | None:
    """Give the error of a run that did not succeed; None for one that did."""
    match result.outcome:
        case "succeeded":
            return None
        case "interrupted":
            return _interrupted(request, state)
        case "killed":
            return _killed(request, state, result)
        case "not started":
            return EngineError(
                f"{request.stack} was not {_DONE[request.action]}: the engine was never started",
                cause=result.cause,
                action="run the command again; nothing was changed",
            )
        case "failed":
            done = (
                f" ({state.done} of {state.total} steps were done)" if request.action == "apply" and state.total else ""
            )
            return failure(
                f"{request.stack} could not be {_DONE[request.action]}{done}", state.errors, name=request.object_name
            )


def _interrupted(request: Request, state: RunState) -> EngineError:
    if request.action != "apply":
        return EngineError(
            f"{request.stack} was not {_DONE[request.action]}: it was interrupted",
            cause="the engine was asked to stop, and stopped in good order",
            action="run the command again; nothing was changed",
        )
    half = [item.address for item in state.failed]
    return EngineError(
        f"{request.stack} was interrupted after {state.done} of {state.total} steps",
        cause="the engine was asked to stop, and stopped in good order: what was made is in the state"
        + (f"; half made, and replaced by the next apply: {', '.join(half)}" if half else ""),
        action="plan again: it goes on from here",
    )


def _killed(request: Request, state: RunState, result: Result) -> EngineError:
    if request.action != "apply":
        return EngineError(
            f"{request.stack} was not {_DONE[request.action]}: the engine was killed",
            cause=result.cause,
            action=f"run the command again; if the state's lock is still held, `planewright unlock {request.object_name}` removes it",
        )
    flying = [f"{item.address} ({item.action})" for item in state.in_flight]
    return EngineError(
        f"the engine was killed while it applied {request.stack}, after {state.done} of {state.total} steps",
        cause=result.cause
        + (f"; in flight, so perhaps in AWS and in no state: {', '.join(flying)}" if flying else "")
        + ("; the engine could not save the state and wrote it into its journal" if state.state_dumped else ""),
        action=f"run `planewright unlock {request.object_name}`, which says what is true and removes the lock once nobody holds it, "
        "then plan again",
    )
