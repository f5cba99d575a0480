"""What is true after a death, and the way on: nobody has to guess whether a lock is dead or a resource half made."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from wizard.engine import runs
from wizard.engine.commands import ERRORED_STATE, StackEngine
from wizard.engine.events import Failed, InFlight
from wizard.engine.follow import result_of, state_of
from wizard.engine.local_lock import forget, local_lock
from wizard.engine.locks import LockInfo
from wizard.engine.processes import me
from wizard.engine.runs import Result, Run
from wizard.engine.verdict import CUT, journal_cut
from wizard.errors import EngineError
from wizard.workspace import Place

# The runner writes the end down a moment after the engine gave its lock back.
_SLACK = timedelta(seconds=5)
_FULL_BYTES = 1 << 20

Owner = Literal[
    "our run, alive", "our run, dead", "our command, alive", "our command, dead", "us, no run known", "another"
]


@dataclass(frozen=True, slots=True)
class Held:
    """A held lock, and whose it is. `run` is the run that took it, when it is one of this workspace."""

    lock: LockInfo
    owner: Owner
    run: Run | None = None

    @property
    def alive(self) -> bool | None:
        """Whether its holder lives; None where that cannot be seen from here."""
        return {"alive": True, "dead": False}.get(self.owner.rpartition(", ")[2])

    @property
    def text(self) -> str:
        """The lock in one sentence: who, since when, doing what, alive or not."""
        since = f" since {self.lock.created:%Y-%m-%d %H:%M:%S} UTC" if self.lock.created else ""
        base = f"the state is locked by {self.lock.who}{since}, for {self.lock.doing} (lock id {self.lock.id})"
        match self.owner:
            case "our run, alive":
                return f"{base}: that is run {self.run.id if self.run else '?'} of this workspace, and it is alive"
            case "our run, dead":
                return f"{base}: that was run {self.run.id if self.run else '?'} of this workspace, and it is dead"
            case "our command, alive":
                return f"{base}: that is a command on this machine, and it is alive"
            case "our command, dead":
                return f"{base}: that was a command on this machine, and it is dead"
            case "us, no run known":
                return f"{base}: that is you on this machine, but no run of this workspace"
            case "another":
                return f"{base}: that is not you; only they can say whether they are still at it"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is true of a stack now.

    `run` is its newest apply or the run that is alive; `alive` says whether it still runs. `half_made` was in flight when the
    engine died: perhaps in AWS, and in no state. `tainted` failed, is in the state, and is replaced by the next apply.
    """

    run: Run | None = None
    alive: bool = False
    result: Result | None = None
    half_made: tuple[InFlight, ...] = ()
    tainted: tuple[Failed, ...] = ()
    name: str = "NAME"
    held: Held | None = None
    errored_state: Path | None = None
    state_dumped: bool = False
    disk_full: bool = False
    journal_cut: bool = False

    @property
    def clean(self) -> bool:
        """Whether nothing has to be done before the next plan."""
        return not (
            self.alive or self.held or self.errored_state or self.half_made or self.state_dumped or self.disk_full
        )

    def lines(self) -> tuple[str, ...]:
        """What a person should know, each line with the way on; empty when all is well."""
        return tuple(self._lines())

    def _lines(self) -> Iterable[str]:
        if self.alive and self.run:
            yield f"run {self.run.id} ({self.run.request.action}) is alive: `planewright watch {self.name}` shows it"
        if self.disk_full:
            yield "the disk of the run's directory is full: free some space before anything else"
        if self.journal_cut and self.run:
            yield CUT.format(run=self.run.id)
        if self.run and self.result and self.result.outcome == "killed":
            yield f"run {self.run.id} ({self.run.request.action}) did not end by itself: {self.result.cause}"
        for item in self.half_made:
            known = f", id {item.id}" if item.id else ""
            yield (
                f"{item.address} was being {_past(item.action)} when the engine died{known}: it may be in AWS and in no state; "
                "plan, and where the plan wants to create what is there already, delete it or import it first"
            )
        for failure in self.tainted:
            yield f"{failure.address} is half made: the next apply replaces it, if it is in the state at all"
        if self.errored_state:
            yield (
                f"the state could not be saved and waits in {self.errored_state}: "
                f"save it before anything else (`planewright state recover {self.name}`)"
            )
        if self.state_dumped and self.run:
            yield f"the state could not be saved anywhere but in {self.run.journal}: keep this file, it is the only copy"
        if self.held:
            yield self.held.text
            yield _way_on(self.held, self.name)


