"""A stack's plan as a tree of modules, filtered and searched. Pure: which groups are open is the front end's to keep.

    {stack: PlanView} ─► PlanTree (once) ─► rows (on every filter, search and opening)

A plan of 10,000 changes is made into a tree, and the tree into rows, well within 100 ms.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from wizard.changes.classes import ChangeClass
from wizard.changes.classify import Classed
from wizard.deploy.classes import classes_of
from wizard.engine.plans import Change, ChangeKind, Loss, PlanView, losses_of
from wizard.engine.settle import drift_of

#: Kinds that do something, in the order in which they are told.
ACTING: Final[tuple[ChangeKind, ...]] = ("create", "update", "replace", "delete", "forget")
#: The group of what has drifted; no stack has such a name.
DRIFT: Final = "!drift"
#: The group of what is asked for and in no plan; no stack has such a name.
IGNORED: Final = "!ignored"
#: Classes, worst first.
CLASSES: Final[tuple[ChangeClass, ...]] = tuple(sorted(ChangeClass, key=lambda cls: -cls.rank))
#: One character for each kind, never shown without its word.
SYMBOLS: Final[Mapping[ChangeKind, str]] = {
    "create": "+",
    "update": "~",
    "replace": "±",
    "delete": "-",
    "read": "·",
    "forget": "x",
    "noop": " ",
}

_PART = re.compile(r'module\.[^.\[]+(?:\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\])?')


@dataclass(frozen=True, slots=True)
class Tally:
    """How many changes of each kind there are below a group."""

    counts: tuple[int, ...] = (0,) * len(ACTING)

    def of(self, kind: ChangeKind) -> int:
        """How many of one kind."""
        return self.counts[ACTING.index(kind)]

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts)

    @property
    def told(self) -> tuple[tuple[ChangeKind, int], ...]:
        """Kinds that occur, with their number."""
        return tuple((kind, count) for kind, count in zip(ACTING, self.counts, strict=True) if count)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A stack or a module. `tally` counts what the filter lets through; `id` is what a front end keeps as open."""

    id: str
    label: str
    depth: int
    tally: Tally
    open: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change. `label` is its address inside its module; `loses` what its destruction loses, or empty.

    `classed` says what it does to what runs. `drifted` says that it is none of the plan's: AWS has the resource otherwise
    than it was left, and nothing is classed.
    """

    id: str
    label: str
    depth: int
    change: Change
    loses: str
    drifted: bool = False
    classed: Classed | None = None


Row = GroupRow | ChangeRow


@dataclass(frozen=True, slots=True)
class _Leaf:
    id: str
    label: str
    classed: Classed
    haystack: str


@dataclass(slots=True)
class _Group:
    id: str
    label: str
    groups: dict[str, _Group] = field(default_factory=dict)
    leaves: list[_Leaf] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PlanTree:
    """All that the plans of some stacks would change, ordered by stack, module and address."""

    changes: tuple[Change, ...]
    tally: Tally
    losses: tuple[Loss, ...]
    drift: tuple[Change, ...]
    classes: Mapping[ChangeClass, int]
    #: What is asked for and would not happen, by its stack.
    ignored_in: Mapping[str, tuple[Classed, ...]]
    _stacks: tuple[_Group, ...] = field(repr=False)

    @property
    def ignored(self) -> tuple[Classed, ...]:
        """What is asked for and would not happen, wherever it stands."""
        return tuple(item for found in self.ignored_in.values() for item in found)

    def rows(
        self,
        *,
        closed: AbstractSet[str] = frozenset(),
        kinds: AbstractSet[ChangeKind] = frozenset(ACTING),
        classes: AbstractSet[ChangeClass] = frozenset(ChangeClass),
        search: str = "",
    ) -> tuple[Row, ...]:
        """Give the rows that are to be shown: groups that are not `closed` with what is in them, of these kinds and classes.

        `search` finds parts of an address, a type or a class, every word of it, however it is written. A group without any
        change left is not shown.
        """
        words = tuple(search.lower().split())
        rows: list[Row] = []
        wanted = _Wanted(closed, kinds, classes, words)
        if kinds >= set(ACTING) and ChangeClass.IGNORED in classes:
            rows += self._left_out(words, is_open=IGNORED not in closed)
        for stack in self._stacks:
            _rows(stack, 0, rows, wanted, shown=True)
        if kinds >= set(ACTING) and classes >= set(ChangeClass):
            rows += self._drifted(words, is_open=DRIFT not in closed)
        return tuple(rows)

    def _left_out(self, words: tuple[str, ...], *, is_open: bool) -> Iterator[Row]:
        """What is asked for of resources that the plan does not touch."""
        left = (item for item in self.ignored if item.change.kind == "noop")
        found = [item for item in left if all(word in f"{_haystack(item.change)} {item.cls}" for word in words)]
        if found:
            yield GroupRow(IGNORED, "asked for, but the plan leaves these as they are", 0, Tally(), is_open)
        for item in found if is_open else ():
            at = item.change.address
            yield ChangeRow(f"{IGNORED}/{at}", at, 1, item.change, item.loses, classed=item)

    def _drifted(self, words: tuple[str, ...], *, is_open: bool) -> Iterator[Row]:
        found = [change for change in self.drift if all(word in _haystack(change) for word in words)]
        if found:
            yield GroupRow(DRIFT, "drifted: AWS no longer has these as they were left", 0, Tally(), is_open)
        for change in found if is_open else ():
            yield ChangeRow(f"{DRIFT}/{change.address}", change.address, 1, change, "", drifted=True)


def plan_tree(views: Mapping[str, PlanView]) -> PlanTree:
    """Make a tree of each stack's plan. What only reads, or changes nothing, is left out."""
    stacks: list[_Group] = []
    every: list[Classed] = []
    ignored: dict[str, tuple[Classed, ...]] = {}
    drift: list[Change] = []
    for stack, view in views.items():
        classed = classes_of(view)
        every += classed
        ignored[stack] = tuple(item for item in classed if item.ignored)
        drift += drift_of(view)
        stacks.append(_grouped(stack, (item for item in classed if item.change.kind != "noop")))
    changes = tuple(item.change for item in every if item.change.kind != "noop")
    return PlanTree(
        changes=changes,
        tally=_tally(change.kind for change in changes),
        losses=losses_of(every),
        drift=tuple(drift),
        classes=Counter(item.cls for item in every),
        ignored_in=ignored,
        _stacks=tuple(stacks),
    )


