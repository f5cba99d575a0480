"""The engine's states of an object as a list: each stack, and below it the earlier versions and backups there are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from wizard.deploy.state.document import StateDocument, Unreadable
from wizard.deploy.state.listing import Kept, StackState
from wizard.walk.entries import Entry, Tone

#: Versions and backups that a list shows of one stack; `planewright state list --json` has all.
SHOWN: Final = 10
#: How a locked state stands, by whether the lock's holder lives; None where that cannot be seen from here.
_LOCKED: Final = {
    True: ("●", "in use", Tone.NOW),
    False: ("!", "locked, dead", Tone.WARN),
    None: ("?", "locked", Tone.WARN),
}


@dataclass(frozen=True, slots=True)
class Named:
    """What an entry names: a stack's state, and a version or backup of it where it is one."""

    state: StackState
    kind: Literal["version", "backup"] | None = None
    kept: Kept | None = None


def entries(states: Iterable[StackState]) -> Iterator[Entry]:
    """Give each stack's state, and below it what is kept of it."""
    for state in states:
        yield _state(state)
        for named in _kept(state):
            yield _copy(named)


def named(states: Iterable[StackState], key: str) -> Named | None:
    """Give what an entry's key names."""
    for state in states:
        if state.stack == key:
            return Named(state)
        for one in _kept(state):
            if _key(one) == key:
                return one
    return None


def _kept(state: StackState) -> Iterator[Named]:
    # The newest version is the state itself, where there is one.
    versions = state.versions[1:] if state.state is not None else state.versions
    yield from (Named(state, "version", it) for it in versions[:SHOWN])
    yield from (Named(state, "backup", it) for it in state.backups[:SHOWN])


def _key(one: Named) -> str:
    return f"{one.state.stack} {one.kind} {one.kept.id if one.kept is not None else ''}"


def _state(state: StackState) -> Entry:
    symbol, word, tone = _standing(state)
    told = [("where", state.where)]
    match state.state:
        case StateDocument() as document:
            told += [("says", f"{document.brief}, {document.size} bytes"), ("lineage", document.lineage)]
            told.append(("written by", f"engine {document.engine_version or '?'}"))
        case Unreadable() as unreadable:
            told.append(("says", f"nothing that can be read: it {unreadable.why}"))
        case None:
            told.append(("says", "there is no state, but there was one" if state.versions else "there is no state yet"))
    if state.modified:
        told.append(("last changed", f"{state.modified:%Y-%m-%d %H:%M:%S} UTC"))
    told.append(("lock", state.held.text if state.held else "not locked"))
    if state.stale:
        told.append(("digest", "the lock table has that of another state: the engine refuses this one"))
    if state.errored:
        told.append(("left by a run", f"a state that it could not save: {state.errored}"))
    for what, kept in (("versions", state.versions), ("backups", state.backups)):
        more = f", the newest {SHOWN} below" if len(kept) > SHOWN else ""
        told.append((what, f"{len(kept)}{more}"))
    brief = state.state.brief if isinstance(state.state, StateDocument) else ""
    return Entry(state.stack, symbol, word, tone, state.stack, brief, tuple(told))


def _standing(state: StackState) -> tuple[str, str, Tone]:
    if state.held is not None:
        return _LOCKED[state.held.alive]
    if isinstance(state.state, Unreadable):
        return "✗", "cannot be read", Tone.BAD
    if state.stale and (state.state is not None or not state.versions):
        return "✗", "refused", Tone.BAD
    if state.state is None:
        return ("✗", "gone", Tone.BAD) if state.versions else ("·", "none yet", Tone.QUIET)
    return ("!", "not saved", Tone.WARN) if state.errored else ("✓", "well", Tone.GOOD)


def _copy(one: Named) -> Entry:
    kept, kind = one.kept, one.kind
    if kept is None or kind is None:
        raise TypeError("a copy is a version or a backup")
    at = f"{kept.at:%Y-%m-%d %H:%M:%S} UTC"
    if kept.deleted:
        return Entry(
            _key(one), "-", "deleted", Tone.WARN, at, "the state was deleted then", (("id", kept.id),), below=True
        )
    serial = f"serial {'?' if kept.serial is None else kept.serial}"
    known = (("serial", serial.removeprefix("serial ")), ("size", f"{kept.size} bytes"), ("id", kept.id))
    told = (*known, ("restore", "s compares it with what is there, and asks for the name before anything is written"))
    return Entry(_key(one), "·", kind, Tone.QUIET, at, serial, told, below=True)
