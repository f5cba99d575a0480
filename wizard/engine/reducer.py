"""Folds the engine's events into the state of a run. Pure: no clock, no file, no process.

Memory stays flat however long a stream is: histories are bounded, and counters say how much was left out.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from wizard.engine import locks
from wizard.engine.events import (
    Counts,
    Diagnostic,
    Drift,
    Event,
    Failed,
    Finished,
    InFlight,
    Lines,
    Phase,
    RunState,
    moment,
    parse,
    part,
    read_diagnostic,
)
from wizard.errors import EngineError

KEPT = 500  # of each bounded history; a person reads far fewer
_ENDLESS_S = 10**9
# What one planned change adds to the steps of an apply. Reads and no-ops are not progress that a person waits for.
_STEPS = {"create": 1, "update": 1, "delete": 1, "replace": 2}
_PROGRESS = frozenset(_STEPS)
# Two thirds of a long stream are these. They leave nothing but their message, so only the last one of them is decoded. The
# engine's keys are sorted, and a single closing brace says that this `type` is the line's own.
_SILENT = tuple(f'"type":"{kind}"}}'.encode() for kind in ("apply_progress", "provision_progress"))


class Reducer:
    """Folds events, and gives a frozen snapshot when asked.

    `expected` is the number of steps the shown plan had, for a stream that does not repeat its plan.
    """

    def __init__(self, expected: int = 0) -> None:
        self._expected = expected
        self._steps = 0
        self._engine = ""
        self._phase: Phase = "starting"
        self._before_lock: Phase = "starting"
        self._done: Counter[str] = Counter()
        self._refreshed = 0
        self._planned: Counts | None = None
        self._summary: Counts | None = None
        self._in_flight: dict[tuple[str, str], InFlight] = {}
        self._finished: deque[Finished] = deque(maxlen=KEPT)
        self._failed: deque[Failed] = deque(maxlen=KEPT)
        self._failed_count = 0
        self._drift: deque[Drift] = deque(maxlen=KEPT)
        self._drift_count = 0
        self._errors: deque[Diagnostic] = deque(maxlen=KEPT)
        self._error_count = 0
        self._warnings: deque[Diagnostic] = deque(maxlen=KEPT)
        self._warning_count = 0
        self._outputs: tuple[str, ...] = ()
        self._lock: locks.LockInfo | None = None
        self._interrupted = False
        self._state_dumped = False
        self._message = ""
        self._timestamp = ""
        self._silent = b""
        self._events = 0
        self._fold: dict[str, Callable[[dict[str, Any]], None]] = {
            "version": self._version,
            "log": self._log,
            "diagnostic": self._diagnostic,
            "planned_change": self._planned_change,
            "resource_drift": self._resource_drift,
            "change_summary": self._change_summary,
            "outputs": self._outputs_known,
            "refresh_start": self._refresh_start,
            "refresh_complete": self._refresh_complete,
            "apply_start": self._apply_start,
            "apply_complete": self._apply_complete,
            "apply_errored": self._apply_errored,
            "state_lock_acquire": self._lock_acquire,
            "state_lock_release": self._lock_release,
        }

    def apply(self, event: Event) -> None:
        """Take one event in. Raises EngineError for a stream of another major version than 1."""
        self._events += 1
        self._silent = b""
        if event.message:
            self._message = event.message
        if event.timestamp:
            self._timestamp = event.timestamp
        fold = self._fold.get(event.type)
        if fold is not None:
            fold(event.body)

    def feed(self, lines: Iterable[bytes]) -> None:
        """Take whole lines in."""
        for line in lines:
            if line.endswith(_SILENT):
                self._silent = line
                self._events += 1
                continue
            event = parse(line)
            if event is not None:
                self.apply(event)

    @property
    def events(self) -> int:
        """How many events were taken in: changes exactly when a new snapshot is worth taking."""
        return self._events

    def snapshot(self) -> RunState:
        """Give the state now."""
        silent = parse(self._silent)
        if silent is not None:
            self._message, self._timestamp, self._silent = silent.message, silent.timestamp, b""
        return RunState(
            engine=self._engine,
            phase=self._phase,
            total=max(self._expected, self._steps),
            done=sum(count for action, count in self._done.items() if action in _PROGRESS),
            refreshed=self._refreshed,
            planned=self._planned,
            summary=self._summary,
            in_flight=tuple(self._in_flight.values()),
            finished=tuple(self._finished),
            failed=tuple(self._failed),
            failed_count=self._failed_count,
            drift=tuple(self._drift),
            drift_count=self._drift_count,
            errors=tuple(self._errors),
            error_count=self._error_count,
            warnings=tuple(self._warnings),
            warning_count=self._warning_count,
            outputs=self._outputs,
            lock=self._lock,
            interrupted=self._interrupted,
            state_dumped=self._state_dumped,
            last_message=self._message,
            last_event_at=moment(self._timestamp) if self._timestamp else None,
            events=self._events,
            done_by_action=dict(self._done),
        )

    # One method per type the engine is known to send; what is not here still leaves its message.

    def _version(self, body: dict[str, Any]) -> None:
        self._engine = str(body.get("@message", ""))
        ui = str(body.get("ui", "1"))
        if ui.partition(".")[0] != "1":
            raise EngineError(
                f"this engine speaks version {ui} of its event stream",
                cause=f"{self._engine or 'the engine'} is newer than this Planewright, which reads version 1",
                action="use an older engine with --engine PATH, or a newer Planewright; the engine itself goes on",
            )

    def _log(self, body: dict[str, Any]) -> None:
        if "state" in body:  # an emergency dump of the whole state: that it happened matters, its values do not
            self._state_dumped = True
        message = str(body.get("@message", ""))
        if "Interrupt received" in message or "Stopping operation" in message:
            self._interrupted = True

    def _diagnostic(self, body: dict[str, Any]) -> None:
        diagnostic = read_diagnostic(part(body, "diagnostic"))
        if diagnostic.severity == "warning":
            self._warnings.append(diagnostic)
            self._warning_count += 1
            return
        self._errors.append(diagnostic)
        self._error_count += 1
        self._lock = locks.from_text(diagnostic.detail) or self._lock
        for index, failure in enumerate(self._failed):
            if failure.diagnostic is None and failure.address == diagnostic.address:
                self._failed[index] = Failed(failure.address, failure.action, failure.took, diagnostic, failure.id)
                return

    def _planned_change(self, body: dict[str, Any]) -> None:
        change = part(body, "change")
        self._steps += _STEPS.get(str(change.get("action")), 0)
        self._advance("planning")

    def _resource_drift(self, body: dict[str, Any]) -> None:
        change = part(body, "change")
        self._drift.append(Drift(_address(change), str(change.get("action", ""))))
        self._drift_count += 1

    def _change_summary(self, body: dict[str, Any]) -> None:
        changes = part(body, "changes")
        counts = Counts(
            add=_int(changes.get("add")),
            change=_int(changes.get("change")),
            remove=_int(changes.get("remove")),
            imported=_int(changes.get("import")),
            forget=_int(changes.get("forget")),
        )
        if changes.get("operation") == "plan":
            self._planned = counts
            self._advance("planning")
        else:  # apply or destroy
            self._summary = counts
            self._phase = "finished"

    def _outputs_known(self, body: dict[str, Any]) -> None:
        outputs = body.get("outputs")
        self._outputs = tuple(outputs) if isinstance(outputs, dict) else ()

    def _refresh_start(self, _body: dict[str, Any]) -> None:
        self._advance("refreshing")

    def _refresh_complete(self, _body: dict[str, Any]) -> None:
        self._refreshed += 1

    def _apply_start(self, body: dict[str, Any]) -> None:
        hook = part(body, "hook")
        address, action = _address(hook), str(hook.get("action", ""))
        self._in_flight[address, action] = InFlight(
            address, action, moment(str(body.get("@timestamp", ""))), str(hook.get("id_value", ""))
        )
        if action in _PROGRESS:  # data sources are read while planning too
            self._phase = "applying"

    def _apply_complete(self, body: dict[str, Any]) -> None:
        hook = part(body, "hook")
        address, action = _address(hook), str(hook.get("action", ""))
        flight = self._in_flight.pop((address, action), None)
        self._done[action] += 1
        known = flight.id if flight else ""
        self._finished.append(Finished(address, action, _took(hook), str(hook.get("id_value", "")) or known))

    def _apply_errored(self, body: dict[str, Any]) -> None:
        hook = part(body, "hook")
        address, action = _address(hook), str(hook.get("action", ""))
        flight = self._in_flight.pop((address, action), None)
        self._failed_count += 1
        self._failed.append(Failed(address, action, _took(hook), None, flight.id if flight else ""))

    def _lock_acquire(self, _body: dict[str, Any]) -> None:
        self._before_lock, self._phase = self._phase, "waiting for the lock"

    def _lock_release(self, _body: dict[str, Any]) -> None:
        if self._phase == "waiting for the lock":
            self._phase = self._before_lock

    def _advance(self, phase: Phase) -> None:
        if self._phase not in {"applying", "finished"}:  # an apply repeats its plan; a phase never goes back
            self._phase = phase


def reduce(data: bytes, *, expected: int = 0) -> RunState:
    """Fold a whole stream, its half last line included."""
    lines, reducer = Lines(), Reducer(expected)
    reducer.feed(lines.feed(data))
    reducer.feed([lines.rest()])
    return reducer.snapshot()


def _address(holder: dict[str, Any]) -> str:
    resource = holder.get("resource")
    return str(resource.get("addr", "")) if isinstance(resource, dict) else ""


def _took(hook: dict[str, Any]) -> timedelta:
    seconds = hook.get("elapsed_seconds")
    return timedelta(seconds=seconds) if isinstance(seconds, int | float) and 0 <= seconds < _ENDLESS_S else timedelta()


def _int(value: Any) -> int:
    return value if isinstance(value, int) else 0
