"""Where an object stands before, amid and after an upgrade: each thing's versions, which way there is to each target. Pure.

Thing    what runs, what the files pin, what the answers want
Way      a target: what leads there step by step, and why it is not reached at once, or not at all
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wizard.upgrades.ladder import Ladder, State
from wizard.upgrades.sequence import Explained, jump, sequence, steps
from wizard.upgrades.steps import Step


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that upgrades change, in its three versions; empty for what is not there, or has none.

    `key` is what gates and facts of steps name it by, `called` what people do; `says` which version of it this is.
    """

    key: str
    says: str
    runs: str
    pinned: str
    wanted: str
    title: str = ""

    @property
    def called(self) -> str:
        """What people call it."""
        return self.title or self.key

    @property
    def settled(self) -> bool:
        """Whether it is as it is wanted, where it runs and, if they pin it, in the files."""
        return self.runs == self.wanted and self.pinned in {"", self.wanted}


@dataclass(frozen=True, slots=True)
class Way:
    """What leads to a target, an apply each; none where nothing does. `asked`: the answers want it.

    `rules` say why it is not reached by a single apply, or by none. `one_way` says why there is no way back from it.
    """

    target: str
    applies: tuple[str, ...]
    rules: tuple[str, ...] = ()
    one_way: str = ""
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """All that is to be told of an object's upgrades. `writes` is what each step changes in the files, by the step's key.

    No `steps` although something is wanted: the way that is `asked` says why.
    """

    steps: tuple[Step, ...]
    things: tuple[Thing, ...] = ()
    ways: tuple[Way, ...] = ()
    writes: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def written_by(self, step: Step) -> tuple[str, ...]:
        """What a step changes in the files, a line each."""
        return dict(self.writes).get(step.key, ())


def climb(ladder: Ladder, now: State, wanted: Mapping[str, str], *, stack: str) -> Survey:
    """Survey what a ladder declares: its aspects, and the way to what is wanted and to every other value of each."""
    legs = sequence(ladder, now, wanted)
    found = () if isinstance(legs, Explained) else steps(ladder, legs, stack=stack, now=now)
    things = (
        Thing(it.key, "value", now.get(it.key, ""), "", wanted.get(it.key, now.get(it.key, "")), it.says)
        for it in ladder.aspects
    )
    return Survey(found, tuple(things), tuple(_ways(ladder, now, wanted)))


def _ways(ladder: Ladder, now: State, wanted: Mapping[str, str]) -> Iterator[Way]:
    missing = {key: value for key, value in wanted.items() if now.get(key) != value}
    asked = _way(ladder, now, wanted, asked=True) if missing else None
    if asked is not None:
        yield asked
    for aspect in ladder.aspects:
        for value in aspect.values:
            if value == now.get(aspect.key) or (asked is not None and asked.applies and missing == {aspect.key: value}):
                continue
            yield _way(ladder, now, {aspect.key: value})


def _way(ladder: Ladder, now: State, target: Mapping[str, str], *, asked: bool = False) -> Way:
    explained = jump(ladder, now, target)
    found = sequence(ladder, now, target) if explained is None else explained
    legs = found.legs if isinstance(found, Explained) else found
    one_way = "; ".join(leg.one_way for leg in legs if leg.one_way)
    rules = explained.rules if explained is not None else ()
    named = ", ".join(f"{it.says} {target[it.key]}" for it in ladder.aspects if it.key in target)
    return Way(named, tuple(map(str, legs)), rules, one_way, asked)
