"""What happened to a state, and the steps of the way back. Pure: from what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from wizard.deploy.state.document import StateDocument, Unreadable
from wizard.deploy.state.seen import Copy, Seen


class Trouble(StrEnum):
    """What can have happened, in words that complete "the state is …"."""

    BUSY = "in use by somebody who is alive"
    LOCKED = "locked by somebody of whom nothing is known"
    LOCKED_DEAD = "locked by somebody who is dead"
    NOT_SAVED = "older than what a run could not save"
    NOT_SAVED_HALF = "older than what a run could save only half"
    LEFT_OVER = "not behind the errored.tfstate that lies there"
    FOREIGN_LEFT = "of another lineage than the errored.tfstate that lies there"
    STALE_DIGEST = "not the one whose digest the lock table has"
    CORRUPTED = "corrupted"
    DELETED = "deleted"
    LOST = "lost"
    BEHIND = "out of sync: behind a newer one"
    REPLACED = "out of sync: of another lineage than the one before"
    OUT_OF_STEP = "out of sync with the contract"
    HALF_MADE = "out of sync: a run died in the middle of a call"
    HALF_IMPORTED = "imported, and not whole"


class Doing(StrEnum):
    """What a step does."""

    UNLOCK = "unlock"
    PUSH = "push"
    SET_ASIDE = "set aside"
    MEND_DIGEST = "mend digest"
    MEND_IMPORT = "mend import"
    RESTORE = "restore"
    CLEAR = "clear"
    REBUILD = "rebuild"
    PLAN = "plan"


#: Steps after which the lock table has the right digest.
_SETTLES = frozenset({Doing.RESTORE, Doing.CLEAR})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way back. `copy` is what a restoring step restores."""

    doing: Doing
    says: str
    copy: Copy | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is true, told in `lines`, and the steps. `ends` says why there is no way from here, and what to do; else it is empty."""

    troubles: tuple[Trouble, ...] = ()
    lines: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    ends: str = ""


@dataclass(slots=True)
class _Notes:
    troubles: list[Trouble] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def add(self, trouble: Trouble, line: str, *steps: Step) -> None:
        self.troubles.append(trouble)
        self.lines.append(line)
        self.steps += steps

    def end(self, why: str = "") -> Diagnosis:
        return Diagnosis(tuple(self.troubles), tuple(self.lines), () if why else tuple(self.steps), why)


def diagnose(seen: Seen, *, sure: bool = False) -> Diagnosis:
    """Decide. `sure`: the operator has asked whoever holds the lock, and nothing of theirs runs."""
    notes = _Notes()
    ends = _lock(seen, notes, sure=sure)
    if ends:
        return notes.end(ends)
    if _never_was(seen) and seen.expected:
        _digest(seen, notes)
        return notes.end()
    if _never_was(seen):
        notes.lines.append(f"{seen.stack} has no state yet, and nothing says that it ever had one")
        return notes.end("nothing is to be recovered")
    if isinstance(seen.current, StateDocument):
        ends = _left_over(seen, seen.current, notes) or _out_of_sync(seen, seen.current, notes)
    else:
        ends = _gone(seen, notes)
    if ends:
        return notes.end(ends)
    _digest(seen, notes)
    for item in seen.aftermath.half_made:
        notes.add(Trouble.HALF_MADE, f"{item.address}: {item.action} was under way when the engine died")
    if seen.unread and Trouble.BEHIND not in notes.troubles:  # what is restored is another
        names = ", ".join(seen.unread)
        notes.add(
            Trouble.HALF_IMPORTED,
            f"the provider has read the text of {names} where the code does not have it: no plan would be clean",
            Step(Doing.MEND_IMPORT, f"put the text of {names} where the code has it; nothing changes in AWS"),
        )
    notes.steps.append(Step(Doing.PLAN, "plan, with the files as they lie there: there must be no change"))
    return notes.end()


def best(seen: Seen) -> Copy | None:
    """Give the copy that knows most: of the state's own lineage, with the highest serial, the newest of those."""
    lineage = _lineage(seen)
    fit = [copy for copy, document in _readable(seen) if not lineage or document.lineage == lineage]
    return max(fit, key=lambda copy: (_serial(copy), copy.at), default=None)


