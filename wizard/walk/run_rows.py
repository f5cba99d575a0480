"""A run's state as rows to look at: what failed, what is in flight, what is done. Pure; found by number.

Nothing is laid out that nobody looks at: a row is made when it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wizard.engine.diagnostics import failure
from wizard.engine.events import Diagnostic, Failed, Finished, InFlight, RunState
from wizard.redact import Redactor
from wizard.walk.run_news import duration, words


@dataclass(frozen=True, slots=True)
class Note:
    """Something that belongs to no resource: how much is not shown."""

    text: str


Row = Failed | Diagnostic | InFlight | Finished | Note
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """Failed first, then in flight, the longest first, then done, the newest first."""

    failed: tuple[Row, ...] = ()
    flying: tuple[InFlight, ...] = ()
    finished: tuple[Finished, ...] = ()
    last: tuple[Note, ...] = ()

    def __len__(self) -> int:
        return len(self.failed) + len(self.flying) + len(self.finished) + len(self.last)

    def at(self, number: int) -> Row:
        """Give the row of a number."""
        for part in (self.failed, self.flying):
            if number < len(part):
                return part[number]
            number -= len(part)
        if number < len(self.finished):
            return self.finished[-1 - number]
        return self.last[number - len(self.finished)]

    def find(self, key: Key) -> int | None:
        """Give the number of a key's row; None once it is no longer among those kept."""
        return next((number for number in range(len(self)) if key_of(self.at(number)) == key), None)


def rows_of(state: RunState) -> Rows:
    """Lay a state out as rows."""
    failed: list[Row] = list(state.failed)
    lost = state.failed_count - len(state.failed)
    if lost > 0:
        failed.append(Note(f"and {lost:,} more that failed: the raw log has them"))
    named = {item.address for item in state.failed}
    failed += [error for error in state.errors if error.address not in named]
    done = sum(state.done_by_action.values()) - len(state.finished)
    last = (Note(f"and {done:,} more done before: the raw log has them"),) if done > 0 else ()
    return Rows(tuple(failed), tuple(sorted(state.in_flight, key=lambda item: item.started_at)), state.finished, last)


def key_of(row: Row) -> Key:
    """Give what a row is known by while it goes from in flight to done or failed."""
    if isinstance(row, Note):
        return ("", row.text)
    if isinstance(row, Diagnostic):
        return (row.address, row.summary)
    return (row.address, row.action)


def said(row: Row) -> tuple[str, str]:
    """Give symbol and words of a row's standing."""
    match row:
        case Failed():
            return "✗", f"failed {words(row.action)[1]}"
        case Diagnostic():
            return "✗", "error"
        case InFlight():
            return "…", words(row.action)[1]
        case Finished():
            return "✓", words(row.action)[2]
        case Note():
            return " ", ""


def clock_of(row: Row, now: datetime) -> str:
    """Give how long it took, or has taken by the caller's clock."""
    if isinstance(row, InFlight):
        return duration(row.elapsed(now))
    return duration(row.took) if isinstance(row, Failed | Finished) else ""


def remedy_of(diagnostic: Diagnostic, name: str) -> str:
    """Give the way on for one thing that the engine reported; `name` is the object's."""
    return failure("", [diagnostic], name=name).action


def why_of(diagnostic: Diagnostic) -> str:
    """Give what the engine reported, whole and redacted."""
    detail = "\n".join(line for line in diagnostic.detail.splitlines() if line.strip())
    where = f" ({diagnostic.where})" if diagnostic.where else ""
    return Redactor().text(f"{diagnostic.summary}{where}\n{detail}".rstrip())
