"""Whether the caller may do what the stacks need, by the simulation of their policies and by dry runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from wizard.blueprints.springtail.stacks import INSTANCE, SHARD
from wizard.checks.codes import code
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts, Reason, Unread
from wizard.facts.grants import DryCall, DryRun, DryRuns, Given, Refused, Simulated, Simulation, Use, ValueType, Why
from wizard.findings import Finding, Severity
from wizard.permissions.core import ONCE, core_grants
from wizard.permissions.grants import REGION_KEY, Grant, Stage
from wizard.permissions.needed import stack_grants
from wizard.permissions.places import Places

MISSING = code(
    "PERMISSION_MISSING",
    Severity.CRITICAL,
    Severity.HIGH,
    why="an apply stops at the first call that is not allowed, and leaves what it has made until then",
    remedy="have the actions allowed: `planewright policy NAME --out DIR` writes the policies that hold them and no more",
)
UNPROVEN = code(
    "PERMISSION_UNPROVEN",
    Severity.HIGH,
    Severity.WARN,
    Severity.INFO,
    why="what nobody could prove beforehand shows at the apply",
    remedy="allow iam:SimulatePrincipalPolicy and iam:GetRole to whoever checks, or check as the role that will apply",
)

_PATH: Final = "account.profile"
_DRY: Final[Mapping[str, DryCall]] = {
    "ec2:CreateVpc": "CreateVpc",
    "ec2:CreateVolume": "CreateVolume",
    "ec2:AllocateAddress": "AllocateAddress",
    "ec2:CreateSecurityGroup": "CreateSecurityGroup",
    "ec2:CreateInternetGateway": "CreateInternetGateway",
}
#: What holds an apply up only sometimes, or never. A session is for a person's look at a node: nothing else needs one.
_LIGHT: Final = ONCE | {"ssm:StartSession"}
_BY: Final[Mapping[Why, str]] = {
    "": "",
    "implicit": "no policy allows them",
    "explicit": "a policy denies them",
    "boundary": "the permissions boundary does not allow them",
    "organization": "a policy of the organization (SCP) does not allow them",
}
_REMEDIES: Final[Mapping[Why, str]] = {
    "explicit": "find the statement that denies them and take these actions out of it; allowing them elsewhere changes nothing",
    "boundary": "have the actions added to the principal's permissions boundary as well: both have to allow them",
    "organization": "ask whoever administers the AWS organization: no policy in this account can allow them",
}
_SOMETIMES: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "",
    Severity.HIGH: "; an apply needs none of them once the state's home and the services' roles exist, a destroy may",
}
_TYPES: Final[Mapping[str, ValueType]] = {
    "Bool": "boolean",
    "ForAllValues:StringEquals": "stringList",
    "ForAllValues:StringLike": "stringList",
}


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask what the caller's policies allow, and whether AWS would let them begin."""
    if subject.emitted:
        needed = _needed(subject)
        yield _simulated(subject, needed)
        yield _dry_runs(subject, needed)


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Say what is missing, and what could not be proven."""
    if not subject.emitted:
        yield UNPROVEN.at(
            "",
            "these answers give no stack yet: nobody knows which permissions it would need",
            severity=Severity.HIGH,
            remedy="settle what `planewright generate` says of the answers, then check again",
        )
        return
    needed = _needed(subject)
    runs = facts.value(_dry_runs(subject, needed)) or ()
    simulated = _simulated(subject, needed)
    simulation = facts.value(simulated)
    if simulation is None:
        yield from _denied_by_aws(runs, (), needed, "the caller")
        yield from _unread(facts.reading(simulated), needed)
        return
    yield from _denied_by_aws(runs, simulation.refused, needed, simulation.principal)
    yield from _denied_by_policies(subject, simulation, runs, needed)
    yield from _unseen(simulation, needed)


# What is asked


def _needed(subject: Subject) -> tuple[Grant, ...]:
    places = Places(subject.shard, subject.deployment, subject.shard_built, subject.locked_by)
    wanted = (*stack_grants(places, subject.emitted), *core_grants(places))
    return tuple(grant for grant in wanted if grant.where.simulable)


def _simulated(subject: Subject, needed: Iterable[Grant]) -> Simulated:
    actions: dict[tuple[tuple[str, ...], tuple[Given, ...]], set[str]] = defaultdict(set)
    for grant in needed:
        actions[grant.where.examples, _context(subject, grant)].add(grant.action)
    uses = sorted((Use(tuple(sorted(names)), *where) for where, names in actions.items()), key=repr)
    account = subject.account
    return Simulated(account.profile, account.role_arn, subject.region, tuple(uses))


def _context(subject: Subject, grant: Grant) -> tuple[Given, ...]:
    given = {REGION_KEY: Given(REGION_KEY, (subject.region,))}
    for condition in grant.where.conditions:
        kind = _TYPES.get(condition.operator, "string")
        # A request brings one value of those that the policy takes, unless the key holds a list.
        values = condition.values if kind == "stringList" else condition.values[:1]
        given[condition.key] = Given(condition.key, values, kind)
    return tuple(given[key] for key in sorted(given))


def _dry_runs(subject: Subject, needed: Iterable[Grant]) -> DryRuns:
    actions = {grant.action for grant in needed}
    deployment = subject.deployment
    tags = {**subject.shard.governance.tags, **(deployment.tags if deployment else {})}
    tags |= {"planewright:shard": subject.shard.name, "planewright:stack": SHARD}
    if deployment:
        tags |= {"planewright:deployment": deployment.name, "planewright:stack": INSTANCE}
    account = subject.account
    return DryRuns(
        account.profile,
        account.role_arn,
        subject.region,
        subject.shard.zone_id,
        tuple(call for action, call in _DRY.items() if action in actions),
        tuple(sorted(tags.items())),
    )


# What is said


def _denied_by_aws(
    runs: Iterable[DryRun], refused: Iterable[Refused], needed: Iterable[Grant], who: str
) -> Iterator[Finding]:
    """A call that AWS itself denies is missing, whatever the policies say."""
    known = {it.action for it in refused}
    denied = [run for run in runs if run.outcome == "denied"]
    told = {run.action for run in denied}
    if not told:
        return
    said = next((run.said for run in denied if run.said), "")
    hidden = (
        "" if told <= known else "; its policies allow them, so a policy of the organization or of the session does not"
    )
    yield MISSING.at(
        _PATH,
        f"AWS denies {who}, when tried with DryRun: {_listed(told, needed)}{hidden}{f' ({said})' if said else ''}",
        remedy=""
        if told <= known
        else _REMEDIES["organization"] + ", or whoever opens the session to widen its policy",
    )


def _denied_by_policies(
    subject: Subject, simulation: Simulation, runs: Iterable[DryRun], needed: tuple[Grant, ...]
) -> Iterator[Finding]:
    # AWS's own verdict, either way, goes before what a simulation says.
    settled = {run.action for run in runs if run.outcome != "refused"}
    missing: dict[tuple[Why, Severity], set[str]] = defaultdict(set)
    unproven: dict[str, set[str]] = defaultdict(set)
    weights = _weights(needed)
    for it in simulation.refused:
        if it.action in settled:
            continue
        if it.lacks and it.why == "implicit":
            unproven[f"its policies look at {', '.join(it.lacks)}, which only a real call has"].add(it.action)
        elif it.why == "implicit" and it.resource in _with_own_policy(subject):
            unproven["the key's own policy may allow them, and no simulation sees it"].add(it.action)
        else:
            missing[it.why, weights[it.action]].add(it.action)
    for (why, weight), actions in sorted(missing.items()):
        yield MISSING.at(
            _PATH,
            f"{simulation.principal} may not: {_listed(actions, needed)}; {_BY[why]}{_SOMETIMES[weight]}",
            severity=weight,
            remedy=_REMEDIES.get(why, ""),
        )
    for reason, actions in sorted(unproven.items()):
        yield UNPROVEN.at(
            _PATH,
            f"{simulation.principal}: not proven: {_listed(actions, needed)}; {reason}",
            severity=Severity.WARN,
            remedy="make sure that they are allowed: `planewright policy NAME` lists them",
        )


def _weights(needed: Iterable[Grant]) -> dict[str, Severity]:
    """Give each action's weight: what an apply can do without is for somebody to acknowledge."""
    weights: dict[str, Severity] = {}
    for grant in needed:
        light = grant.stage is Stage.UNDO or grant.action in _LIGHT
        if weights.get(grant.action) is not Severity.CRITICAL:
            weights[grant.action] = Severity.HIGH if light else Severity.CRITICAL
    return weights


