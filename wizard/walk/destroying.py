"""Tearing an object down, in the one order that there is: every front end takes its turns, and shows each of them.

    last stack first:  [what lifts its protection] ─► [what destroys it] ─► its contract is forgotten

A turn is a plan that a person has to see and to answer with the object's typed name. Nothing is remembered between two
sessions: what is there says where to go on, so that a teardown which nobody followed to its end is taken up again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wizard.blueprints.springtail.stacks import NEEDS
from wizard.deploy import flow, teardown
from wizard.deploy.flow import Planned, Ready
from wizard.deploy.site import Site
from wizard.deploy.target import Target
from wizard.engine.runs import Run
from wizard.errors import ContractError

PREPARING = "preparing"


class Kind(StrEnum):
    """What a turn is about."""

    LIFT = "lift the protection"
    DESTROY = "destroy"
    NOTHING = "nothing to destroy"


@dataclass(frozen=True, slots=True)
class Turn:
    """One stack's next step. `planned` is the plan to be shown and applied; None where there is nothing to apply.

    `why` says of NOTHING how that is known.
    """

    stack: str
    kind: Kind
    planned: Planned | None = None
    why: str = ""


#: Makes a stack ready for its plans, as `flow.prepare` does; makes a plan of it, as `flow.plan` does.
Prepare = Callable[[str], Ready]
Plan = Callable[..., Planned]
#: Hears what is done next, for which stack: PREPARING, or a kind's value.
Telling = Callable[[str, str], object]


def _silent(stack: str, what: str) -> None:
    del stack, what


class Destroying:
    """The turns of one teardown. It blocks, holds no lock between two calls, and starts nothing that was not shown.

    Raises what the engine and AWS raise; the same turn can then be taken again.
    """

    def __init__(self, target: Target, site: Site, *, stacks: Sequence[str] | None = None) -> None:
        self.target = target
        self.site = site
        self._left = list(reversed(target.stacks if stacks is None else stacks))
        self._lifted = False

    @property
    def left(self) -> tuple[str, ...]:
        """Stacks that are still to go, in the order in which they do."""
        return tuple(self._left)

    def next(self, prepare: Prepare, plan: Plan, telling: Telling = _silent) -> Turn | None:
        """Plan the next turn; None once nothing is left. BlockedError for a shard that a deployment stands on.

        Call it while holding the object (`wizard.deploy.exclusive`).
        """
        if not self._left:
            return None
        stack = self._left[0]
        teardown.require_unused(self.target, self.site)
        try:
            flow.require_contract(self.target, stack)
        except ContractError:
            self._left.pop(0)
            return Turn(stack, Kind.NOTHING, why=f"it stands on stack {NEEDS[stack]}, which was never applied")
        telling(stack, PREPARING)
        ready = prepare(stack)
        if not self._lifted:
            if self.target.shard.governance.deletion_protection:
                telling(stack, Kind.LIFT.value)
            lift = teardown.lifting(ready, plan)
            if lift is not None:
                return Turn(stack, Kind.LIFT, lift)
        telling(stack, Kind.DESTROY.value)
        planned = plan(ready, destroy=True, variables=teardown.LIFT)
        if planned.plan.view.empty:
            self._gone(stack)
            return Turn(stack, Kind.NOTHING, planned, "its state holds nothing")
        return Turn(stack, Kind.DESTROY, planned)

    def start(self, turn: Turn, *, reason: str = "") -> Run:
        """Start exactly the plan that was shown, after a last look that nobody came to stand on the shard meanwhile.

        That somebody said yes to it goes on record, with their reason.
        """
        if turn.planned is None or turn.kind is Kind.NOTHING:
            raise ValueError(f"there is nothing to start: {turn.why}")
        teardown.require_unused(self.target, self.site)
        how = "by its name" if turn.kind is Kind.DESTROY else "asked"
        return flow.start(turn.planned, self.site, tearing_down=True, how=how, reason=reason)

    def succeeded(self, turn: Turn) -> None:
        """Take note that a turn's run has succeeded. One that has not is planned anew by `next`."""
        if turn.kind is Kind.LIFT:
            self._lifted = True
        else:
            self._gone(turn.stack)

    def _gone(self, stack: str) -> None:
        teardown.forget(self.target, stack)
        self._left.remove(stack)
        self._lifted = False

    def remains(self) -> tuple[str, ...]:
        """Say what is left on purpose, once everything else is gone."""
        return teardown.remains(self.target)
