"""The journey of a rehearsal: what an operator and a customer would do, step by step, through the same doors.

Nothing here knows a shortcut: it calls what the commands call. Only the customer's part is played by the world.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from wizard.aws.secrets import Inputs
from wizard.blueprints.load import parse
from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.blueprints.springtail.stacks import INSTANCE, LINK
from wizard.deploy import flow, store
from wizard.deploy.gate import require_clear
from wizard.deploy.readiness import read_sent, save
from wizard.deploy.reporting import Written, verify_target
from wizard.deploy.seeding import seed_target
from wizard.deploy.site import Site, checked, open_site
from wizard.deploy.target import Target, open_target, subject_of
from wizard.deploy.teardown import LIFT, forget, lifting, remains, require_unused
from wizard.engine import follow
from wizard.engine.events import RunState
from wizard.engine.installed import engines_dir
from wizard.engine.locate import find_engine
from wizard.errors import AccountError, RehearsalError
from wizard.files import write_atomic
from wizard.permissions.grants import Grant
from wizard.permissions.needed import operator_grants
from wizard.permissions.places import Places
from wizard.rehearsal.certificates import proxy_certificate
from wizard.rehearsal.faults import EXPIRING, THROTTLING, Fault, When
from wizard.rehearsal.handle import operator_environ
from wizard.verify.plain import line
from wizard.workspace import Kind, Workspace

if TYPE_CHECKING:
    from wizard.deploy.flow import Planned
    from wizard.rehearsal.handle import WorldHandle
    from wizard.verify.hops import Hop, Verification

#: How long the watcher may take to register the database: some of its periods.
WATCHER_PATIENCE_S = 90.0


_PART = {
    "peering": "The customer accepts the peering, routes back, opens the database's port",
    "service": "The customer accepts our endpoint, opens the database's port, and makes an endpoint to the proxies",
}


class View(Protocol):
    """Shows a run's states."""

    def update(self, state: RunState) -> None:
        """Show this state."""


class Narrator(Protocol):
    """Tells the journey: the front end's part."""

    def step(self, title: str) -> None:
        """Begin a step."""

    def say(self, text: str) -> None:
        """Tell what happened."""

    def view(self) -> AbstractContextManager[View]:
        """Open a view of a run."""

    def hop(self, hop: Hop) -> None:
        """Tell of a hop that was looked at."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the journey includes. `accept`: the customer does their part. `destroy`: all is torn down at the end.

    `comply` is how the customer does it, given the deployment (default: as the world plays them). `link`: what waits for
    them is applied by the journey; else `comply` has it done. With `faults` the journey ends with what verification makes
    of them.
    """

    engine: str | None = None
    mirror: Path | None = None
    accept: bool = True
    destroy: bool = False
    comply: Callable[[Target], None] | None = None
    link: bool = True
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognised:
    """What became of a fault: what verification said of it, a line each, and whether that is what is to be expected.

    `exit_code` is what `planewright verify` gave with it on; `over` says how it ended, where it did before the journey.
    """

    fault: Fault
    said: tuple[str, ...]
    expected: bool
    exit_code: int
    over: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went. `repeated` tells for each stack what its second plan would change: nothing, if all is well."""

    shard: str
    deployment: str
    report: Written
    repeated: dict[str, str] = field(default_factory=dict)
    faults: tuple[Recognised, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when all is well; with faults, the exit status that `planewright verify` gives."""
        if self.faults:
            return self.report.verification.exit_code
        return 0 if self.good else 1

    @property
    def good(self) -> bool:
        """Every hop that can be seen has passed, and nothing would change."""
        return self.report.verification.verified and all(text == "no changes" for text in self.repeated.values())