def diagnose(place: Place, stack: str, *, lock: LockInfo | None = None) -> Aftermath:
    """Find out what is true of a stack now.

    `lock` is what the caller knows of a held lock (from a StateLockedError's diagnostics, or from the S3 lock object by
    `locks.from_json`); a local state's lock file is read here.
    """
    mine = [run for run in runs.listed(place.runs) if run.request.stack == stack]
    living = next((run for run in mine if run.alive()), None)
    run = living or next((run for run in mine if run.request.action == "apply"), None)
    lock = lock or local_lock(place.stack(stack))
    found = _of_run(run, alive=living is not None) if run else Aftermath()
    errored = place.stack(stack) / ERRORED_STATE
    return Aftermath(
        name=place.name,
        run=found.run,
        alive=found.alive,
        result=found.result,
        half_made=found.half_made,
        tainted=found.tainted,
        held=whose(lock, mine) if lock else None,
        errored_state=errored if errored.is_file() else None,
        state_dumped=found.state_dumped,
        journal_cut=found.journal_cut,
        disk_full=shutil.disk_usage(place.runs).free < _FULL_BYTES,
    )


def whose(lock: LockInfo, stack_runs: Iterable[Run]) -> Held:
    """Tell whose a lock is. `stack_runs` are the runs of its stack, the newest first.

    A lock names user, host and moment, not the process; the run that was under way at that moment on this machine is meant.
    """
    if lock.who != me():
        return Held(lock, "another")
    if lock.process is not None:
        return Held(lock, "our command, alive" if lock.process.alive() else "our command, dead")
    for run in stack_runs:
        if _took(run, lock):
            return Held(lock, "our run, alive" if run.alive() else "our run, dead", run)
    return Held(lock, "us, no run known")


def unlock(engine: StackEngine, held: Held, *, sure: bool = False) -> str:
    """Remove a dead run's lock; gives what was done, for people.

    Refused while the run that holds it is alive. Whose death cannot be seen from here takes `sure`: the operator has asked
    them. Raises EngineError.
    """
    require_dead(held, engine.subject.name, sure=sure)
    if local_lock(engine.stack_dir) == held.lock:
        _forget(engine, held)
    else:
        engine.force_unlock(held.lock.id)
    return removed(held)


def removed(held: Held) -> str:
    """Say that a lock was removed, and whose it was."""
    return f"removed lock {held.lock.id}, which {held.lock.who} held for {held.lock.doing}"


def require_dead(held: Held, name: str, *, sure: bool = False) -> None:
    """Raise EngineError unless a lock's holder is dead, or the operator is sure of it."""
    if held.alive:
        run = held.owner == "our run, alive"
        cancel = f"`planewright cancel {name}`: it stops in good order and gives the lock back itself"
        raise EngineError(
            f"the lock is not removed: its {'run' if run else 'command'} is alive",
            cause=held.text,
            action=f"wait for it, or {cancel}" if run else "wait for it",
        )
    if held.alive is None and not sure:
        raise EngineError(
            "the lock is not removed: nobody here knows whether its owner is alive",
            cause=held.text,
            action=_way_on(held, name),
        )


def _forget(engine: StackEngine, held: Held) -> None:
    # `force-unlock` knows no local state: nobody but its holder can give that lock back.
    if not forget(engine.stack_dir):
        raise EngineError(
            "the lock is not removed: a process on this machine holds the state",
            cause=held.text,
            action="wait for it, or end it in good order",
        )


def _of_run(run: Run, *, alive: bool) -> Aftermath:
    if alive:
        return Aftermath(run=run, alive=True)
    state = state_of(run)
    result = result_of(run, state)
    outcome = result.outcome if result and run.request.action == "apply" else None
    died, stopped = outcome == "killed", outcome in {"killed", "interrupted"}
    return Aftermath(
        run=run,
        result=result,
        half_made=tuple(item for item in state.in_flight if item.action != "read") if died else (),
        tainted=tuple(item for item in state.failed if item.action == "create") if stopped else (),
        state_dumped=state.state_dumped,
        journal_cut=result is not None and journal_cut(run.request, state, result),
    )


def _took(run: Run, lock: LockInfo) -> bool:
    if lock.created is None or lock.created < run.request.created:
        return False
    if (lock.doing == "apply") != (run.request.action == "apply"):
        return False
    if run.alive():
        return True
    result = run.recorded()
    ended = result.ended if result and not result.inferred else None
    return ended is None or lock.created <= ended + _SLACK


def _way_on(held: Held, name: str) -> str:
    match held.owner:
        case "our run, alive":
            return f"wait for it, or `planewright cancel {name}` to stop it in good order"
        case "our command, alive":
            return "wait for it: it gives the lock back when it ends"
        case "our run, dead":
            return f"`planewright unlock {name}` removes the lock; then plan again"
        case "our command, dead":
            return f"`planewright state recover {name}` removes the lock, and looks at what the command left"
        case "us, no run known":
            return f"an engine started by hand may hold it: look for it; then `planewright unlock {name} --sure`"
        case "another":
            return f"ask them; once it is certain that nothing runs, `planewright unlock {name} --sure` removes it"


def _past(action: str) -> str:
    return {"create": "created", "update": "changed", "delete": "destroyed"}.get(action, f"worked on ({action})")
