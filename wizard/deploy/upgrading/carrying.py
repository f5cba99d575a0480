"""One step of an upgrade, carried through, from wherever it was left.

    idle? ─► write ─► plan ─► yes ─► acts before ─► apply ─► acts after ─► gates ─► done

Killed anywhere, the next call does the rest: it observes what is left, plans again, and asks only where that plan changes
something, or an act stops something. An apply that goes on without us is nobody's to overtake; once it has ended its outputs are taken over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from wizard.aws.clock import Clock
from wizard.aws.engine_credentials import require_lifetime
from wizard.aws.session import require_account
from wizard.deploy import flow
from wizard.deploy.classes import require_effective
from wizard.deploy.exclusive import exclusive, held, require_idle
from wizard.deploy.flow import Planned
from wizard.deploy.lasting import MARGIN, estimate
from wizard.deploy.site import Site
from wizard.deploy.target import Target
from wizard.deploy.upgrading import record
from wizard.deploy.upgrading.course import Course
from wizard.deploy.upgrading.record import Upgrade, Walked
from wizard.deploy.upgrading.standing import standing
from wizard.engine import follow, runs
from wizard.engine.processes import me
from wizard.engine.runs import Run
from wizard.errors import BlockedError
from wizard.upgrades.steps import Act, Gate, Step
from wizard.workspace import Place

#: Seconds that a gate is waited for, and between two looks at it.
PATIENCE_S = 900.0
APART_S = 10.0
#: What an act is taken to need of a session's life. A drain may take longer: who goes on then needs a new session.
PER_ACT = timedelta(minutes=2)


class Hands(Protocol):
    """What a front end does for a step: it shows, asks, and hands on to the engine and to the nodes."""

    def plan(self, target: Target, stack: str) -> Planned:
        """Make the stack ready, plan it, and show the plan with its classes."""

    def confirm(self, planned: Planned, step: Step) -> str:
        """Ask for the yes to this plan, by the typed name where something is lost or there is no way back.

        Where the plan changes nothing, to the acts after it, which stop something. Gives how it was said. Raises BlockedError without one.
        """

    def start(self, planned: Planned, how: str) -> Run:
        """Start the apply of exactly this plan."""

    def attend(self, run: Run) -> None:
        """Follow the apply to its end. Raises what it ended with."""

    def conclude(self, planned: Planned) -> None:
        """Take over what the stack hands over."""

    def act(self, target: Target, act: Act) -> None:
        """Give a service act to its node. Raises ServiceError where it fails."""

    def tell(self, line: str) -> None:
        """Say a line."""


class Carrier:
    """Carries an upgrade that was begun, a step with each call. `target` is as the last step wrote it."""

    def __init__(
        self,
        target: Target,
        site: Site,
        course: Course,
        hands: Hands,
        *,
        clock: Clock | None = None,
        patience: float = PATIENCE_S,
    ) -> None:
        self.target = target
        self._site = site
        self._course = course
        self._hands = hands
        self._clock = clock or Clock()
        self._patience = patience
        self._made: set[tuple[str, Any]] = set()

    @property
    def _place(self) -> Place:
        return self.target.place

    def step(self) -> Walked | None:
        """Do what is left of the next step, and give it; None when nothing is left, and the upgrade has ended.

        Raises InputError when none is half-way, BlockedError when something holds it, and what its apply or its acts
        end with. The upgrade can be gone on with after all of them.
        """
        with alone(self._place):
            found = standing(record.require_going(self._place), self._course.steps(self.target, self._site))
            if found.next is None:
                record.end(self._place, found.upgrade)
                return None
            self._require_new(found.next)
            upgrade, walked = self._begun(found.upgrade, found.next)
            position = f"{upgrade.done + 1} of {len(upgrade.steps)}"
            self._hands.tell(f"step {position}: {walked.step.title} ({walked.step.stack})")
            if not walked.applied or found.write:
                upgrade, walked = self._applied(upgrade, walked, write=found.write)
            for act in walked.step.after:
                self._act(act)
            upgrade, walked = self._keep(upgrade, walked, started=True)
            for gate in walked.step.gates:
                upgrade, walked = self._seen(upgrade, walked, gate)
            upgrade, walked = self._keep(upgrade, walked, done_at=record.now())
            record.tell(self._place, upgrade, "step done", walked=walked)
            self._made.add((walked.step.key, walked.step.sets))
            return walked

    def close(self) -> bool:
        """End the upgrade where nothing is left of it; gives whether that is so. For who does a single step."""
        with alone(self._place):
            found = standing(record.require_going(self._place), self._course.steps(self.target, self._site))
            if found.next is None:
                record.end(self._place, found.upgrade)
            return found.next is None

    def _begun(self, upgrade: Upgrade, walked: Walked) -> tuple[Upgrade, Walked]:
        require_idle(self.target, walked.step.stack)
        new = walked.begun_at is None
        upgrade, walked = self._keep(upgrade, walked, begun_at=walked.begun_at or record.now(), who=me())
        if new:
            record.tell(self._place, upgrade, "step begun", walked=walked)
            return upgrade, walked
        run = self._run_of(walked)
        if run is None:
            return upgrade, walked
        result = follow.result_of(run)
        self._hands.tell(f"its apply has ended meanwhile: {result.outcome if result else 'unknown'} (run {run.id})")
        return self._keep(upgrade, walked, run=run.id)

    def _run_of(self, walked: Walked) -> Run | None:
        """Give the apply of the plan that was said yes to, also where nobody lived to write its id down."""
        if not walked.plan:
            return None
        known = (run for run in runs.listed(self._place.runs) if run.request.action == "apply")
        wanted = (walked.plan, walked.digest)
        return next((run for run in known if (run.request.plan_run, run.request.plan_digest) == wanted), None)

    def _applied(self, upgrade: Upgrade, walked: Walked, *, write: bool) -> tuple[Upgrade, Walked]:
        step = walked.step
        with exclusive(self._place):
            if write:
                self.target = self._course.write(self.target, step)
            self._require_customer(step.stack)
            planned = self._hands.plan(self.target, step.stack)
            require_effective(self.target.name, step.stack, planned.plan.view)
            if planned.plan.view.empty:
                self._hands.tell(f"{step.stack}: nothing is left to apply")
                self._hands.conclude(planned)
                return self._agreed(upgrade, walked, planned)
            how = self._hands.confirm(planned, step)
        # An apply that was started has these nodes in its hands already: they may be gone.
        if not (walked.ready and walked.run):
            self._require_session(estimate(self._place, step.stack) + PER_ACT * len(step.before))
            upgrade, walked = self._keep(upgrade, walked, stopped=True)
            for act in step.before:
                self._act(act)
        upgrade, walked = self._keep(
            upgrade,
            walked,
            ready=True,
            applied=False,
            started=False,
            plan=planned.plan.run.id,
            digest=planned.plan.digest,
        )
        with exclusive(self._place):
            run = self._hands.start(planned, how)
            upgrade, walked = self._keep(upgrade, walked, run=run.id)
            self._hands.attend(run)
            self._hands.conclude(planned)
        return self._keep(upgrade, walked, applied=True)

    def _agreed(self, upgrade: Upgrade, walked: Walked, planned: Planned) -> tuple[Upgrade, Walked]:
        """Of a step with nothing to apply: ask all the same where its acts stop anything."""
        step = walked.step
        stops = any(act.verb == "stop" for act in step.after)
        if stops:
            how = self._hands.confirm(planned, step)
            self._require_session(PER_ACT * len(step.after))
            flow.confirm(planned, how, upgrade.reason)
        return self._keep(upgrade, walked, applied=True, stopped=walked.stopped or stops)

    def _act(self, act: Act) -> None:
        self._hands.tell(str(act))
        self._hands.act(self.target, act)

    def _seen(self, upgrade: Upgrade, walked: Walked, gate: Gate) -> tuple[Upgrade, Walked]:
        """Look until the gate is seen, and keep what was seen. Raises BlockedError when the time is over."""
        deadline = self._clock.monotonic() + self._patience
        while True:
            seen = self._course.observe(self.target, self._site, gate)
            if dict(walked.seen).get(gate.key) != seen.says:
                wait = "" if seen.ok else f"; looked at again for {_minutes(deadline - self._clock.monotonic())}"
                self._hands.tell(f"{'✓' if seen.ok else '…'} {gate.says}: {seen.says}{wait}")
                upgrade, walked = self._keep(
                    upgrade, walked, seen=tuple({**dict(walked.seen), gate.key: seen.says}.items())
                )
            if seen.ok:
                return upgrade, walked
            if self._clock.monotonic() >= deadline:
                raise _not_seen(self.target.name, walked.step, gate, seen.says, self._patience)
            self._clock.sleep(APART_S)

    def _keep(self, upgrade: Upgrade, walked: Walked, **changes: object) -> tuple[Upgrade, Walked]:
        changed = walked.model_copy(update=changes)
        return record.save(self._place, upgrade.changed(changed)), changed

    def _require_customer(self, stack: str) -> None:
        waits = flow.waiting_on_customer(self.target, stack, self._site)
        if waits is not None:
            raise BlockedError(
                f"{stack} of {self.target.name} waits on {waits.on}", cause=waits.why, action=waits.action
            )

    def _require_session(self, needed: timedelta) -> None:
        """Raise AccountError, before anything is stopped, where what comes after it would be refused."""
        require_account(self._site.session.identity(), self.target.shard.account)
        require_lifetime(self._site.credentials.ends, needed=needed, margin=MARGIN, now=datetime.now(UTC))

    def _require_new(self, walked: Walked) -> None:
        """Raise BlockedError for a step that this very command has done: going on would do it for ever."""
        step = walked.step
        if walked.begun_at is None and (step.key, step.sets) in self._made:
            raise BlockedError(
                f"{step.title} was done, and what is observed says that it is still to be done",
                cause="its apply succeeded and its gates were seen; something has changed it back since",
                action=f"planewright drift {self.target.name} tells what; planewright upgrade {self.target.name} shows the rest",
            )


def _not_seen(name: str, step: Step, gate: Gate, said: str, patience: float) -> BlockedError:
    return BlockedError(
        f"{gate.says}: that was not seen within {_minutes(patience)}",
        cause=f"last seen: {said}. {step.title} is applied, and no other step is begun before",
        action=f"planewright upgrade {name} --go looks again and goes on; planewright verify {name} tells of each hop",
    )


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Hold the upgrade while a step is carried through: the object itself is held by each part of it in turn.

    Raises BlockedError when another command does.
    """
    with held(
        place.hidden / "upgrade.lock", f"another planewright upgrade of {place.name} is at work", action="wait for it"
    ):
        yield
