"""Which real thing each address of a lost state is: planned attributes against what AWS has. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Any, Final

from wizard.changes.change import UNKNOWN, Change, read_changes
from wizard.changes.losing import DATA, OWN_DISKS, holds_data
from wizard.drift.known_by import RULES, Candidate, Rule

#: Tags that tell whose a resource is; any other may have been changed by anybody.
_NAME: Final = "Name"
_OURS: Final = "planewright:"


class Standing(StrEnum):
    """How an address stands."""

    FOUND = "found"
    #: Several fit, or one that carries other tags: somebody has to say.
    CHOOSE = "choose"
    MISSING = "missing"
    #: What it hangs on was not found, so that nobody can look for it.
    UNKNOWN = "unknown"
    #: The provider has no way to import it.
    NEVER = "cannot be imported"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a plan would make: its attributes as far as they are known, and the tags that tell whose it is.

    `own_disks`: a machine that stores something on disks of its own.
    """

    address: str
    type: str
    values: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    own_disks: bool = False

    @property
    def rule(self) -> Rule:
        """How its type is known."""
        return RULES.get(self.type, Rule(never="nobody has said by what this type is known: name its id"))

    @property
    def ready(self) -> bool:
        """Whether enough is known of it to look for it."""
        return not self.rule.never and all(key in self.values for key in self.rule.by)


@dataclass(frozen=True, slots=True)
class Place:
    """One address, and what was found for it. `given`: the operator named the id. `why` is for people.

    `own_disks`: it is a machine that stores something on disks of its own.
    """

    address: str
    type: str
    standing: Standing
    id: str = ""
    others: tuple[str, ...] = ()
    why: str = ""
    given: bool = False
    own_disks: bool = False

    @property
    def holds_data(self) -> bool:
        """Whether a new one in its place would be an empty one."""
        return self.type in DATA or self.own_disks

    def as_dict(self) -> dict[str, Any]:
        """Give it for programs."""
        return {
            "address": self.address,
            "type": self.type,
            "standing": self.standing.name.lower(),
            "id": self.id or None,
            "candidates": list(self.others),
            "why": self.why,
        }


def wanted(changes: Iterable[Change]) -> tuple[Wanted, ...]:
    """Give what a plan would make anew."""
    return tuple(_wanted(change) for change in changes if change.kind == "create")


def _wanted(change: Change) -> Wanted:
    rule = RULES.get(change.type, Rule())
    values = {}
    for key in (*rule.by, *rule.also):
        value = change.planned(key)
        if value != UNKNOWN:
            values[key] = plain(value)
    tags = change.after("tags_all") or change.after("tags") or {}
    ours = {key: str(it) for key, it in tags.items() if _tells(key)}
    return Wanted(change.address, change.type, values, ours, own_disks=_has_own_disks(change))


def _has_own_disks(change: Change) -> bool:
    """Judge what is to be made by the rule that says what would be lost with it, once it is there."""
    there = {key: change.after(key) for key in ("tags", "ephemeral_block_device")}
    (alike,) = read_changes([{"type": change.type, "change": {"before": there}}])
    return holds_data(alike) == OWN_DISKS


