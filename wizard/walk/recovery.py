"""The way back after an accident to a state, as every front end leads it: what happened, then step by step, each agreed to.

    look ─► Diagnosis ─► step ─┬─ RESTORE: prepare, shown, the typed name ─► restored
                               ├─ REBUILD: find in AWS, shown, the typed name ─► imported
                               └─ any other: agreed to ─► take ─► … ─► the plan's verdict

Whoever takes steps holds the object meanwhile (`wizard.deploy.exclusive`). Each leaves what the next look goes on from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wizard.deploy.state import clearing, recovering, restoring
from wizard.deploy.state.accidents import Diagnosis, Doing, Step, Trouble
from wizard.deploy.state.diagnosis import diagnose
from wizard.deploy.state.restoring import Restoring
from wizard.deploy.state.seeing import look as see
from wizard.deploy.state.seen import Seen
from wizard.walk.entries import Entry, Tone

if TYPE_CHECKING:
    from wizard.deploy.site import Site
    from wizard.deploy.state.rebuilding import Rebuild
    from wizard.deploy.target import Target
    from wizard.engine.events import RunState
    from wizard.engine.runs import Run

WELL: Final = "nothing is wrong with the state itself"
CLEAN: Final = "the plan is clean: state and files agree with what is there"
#: Steps that take no yes: a plan changes nothing, and a restore takes the typed name.
UNASKED: Final = frozenset({Doing.PLAN, Doing.RESTORE, Doing.REBUILD})


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of a stack's state, and what follows from it."""

    seen: Seen
    found: Diagnosis


@dataclass(frozen=True, slots=True)
class Took:
    """What a step did. Of a plan, `differences` are what it wants to change; None for any other step."""

    said: str
    differences: tuple[str, ...] | None = None


def look(target: Target, stack: str, site: Site, *, sure: bool = False) -> Looked:
    """See, and decide. `sure`: the operator has asked whoever holds the lock. Changes nothing."""
    seen = see(target, stack, site.session)
    return Looked(seen, diagnose(seen, sure=sure))


def told(found: Diagnosis) -> Iterator[str]:
    """Say what happened, in sentences."""
    yield from (f"the state is {trouble.value}" for trouble in found.troubles)
    if not found.troubles:
        yield WELL


def take(
    step: Step,
    seen: Seen,
    target: Target,
    site: Site,
    *,
    sure: bool = False,
    reason: str = "",
    on_state: Callable[[RunState], None] | None = None,
) -> Took:
    """Do a step that was agreed to, any but a restore. Raises what it raises."""
    if step.doing is Doing.PLAN:
        made = recovering.plan(target, site, seen.stack, on_state=on_state)
        differences = recovering.differences(made.view)
        return Took("the plan is not clean" if differences else CLEAN, differences)
    match step.doing:
        case Doing.UNLOCK:
            held = seen.aftermath.held
            if held is None:
                raise TypeError("a step that unlocks has a lock")
            said = recovering.unlock(target, site, seen.stack, held, sure=sure, reason=reason)
        case Doing.MEND_DIGEST:
            said = recovering.mend_digest(target, site, seen.stack)
        case Doing.MEND_IMPORT:
            said = recovering.mend_import(target, site, seen.stack)
        case Doing.PUSH:
            said = recovering.push_errored(target, site, seen.stack)
        case Doing.SET_ASIDE:
            said = recovering.set_aside(target, seen.stack)
        case Doing.CLEAR:
            said = clearing.clear(target, seen.stack, site.session)
        case Doing.RESTORE | Doing.REBUILD:
            raise TypeError("what writes a state is prepared, shown, and carried out after the typed name")
    return Took(said)


def prepare(step: Step, seen: Seen, target: Target, site: Site) -> Restoring:
    """Compare what a step would restore with what is there, and refuse what would do harm. Changes nothing."""
    if step.copy is None:
        raise TypeError("a step that restores has a copy")
    copy = restoring.of_copy(target, seen.stack, site, step.copy)
    return restoring.prepare(target, seen.stack, site, *copy)


def restore(prepared: Restoring) -> Took:
    """Restore what was shown, once the name was typed."""
    done = restoring.carry_out(prepared)
    kept = f"; what was there is kept as {done.backup.where}" if done.backup else ""
    return Took(f"restored from {prepared.copy.text}, now serial {done.serial}{kept}")


