"""What locks the states: whether the table can, and whether everybody looks at the same lock while it changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from wizard.answers.account import StateBackend
from wizard.blueprints.springtail.names import lock_table
from wizard.checks.codes import code
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
from wizard.facts.state import LOOK, UNUSABLE, LockTable, LockTableFact
from wizard.findings import Finding, Severity

UNFIT = code(
    "STATE_TABLE_UNFIT",
    Severity.CRITICAL,
    why="the engine could lock nothing by it: a lock is an item under the key LockID, a string, of a table that is active",
    remedy="name another table in state.lock_table, or leave it empty: a table's key cannot be changed",
)
GONE = code(
    "STATE_TABLE_GONE",
    Severity.HIGH,
    why="whoever deleted it deleted who holds which state with it; a run that goes on now cannot give its lock back",
    remedy="find out why it was deleted, and that nobody's run is under way; the next plan makes it anew",
)
NEW = code(
    "STATE_TABLE_NEW",
    Severity.WARN,
    Severity.INFO,
    why="a pipeline that locks by a table of this name elsewhere and this one would not see each other",
    remedy="check the name and the region of the table that the others lock by; where it is to be new, the first plan makes it",
)
UNPROTECTED = code(
    "STATE_TABLE_UNPROTECTED",
    Severity.WARN,
    why="a click deletes the table, and with it who holds which state",
    remedy="aws dynamodb update-table --table-name TABLE --deletion-protection-enabled; or tag it planewright:component=state, "
    "then the next plan does it",
)
AT_ONCE = code(
    "STATE_LOCK_AT_ONCE",
    Severity.HIGH,
    why="whoever plans with files of before locks by the old one and does not see the new one: two applies at a time",
    remedy="set state.lock to both, plan every stack everywhere once, then set it to what it is to be",
)
#: What the engine keeps a lock under, and its type.
_KEYS: Final = ("LockID (S)",)
_USABLE: Final = frozenset({"ACTIVE", "CREATING", "UPDATING"})


def _table(subject: Subject) -> LockTable | None:
    name = lock_table(subject.shard)
    return LockTable(subject.region, name) if name else None


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask about the table, where one locks."""
    if (table := _table(subject)) is not None:
        yield table


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Look at the table, and at what locked before."""
    yield from _changing(subject)
    table = _table(subject)
    found = facts.value(table) if table is not None else None
    if table is not None and found is not None:
        yield from _judged(subject, table, found)


def _judged(subject: Subject, table: LockTable, found: LockTableFact) -> Iterator[Finding]:
    path, named = "state.lock_table", bool(subject.shard.state.lock_table)
    if not found.exists:
        what = f"there is no table {table.name} in {table.region}"
        if _locks_now(subject, table):
            yield GONE.at(path, f"{what} any more, and states are locked by it")
        else:
            severity = Severity.WARN if named else Severity.INFO
            yield NEW.at(path, f"{what} yet", severity=severity)
    elif found.keys != _KEYS:
        yield UNFIT.at(path, f"the key of {table.name} is {', '.join(found.keys)}, not LockID (S)")
    elif found.status == "DELETING" and _locks_now(subject, table):
        yield GONE.at(path, f"{table.name} is being deleted, and states are locked by it")
    elif found.status not in _USABLE:
        yield UNFIT.at(path, f"{table.name} is {found.status}", remedy=UNUSABLE.get(found.status, LOOK))
    elif named and not found.protected:
        yield UNPROTECTED.at(path, f"{table.name} has no deletion protection")


def _locks_now(subject: Subject, table: LockTable) -> bool:
    return any(name == table.name for _, name in subject.locked_by)


def _changing(subject: Subject) -> Iterator[Finding]:
    state = subject.shard.state
    if state.backend is StateBackend.LOCAL:
        return
    now = {"file": {""}, "dynamodb": {lock_table(subject.shard)}, "both": {"", lock_table(subject.shard)}}[
        state.lock.value
    ]
    for lock, table in sorted(subject.locked_by):
        before = {"file": {""}, "dynamodb": {table}, "both": {"", table}}[lock]
        if not before & now:
            by = f"table {table}" if table else "an object beside the state"
            yield AT_ONCE.at(
                "state.lock", f"files that were emitted before lock by {by}; these answers by {_named(subject)}"
            )


def _named(subject: Subject) -> str:
    table = lock_table(subject.shard)
    return f"table {table}" if table else "an object beside the state"