def module_path(address: str) -> tuple[str, ...]:
    """Take a module's address apart: `module.a["x.y"].module.b` is `module.a["x.y"]`, then `module.b`."""
    return tuple(_PART.findall(address))


def _grouped(stack: str, classed: Iterable[Classed]) -> _Group:
    root = _Group(stack, stack)
    modules: dict[str, _Group] = {"": root}
    for item in classed:
        change = item.change
        group = modules.get(change.module)
        if group is None:
            group = modules[change.module] = _module(root, change.module)
        prefix = f"{change.module}." if change.module else ""
        group.leaves.append(
            _Leaf(
                id=f"{stack}/{change.address}",
                label=change.address.removeprefix(prefix),
                classed=item,
                haystack=f"{_haystack(change)} {item.cls.value}",
            )
        )
    _sort(root)
    return root


def _haystack(change: Change) -> str:
    """What a search looks at."""
    return f"{change.address} {change.type}".lower()


def _module(root: _Group, address: str) -> _Group:
    group = root
    for part in module_path(address):
        below = group.groups.get(part)
        if below is None:
            below = group.groups[part] = _Group(f"{group.id}/{part}", part)
        group = below
    return group


def _sort(group: _Group) -> None:
    group.leaves.sort(key=lambda leaf: _natural(leaf.label))
    group.groups = dict(sorted(group.groups.items(), key=lambda item: _natural(item[0])))
    for below in group.groups.values():
        _sort(below)


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    """Sort `a[2]` before `a[10]`."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text) if part)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be shown, and in which groups."""

    closed: AbstractSet[str]
    kinds: AbstractSet[ChangeKind]
    classes: AbstractSet[ChangeClass]
    words: tuple[str, ...]

    def through(self, leaves: Iterable[_Leaf]) -> Iterator[_Leaf]:
        for leaf in leaves:
            if (
                leaf.classed.change.kind in self.kinds
                and leaf.classed.cls in self.classes
                and all(word in leaf.haystack for word in self.words)
            ):
                yield leaf


def _rows(group: _Group, depth: int, rows: list[Row], wanted: _Wanted, *, shown: bool) -> list[int]:
    """Append a group's rows, if they are shown, and give its counts, shown or not."""
    here = len(rows)
    is_open = group.id not in wanted.closed
    counts = [0] * len(ACTING)
    inside = shown and is_open
    if shown:
        # Its place is taken first: how much is below is known only after everything below was looked at.
        rows.append(GroupRow(group.id, group.label, depth, Tally(), is_open))
    for leaf in wanted.through(group.leaves):
        counts[ACTING.index(leaf.classed.change.kind)] += 1
        if inside:
            rows.append(
                ChangeRow(leaf.id, leaf.label, depth + 1, leaf.classed.change, leaf.classed.loses, classed=leaf.classed)
            )
    for below in group.groups.values():
        found = _rows(below, depth + 1, rows, wanted, shown=inside)
        counts = [mine + theirs for mine, theirs in zip(counts, found, strict=True)]
    if shown:
        if any(counts):
            rows[here] = GroupRow(group.id, group.label, depth, Tally(tuple(counts)), is_open)
        else:
            del rows[here]
    return counts


def _tally(kinds: Iterable[ChangeKind]) -> Tally:
    counts = [0] * len(ACTING)
    for kind in kinds:
        counts[ACTING.index(kind)] += 1
    return Tally(tuple(counts))
