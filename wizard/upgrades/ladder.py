"""What a blueprint declares of its upgrades, as data: aspects, moves, what may go together, what must never be. Pure.

aspect      one thing that changes by upgrades, with its values: version 1.1.32, 2.0
move        one aspect to another value: what it needs before, what is seen afterwards, whether there is a way back
together    moves that may share an apply. Without one, each move is an apply of its own
forbidden   values that must never be true at once
derived     what follows from the others, and is never set by itself
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wizard.upgrades.steps import Facts, Gate

#: A value for each aspect.
State = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that upgrades change, called `says` among people, and the values that it may have."""

    key: str
    says: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """An aspect has one of these values; `why` it has to, where that is a rule."""

    aspect: str
    values: tuple[str, ...]
    why: str = ""

    def met(self, state: State) -> bool:
        """Whether it is so."""
        return state.get(self.aspect) in self.values


@dataclass(frozen=True, slots=True)
class Move:
    """An aspect from a value to another. `needs` must be true before its apply, `gates` seen after it.

    `one_way` says why there is no way back; empty where there is one, which `back` tells.
    """

    key: str
    aspect: str
    before: str
    after: str
    title: str
    why: str
    needs: tuple[Needs, ...] = ()
    gates: tuple[Gate, ...] = ()
    one_way: str = ""
    back: str = ""

    def possible(self, state: State, beside: State | None = None) -> bool:
        """Whether it may be made from here, by what it needs; `beside`: what moves that share its apply make true."""
        there = {**state, **(beside or {})}
        return state.get(self.aspect) == self.before and all(need.met(there) for need in self.needs)


@dataclass(frozen=True, slots=True)
class Together:
    """Moves, by their keys, that may share one apply, and why they may: an exception to the rule that each has its own.

    What one of them makes true counts for what another needs.
    """

    moves: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What must never be true at once, and why."""

    key: str
    all_of: tuple[Needs, ...]
    why: str

    def broken(self, state: State) -> bool:
        """Whether the state is one of those."""
        return all(part.met(state) for part in self.all_of)


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact that is `on` as soon as any of these is true, `off` while none is: never set by itself, and why."""

    key: str
    any_of: tuple[Needs, ...]
    why: str
    on: str = "on"
    off: str = "off"

    def value(self, state: State) -> str:
        """Its value in a state."""
        return self.on if any(part.met(state) for part in self.any_of) else self.off


@dataclass(frozen=True, slots=True)
class Ladder:
    """A blueprint's upgrades. `apart` says why each move is an apply of its own."""

    aspects: tuple[Aspect, ...]
    moves: tuple[Move, ...]
    apart: str
    together: tuple[Together, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    derived: tuple[Derived, ...] = ()

    def aspect(self, key: str) -> Aspect | None:
        """Give an aspect by its key."""
        return next((aspect for aspect in self.aspects if aspect.key == key), None)

    def move(self, key: str) -> Move:
        """Give a move by its key, which the ladder has."""
        return next(move for move in self.moves if move.key == key)

    def broken(self, state: State) -> tuple[Forbidden, ...]:
        """Rules that a state breaks."""
        return tuple(rule for rule in self.forbidden if rule.broken(state))

    def facts(self, state: State) -> Facts:
        """All that is true in a state, what is derived included."""
        own = tuple((aspect.key, state[aspect.key]) for aspect in self.aspects)
        return own + tuple((item.key, item.value(state)) for item in self.derived)


def flaws(ladder: Ladder) -> tuple[str, ...]:
    """Say what of a ladder does not fit together; nothing for a sound one."""
    return tuple(_flaws(ladder))


def _flaws(ladder: Ladder) -> Iterator[str]:
    values = {aspect.key: set(aspect.values) for aspect in ladder.aspects}
    moves = {move.key: move for move in ladder.moves}
    if len(moves) < len(ladder.moves):
        yield "two moves have the same key"
    named = [(f"move {move.key}", need) for move in ladder.moves for need in _told_by(move)]
    named += [(f"rule {rule.key}", need) for rule in ladder.forbidden for need in rule.all_of]
    named += [(f"derived {item.key}", need) for item in ladder.derived for need in item.any_of]
    for whose, need in named:
        if not set(need.values) <= values.get(need.aspect, set()):
            yield f"{whose}: {need.aspect} has no such value as {', '.join(need.values)}"
    for move in ladder.moves:
        if bool(move.one_way) == bool(move.back):
            yield f"move {move.key}: either there is a way back or it is said why there is none"
    for pair in ladder.together:
        unknown = [key for key in pair.moves if key not in moves]
        if unknown:
            yield f"together: there is no move {', '.join(unknown)}"
        elif len({moves[key].aspect for key in pair.moves}) < max(2, len(pair.moves)):
            yield f"together: {', '.join(pair.moves)} are not of several aspects, one each"


def _told_by(move: Move) -> Iterator[Needs]:
    yield from move.needs
    yield Needs(move.aspect, (move.before, move.after))
