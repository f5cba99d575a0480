"""A state of which nothing is left, made anew: what the stack would create is found in AWS, address by address, and imported.

    plan ─► what it would create ─► looked for in AWS ─► import blocks ─► plan ─► … ─► nothing more is found ─► shown, typed, applied

The engine itself makes known what hangs on what: once a group is imported, the next plan knows the id that its rules are looked
for by. The last of these plans is the one that is shown and applied. It imports, and may change in place; a plan that would
replace or destroy anything is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.aws.findable import candidates
from wizard.deploy import answered, flow
from wizard.deploy.adopting import require_own
from wizard.deploy.drift import reading
from wizard.deploy.drift.importing import import_blocks
from wizard.deploy.exclusive import require_idle
from wizard.deploy.flow import Planned, require_contract
from wizard.deploy.site import Site
from wizard.deploy.state.backing_up import written_down
from wizard.deploy.state.document import StateDocument, read_state
from wizard.deploy.state.present import emptied
from wizard.deploy.state.shelf import shelf_of
from wizard.deploy.target import Target
from wizard.drift.found import Stray
from wizard.drift.taking_in import Place, Standing, all_placed, refusal, wanted
from wizard.engine.commands import PlanRun, StackEngine
from wizard.engine.events import RunState
from wizard.engine.runs import Run
from wizard.errors import BlockedError

OnState = Callable[[RunState], None]
#: Parents are found before what hangs on them; nothing of ours hangs deeper than this.
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the operator says beside what is found: ids by address, and addresses that are to be made anew."""

    ids: Mapping[str, str]
    anew: Collection[str] = ()


