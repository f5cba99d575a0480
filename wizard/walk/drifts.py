"""Drift as a front end leads through it: looks as entries, and what is asked before each of the three ways on.

look_all ─► entries ─┬─ accept ─► answers_lines, a yes ─► ways.accept ─► what no answer says: take_in_plan, a yes ─► take_in
                     ├─ revert ─► Back ─► plan_back, shown and applied as every plan
                     └─ import ─► Back ─► the same
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from wizard.deploy import flow
from wizard.deploy.drift import looking, ways
from wizard.deploy.drift.looking import Look
from wizard.deploy.exclusive import exclusive
from wizard.deploy.gate import require_clear
from wizard.deploy.site import checked
from wizard.drift.found import Became, Drifted, Setting, Stray, Way, WayOn
from wizard.findings import Severity
from wizard.walk.drift_text import counted, short
from wizard.walk.entries import Entry, Tone

if TYPE_CHECKING:
    from wizard.deploy.drift.ways import Back
    from wizard.deploy.flow import OnState, Planned, Ready
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.engine.commands import PlanRun

#: One character for what became of a resource; never shown without the word.
SYMBOLS: Final = {Became.CHANGED: "~", Became.GONE: "-", Became.DEAD: "✗"}
STRAY: Final = "in no state"
NOT_WANTED: Final = (
    "the stack asks for nothing like it: if nobody needs it, delete it by hand; else have the answers ask for it"
)
#: What is said where an import takes an entry out of the state first.
FORGETS: Final = "its old entry is taken out of the state before the plan: AWS no longer knows that id"
_Note = Callable[[str], object]


def look_all(target: Target, site: Site, *, note: _Note, on_state: OnState) -> tuple[Look, ...]:
    """Look at each stack. `note` is told which; blocks as long as the engine takes, and raises what a look raises."""
    found = []
    for stack in target.stacks:
        note(f"{stack}: asking AWS what there is")
        found.append(looking.look(target, stack, site, on_state=on_state))
    return tuple(found)


# -- what was seen


def entries(looks: Iterable[Look]) -> Iterator[Entry]:
    """Give each stack, and below it what drifted there, the worst first."""
    for look in looks:
        yield _stack(look)
        yield from (_drifted(look, one) for one in look.drifted)
        yield from (_stray(look, one) for one in look.strays)


def drifted_of(looks: Iterable[Look], key: str) -> tuple[Look, Drifted] | None:
    """Give what an entry's key names, if that is a drifted resource."""
    return next(((look, it) for look in looks for it in look.drifted if _key(look, it.address) == key), None)


def stray_of(looks: Iterable[Look], key: str) -> tuple[Look, Stray] | None:
    """Give what an entry's key names, if that is in no state."""
    return next(((look, it) for look in looks for it in look.strays if _key(look, it.id) == key), None)


def look_of(looks: Iterable[Look], key: str) -> Look | None:
    """Give the look that an entry belongs to."""
    return next((look for look in looks if look.stack == key.partition(" ")[0]), None)


def _key(look: Look, name: str) -> str:
    return f"{look.stack} {name}"


def _stack(look: Look) -> Entry:
    if look.waiting:
        return Entry(look.stack, "…", "not looked at", Tone.QUIET, look.stack, look.waiting)
    told = [("looked at", f"{look.at:%Y-%m-%d %H:%M:%S} UTC")]
    told += [("note", note) for note in look.notes]
    if look.designed:
        told.append(("no drift, by design", f"{len(look.designed)}: what other stacks and the customer add"))
        told += [("", address) for address in look.designed]
    symbol, word, tone = ("✓", "no drift", Tone.GOOD) if look.clean else ("!", "drifted", Tone.WARN)
    beside = "" if look.clean else counted(look)
    unread = f"{len(look.notes)} not read" if look.notes else ""
    return Entry(look.stack, symbol, word, tone, look.stack, " · ".join(filter(None, (beside, unread))), tuple(told))


