"""Which of the later steps are done, read from what lies on disk: runs, contracts, the journal of seeding, the newest report.

AWS is not asked, so nothing here says how things are now, only what is known of them. A step that was done counts no
longer once something it stood on is newer: other answers, another plan, another apply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wizard.blueprints.load import MODELS
from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.blueprints.springtail.stacks import INSTANCE, SHARD
from wizard.deploy import drafts, store
from wizard.deploy.last_verification import LastVerification, last_verification
from wizard.deploy.target import Target, target_of
from wizard.engine import runs
from wizard.engine.runs import Run
from wizard.errors import InputError
from wizard.walk.steps import Step, steps_of
from wizard.workspace import Kind, Place, Workspace

#: Who hops wait on while it is the customer's turn (`wizard.verify.probes`).
CUSTOMER = "the customer"


class Stand(StrEnum):
    """How a stack stands, by its runs, its contract and its files."""

    #: Never applied, or destroyed.
    TO_PLAN = "to plan"
    #: An apply goes on.
    RUNNING = "in progress"
    #: The newest apply, or destroy, did not succeed.
    FAILED = "failed"
    #: Applied, but its outputs are not taken over.
    LEFT = "not handed over"
    #: Applied, but the answers say something else by now, or a newer plan that would change something was not applied.
    CHANGED = "changed"
    #: Applied and handed over, as the answers are.
    APPLIED = "applied"


class Seeded(StrEnum):
    """What the journal of seeding says of a deployment's secrets."""

    #: Nobody has seeded from here, or not since the stack was destroyed.
    UNKNOWN = "unknown"
    #: Somebody has, and one had no value to be given.
    MISSING = "missing"
    #: Each has been given its value.
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an object is. `stands` are its stacks in the order in which they are applied; none while nothing is saved or read.

    `running` names the stack of a run that goes on, whatever it does;
    `last_apply` is when the newest apply of the object or of its shard ended, or began while it goes on;
    `report` says whether the newest verification can be read as people read it. Not `peered`: what the customer accepts is
    our endpoint to a service of theirs, and no peering.
    """

    kind: Kind
    stands: Mapping[str, Stand] = field(default_factory=dict)
    shard: str = ""
    shard_applied: bool = True
    seeded: Seeded = Seeded.UNKNOWN
    running: str = ""
    last_apply: datetime | None = None
    verification: LastVerification | None = None
    report: bool = False
    peered: bool = True

    @property
    def applied(self) -> bool:
        """Whether every stack is applied as the answers are."""
        return bool(self.stands) and all(stand is Stand.APPLIED for stand in self.stands.values())

    @property
    def proof(self) -> LastVerification | None:
        """The newest verification, unless something was applied since."""
        seen = self.verification
        if seen is None or (self.last_apply is not None and seen.at < self.last_apply):
            return None
        return seen


def finished(progress: Progress, *, offered: str = "") -> Mapping[Step, bool]:
    """Say which of the later steps are done. `offered` names the stack whose plan was looked at and waits to be applied.

    PLAN     every stack has a plan that was applied, is being applied, or waits to be
    APPLY    every stack is applied and handed over, as the answers are; for `private` the link too
    HANDOFF  that, and the newest verification waits on no customer and has no failure that could be theirs
    VERIFY   that, and the newest verification is verified; one that is older than the newest apply does not count
    REPORT   that, and the verification is there as people read it
    """
    taken = {Stand.APPLIED, Stand.RUNNING, Stand.LEFT}
    planned = all(stand in taken or stack == offered for stack, stand in progress.stands.items())
    proof = progress.proof if progress.applied else None
    verified = proof is not None and proof.verified
    done = {
        Step.PLAN: bool(progress.stands) and planned,
        Step.APPLY: progress.applied,
        Step.HANDOFF: proof is not None and CUSTOMER not in proof.waiting_on and not proof.failed,
        Step.VERIFY: verified,
        Step.REPORT: verified and progress.report,
    }
    return {step: is_done for step, is_done in done.items() if step in steps_of(progress.kind)}


def saved_target(workspace: Workspace, place: Place) -> Target | None:
    """Open an object with its saved answers, whatever is being typed.

    None while there are none, or a question of them is open that was not asked when they were saved. Raises InputError.
    """
    saved = drafts.saved(place, MODELS["springtail", place.kind])
    return None if saved is None or saved.answers is None else target_of(workspace, place, saved.answers)


def final_target(workspace: Workspace, place: Place) -> Target:
    """Open an object with its saved answers, whatever is being typed. Raises InputError while they are not final."""
    target = saved_target(workspace, place)
    if target is None:
        raise InputError(f"{place.name} has no final answers yet", action="the review makes them final")
    return target


def instance_made(place: Place) -> bool:
    """Whether a deployment's instance is applied: there are nodes, and containers of secrets to put values into."""
    return place.kind == "deployment" and place.contract(INSTANCE).is_file()


def applied_before(place: Place) -> bool:
    """Whether anything of an object was ever applied, or an apply begun: it can be looked at whatever is being typed."""
    if any((place.path / "contracts").glob("*.json")):
        return True
    return any(run.request.action == "apply" for run in runs.listed(place.past_runs))


