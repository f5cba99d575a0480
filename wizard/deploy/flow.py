"""The way of one stack: made ready, planned, applied, settled, handed over.

Front ends call these in order and show what each returns; nothing here prints or asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard import contracts
from wizard.aws.engine_credentials import require_lifetime
from wizard.aws.session import AwsSession, require_account
from wizard.blueprints.springtail.contracts import InstanceOutputs, ServiceOutputs
from wizard.blueprints.springtail.stacks import LINK, NEEDS, OUTPUTS, SHARD
from wizard.contracts import Contract
from wizard.deploy import acts, answered, store
from wizard.deploy.acts import Confirmed, SetAside
from wizard.deploy.adopting import require_own
from wizard.deploy.classes import require_effective
from wizard.deploy.differences import differences
from wizard.deploy.drift.importing import import_nothing
from wizard.deploy.drift.reading import own_of
from wizard.deploy.emit import Emitted, emit
from wizard.deploy.exclusive import require_idle
from wizard.deploy.facts import gather
from wizard.deploy.lasting import MARGIN, estimate
from wizard.deploy.manifest import LOCK
from wizard.deploy.render import render
from wizard.deploy.site import Site
from wizard.deploy.state.mending import mend, needs_mending
from wizard.deploy.state.present import require_present
from wizard.deploy.target import Target
from wizard.drift.designed import suspects
from wizard.engine import follow, settle
from wizard.engine.commands import PlanRun, StackEngine
from wizard.engine.events import RunState
from wizard.engine.runs import Run
from wizard.engine.verdict import verdict
from wizard.errors import ContractError, EngineError, InputError
from wizard.files import write_atomic
from wizard.workspace import Place

OnState = Callable[[RunState], None]


@dataclass(frozen=True, slots=True)
class Planned:
    """A stack's plan, ready to be shown and applied. `session` is of the account that it was made for."""

    target: Target
    stack: str
    engine: StackEngine
    plan: PlanRun
    session: AwsSession


