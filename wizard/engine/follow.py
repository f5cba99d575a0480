"""A run's state as it grows, from its very first line: re-attaching shows all of it, whatever died meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from wizard.engine.events import Lines, RunState
from wizard.engine.reducer import Reducer
from wizard.engine.runs import Outcome, Result, Run

#: Bytes read at a time: some 1,200 events, 3 ms. Each read lets go of the interpreter for too short a moment to be taken, and
#: begins anew the time after which another thread may ask for it: read oftener, a screen would wait for a second.
_PIECE = 1 << 19


def follow(
    run: Run,
    *,
    poll: float = 0.1,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    between: Callable[[], None] = lambda: None,
) -> Iterator[RunState]:
    """Yield the state at most every `poll` seconds while it changes; the last one is the whole run.

    `between` is called after each few milliseconds' worth of events: a caller may make room there for something else.

    Ends when the run has ended: its result is written, or its engine is gone. Raises EngineError for a stream that cannot
    be understood; the engine then still goes on.
    """
    lines, reducer = Lines(), Reducer(run.request.expected)
    shown, due = -1, clock()
    with run.journal.open("rb") as journal:
        while True:
            # Asked before reading: what the engine wrote before it ended is then certainly read below.
            ended = not run.alive()
            if ended and run.request.container:
                result_of(run)  # what was said while nobody wrote it down comes to the journal first
            while piece := journal.read(_PIECE):
                reducer.feed(lines.feed(piece))
                between()
                if reducer.events != shown and clock() >= due:
                    shown, due = reducer.events, clock() + poll
                    yield reducer.snapshot()
            if ended:
                break
            if reducer.events != shown:
                shown, due = reducer.events, clock() + poll
                yield reducer.snapshot()
            sleep(poll)
    reducer.feed([lines.rest()])
    yield reducer.snapshot()


def to_end(run: Run) -> RunState:
    """Follow a run to its end, and give what it has come to. Raises EngineError as `follow` does."""
    state = RunState()
    for state in follow(run):  # noqa: B007 - only its end matters
        pass
    return state


def state_of(run: Run) -> RunState:
    """Fold what there is of a run now."""
    lines, reducer = Lines(), Reducer(run.request.expected)
    with run.journal.open("rb") as journal:
        while piece := journal.read(_PIECE):
            reducer.feed(lines.feed(piece))
    reducer.feed([lines.rest()])
    return reducer.snapshot()


def result_of(run: Run, state: RunState | None = None) -> Result | None:
    """How a run ended; None while it runs.

    When the runner was killed nobody wrote it down: it is then inferred from what the engine said last, and kept.
    """
    recorded = run.recorded()
    if recorded is not None or run.alive():
        return recorded
    late = run.recorded()  # the runner may have written it between the two looks
    if late is not None:
        return late
    result = _of_container(run) or infer(run, state or state_of(run))
    result.write(run.path / "result.json")
    if run.request.container:
        from wizard.engine.container import remove

        remove(run.request.container)
    return result


def _of_container(run: Run) -> Result | None:
    """How a run in a container ended, as the container tells: nobody has to infer it."""
    if not run.request.container:
        return None
    from wizard.engine.container import settled

    return settled(run)


def infer(run: Run, state: RunState) -> Result:
    """Conclude from the stream alone how a run ended. An apply that never said its summary did not end by itself."""
    processes = run.processes()
    if processes is None or processes.engine is None:
        return Result("not started", None, None, inferred=True, cause="the runner died before the engine was started")
    ended = state.last_event_at.isoformat() if state.last_event_at else None
    return Result(_outcome(run, state), None, ended, inferred=True, cause=_cause(run, state))


def _outcome(run: Run, state: RunState) -> Outcome:
    if run.request.action == "apply":
        if state.summary is not None and not state.error_count:
            return "succeeded"
    elif state.planned is not None and not state.error_count and run.plan_file.exists():
        return "succeeded"
    if state.error_count and not state.in_flight:
        return "interrupted" if state.interrupted else "failed"
    return "killed"


def _cause(run: Run, state: RunState) -> str:
    outcome = _outcome(run, state)
    if outcome == "killed":
        return "the engine ended without a word: it was killed, or the machine stopped"
    return "the runner was killed; this is concluded from what the engine said"