def find(
    seen: Seen,
    target: Target,
    site: Site,
    *,
    ids: Mapping[str, str] | None = None,
    anew: Collection[str] = (),
    on_state: Callable[[RunState], None] | None = None,
) -> Rebuild:
    """Find in AWS what a lost state knew, and plan that it is imported. `ids` and `anew` are what the operator says of addresses."""
    from wizard.deploy.state import rebuilding

    return rebuilding.prepare(target, seen.stack, site, rebuilding.Chosen(ids or {}, anew), on_state=on_state)


def rebuild(found: Rebuild, *, how: str, reason: str = "", follow: Callable[[Run], None]) -> Took:
    """Apply what was shown, once the name was typed."""
    from wizard.deploy.state import rebuilding

    return Took(rebuilding.carry_out(found, how=how, reason=reason, follow=follow))


def meant(prepared: Restoring | Rebuild) -> tuple[str, tuple[str, ...]]:
    """Say what the typed name lets go: in a line, and in detail."""
    from wizard.walk import rebuilt

    if isinstance(prepared, Restoring):
        return f"This writes over the state of {prepared.stack}, from {prepared.copy.text}:", prepared.changes.lines
    return f"This makes the state of {prepared.stack} anew, of what was found in AWS:", tuple(rebuilt.lines(prepared))


def takes_name(prepared: Restoring | Rebuild) -> str:
    """Say that nothing is done yet, and what the typed name is for."""
    what = "Writing over" if isinstance(prepared, Restoring) else "Making anew"
    return f"Nothing is written yet. {what} the state of {prepared.stack} takes the name."


def being_done(prepared: Restoring | Rebuild) -> str:
    """Say what is under way once the name was typed."""
    if isinstance(prepared, Restoring):
        return f"keeping what is there, and restoring {prepared.stack}"
    return f"importing what was found into a new state of {prepared.stack}"


def undecided(name: str, stack: str) -> str:
    """Say what to do about a rebuild that may not be carried out."""
    return (
        f"Nothing was changed. planewright state recover {name} {stack} --import 'ADDRESS=ID' says what is which, --anew "
        "ADDRESS that it is really gone"
    )


def not_clean(name: str, stack: str) -> str:
    """Say what to do about a plan at the end that is not clean."""
    return (
        "What it wants to create may be there already: look before anything is applied. "
        f"`planewright drift {name} {stack}` lists what carries our tags and is in no state, and takes it in; "
        f"`planewright plan {name} --stack {stack}` shows each change whole"
    )


# -- as a list


def entries(looked: Looked, taken: tuple[Took, ...], *, at: int | None) -> Iterator[Entry]:
    """Give what happened, then the steps: those that were `taken`, the one that is taken now (`at`), and those to come."""
    found, stack = looked.found, looked.seen.stack
    lines = tuple(("", line) for line in found.lines)
    for trouble in found.troubles:
        tone = Tone.NOW if trouble is Trouble.BUSY else Tone.BAD
        yield Entry(trouble.name, "!", "happened", tone, f"the state of {stack} is {trouble.value}", "", lines)
    if not found.troubles:
        yield Entry("well", "✓", "well", Tone.GOOD, f"{stack}: {WELL}", "", lines)
    if found.ends:
        yield Entry("ends", "■", "no step", Tone.WARN, "there is no way on from here", "", (("so", found.ends),))
    for number, step in enumerate(found.steps):
        title = f"{number + 1}. {step.says}"
        if number < len(taken):
            yield _taken(number, title, taken[number], looked)
        elif number == at:
            yield Entry(str(number), "…", "under way", Tone.NOW, title, below=True)
        else:
            yield Entry(str(number), "·", "to do", Tone.QUIET, title, below=True)


def _taken(number: int, title: str, took: Took, looked: Looked) -> Entry:
    if not took.differences:
        return Entry(str(number), "✓", "done", Tone.GOOD, title, "", (("came of it", took.said),), below=True)
    seen = looked.seen
    wants = ((("" if at else "it wants to"), line) for at, line in enumerate(took.differences))
    rest = (*wants, ("next", not_clean(seen.name, seen.stack)))
    return Entry(str(number), "!", "not clean", Tone.WARN, title, "", rest, below=True)