@dataclass(frozen=True, slots=True)
class Journey:
    """A rehearsal in a workspace, against a world."""

    world: WorldHandle
    workspace: Workspace
    narrator: Narrator
    options: Options

    def go(self) -> Outcome:
        """Go the whole way."""
        shard, deployment = self._answers()
        self._hold(shard, deployment)
        self._check(shard)
        self._apply(shard, shard.stacks[0])
        self._readiness(deployment)
        self._check(deployment)
        self._apply(deployment, INSTANCE)
        self._seed(deployment)
        if not self.options.accept:
            self.narrator.step("Verify, while the customer has done nothing")
            return Outcome(shard.name, deployment.name, self._verify(deployment))
        if self.options.faults:
            return self._with_faults(shard, deployment)
        self._customer(deployment)
        if LINK in deployment.stacks and self.options.link:
            self._apply(deployment, LINK)
        self._await_watcher(deployment)
        self.narrator.step("Verify the data path")
        report = self._verify(deployment)
        repeated = self._plan_again(shard) | self._plan_again(deployment)
        self._tear_down(shard, deployment)
        return Outcome(shard.name, deployment.name, report, repeated)

    def _with_faults(self, shard: Target, deployment: Target) -> Outcome:
        """Go on with faults, as far as they let it go."""
        self._put(When.BEFORE_CUSTOMER)
        self._customer(deployment)
        if LINK in deployment.stacks:
            waiting = flow.waiting_on_customer(deployment, LINK, self._site(deployment))
            if waiting is None:
                self._apply(deployment, LINK)
            else:
                self.narrator.say(f"link is not applied, it waits on {waiting.on}: {waiting.why}")
        for ran in self.world.call("run_watchers"):
            self.narrator.say(f"the watcher ran: {ran['error'] or 'it has nothing to complain of'}")
        self._put(When.BEFORE_VERIFY)
        self.narrator.step("Verify the data path, which knows nothing of faults")
        report, seen = self._recognise(deployment)
        self._tear_down(shard, deployment)
        return Outcome(shard.name, deployment.name, report, faults=seen)

    def _put(self, when: When) -> None:
        due = [fault for fault in self.options.faults if fault.when is when]
        if due:
            self.narrator.step("Faults: " + ", ".join(fault.name for fault in due))
        for fault in due:
            self.world.call("put_fault", name=fault.name)
            self.narrator.say(f"{fault.name} is on: {fault.does}")

    def _recognise(self, target: Target) -> tuple[Written, tuple[Recognised, ...]]:
        """Verify, and say of each fault what was made of it. Credentials that have expired are renewed on the way."""
        stopped: list[Recognised] = []
        try:
            session = self._site(target).session
            report = verify_target(target, session, on_hop=self.narrator.hop)
        except AccountError as error:
            stopped = [_stopped(fault, error) for fault in self.options.faults if fault.name == EXPIRING]
            if not stopped:
                raise
            for told in stopped[0].said:
                self.narrator.say(told)
            self.world.call("mend_fault", name=EXPIRING)
            self.narrator.say(f"{stopped[0].over}: the same command goes on")
            session = self._site(target).session
            report = verify_target(target, session, on_hop=self.narrator.hop)
        others = [fault for fault in self.options.faults if all(fault is not seen.fault for seen in stopped)]
        found = (recognised(fault, report.verification, session.throttled.told) for fault in others)
        return report, (*stopped, *found)

    @property
    def _environ(self) -> Mapping[str, str]:
        return operator_environ(self.world, os.environ)

    def _answers(self) -> tuple[Target, Target]:
        self.narrator.step("Answers")
        targets = []
        for text in (self.world.answers.shard, self.world.answers.deployment):
            answers = parse(text, source="the rehearsal's answers")
            kind: Kind = "shard" if isinstance(answers, ShardAnswers) else "deployment"
            place = self.workspace.place(kind, answers.name)
            write_atomic(place.answers, text)
            self.narrator.say(f"{kind} {answers.name}: {place.answers}")
            targets.append(place.name)
        shard, deployment = (open_target(self.workspace, name) for name in targets)
        return shard, deployment

    def _hold(self, *targets: Target) -> None:
        """From here on the operator may do what their policies allow: a rehearsal proves that they suffice."""
        allowed = {grant.action for target in targets for grant in _policy_of(target)}
        self.world.call("hold_operator", actions=sorted(allowed))
        self.narrator.say(f"the operator is held to the {len(allowed)} actions of `planewright policy`")

    def _readiness(self, target: Target) -> None:
        self.narrator.step("The customer's DBA runs the readiness script")
        sent = self.world.call("database_readiness", databases=list(target.deployment.database.replicated))
        told = read_sent(sent, name="the rehearsal's DBA")
        save(target.place, told)
        self.narrator.say(f"{told.told}; kept in {target.place.readiness}")

    def _check(self, target: Target) -> None:
        self.narrator.step(f"Check {target.name} against the account")
        found = checked(target, self._site(target))
        self.narrator.say(
            f"{len(found.facts)} facts read from {target.shard.account.id}, {target.shard.account.region}"
        )
        for finding in found.findings:
            self.narrator.say(f"{finding.severity.value}: {finding.code} {finding.path}: {finding.what}")
        require_clear(target.place, found.findings)
        self.narrator.say("nothing holds it")

    def _site(self, target: Target) -> Site:
        environ = self._environ
        engine = find_engine(self.options.engine, search_path=environ.get("PATH", ""), engines=engines_dir(environ))
        return open_site(target, environ=environ, engine=engine, mirror=self.options.mirror)

    def _apply(self, target: Target, stack: str) -> None:
        self.narrator.step(f"Apply {target.name} / {stack}")
        site = self._site(target)
        planned = self._planned(target, stack, site)
        self.narrator.say(f"plan: {planned.plan.view.counts}")
        self._carry_out(planned, site)
        concluded = flow.conclude(planned)
        for address in concluded.drift:
            self.narrator.say(f"! drift: {address}")
        if concluded.note:
            self.narrator.say(f"! {concluded.note}")
        self.narrator.say(f"applied; outputs in {target.place.contract(stack)}")

    def _planned(self, target: Target, stack: str, site: Site) -> Planned:
        ready = flow.prepare(target, stack, site)
        for made in ready.made:
            self.narrator.say(f"+ made for the state: {made}")
        with self.narrator.view() as view:
            return flow.plan(ready, on_state=view.update)

    def _carry_out(self, planned: Planned, site: Site) -> None:
        run = flow.start(planned, site)
        state = RunState()
        with self.narrator.view() as view:
            for state in follow.follow(run):
                view.update(state)
        flow.require_success(run, state)

    def _seed(self, target: Target) -> None:
        self.narrator.step("Seed the secrets")
        result = seed_target(
            target,
            self._site(target).session,
            inputs=Inputs(
                database_password=lambda: self.world.database_password,
                proxy_tls=lambda: proxy_certificate(target.deployment),
            ),
            rotate=frozenset(),
        )
        for event in result.events:
            self.narrator.say(f"{event.which}: {event.did} {event.name}")

    def _customer(self, target: Target) -> None:
        if target.stacks == (INSTANCE,):
            self.narrator.step("The customer allow-lists our address")
        elif self.options.faults:
            self.narrator.step("The customer's part, as far as the faults let it go")
        else:
            self.narrator.step(_PART["service" if target.deployment.through_service else "peering"])
            waiting = flow.waiting_on_customer(target, LINK, self._site(target))
            if waiting is not None:
                self.narrator.say(f"link waits on {waiting.on}: {waiting.why}")
        if self.options.comply is None:
            self.world.call("comply")
        else:
            self.options.comply(target)
        self.narrator.say("done, by the rehearsal's customer")

    def _await_watcher(self, target: Target) -> None:
        outputs = store.load_contract(target.place, INSTANCE)
        if not isinstance(outputs, InstanceOutputs) or outputs.private is None:
            return
        from wizard.aws.reads import target_health

        self.narrator.step("The watcher registers the database's address")
        session = self._site(target).session
        deadline = time.monotonic() + WATCHER_PATIENCE_S
        while not (seen := target_health(session, outputs.private.inbound_target_group_arn)):
            if time.monotonic() > deadline:
                told = self.world.call("watchers")
                raise RehearsalError(
                    "the watcher registered nothing", cause=str(told), action="see its code's last error"
                )
            time.sleep(1)
        self.narrator.say(", ".join(f"{item.address}:{item.port} {item.state}" for item in seen))

    def _verify(self, target: Target) -> Written:
        return verify_target(target, self._site(target).session, on_hop=self.narrator.hop)

    def _plan_again(self, target: Target) -> dict[str, str]:
        self.narrator.step(f"Plan {target.name} a second time")
        site, found = self._site(target), {}
        for stack in target.stacks:
            view = self._planned(target, stack, site).plan.view
            found[f"{target.name}/{stack}"] = "no changes" if view.empty else str(view.counts)
            self.narrator.say(f"{stack}: {found[f'{target.name}/{stack}']}")
        return found

    def _tear_down(self, shard: Target, deployment: Target) -> None:
        if not self.options.destroy:
            return
        if deployment.deployment.through_service:
            self.narrator.step("The customer takes their endpoints away")
            self.world.call("take_endpoints_away")
        self._destroy(deployment)
        self._destroy(shard)

    def _destroy(self, target: Target) -> None:
        self.narrator.step(f"Destroy {target.name}")
        site = self._site(target)
        require_unused(target, site)
        for stack in reversed(target.stacks):
            ready = flow.prepare(target, stack, site)
            lift = lifting(ready, flow.plan)
            if lift is not None:
                self._carry_out(lift, site)
            planned = flow.plan(ready, destroy=True, variables=LIFT)
            self.narrator.say(f"{stack}: {planned.plan.view.counts}")
            self._carry_out(planned, site)
            forget(target, stack)
        for item in remains(target):
            self.narrator.say(f"left: {item}")


