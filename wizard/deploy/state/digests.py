"""The lock table's digest of a state: whose it is, and whether it may be made that of the state as it is. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.deploy.state.accidents import Doing, Notes, Step, Trouble
from wizard.deploy.state.copies import brief, by_hand
from wizard.deploy.state.document import StateDocument
from wizard.deploy.state.seen import Readable, Seen

#: Steps after which the lock table has the right digest.
_SETTLES = frozenset({Doing.RESTORE, Doing.CLEAR})


def judge_digest(seen: Seen, notes: Notes) -> str:
    """Judge the lock table's digest; say why there is no way on from here. Before all else the engine must be able to begin."""
    if not seen.stale:
        return ""
    of = next((copy for copy in seen.copies if copy.md5 == seen.expected), None)
    whose = f"{of.text} ({brief(of)})" if of else f"MD5 {seen.expected}, which is none that is kept"
    current = seen.current if isinstance(seen.current, StateDocument) and not seen.emptied else None
    if current and of and _describes_another(of.document, current):
        notes.add(
            Trouble.STALE_DIGEST,
            f"the lock table has the digest of {whose}; what is there, {current.brief}, is of another lineage: something wrote it "
            "that does not keep the table. The engine refuses it, and nothing else keeps an apply from making everything a second time",
        )
        return (
            f"find out which of the two describes what is in use. `{by_hand(of, seen)}` restores what the engine wrote last, and keeps "
            "what is there now as a backup; to go on with what is there, delete the item "
            f"{seen.where.removeprefix('s3://')}-md5 of the lock table by hand"
        )
    if _settled(notes.steps):
        return ""
    if isinstance(seen.current, StateDocument):
        line = (
            f"the lock table has the digest of {whose}; what is there has {seen.current.brief}: something wrote it that does not "
            "keep the table, and the engine refuses it"
        )
        says = f"make the lock table's digest that of the state as it is: {seen.current.brief}"
    else:
        line = f"there is no state in {seen.where}, but the lock table has the digest of {whose}: the engine refuses to begin"
        says = "take the digest out of the lock table"
    after = sum(step.doing is Doing.UNLOCK for step in notes.steps)
    notes.add(Trouble.STALE_DIGEST, line)
    notes.steps.insert(after, Step(Doing.MEND_DIGEST, says))
    return ""


def _describes_another(written: Readable, current: StateDocument) -> bool:
    return isinstance(written, StateDocument) and written.lineage != current.lineage and not written.knows_nothing


def _settled(steps: Sequence[Step]) -> bool:
    """Whether the digest is settled on the way by who writes or deletes the state, before the engine itself is to write."""
    doings = [step.doing for step in steps]
    settling = next((at for at, doing in enumerate(doings) if doing in _SETTLES), None)
    return settling is not None and Doing.PUSH not in doings[:settling]