def _drifted(look: Look, one: Drifted) -> Entry:
    told = [("severity", f"{one.severity.symbol} {one.severity.value}"), ("means", one.interrupts)]
    told.append(("by", f"{one.doer.text}{f' (with {one.doer.agent})' if one.doer.agent else ''}"))
    if one.became is not Became.CHANGED:
        told.insert(0, ("what", one.headline))
    told += [(it.path, f"{short(it.was)} → {short(it.now)}") for it in one.attributes]
    for way in one.ways:
        if way.open or way.by_hand or way.way is not Way.IMPORT:
            told.append((f"{way.way.value}{'' if way.open else ' (not here)'}", way.what))
        if way.by_hand:
            told.append(("by hand", way.by_hand))
    told += [("id", one.id), ("stack", look.stack)]
    tone = Tone.BAD if one.severity in {Severity.HIGH, Severity.CRITICAL} else Tone.WARN
    symbol, word = SYMBOLS[one.became], one.became.value
    return Entry(_key(look, one.address), symbol, word, tone, one.address, _brief(one), tuple(told), below=True)


def _brief(one: Drifted) -> str:
    """Give what is different in a few words: of a changed resource its first attribute."""
    if one.became is not Became.CHANGED or not one.attributes:
        return one.headline
    first, *rest = one.attributes
    more = f", and {len(rest)} more" if rest else ""
    return f"{first.path}: {short(first.was)} → {short(first.now)}{more}"


def _stray(look: Look, one: Stray) -> Entry:
    if one.candidates:
        told = [("import", "as what the stack would make anew"), *(("", address) for address in one.candidates)]
    else:
        told = [("import", NOT_WANTED)]
    named = f" ({one.name})" if one.name else ""
    told = [("found by", "it carries our tags, and no state knows it"), *told, ("stack", look.stack)]
    return Entry(_key(look, one.id), "?", STRAY, Tone.WARN, f"{one.type} {one.id}{named}", "", tuple(told), below=True)


def refused(one: Drifted, way: Way) -> str:
    """Say why a drifted resource cannot go a way; empty when it can."""
    on: WayOn = one.way(way)
    return "" if on.open else f"{on.what}{f': {on.by_hand}' if on.by_hand else ''}"


# -- accept


def answers_lines(settings: Iterable[Setting]) -> Iterator[str]:
    """Say what the answers would say."""
    for setting in settings:
        shared = f"  (counts for {setting.shared}: the next plan puts the others in line)" if setting.shared else ""
        yield f"answer {setting.key}: {setting.was} → {setting.value}{shared}"


def state_lines(left: Iterable[Drifted]) -> Iterator[str]:
    """Say what the state alone would take in."""
    for one in left:
        yield f"state {one.address}: takes in {', '.join(one.unsaid)}; no answer says it"


def take_in_plan(ready: Ready, left: Sequence[Drifted]) -> PlanRun:
    """Plan that the state alone takes these in. Raises BlockedError where the next apply would put them back."""
    ways.require_lasting(left, lambda: ways.plan_to_know(ready))
    return ways.plan_taking_in(ready, [one.address for one in left])


def ready_of(target: Target, stack: str, site: Site, *, note: _Note, force: bool = False) -> Ready:
    """Check, and make a stack ready for its plans. Call it while holding the object. Raises BlockedError at findings."""
    note("checking against AWS once more")
    require_clear(target.place, checked(target, site).findings)
    note("writing the files, initialising the engine")
    return flow.prepare(target, stack, site, force=force)


# -- revert, import


def plan_back(
    target: Target, stack: str, site: Site, back: Back, *, note: _Note, on_state: OnState, force: bool = False
) -> Planned:
    """Plan what puts back or takes in, to be shown and confirmed as every plan is."""
    with exclusive(target.place):
        ready = ready_of(target, stack, site, note=note, force=force)
        note("planning")
        return ways.plan_back(ready, back, on_state=on_state)


def meant(stack: str, back: Back) -> Iterator[str]:
    """Say what a plan of it is about, before it is made."""
    if not back.imports:
        yield f"puts back {', '.join((*back.targets, *(it for it in back.replace if it not in back.targets))) or f'all of {stack}'}"
    for address, id_ in back.imports:
        yield f"imports {id_} as {address}"
    if back.forget:
        yield FORGETS
    if back.replace:
        yield "a peering that has ended is requested anew: the customer has to accept it"