def _stopped(fault: Fault, error: AccountError) -> Recognised:
    said = (f"verification stopped: {error.title}", f"cause: {error.cause}", f"what to do: {error.action}")
    return Recognised(fault, said, expected=True, exit_code=error.exit_code, over="the operator logged in again")


def recognised(fault: Fault, found: Verification, throttled: str) -> Recognised:
    """Say what a verification made of a fault. `throttled` is what the session says of calls that were made again."""
    if fault.name == THROTTLING:
        # Whether all hops passed is a matter of the other faults.
        return Recognised(fault, (throttled or "no call was turned away",), bool(throttled), found.exit_code)
    expected, hop = fault.recognised(found), fault.hop_in(found)
    if hop is None:
        return Recognised(fault, ("verification did not stop",), expected=False, exit_code=found.exit_code)
    said = [f"verification {'named' if expected else 'did not name'} {hop.key}: {line(hop)}"]
    if hop.remedy:
        said.append(f"remedy: {hop.remedy}")
    return Recognised(fault, tuple(said), expected, found.exit_code)


def _policy_of(target: Target) -> tuple[Grant, ...]:
    subject = subject_of(target)
    places = Places(subject.shard, subject.deployment, subject.shard_built, subject.locked_by)
    return operator_grants(places, subject.emitted)