def _lock(seen: Seen, notes: _Notes, *, sure: bool) -> str:
    """Say why nothing may be done yet; empty when it may."""
    aftermath, held = seen.aftermath, seen.aftermath.held
    if aftermath.alive and aftermath.run is not None:
        notes.add(Trouble.BUSY, f"run {aftermath.run.id} ({aftermath.run.request.action}) is alive")
        return (
            f"wait for it (`planewright watch {seen.name}`), or `planewright cancel {seen.name}` stops it in good order"
        )
    if held is None:
        return ""
    if held.alive:
        notes.add(Trouble.BUSY, held.text)
        return "wait for it: a lock whose holder is alive is never removed"
    unlock = Step(Doing.UNLOCK, f"remove the lock {held.lock.id} of {held.lock.who}")
    if held.alive is None:
        notes.add(Trouble.LOCKED, held.text, unlock)
        return "" if sure else "ask them; once it is certain that nothing of theirs runs, say so with --sure"
    notes.add(Trouble.LOCKED_DEAD, held.text, unlock)
    return ""


def _never_was(seen: Seen) -> bool:
    return not (seen.current or seen.copies or seen.deleted or seen.errored or seen.applied)


def _left_over(seen: Seen, current: StateDocument, notes: _Notes) -> str:
    """Judge an errored.tfstate beside a state that can be read."""
    left = seen.errored
    if left is None:
        return ""
    document = left.document
    aside = Step(Doing.SET_ASIDE, f"keep {left.id} under another name, out of the engine's way", left)
    if isinstance(document, Unreadable):
        notes.add(
            Trouble.NOT_SAVED_HALF,
            f"a run could not save its state, and {left.id} {document.why}: what the run did after serial "
            f"{current.serial} is in no state; where the plan wants to create, look first whether it is there already",
            aside,
        )
    elif document.lineage != current.lineage:
        notes.add(Trouble.FOREIGN_LEFT, f"{left.id} is of lineage {document.lineage}, the state of {current.lineage}")
        return f"find out which state describes what is there; then move {left.id} away, or restore it by hand"
    elif document.serial > current.serial:
        notes.add(
            Trouble.NOT_SAVED,
            f"a run could not save its state: {left.id} has {document.brief}; the state has {current.brief}",
            Step(Doing.PUSH, f"push {left.id} as the state: serial {current.serial} becomes {document.serial}", left),
        )
    else:
        notes.add(
            Trouble.LEFT_OVER, f"{left.id} has {document.brief}: the state, {current.brief}, is not behind it", aside
        )
    return ""


def _out_of_sync(seen: Seen, current: StateDocument, notes: _Notes) -> str:
    """Judge a state that can be read by what is known beside it."""
    newest = best(seen)
    pushed = seen.errored is not None and Trouble.NOT_SAVED in notes.troubles
    known = _serial(seen.errored) if pushed and seen.errored else current.serial
    if newest is not None and _serial(newest) > known:
        notes.add(
            Trouble.BEHIND,
            f"the state has {current.brief}; {newest.text} of the same lineage has {_brief(newest)}",
            _restore(newest, seen),
        )
    others = [copy for copy, document in _readable(seen) if document.lineage != current.lineage and document.addresses]
    if others:
        notes.add(
            Trouble.REPLACED,
            f"{others[0].text} is of another lineage and has {_brief(others[0])}: what only it knows is nobody's now, and "
            "two lineages are never merged by themselves",
        )
    if seen.out_of_step:
        notes.add(
            Trouble.OUT_OF_STEP,
            f"state and contract of {seen.stack} differ in {', '.join(seen.out_of_step)}: one of them is older",
        )
    return ""


def _gone(seen: Seen, notes: _Notes) -> str:
    """Judge a state that is not there, or cannot be read."""
    current = seen.current
    if isinstance(current, Unreadable):
        notes.add(Trouble.CORRUPTED, f"the state in {seen.where} {current.why}")
    elif seen.deleted is not None:
        notes.add(Trouble.DELETED, f"the state in {seen.where} was deleted on {seen.deleted:%Y-%m-%d at %H:%M:%S} UTC")
    else:
        notes.add(Trouble.DELETED, f"there is no state in {seen.where}, though {seen.stack} was applied")
    found = best(seen)
    if found is None:
        return _lost(seen, notes)
    notes.steps.append(_restore(found, seen))
    if isinstance(current, Unreadable) and current.head.serial is not None and current.head.serial > _serial(found):
        notes.lines.append(
            f"its beginning says serial {current.head.serial}, and the newest that can be read is {_serial(found)}: where the "
            "plan wants to create, look first whether it is there already"
        )
    left = seen.errored
    if left is not None:
        if isinstance(left.document, Unreadable):
            notes.add(Trouble.NOT_SAVED_HALF, f"a run could not save its state, and {left.id} {left.document.why}")
        notes.steps.append(Step(Doing.SET_ASIDE, f"keep {left.id} under another name, out of the engine's way", left))
    return ""


