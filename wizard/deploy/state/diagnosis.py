"""What happened to a state, and the steps of the way back. Pure: from what was seen."""

from __future__ import annotations

from wizard.deploy.state.accidents import Diagnosis, Doing, Notes, Step, Trouble
from wizard.deploy.state.copies import best, brief, by_hand, readable, serial
from wizard.deploy.state.digests import judge_digest
from wizard.deploy.state.document import StateDocument, Unreadable
from wizard.deploy.state.seen import Copy, Seen

#: So many copies of another lineage are named.
_NAMED = 3


def diagnose(seen: Seen, *, sure: bool = False) -> Diagnosis:
    """Decide. `sure`: the operator has asked whoever holds the lock, and nothing of theirs runs."""
    notes = Notes()
    ends = _lock(seen, notes, sure=sure)
    if ends:
        return notes.end(ends)
    if _never_was(seen) and seen.expected:
        return notes.end(judge_digest(seen, notes))
    if _never_was(seen):
        notes.lines.append(f"{seen.stack} has no state yet, and nothing says that it ever had one")
        return notes.end("nothing is to be recovered")
    if isinstance(seen.current, StateDocument) and not seen.emptied:
        ends = _left_over(seen, seen.current, notes) or _out_of_sync(seen, seen.current, notes)
    else:
        ends = _gone(seen, notes)
    ends = ends or judge_digest(seen, notes)
    if ends:
        return notes.end(ends)
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


def _lock(seen: Seen, notes: Notes, *, sure: bool) -> str:
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


def _left_over(seen: Seen, current: StateDocument, notes: Notes) -> str:
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


def _out_of_sync(seen: Seen, current: StateDocument, notes: Notes) -> str:
    """Judge a state that can be read by what is known beside it."""
    newest = best(seen)
    pushed = seen.errored is not None and Trouble.NOT_SAVED in notes.troubles
    known = serial(seen.errored) if pushed and seen.errored else current.serial
    if newest is not None and serial(newest) > known:
        notes.add(
            Trouble.BEHIND,
            f"the state has {current.brief}; {newest.text} of the same lineage has {brief(newest)}",
            _restore(newest, seen),
        )
    others = [copy for copy, document in readable(seen) if document.lineage != current.lineage and document.addresses]
    if others:
        notes.add(
            Trouble.REPLACED,
            f"{others[0].text} is of another lineage and has {brief(others[0])}: what only it knows is nobody's now, and "
            "two lineages are never merged by themselves",
        )
    if seen.out_of_step:
        notes.add(
            Trouble.OUT_OF_STEP,
            f"state and contract of {seen.stack} differ in {', '.join(seen.out_of_step)}: one of them is older",
        )
    return ""


def _gone(seen: Seen, notes: Notes) -> str:
    """Judge a state that is not there, cannot be read, or knows nothing."""
    current = seen.current
    if isinstance(current, Unreadable):
        notes.add(Trouble.CORRUPTED, f"the state in {seen.where} {current.why}")
    elif current is not None:
        notes.add(
            Trouble.EMPTIED,
            f"the state in {seen.where} has {current.brief}, though {seen.stack} was applied: the engine would make "
            "everything a second time",
        )
    elif seen.deleted is not None:
        notes.add(Trouble.DELETED, f"the state in {seen.where} was deleted on {seen.deleted:%Y-%m-%d at %H:%M:%S} UTC")
    else:
        notes.add(Trouble.DELETED, f"there is no state in {seen.where}, though {seen.stack} was applied")
    found = best(seen)
    if found is None:
        return _lost(seen, notes)
    if isinstance(current, StateDocument) and isinstance(found.document, StateDocument):
        # Nothing is restored over another lineage, though this one has described nothing.
        notes.steps += (_clear(seen),) if current.lineage != found.document.lineage else ()
    notes.steps.append(_restore(found, seen))
    if isinstance(current, Unreadable) and current.head.serial is not None and current.head.serial > serial(found):
        notes.lines.append(
            f"its beginning says serial {current.head.serial}, and the newest that can be read is {serial(found)}: where the "
            "plan wants to create, look first whether it is there already"
        )
    left = seen.errored
    if left is not None:
        if isinstance(left.document, Unreadable):
            notes.add(Trouble.NOT_SAVED_HALF, f"a run could not save its state, and {left.id} {left.document.why}")
        notes.steps.append(Step(Doing.SET_ASIDE, f"keep {left.id} under another name, out of the engine's way", left))
    return ""


def _lost(seen: Seen, notes: Notes) -> str:
    """Judge a state of which nothing can be read: it is made anew, of what is in AWS."""
    others = [copy for copy, _ in readable(seen)]
    if others:
        notes.add(
            Trouble.REPLACED,
            f"{'; '.join(f'{copy.text} ({brief(copy)})' for copy in others[:_NAMED])}: of another lineage than the state was, and may "
            "never have described the same things",
        )
        which = (
            "nothing of its own lineage can be read, and nothing of another is restored by itself; where somebody knows that it is the "
            f"right one, `{by_hand(others[0], seen)}` restores it, once nothing is left of the one that was there"
        )
    else:
        which = "no version, no backup and nothing that a run left can be read: the state cannot be restored"
    notes.add(
        Trouble.LOST,
        f"{which}. What is in AWS goes on working. Do not apply: the engine would make everything a second time. Look for a copy "
        f"elsewhere first (`planewright state restore {seen.name} {seen.stack} --file FILE`)",
    )
    if any(isinstance(copy.document, StateDocument) and copy.document.sealed for copy in seen.copies):
        return "what is kept of it is encrypted by the engine: the engine's own `state push` restores it"
    if seen.current is not None:
        notes.steps.append(_clear(seen))
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
    return Step(Doing.RESTORE, f"restore {copy.text}: {brief(copy)}{kept}", copy)


def _clear(seen: Seen) -> Step:
    return Step(Doing.CLEAR, f"keep what is left in {seen.where} as a backup, and delete it")
