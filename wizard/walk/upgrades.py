"""Upgrades as every front end leads through them: looked at, begun, carried step by step, and what a step's yes takes.

look ─► Looked ─► begin ─► Carrier ─ carry ─► a step ─► a step ─ enough? ─► half-way
                                                                └ nothing left ─► ended
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wizard.deploy.upgrading import record
from wizard.deploy.upgrading.record import Walked
from wizard.deploy.upgrading.standing import standing
from wizard.upgrades.sequence import Explained

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.deploy.flow import Planned
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.deploy.upgrading.carrying import Carrier
    from wizard.deploy.upgrading.course import Course, Seen
    from wizard.deploy.upgrading.record import Upgrade
    from wizard.upgrades.steps import Act, Step
    from wizard.upgrades.survey import Survey, Way

#: Completes the object's name.
NOTHING: Final = "is as its answers want it: there is nothing to upgrade"


@dataclass(frozen=True, slots=True)
class Looked:
    """How an object's upgrades stand. `steps` are those of the half-way upgrade with what is left now, or else what is left.

    `survey` is None where nobody has looked at AWS yet; it was made `at` (UTC), and is of before the step `since`, counted
    from 1, where that has touched something meanwhile; 0 where none has. `seen` is what the gates of the step that is applied show now, by
    their keys.
    """

    name: str
    half: Upgrade | None
    steps: tuple[Walked, ...]
    survey: Survey | None = None
    at: datetime | None = None
    since: int = 0
    seen: Mapping[str, Seen] = field(default_factory=dict)

    @property
    def current(self) -> Walked | None:
        """The step that was begun and is not done."""
        return next((walked for walked in self.steps if walked.begun), None)

    @property
    def next(self) -> Walked | None:
        """The step that is done next; None when nothing is left."""
        return next((walked for walked in self.steps if not walked.done), None)

    @property
    def refused(self) -> Way | None:
        """What the answers want and nothing leads to; None where something does, or nothing is wanted."""
        ways = self.survey.ways if self.survey is not None else ()
        return next((way for way in ways if way.asked and not way.applies), None)

    def require_way(self) -> None:
        """Raise BlockedError with the rules where nothing leads to what the answers want."""
        if self.refused is not None:
            raise Explained(self.refused.rules).error(self.name)

    def went(self, upgrade: Upgrade) -> Looked:
        """Give it with the record as it is now: what is seen of gates is of the step that was at its gates."""
        here, there = self.current, upgrade.current
        same = here is not None and there is not None and here.step.key == there.step.key
        return replace(
            self,
            half=upgrade if upgrade.going else None,
            steps=upgrade.steps,
            since=self.since or _further(self.steps, upgrade.steps),
            seen=self.seen if same else {},
        )

    def unbegun(self) -> Looked:
        """Give it where nothing is on record as half-way."""
        return replace(self, half=None)

    def saw(self, gate: str, seen: Seen) -> Looked:
        """Give it with what a gate shows."""
        return replace(self, seen={**self.seen, gate: seen})


def _further(before: tuple[Walked, ...], now: tuple[Walked, ...]) -> int:
    """Give the first step that has done something meanwhile, counted from 1; 0 for none."""
    known = {_far(walked) for walked in before}
    return next((at for at, walked in enumerate(now, 1) if walked.touched and _far(walked) not in known), 0)


def _far(walked: Walked) -> tuple[str, bool, bool, bool]:
    return walked.step.key, walked.stopped, walked.applied, walked.done


def recorded(target: Target) -> Looked | None:
    """Give what is on record of an upgrade that is half-way; None for none. Asks nobody."""
    half = record.going(target.place)
    return Looked(target.name, half, half.steps) if half is not None else None


def look(target: Target, site: Site, *, gates: bool = False) -> Looked:
    """Survey the object, and put together what was begun with what is left. Reads only.

    With `gates` those of a step that is applied and not done are looked at, too.
    """
    from wizard.deploy.upgrading.courses import course_of

    course = course_of(target)
    survey, half = course.survey(target, site), record.going(target.place)
    if half is None:
        return Looked(target.name, None, tuple(Walked(step=step) for step in survey.steps), survey, record.now())
    found = standing(half, survey.steps)
    now = found.next
    seen = (
        {gate.key: course.observe(target, site, gate) for gate in now.step.gates}
        if gates and now is not None and now.applied
        else {}
    )
    return Looked(target.name, found.upgrade, found.upgrade.steps, survey, record.now(), seen=seen)


def begin(target: Target, site: Site, course: Course, *, reason: str = "") -> Upgrade | None:
    """Give the upgrade that is half-way, or begin one; None where there is nothing to upgrade."""
    half = record.going(target.place)
    if half is not None:
        return half
    steps = course.steps(target, site)
    return record.begin(target.place, steps, reason=reason) if steps else None


def carry(carrier: Carrier, *, enough: Callable[[], bool]) -> tuple[Walked, ...]:
    """Do step after step, and give them; the last look, which finds nothing left, ends the upgrade.

    After each step that is done it is asked whether that is `enough`. Raises what a step ends with.
    """
    done = []
    while (walked := carrier.step()) is not None:
        done.append(walked)
        if enough():
            carrier.close()
            break
    return tuple(done)


def give_up(target: Target, *, reason: str) -> tuple[Upgrade, tuple[str, ...]]:
    """Give up the upgrade that is half-way, and say what of it is. Raises BlockedError while somebody is at it."""
    from wizard.deploy.exclusive import require_idle
    from wizard.deploy.upgrading.carrying import alone
    from wizard.deploy.upgrading.standing import halfway

    half = record.require_going(target.place)
    with alone(target.place):
        if half.current is not None:
            require_idle(target, half.current.step.stack)
        ended = record.abandon(target.place, reason=reason)
    return ended, halfway(ended)


def only_acts(planned: Planned, step: Step) -> tuple[Act, ...]:
    """Give what a yes lets be given to the nodes where nothing is to be applied; none where something is."""
    return step.after if planned.plan.view.empty else ()


def takes_name(planned: Planned, step: Step) -> str:
    """Say why a step's apply takes the typed name: what is lost, or that there is no way back. Empty where a yes will do."""
    from wizard.engine.plans import destructive

    lost = [f"{loss.address} (loses {loss.what})" for loss in destructive(planned.plan.view.changes)]
    return "; ".join([*([f"there is no way back: {step.one_way}"] if step.one_way else []), *lost])