NOTHING_CHOSEN = Chosen({})


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A rebuild as it is shown. `refused` says why its plan may not be applied; empty where it may.

    `strays` carry our tags, and no address is theirs; `unread` says where that could not be told.
    """

    site: Site
    planned: Planned
    places: tuple[Place, ...]
    strays: tuple[Stray, ...] = ()
    unread: str = ""
    refused: str = ""

    @property
    def target(self) -> Target:
        """Whose state it is."""
        return self.planned.target

    @property
    def stack(self) -> str:
        """Of which stack."""
        return self.planned.stack

    def of(self, *standings: Standing) -> tuple[Place, ...]:
        """Give the addresses that stand so."""
        return tuple(place for place in self.places if place.standing in standings)

    def as_dict(self) -> dict[str, Any]:
        """Give it for programs."""
        view = self.planned.plan.view
        return {
            "run": self.planned.plan.run.id,
            "digest": self.planned.plan.digest,
            "addresses": [place.as_dict() for place in self.places],
            "changes": [{"address": change.address, "kind": change.kind} for change in view.acting],
            "strays": [stray.as_dict() for stray in self.strays],
            "unread": self.unread,
            "refused": self.refused,
        }


def prepare(
    target: Target, stack: str, site: Site, chosen: Chosen = NOTHING_CHOSEN, *, on_state: OnState | None = None
) -> Rebuild:
    """Find everything, and plan that it is imported. Changes nothing.

    With the files as they lie there: they are what was applied last. Raises BlockedError while somebody holds the state or
    where a state that can be read lies there, EngineError, AwsError.
    """
    engine = _engine(target, stack, site)
    engine.init()
    taken: dict[str, str] = dict(chosen.ids)
    for _ in range(_ROUNDS):
        made = _planned(target, engine, taken, on_state)
        left = wanted(made.view.changes)
        known = candidates(site.session, [one for one in left if one.address not in chosen.anew])
        claimed = {(change.type, change.imported) for change in made.view.imports}
        places = all_placed(left, known, claimed=claimed, anew=chosen.anew)
        found = {place.address: place.id for place in places if place.standing is Standing.FOUND}
        if not found:
            break
        taken |= found
        made.run.plan_file.unlink(missing_ok=True)
    else:
        raise BlockedError(
            f"{stack} of {target.name} was not rebuilt",
            cause=f"after {_ROUNDS} plans more was still found",
            action=f"run the command again: planewright state recover {target.name} {stack}",
        )
    return _shown(site, Planned(target, stack, engine, made, site.session), places, chosen)


def _engine(target: Target, stack: str, site: Site) -> StackEngine:
    require_own(target.place, stack)
    require_contract(target, stack)
    require_idle(target, stack)
    shelf = shelf_of(target, stack, site.session)
    stored = shelf.read()
    known = read_state(stored.content) if stored is not None else None
    if isinstance(known, StateDocument) and not emptied(target, stack, known):
        raise BlockedError(
            f"{stack} of {target.name} was not rebuilt",
            cause=f"{shelf.where} holds a state that can be read",
            action=f"planewright state recover {target.name} {stack} says what is true now",
        )
    if not target.place.stack(stack).is_dir():
        raise BlockedError(
            f"the engine has no files of {stack}",
            cause=f"there is no {target.place.stack(stack)}",
            action=f"take it out of version control; planewright generate {target.name} writes it anew, from today's answers",
        )
    return site.stack_engine(target, stack)


def _planned(target: Target, engine: StackEngine, imports: Mapping[str, str], on_state: OnState | None) -> PlanRun:
    with import_blocks(engine.stack_dir, tuple(imports.items())):
        return engine.plan(target.place.runs, on_state=on_state)


def _shown(site: Site, planned: Planned, left: tuple[Place, ...], chosen: Chosen) -> Rebuild:
    made = planned.plan
    answered.keep_applied(made.run, planned.target.place, planned.stack)
    imported = [
        Place(change.address, change.type, Standing.FOUND, id=change.imported, given=change.address in chosen.ids)
        for change in made.view.imports
    ]
    places = tuple(sorted((*imported, *left), key=lambda place: place.address))
    refused = refusal(places, made.view.changes, chosen.anew)
    if refused:
        made.run.plan_file.unlink(missing_ok=True)
    stray = reading.strays(planned.target, planned.stack, site.session, made.view.held)
    return Rebuild(site, planned, places, reading.matched(stray.found, made.view.changes), stray.unread, refused)


def carry_out(rebuild: Rebuild, *, how: str, reason: str, follow: Callable[[Run], None]) -> str:
    """Apply the plan that was shown, keep what the stack hands over, and say what was done.

    `follow` sees the run to its end. Raises BlockedError where the plan may not be applied, and what the apply raises. An apply
    that is cut off leaves no state, or one that has all that was found: the first that the engine writes has every import.
    """
    require_allowed(rebuild)
    _written_down(rebuild, "begun")
    follow(flow.start(rebuild.planned, rebuild.site, how=how, reason=reason))
    concluded = flow.conclude(rebuild.planned)
    _written_down(rebuild, "done")
    counts = rebuild.planned.plan.view.counts
    made = f", {counts.add} made anew" if counts.add else ""
    changed = f", {counts.change} changed in place" if counts.change else ""
    note = f"; {concluded.note}" if concluded.note else ""
    return f"{len(rebuild.planned.plan.view.imports)} resources are in the state again{made}{changed}{note}"


def require_allowed(rebuild: Rebuild) -> None:
    """Raise BlockedError where its plan may not be applied."""
    target, stack = rebuild.target, rebuild.stack
    if rebuild.refused:
        raise BlockedError(
            f"{stack} of {target.name} was not rebuilt",
            cause=rebuild.refused,
            action=f"planewright state recover {target.name} {stack} --import 'ADDRESS=ID' says what is which",
        )


def _written_down(rebuild: Rebuild, outcome: str) -> None:
    plan = rebuild.planned.plan
    said: dict[str, str | int] = {
        "outcome": outcome,
        "as": rebuild.site.identity.arn,
        "imported": len(plan.view.imports),
        "made": plan.view.counts.add,
        "run": plan.run.id,
        "digest": plan.digest,
    }
    written_down(rebuild.target, rebuild.stack, "rebuild", **said)