@dataclass(frozen=True, slots=True)
class Ready:
    """A stack whose files are written and whose engine is initialised. `made` names what AWS got for the state."""

    target: Target
    stack: str
    session: AwsSession
    engine: StackEngine
    emitted: Emitted
    made: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concluded:
    """What an apply left: the contract it hands over, and drift that the settling step found and did not take in."""

    outputs: Contract
    settled: int
    drift: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a stack cannot be planned yet, and on whom it waits."""

    on: str
    why: str
    action: str


def needed_contract(target: Target, stack: str) -> Contract | None:
    """Give the contract that a stack takes, or None while the stack before has not been applied."""
    needs = NEEDS.get(stack)
    if needs is None:
        return None
    return store.load_contract(_owner(target, needs), needs)


def _owner(target: Target, stack: str) -> Place:
    return target.shard_place if stack == SHARD else target.place


def require_contract(target: Target, stack: str) -> None:
    """Raise ContractError naming the stack that this one waits for."""
    needs = NEEDS.get(stack)
    if needs is not None and needed_contract(target, stack) is None:
        owner = _owner(target, needs)
        raise ContractError(
            f"stack {stack} of {target.name} waits for stack {needs} of {owner.name}",
            cause=f"{owner.contract(needs)} does not exist: {needs} has not been applied from this workspace",
            action=f"planewright apply {owner.name}",
        )


def waiting_on_customer(target: Target, stack: str, site: Site) -> Waiting | None:
    """Say whom a stack waits for. `link` needs every peering active, or our endpoint accepted; nothing else waits."""
    if stack != LINK:
        return None
    from wizard.aws.reads import peering

    outputs = store.load_contract(target.place, NEEDS[LINK])
    if isinstance(outputs, InstanceOutputs) and outputs.service is not None:
        return _waiting_on_acceptance(target, outputs.service, site)
    if not isinstance(outputs, InstanceOutputs) or outputs.private is None:
        return None
    asked = {"the database's VPC": outputs.private.database_peering} | {
        f"application {name}": item for name, item in outputs.private.application_peerings.items()
    }
    pending = []
    for whose, item in asked.items():
        fact = peering(site.session, item.id)
        status = fact.status if fact else "gone"
        if status != "active":
            pending.append((item, f"{item.id} to {whose}: {status}"))
    if not pending:
        return None
    accounts = ", ".join(sorted({item.peer_account_id for item, _ in pending}))
    return Waiting(
        on=f"the owner of account {accounts}",
        why="; ".join(text for _, text in pending),
        action=f"have it accepted (a request expires after 7 days), then: planewright apply {target.name}",
    )


def _waiting_on_acceptance(target: Target, path: ServiceOutputs, site: Site) -> Waiting | None:
    from wizard.aws.reads import endpoint

    found = endpoint(site.session, path.inbound_endpoint_id)
    state = found.state if found else "gone"
    if state == "available":
        return None
    owner = target.deployment.database.vpc
    return Waiting(
        on=f"the owner of account {owner.account_id}" if owner else f"the owner of {path.inbound_service_name}",
        why=f"{path.inbound_endpoint_id} to {path.inbound_service_name}: {state}",
        action=f"have it accepted, then: planewright apply {target.name}",
    )


def write(target: Target, stack: str, *, force: bool = False, reason: str = "", same_lock: bool = True) -> Emitted:
    """Emit a stack's files from what is known now. Raises EditedFileError rather than overwrite a person's edit.

    With `force` it does, and that goes on record, with the reason why. Another lock is for those alone who have seen that
    nobody holds the one before: the files are all that says where to look for it.
    """
    files = render(target, stack, needed_contract(target, stack), same_lock=same_lock)
    emitted = emit(target.place.stack(stack), files, force=force)
    if emitted.kept:
        acts.keep(target.place, SetAside(stack, emitted.kept, reason))
    return emitted


def lock_waits(target: Target, stack: str) -> bool:
    """Whether the answers lock the state otherwise than the files that are there. A plan changes it, once nobody holds the state."""
    location = store.load_state_location(target.workspace, target.shard)
    return location is not None and store.locked_location(target.place, stack, location) != location


def preview(target: Target, stack: str) -> dict[str, str]:
    """Give a unified diff for each file that `write` would change."""
    return differences(target.place.stack(stack), render(target, stack, needed_contract(target, stack)))


def prepare(
    target: Target, stack: str, site: Site, *, force: bool = False, lock: bytes | None = None, reason: str = ""
) -> Ready:
    """Make the state's home, resolve images, write the files, initialise the engine. Changes nothing of the stack's own.

    `lock` is the lock file that an `init` of the same provider has completed: a stack that has none of its own yet takes
    it, so that what that one fetched serves again.
    """
    require_own(target.place, stack)
    require_contract(target, stack)
    require_idle(target, stack)
    import_nothing(target.place.stack(stack))
    require_present(target, stack, site.session)
    made = gather(target, stack, site)
    new = not (target.place.stack(stack) / LOCK).exists()
    emitted = write(target, stack, force=force, reason=reason, same_lock=False)
    if new and lock is not None:
        write_atomic(target.place.stack(stack) / LOCK, lock)
    engine = site.stack_engine(target, stack)
    engine.init()
    return Ready(target, stack, site.session, engine, emitted, made)


def plan(
    ready: Ready,
    *,
    destroy: bool = False,
    variables: Mapping[str, Any] | None = None,
    targets: Sequence[str] = (),
    on_state: OnState | None = None,
) -> Planned:
    """Plan a stack that was prepared; of `targets` alone, when they are named."""
    made = ready.engine.plan(
        ready.target.place.runs, destroy=destroy, variables=variables, targets=targets, on_state=on_state
    )
    return kept(ready, made)


def kept(ready: Ready, made: PlanRun) -> Planned:
    """Take a plan as the stack's own: the answers that it was made of stay beside it."""
    answered.keep(made.run, ready.target.answers)
    return Planned(ready.target, ready.stack, ready.engine, made, ready.session)


