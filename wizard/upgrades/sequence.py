"""The way from what is there to what is wanted: the shortest that breaks no rule, or why there is none. Pure.

Asked again in the middle of an upgrade, with what is true then, it gives the rest: also after an apply that was cut off
between two moves which it had together.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from wizard.errors import BlockedError
from wizard.upgrades.ladder import Ladder, Move, State
from wizard.upgrades.steps import Gate, Step


@dataclass(frozen=True, slots=True)
class Leg:
    """One apply: its moves, `why` several may share it (empty for one), and what is true afterwards."""

    moves: tuple[Move, ...]
    why: str
    after: tuple[tuple[str, str], ...]

    @property
    def state(self) -> dict[str, str]:
        """What is true afterwards, by aspect."""
        return dict(self.after)

    @property
    def one_way(self) -> str:
        """Why there is no way back; empty where there is one."""
        return "; ".join(move.one_way for move in self.moves if move.one_way)

    def __str__(self) -> str:
        return " together with ".join(move.title for move in self.moves)


@dataclass(frozen=True, slots=True)
class Explained:
    """Why it does not go as it was wanted: the rules against it, and the way that works. No `legs`: there is none."""

    rules: tuple[str, ...]
    legs: tuple[Leg, ...] = ()

    def error(self, name: str) -> BlockedError:
        """Give it as the error that a front end shows."""
        if not self.legs:
            return BlockedError(
                f"no upgrade of {name} leads there",
                cause="; ".join(self.rules),
                action="answer what an upgrade leads to; what is there stays as it is",
            )
        return BlockedError(
            f"{name} cannot go there at once",
            cause="; ".join(self.rules),
            action="each in an apply of its own: " + ", then ".join(map(str, self.legs)),
        )


def sequence(ladder: Ladder, now: State, wanted: Mapping[str, str]) -> tuple[Leg, ...] | Explained:
    """Give the applies that lead from `now` to `wanted`, in order; none when all of it is true already.

    Fewest one-way moves first, then fewest applies, then fewest moves: what nobody asked for stays as it is where it can.
    """
    unknown = tuple(_unknown(ladder, now, wanted))
    if unknown:
        return Explained(unknown)
    found = _shortest(ladder, now, wanted)
    return found if found is not None else Explained(tuple(_dead_end(ladder, now, wanted)))


def jump(ladder: Ladder, now: State, wanted: Mapping[str, str]) -> Explained | None:
    """Say why a single apply must not go to `wanted`, and the way that works; None where it may, or has nothing to do."""
    legs = sequence(ladder, now, wanted)
    if isinstance(legs, Explained):
        return legs
    if len(legs) < 2:
        return None
    return Explained(tuple(dict.fromkeys(_against(ladder, now, {**now, **wanted}))), legs)


def steps(ladder: Ladder, legs: tuple[Leg, ...], *, stack: str, now: State) -> tuple[Step, ...]:
    """Give the legs as steps of one stack. A blueprint adds the acts around each apply."""
    found, before = [], dict(ladder.facts(now))
    for leg in legs:
        after = ladder.facts(leg.state)
        gates = {gate.key: gate for move in leg.moves for gate in move.gates}
        found.append(
            Step(
                key="+".join(move.key for move in leg.moves),
                title=str(leg),
                why="; ".join((*(move.why for move in leg.moves), *((leg.why,) if leg.why else ()))),
                stack=stack,
                sets=tuple((key, value) for key, value in after if before.get(key) != value),
                gates=tuple[Gate, ...](gates.values()),
                one_way=leg.one_way,
                back="" if leg.one_way else "; ".join(dict.fromkeys(move.back for move in leg.moves)),
            )
        )
        before = dict(after)
    return tuple(found)


def legs_from(ladder: Ladder, state: State) -> Iterator[Leg]:
    """Give every apply that may follow: it leads to a state that breaks no rule, by moves that may be made from here."""
    for moves, why in _choices(ladder):
        made = {move.aspect: move.after for move in moves}
        if not all(move.possible(state, made) for move in moves):
            continue
        after = {**state, **made}
        if not ladder.broken(after):
            yield Leg(moves, why, tuple((aspect.key, after[aspect.key]) for aspect in ladder.aspects))


def _choices(ladder: Ladder) -> Iterator[tuple[tuple[Move, ...], str]]:
    for move in ladder.moves:
        yield (move,), ""
    for pair in ladder.together:
        yield tuple(map(ladder.move, pair.moves)), pair.why


def _shortest(ladder: Ladder, now: State, wanted: Mapping[str, str]) -> tuple[Leg, ...] | None:
    """Search by cost. A state that breaks a rule is only ever the first: what a cut-off apply left."""
    order = count()  # so that ways of the same cost come in the order of the ladder
    waiting: list[tuple[tuple[int, int, int], int, dict[str, str], tuple[Leg, ...]]] = []
    heapq.heappush(waiting, ((0, 0, 0), next(order), dict(now), ()))
    been: set[tuple[tuple[str, str], ...]] = set()
    while waiting:
        (one_ways, applies, moves), _, state, legs = heapq.heappop(waiting)
        if all(state.get(key) == value for key, value in wanted.items()) and not ladder.broken(state):
            return legs
        mark = tuple(sorted(state.items()))
        if mark in been:
            continue
        been.add(mark)
        for leg in legs_from(ladder, state):
            cost = (one_ways + bool(leg.one_way), applies + 1, moves + len(leg.moves))
            heapq.heappush(waiting, (cost, next(order), leg.state, (*legs, leg)))
    return None


def _against(ladder: Ladder, now: State, wanted: State) -> Iterator[str]:
    """Say which rules a single apply would break."""
    yield from (rule.why for rule in ladder.broken(wanted))
    changed = [aspect for aspect in ladder.aspects if now.get(aspect.key) != wanted.get(aspect.key)]
    for aspect in changed:
        last = [move for move in ladder.moves if (move.aspect, move.after) == (aspect.key, wanted[aspect.key])]
        if not any(move.before == now.get(aspect.key) for move in last):
            yield f"nothing leads from {_told(ladder, aspect.key, now)} to {wanted[aspect.key]} at once"
        for move in last:
            yield from (f"{move.title}: {need.why}" for need in move.needs if need.why and not need.met(now))
    if len(changed) > 1:
        yield f"{' and '.join(aspect.says for aspect in changed)} in one apply: {ladder.apart}"


def _dead_end(ladder: Ladder, now: State, wanted: Mapping[str, str]) -> Iterator[str]:
    """Say why nothing leads there."""
    broken = ladder.broken({**now, **wanted})
    yield from (rule.why for rule in broken if _chosen(ladder, rule.key, wanted))
    alone = [key for key, value in wanted.items() if _shortest(ladder, now, {key: value}) is None]
    for key in alone:
        left = [move for move in ladder.moves if (move.aspect, move.after) == (key, now[key]) and move.one_way]
        told = f"{_told(ladder, key, now)} cannot become {wanted[key]}"
        yield f"{told}: {left[0].one_way}" if left else f"{told}: nothing leads there from {_all(ladder, now)}"
    if not alone and not broken:
        both = ", ".join(f"{key} {value}" for key, value in wanted.items())
        yield f"each of {both} can be had, and not all of them at once from {_all(ladder, now)}"


def _chosen(ladder: Ladder, rule: str, wanted: Mapping[str, str]) -> bool:
    """Whether a rule is broken by what was asked for alone, whatever else changes on the way."""
    found = next(item for item in ladder.forbidden if item.key == rule)
    return all(part.aspect in wanted and wanted[part.aspect] in part.values for part in found.all_of)


def _unknown(ladder: Ladder, now: State, wanted: Mapping[str, str]) -> Iterator[str]:
    for what, state in (("is", now), ("is to be", wanted)):
        for key, value in state.items():
            aspect = ladder.aspect(key)
            if aspect is None:
                yield f"no upgrade is about {key}: known are {', '.join(item.key for item in ladder.aspects)}"
            elif value not in aspect.values:
                yield f"{aspect.says} {what} {value}, which is not known: known are {', '.join(aspect.values)}"
    for aspect in ladder.aspects:
        if aspect.key not in now:
            yield f"what {aspect.says} is now is not known"


def _told(ladder: Ladder, key: str, state: State) -> str:
    aspect = ladder.aspect(key)
    return f"{aspect.says if aspect is not None else key} {state.get(key, '')}".strip()


def _all(ladder: Ladder, state: State) -> str:
    return ", ".join(_told(ladder, aspect.key, state) for aspect in ladder.aspects)