def _digest(seen: Seen, notes: _Notes) -> None:
    """Judge the lock table's digest. Whoever writes or deletes a state settles it; before all else the engine must be able to begin."""
    if not seen.stale or any(step.doing in _SETTLES for step in notes.steps):
        return
    of = next((copy for copy in seen.copies if copy.md5 == seen.expected), None)
    whose = f"{of.text} ({_brief(of)})" if of else f"MD5 {seen.expected}, which is none that is kept"
    if isinstance(seen.current, StateDocument):
        line = (
            f"the lock table has the digest of {whose}; what is there has {seen.current.brief}: something wrote it that does not "
            "keep the table, and the engine refuses it"
        )
        says = f"make the lock table's digest that of the state as it is: {seen.current.brief}"
    else:
        line = f"there is no state in {seen.where}, but the lock table has the digest of {whose}: the engine refuses to begin"
        says = "take the digest out of the lock table"
    step = Step(Doing.MEND_DIGEST, says)
    after = sum(step.doing is Doing.UNLOCK for step in notes.steps)
    notes.add(Trouble.STALE_DIGEST, line)
    notes.steps.insert(after, step)


def _lost(seen: Seen, notes: _Notes) -> str:
    """Judge a state of which nothing can be read: it is made anew, of what is in AWS."""
    notes.add(
        Trouble.LOST,
        "no version, no backup and nothing that a run left can be read: the state cannot be restored. What is in AWS goes on "
        "working. Do not apply: the engine would make everything a second time. Look for a copy elsewhere first "
        f"(`planewright state restore {seen.name} {seen.stack} --file FILE`)",
    )
    if any(isinstance(copy.document, StateDocument) and copy.document.sealed for copy in seen.copies):
        return "what is kept of it is encrypted by the engine: the engine's own `state push` restores it"
    if isinstance(seen.current, Unreadable):
        notes.steps.append(Step(Doing.CLEAR, f"keep what is left in {seen.where} as a backup, and delete it"))
    left = seen.errored
    if left is not None:
        notes.steps.append(Step(Doing.SET_ASIDE, f"keep {left.id} under another name, out of the engine's way", left))
    notes.steps.append(
        Step(
            Doing.REBUILD, f"find in AWS what {seen.stack} has made, address by address, and import it into a new state"
        )
    )
    return ""


def _restore(copy: Copy, seen: Seen) -> Step:
    kept = "" if seen.current is None else "; what is there now is kept as a backup first"
    return Step(Doing.RESTORE, f"restore {copy.text}: {_brief(copy)}{kept}", copy)


def _readable(seen: Seen) -> Iterator[tuple[Copy, StateDocument]]:
    left = (seen.errored,) if seen.errored and not isinstance(seen.current, StateDocument) else ()
    for copy in (*seen.copies, *left):
        # What the engine has encrypted cannot be given the serial that a state has to have to be the newest.
        if isinstance(copy.document, StateDocument) and not copy.document.sealed:
            yield copy, copy.document


def _lineage(seen: Seen) -> str:
    """The lineage that the state has, or had: empty when nothing tells."""
    if isinstance(seen.current, StateDocument):
        return seen.current.lineage
    if isinstance(seen.current, Unreadable) and seen.current.head.lineage:
        return seen.current.head.lineage
    newest = max(_readable(seen), key=lambda found: found[0].at, default=None)
    return newest[1].lineage if newest else ""


def _serial(copy: Copy) -> int:
    return copy.document.serial if isinstance(copy.document, StateDocument) else -1


def _brief(copy: Copy) -> str:
    return copy.document.brief if isinstance(copy.document, StateDocument) else copy.document.why