def plain(value: Any) -> str:
    """Spell a value so that the plan's and AWS's can be compared: nothing is an empty text, numbers have no type."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def placed(one: Wanted, candidates: Iterable[Candidate]) -> Place:
    """Say which of these it is. Each candidate is of its type."""
    here = partial(Place, one.address, one.type, own_disks=one.own_disks)
    if one.rule.never:
        return here(Standing.NEVER, why=one.rule.never)
    if not one.ready:
        lacks = ", ".join(key for key in one.rule.by if key not in one.values)
        return here(Standing.UNKNOWN, why=f"{lacks} is not known: what it hangs on was not found")
    alike = [it for it in candidates if _same(one, it)]
    sure = [it for it in alike if _carries(one, it)] if one.rule.tagged else alike
    if len(sure) == 1:
        return here(Standing.FOUND, id=id_of(one.type, sure[0]), why=sure[0].note)
    if sure:
        told = "; ".join(f"{id_of(one.type, it)}: {it.note}" for it in sure if it.note)
        return here(Standing.CHOOSE, others=_ids(one, sure), why=f"{len(sure)} fit{f' ({told})' if told else ''}")
    # Of what is known by its name alone there is one in an account: with other tags it may be somebody else's.
    named = alike if one.rule.by else []
    if named:
        return here(Standing.CHOOSE, others=_ids(one, named), why="it does not carry the tags that are ours")
    return here(Standing.MISSING, why="AWS has nothing that fits")


def _ids(one: Wanted, some: Iterable[Candidate]) -> tuple[str, ...]:
    return tuple(id_of(one.type, it) for it in some)


def id_of(type_: str, candidate: Candidate) -> str:
    """Give the id that the provider imports it by."""
    return RULES[type_].id.format_map(candidate.facts)


def _same(one: Wanted, candidate: Candidate) -> bool:
    keys = (*one.rule.by, *(key for key in one.rule.also if key in one.values))
    return all(one.values[key] == candidate.facts.get(key, "") for key in keys)


def _carries(one: Wanted, candidate: Candidate) -> bool:
    """Whether it carries all of the tags that tell whose it is. Without any there is nothing to know it by."""
    has = candidate.tags or {}
    return bool(one.tags) and all(has.get(key) == value for key, value in one.tags.items())


def _tells(key: str) -> bool:
    return key == _NAME or key.startswith(_OURS)


def all_placed(
    some: Iterable[Wanted],
    candidates: Mapping[str, Iterable[Candidate]],
    *,
    claimed: Collection[tuple[str, str]] = (),
    anew: Collection[str] = (),
) -> tuple[Place, ...]:
    """Place each, by what AWS has of its type. What two of them would be is neither's.

    `claimed` are types and ids that are other addresses' already. Nothing is looked for in the place of those that are to be
    made `anew`.
    """
    some = tuple(some)
    places = [
        Place(one.address, one.type, Standing.MISSING, why="it is gone, as you said", own_disks=one.own_disks)
        if one.address in anew
        else placed(one, tuple(candidates.get(one.type, ())))
        for one in some
    ]
    found = Counter((place.type, place.id) for place in places if place.standing is Standing.FOUND)
    fit = {(place.type, id_) for place in places for id_ in (place.id, *place.others)}
    return tuple(
        replace(place, standing=Standing.CHOOSE, id="", others=(place.id,), why="it fits another address as well")
        if place.standing is Standing.FOUND and found[place.type, place.id] > 1
        else _renamed(one, place, candidates, fit.union(claimed))
        if place.standing is Standing.MISSING and one.address not in anew
        else place
        for one, place in zip(some, places, strict=True)
    )


def _renamed(
    one: Wanted, place: Place, candidates: Mapping[str, Iterable[Candidate]], claimed: Collection[tuple[str, str]]
) -> Place:
    """Say which of what is nobody's could be it under another name: names are edited, and a second one would be made."""
    unnamed = replace(one, tags={key: value for key, value in one.tags.items() if key != _NAME})
    alike = [it for it in candidates.get(one.type, ()) if _same(one, it) and _carries(unnamed, it)]
    others = tuple(id_ for id_ in _ids(one, alike) if (one.type, id_) not in claimed)
    return replace(place, standing=Standing.CHOOSE, others=others, why="it bears another name") if others else place


def refusal(places: Iterable[Place], changes: Iterable[Change], anew: Collection[str] = ()) -> str:
    """Say why a plan that imports these may not be applied; empty where it may."""
    said = []
    places, changes = tuple(places), tuple(changes)
    if not any(place.standing in {Standing.FOUND, Standing.CHOOSE} for place in places):
        return "AWS has nothing of it: what is to be made is a new one, and not a state's recovery"
    lost = [change for change in changes if change.destroys or change.kind == "forget"]
    if lost:
        told = "; ".join(f"{change.kind} {change.address}{_forced(change)}" for change in lost)
        said.append(
            f"what is there would not stay as it is ({told}): the files in the stack's folder ask for something else"
        )
    undecided = [place for place in places if place.standing is Standing.CHOOSE and place.address not in anew]
    if undecided:
        told = "; ".join(f"{place.address}: {' or '.join(place.others)}" for place in undecided)
        said.append(f"somebody has to say which it is ({told})")
    several = _imported_twice(changes)
    if several:
        said.append(f"one thing cannot be several addresses' ({several})")
    empty = [
        place.address
        for place in places
        if place.holds_data and place.standing in {Standing.MISSING, Standing.UNKNOWN} and place.address not in anew
    ]
    if empty:
        said.append(f"what holds data was not found, and a new one would be empty ({', '.join(empty)})")
    return "; ".join(said)


def _imported_twice(changes: Iterable[Change]) -> str:
    addresses: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        if change.imported:
            addresses.setdefault((change.type, change.imported), []).append(change.address)
    return "; ".join(f"{id_}: {' and '.join(of)}" for (_, id_), of in addresses.items() if len(of) > 1)


def _forced(change: Change) -> str:
    paths = ", ".join(difference.path for difference in change.differences() if difference.forces)
    return f" because of {paths}" if paths else ""
