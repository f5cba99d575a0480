"""What is said of a run, in the same words by every front end. Pure: states in, words out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from wizard.engine.events import Diagnostic, RunState

#: action of the engine -> symbol, what is going on, what was done
WORDS = {
    "create": ("+", "creating", "created"),
    "update": ("~", "updating", "updated"),
    "delete": ("-", "destroying", "destroyed"),
    "replace": ("±", "replacing", "replaced"),
    "read": ("·", "reading", "read"),
}


def duration(elapsed: timedelta) -> str:
    """Give `7s`, `1m05s`, `1h02m`."""
    seconds = int(elapsed.total_seconds())
    if seconds < 60:
        return f"{seconds}s"
    if seconds < 3600:
        return f"{seconds // 60}m{seconds % 60:02}s"
    return f"{seconds // 3600}h{seconds % 3600 // 60:02}m"


def words(action: str) -> tuple[str, str, str]:
    """Give symbol, present and past of an action; an unknown one is shown as the engine names it."""
    return WORDS.get(action, ("?", action, action))


class News:
    """What a state adds to the one before, as lines."""

    def __init__(self) -> None:
        self._finished = 0
        self._failed = 0
        self._phase = ""

    def of(self, state: RunState) -> Iterator[str]:
        """Give a line for each resource that finished or failed since the last state."""
        if state.phase != self._phase and state.phase in {"waiting for the lock", "refreshing"}:
            yield f"  {state.phase} …"
        self._phase = state.phase
        finished = sum(state.done_by_action.values())
        fresh, self._finished = finished - self._finished, finished
        if fresh > len(state.finished):
            yield f"  … {fresh - len(state.finished)} more done"
        for item in state.finished[len(state.finished) - min(fresh, len(state.finished)) :]:
            if item.action != "read":
                yield f"✓ {words(item.action)[2]:9} {item.address}  {duration(item.took)}"
        fresh, self._failed = state.failed_count - self._failed, state.failed_count
        for failure in state.failed[len(state.failed) - min(fresh, len(state.failed)) :]:
            yield f"✗ failed {words(failure.action)[1]} {failure.address}  {duration(failure.took)}"


def totals(state: RunState) -> str:
    """Give `12 of 41 done, 1 failed`."""
    failed = f", {state.failed_count} failed" if state.failed_count else ""
    return f"{state.done} of {state.total} done{failed}" if state.total else state.phase


def time_left(earlier: Sequence[timedelta], elapsed: timedelta) -> str:
    """Say how long it may still take, told from earlier runs of the same size; nothing when there were none."""
    if not earlier:
        return ""
    runs = "the run before" if len(earlier) == 1 else f"{len(earlier)} earlier runs"
    usual = sorted(earlier)[len(earlier) // 2]
    if elapsed < usual:
        return f"about {duration(usual - elapsed)} left, told from {runs}"
    if elapsed < max(earlier):
        return f"up to {duration(max(earlier) - elapsed)} left, told from {runs}"
    return f"longer than {runs} (at most {duration(max(earlier))})"


def explain(diagnostic: Diagnostic) -> str:
    """Give a diagnostic as a person reads it: what, where, why; redacted."""
    from wizard.redact import Redactor

    where = f"  {diagnostic.address}" if diagnostic.address else ""
    detail = "\n".join(f"    {line}" for line in diagnostic.detail.splitlines() if line.strip())
    return Redactor().text(f"✗ {diagnostic.summary}{where}\n{detail}".rstrip())