def _with_own_policy(subject: Subject) -> frozenset[str]:
    shard = subject.shard
    return frozenset({shard.governance.kms_key_arn, shard.state.kms_key_arn} - {""})


def _unread(reading: object, needed: Iterable[Grant]) -> Iterator[Finding]:
    if isinstance(reading, Unread) and reading.reason is Reason.DENIED:
        actions = {grant.action for grant in needed}
        yield UNPROVEN.at(
            _PATH, f"{reading.permission} is not allowed, so none of these is proven: {_listed(actions, needed)}"
        )


def _unseen(simulation: Simulation, needed: Iterable[Grant]) -> Iterator[Finding]:
    who, actions = simulation.principal, {grant.action for grant in needed}
    if simulation.kind == "federated":
        yield UNPROVEN.at(
            _PATH,
            f"{who} has no policies that can be simulated, so none of these is proven: {_listed(actions, needed)}",
        )
    elif simulation.kind == "role":
        yield UNPROVEN.at(
            _PATH,
            f"{who}: a policy of the session, if it has one, cannot be seen, and may allow less than the role",
            severity=Severity.INFO,
            remedy="nothing to do when the session was opened without a policy, as profiles and SSO do",
        )
    elif simulation.kind == "root":
        yield UNPROVEN.at(
            _PATH,
            f"{who} is bound by policies of the organization alone, which no simulation sees",
            severity=Severity.INFO,
            remedy="use a role made for deployments: `planewright policy NAME` writes what it has to be allowed",
        )


def _listed(actions: Iterable[str], needed: Iterable[Grant]) -> str:
    """Write actions by service, and who needs them: `ec2: CreateVpc, DeleteVpc (shard)`."""
    who: dict[str, set[str]] = defaultdict(set)
    for grant in needed:
        who[grant.action].add(grant.by)
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for action in sorted(actions):
        service, name = action.split(":", 1)
        groups[service, ", ".join(sorted(who[action]))].append(name)
    return "; ".join(f"{service}: {', '.join(names)} ({by})" for (service, by), names in sorted(groups.items()))