def reopen(target: Target, site: Site, run: Run) -> Planned:
    """Open the plan of an earlier command, to apply exactly that one. Raises EngineError for any other kind of run."""
    if run.request.action != "plan":
        raise EngineError(
            f"run {run.id} is no plan that `apply` can take",
            cause=f"it is a {run.request.action}",
            action=f"planewright watch {target.name} --list shows the runs; `destroy` makes and applies its own plans",
        )
    require_idle(target, run.request.stack)
    engine = site.stack_engine(target, run.request.stack)
    return Planned(target, run.request.stack, engine, engine.reopen(run), site.session)


def start(planned: Planned, site: Site, *, tearing_down: bool = False, how: str = "", reason: str = "") -> Run:
    """Apply the plan that was shown, in the account that was shown: both are checked again right here.

    Raises BlockedError where what was answered would be ignored; what is `tearing_down` has no answers to follow.
    `how` somebody said yes to the plan goes on record, with their reason for it.
    """
    target = planned.target
    if not tearing_down:
        require_effective(target.name, planned.stack, planned.plan.view)
    require_account(site.session.identity(), target.shard.account)
    require_lifetime(
        site.credentials.ends, needed=estimate(target.place, planned.stack), margin=MARGIN, now=datetime.now(UTC)
    )
    if how:
        confirm(planned, how, reason)
    return planned.engine.start_apply(target.place.runs, planned.plan)


def confirm(planned: Planned, how: str, reason: str = "") -> None:
    """Put on record that somebody said yes to exactly this plan, and how."""
    plan = planned.plan
    acts.keep(planned.target.place, Confirmed(planned.stack, plan.run.id, plan.digest, how, reason))


def require_success(run: Run, state: RunState) -> None:
    """Raise the error that says why a run did not succeed, and the way on."""
    result = follow.result_of(run, state)
    if result is None:
        raise EngineError(
            f"run {run.id} still goes on", action=f"planewright watch {run.request.object_name} follows it"
        )
    error = verdict(run.request, state, result)
    if error is not None:
        raise error


def conclude(planned: Planned) -> Concluded:
    """After an apply that succeeded, or a plan that had nothing to apply: read and keep the contract.

    What was imported is made whole, and what was applied is settled: what the provider reports as drift right after.
    """
    target, stack = planned.target, planned.stack
    outputs = contracts.read(OUTPUTS[stack], stack, planned.engine.outputs())
    store.save_contract(target.place, stack, outputs)
    if planned.plan.view.empty:
        return Concluded(outputs, 0, (), "")
    if needs_mending(planned.plan.view.imports):
        mend(target, stack, planned.session)
    settled, drift, note = _settle(planned)
    store.save_drift(target.place, stack, drift)
    return Concluded(outputs, settled, drift, note)


def carry_through(engine: StackEngine, runs: Path, made: PlanRun) -> None:
    """Apply a plan and wait for its end. Raises EngineError where it did not succeed."""
    run = engine.start_apply(runs, made)
    require_success(run, follow.to_end(run))


def _settle(planned: Planned) -> tuple[int, tuple[str, ...], str]:
    """Take harmless drift into the state; report the rest. A failure here is told and fails nothing."""
    ours = {change.address for change in planned.plan.view.acting}
    try:
        refresh = planned.engine.plan(planned.target.place.runs, refresh_only=True)
        settlement = settle.decide(refresh.view, ours)
        # What other stacks and the customer added by design since the last apply is nobody's drift.
        found = suspects(settlement.drift, own_of(planned.target, refresh.view.held))[0] if settlement.drift else ()
        if settlement.apply:
            carry_through(planned.engine, planned.target.place.runs, refresh)
        refresh.run.plan_file.unlink(missing_ok=True)
    except (EngineError, InputError) as error:  # also answers of a neighbour that cannot be read
        return 0, (), f"the state could not be settled: {error.title}; the next plan may show harmless changes"
    drift = tuple(one.change.address for one in found)
    return len(settlement.harmless) if settlement.apply else 0, drift, ""
