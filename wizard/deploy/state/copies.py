"""Which of the states that are kept beside the one in use knows most. Pure: from what was seen."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.deploy.state.document import StateDocument, Unreadable
from wizard.deploy.state.seen import Copy, Seen


def best(seen: Seen) -> Copy | None:
    """Give the copy that knows most: of the state's own lineage, with the highest serial, the newest of those."""
    lineage = _lineage(seen)
    fit = [copy for copy, document in readable(seen) if not lineage or document.lineage == lineage]
    return max(fit, key=lambda copy: (serial(copy), copy.at), default=None)


def readable(seen: Seen) -> Iterator[tuple[Copy, StateDocument]]:
    """Give the copies that can be restored; of a stack that stands, none that knows nothing."""
    beside = isinstance(seen.current, StateDocument) and not seen.emptied
    left = (seen.errored,) if seen.errored and not beside else ()
    for copy in (*seen.copies, *left):
        document = copy.document
        # What the engine has encrypted cannot be given the serial that a state has to have to be the newest.
        if isinstance(document, StateDocument) and not document.sealed and not (seen.stands and document.knows_nothing):
            yield copy, document


def serial(copy: Copy) -> int:
    """Give a copy's serial; -1 for what cannot be read."""
    return copy.document.serial if isinstance(copy.document, StateDocument) else -1


def brief(copy: Copy) -> str:
    """Say in a few words what a copy knows."""
    return copy.document.brief if isinstance(copy.document, StateDocument) else copy.document.why


def by_hand(copy: Copy, seen: Seen) -> str:
    """Give the command that restores a copy which no step restores."""
    which = f"--file …/{copy.id}" if copy.kind == "errored" else f"--{copy.kind} {copy.id}"
    return f"planewright state restore {seen.name} {seen.stack} {which}"


def _lineage(seen: Seen) -> str:
    """The lineage that the state has, or had: empty when nothing tells."""
    if isinstance(seen.current, StateDocument) and not seen.emptied:
        return seen.current.lineage
    if isinstance(seen.current, Unreadable) and seen.current.head.lineage:
        return seen.current.head.lineage
    # What was broken and has been cleared away is a copy by now: it tells the same as when it was in use.
    broken = [
        (copy.at, copy.document.head.lineage)
        for copy in seen.copies
        if isinstance(copy.document, Unreadable) and copy.document.head.lineage
    ]
    return max([*broken, *((copy.at, document.lineage) for copy, document in readable(seen))], default=(None, ""))[1]
