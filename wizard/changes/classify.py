"""A planned change's class, with the reason and the way back. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wizard.blueprints.springtail.wishes import Wish
from wizard.changes import rules
from wizard.changes.change import UNKNOWN, Change, Difference, dotted
from wizard.changes.classes import BACK, ChangeClass, Rule
from wizard.changes.ignored import Ignored, LeftAlone, left_behind, unmet
from wizard.changes.losing import INSTANCE, holds_data, holds_names

_ANEW = "apply the answers as they were before: one more is made, by the same rules; not this very one"
_GONE = "none: what is lost is not brought back by an apply; restore it from a copy of your own"
_TAKE_AWAY = "apply the answers as they were before: it is deleted again"
_WHY = {
    "replace_because_tainted": "its making failed half way, so it is made anew",
    "replace_by_request": "it was asked for by name",
    "replace_by_triggers": "it goes with what it depends on",
}
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Classed:
    """A change, what it does to what runs, why, and the way back.

    `by` names the attributes that decided; `loses` what takes a typed name: data, or a name that others have written down.
    `ignored` is what of it is asked for and would not happen, whatever its class.
    """

    change: Change
    cls: ChangeClass
    reason: str
    rollback: str
    by: tuple[str, ...] = ()
    loses: str = ""
    ignored: tuple[Ignored, ...] = ()

    @property
    def refused(self) -> tuple[Ignored, ...]:
        """What would be ignored and must not be: no apply of such a plan."""
        return tuple(item for item in self.ignored if item.refused)

    @property
    def data(self) -> bool:
        """Whether something stored is lost, and not a name alone."""
        return self.cls is ChangeClass.DESTROYS


def classify(
    changes: Iterable[Change], variables: Mapping[str, Any], wishes: Iterable[Wish], left_alone: LeftAlone
) -> tuple[Classed, ...]:
    """Class all changes of a plan, those that it leaves out and that were asked for included."""
    changes, wishes = tuple(changes), tuple(wishes)
    found: defaultdict[str, list[Ignored]] = defaultdict(list)
    for change, item in (*unmet(changes, variables, wishes), *left_behind(changes, left_alone)):
        found[change.address].append(item)
    return tuple(_classed(changes, found, {wish.where: wish.key for wish in wishes}))


def _classed(
    changes: Iterable[Change], found: Mapping[str, list[Ignored]], keys: Mapping[tuple[str, str, str, str], str]
) -> Iterator[Classed]:
    for change in changes:
        verdict, beside = judge(change), tuple(found.get(change.address, ()))
        if verdict is not None and verdict.ignored:
            where = (change.module, change.type, change.name)
            own = tuple(replace(item, key=keys.get((*where, dotted(item.attribute)), "")) for item in verdict.ignored)
            verdict = replace(verdict, ignored=own)
        if beside:
            verdict = _with(change, verdict, beside)
        if verdict is not None:
            yield verdict


def _with(change: Change, verdict: Classed | None, beside: tuple[Ignored, ...]) -> Classed:
    if verdict is not None and verdict.cls.rank >= ChangeClass.IGNORED.rank:
        return replace(verdict, ignored=(*verdict.ignored, *beside))
    return Classed(
        change,
        ChangeClass.IGNORED,
        _listed(tuple(item.told for item in beside), "; "),
        _listed(tuple(dict.fromkeys(item.instead for item in beside)), "; "),
        tuple(item.attribute for item in beside),
        verdict.loses if verdict is not None else "",
        beside,
    )


def judge(change: Change) -> Classed | None:
    """Class one change; None for what changes nothing or only reads."""
    match change.kind:
        case "create":
            return Classed(change, ChangeClass.SAFE, "new: nothing that is there changes by it", _TAKE_AWAY)
        case "forget":
            why = "it stays in AWS as it is; Planewright no longer keeps it"
            return Classed(change, ChangeClass.SAFE, why, "import it again")
        case "delete":
            return _deleted(change)
        case "replace":
            return _replaced(change)
        case "update":
            return _updated(change)
        case _:
            return None


def _deleted(change: Change) -> Classed:
    data, names = holds_data(change), holds_names(change)
    if data:
        return Classed(change, ChangeClass.DESTROYS, f"deleted, and with it {data}", _GONE, loses=data)
    if change.type in rules.UNMISSED:
        return Classed(change, ChangeClass.SAFE, rules.UNMISSED[change.type], _ANEW)
    why = f"deleted, and with it {names}" if names else "deleted: what uses it has to do without it"
    return Classed(change, ChangeClass.INTERRUPTS, why, _ANEW, loses=names or "")


def _replaced(change: Change) -> Classed:
    data, names = holds_data(change), holds_names(change)
    by = tuple(dict.fromkeys(item.path for item in change.differences() if item.forces))
    if by:
        why = f"{_listed(by)} cannot be changed in place"
    else:
        why = _WHY.get(change.reason, "it is destroyed and made anew")
    if data:
        return Classed(change, ChangeClass.DESTROYS, f"{why}: made anew, and empty", _GONE, by, data)
    order = "; the new one is made first" if change.new_first else ""
    lost = f"; lost is {names}" if names else ""
    stands = rules.REPLACED.get(change.type, rules.REPLACED_ELSE)
    return Classed(change, ChangeClass.REPLACES, f"{why}: {stands}{order}{lost}", _ANEW, by, names or "")


def _updated(change: Change) -> Classed:
    judged = [(item, rule) for item in change.differences() if (rule := _rule(change, item)) is not None]
    found = [(item.path, rule) for item, rule in judged]
    if not found:
        found = [("", rules.unknown("what changes, and the engine does not show,"))]
    cls = max((rule.cls for _, rule in found), key=lambda cls: cls.rank)
    worst = [(path, rule) for path, rule in found if rule.cls is cls]
    reasons = _listed(tuple(dict.fromkeys(rule.reason for _, rule in worst)), "; ")
    backs = tuple(dict.fromkeys(rule.rollback for _, rule in worst if rule.rollback != BACK)) or (BACK,)
    loses = next((rule.loses for _, rule in worst if rule.loses), "")
    ignored = tuple(
        Ignored(item.path, item.after, item.before, rule.reason, rule.rollback)
        for item, rule in judged
        if rule.cls is ChangeClass.IGNORED
    )
    return Classed(change, cls, reasons, _listed(backs, "; "), tuple(path for path, _ in worst), loses, ignored)


def _rule(change: Change, item: Difference) -> Rule | None:
    if item.after == UNKNOWN and item.path in rules.FOLLOWS:
        return None
    if change.type == INSTANCE and item.path in rules.STOPS and (data := holds_data(change)):
        why = f"the node is stopped for it, and a stop blanks its own disks: lost is {data}"
        return Rule(ChangeClass.DESTROYS, why, rules.STOPS_SOURCE, _GONE, loses=data)
    return rules.rule_of(change.type, item.path, item.before, item.after) or rules.unknown(item.path)


def _listed(items: tuple[str, ...], between: str = ", ") -> str:
    more = len(items) - _SHOWN
    return between.join(items[:_SHOWN]) + (f"{between}and {more} more" if more > 0 else "")