def read(workspace: Workspace, place: Place) -> Progress:
    """Read how far an object is. Reads a small file per run, and renders its stacks to compare: some 0.1 s.

    Raises PlanewrightError for a run, a contract or answers that cannot be understood.
    """
    known = _runs(place)
    running = next((run.request.stack for run in known if run.alive()), "")
    target = saved_target(workspace, place)
    if target is None:
        return Progress(place.kind, running=running)
    of_shard = () if isinstance(target.answers, ShardAnswers) else _runs(target.shard_place)
    proof = last_verification(place)
    return Progress(
        place.kind,
        {stack: _stand(target, stack, known) for stack in target.stacks},
        shard=target.shard.name,
        shard_applied=target.shard_place.contract(SHARD).is_file(),
        seeded=_seeded(target, known),
        running=running,
        last_apply=_last_apply((*known, *of_shard)),
        verification=proof,
        report=proof is not None and proof.path.is_file(),
        peered=isinstance(target.answers, ShardAnswers) or not target.answers.through_service,
    )


def _runs(place: Place) -> tuple[Run, ...]:
    """All runs of an object, the newest first. Makes no folder where there was none."""
    return tuple(runs.listed(place.past_runs))


def last_apply(target: Target) -> datetime | None:
    """Give when the newest apply of an object, or of its shard, ended; None while nothing was ever applied from here."""
    return _last_apply((*_runs(target.place), *_runs(target.shard_place)))


def _last_apply(known: Iterable[Run]) -> datetime | None:
    ends = []
    for run in known:
        if run.request.action == "apply":
            result = run.recorded()
            ends.append((result.ended if result is not None else None) or run.request.created)
    return max(ends, default=None)


def _stand(target: Target, stack: str, known: Sequence[Run]) -> Stand:
    from wizard.engine.follow import result_of
    from wizard.walk.applying import handed_over  # the engine and AWS's client, which no step before an apply needs

    place = target.place
    here = [run for run in known if run.request.stack == stack]
    applies = [run for run in here if run.request.action == "apply"]
    if applies and applies[0].alive():
        return Stand.RUNNING
    plans = {run.id: run for run in here}
    newest = next((run for run in applies if runs.carried_out(run, plans) != "refresh-plan"), None)
    there = place.contract(stack).is_file()
    if newest is not None:
        result = result_of(newest)
        if result is None or result.outcome != "succeeded":
            return Stand.FAILED
        if runs.carried_out(newest, plans) == "destroy-plan":
            return Stand.TO_PLAN
        if not there or not handed_over(place, newest):
            return Stand.LEFT
    elif not there:
        return Stand.TO_PLAN
    return Stand.APPLIED if _is_as_answered(target, stack, here, newest) else Stand.CHANGED


def _is_as_answered(target: Target, stack: str, here: Sequence[Run], applied: Run | None) -> bool:
    """Whether what was applied is what the answers say: files that a plan wrote may not have been applied."""
    from wizard.deploy import flow

    plan = next((run for run in here if run.request.action == "plan"), None)
    done = (applied.request.plan_run or "") if applied is not None else ""
    if plan is not None and plan.id > done and _would_change(plan):
        return False
    return not flow.preview(target, stack)


def _would_change(plan: Run) -> bool:
    """Whether a plan has a resource to change; one that did not come to its end tells nothing."""
    from wizard.engine import saved

    return bool(saved.steps(plan))


def seeded(target: Target) -> Seeded:
    """Say what the journal of seeding says of a deployment's secrets; a shard has none."""
    return _seeded(target, _runs(target.place))


def _seeded(target: Target, known: Sequence[Run]) -> Seeded:
    if isinstance(target.answers, ShardAnswers):
        return Seeded.COMPLETE
    outputs = store.load_contract(target.place, INSTANCE)
    if not isinstance(outputs, InstanceOutputs):
        return Seeded.UNKNOWN
    names = filter(None, (outputs.database_secret_name, outputs.redis_secret_name, outputs.proxy_tls_secret_name))
    did = _journal(target.place, since=_destroyed(known))
    found = [did.get(name, "") for name in names]
    if "" in found:
        return Seeded.UNKNOWN
    return Seeded.MISSING if "missing" in found else Seeded.COMPLETE


def _destroyed(known: Sequence[Run]) -> datetime | None:
    """Give when the secrets' containers were last taken away."""
    plans = {run.id: run for run in known}
    gone = (r for r in known if r.request.action == "apply" and runs.carried_out(r, plans) == "destroy-plan")
    return next((run.request.created for run in gone if run.request.stack == INSTANCE), None)


def _journal(place: Place, *, since: datetime | None) -> Mapping[str, str]:
    """Give what was last done to each secret, by its name. Half a line, of a crash, is none."""
    from wizard.deploy import journals
    from wizard.deploy.seeding import JOURNAL

    events = journals.read(place, JOURNAL, lambda at, it: (at, str(it["name"]), str(it["did"])))
    return {name: what for at, name, what in events if since is None or at >= since}
