"""The handoff as a ledger: who has to do what, with the exact values, and whether it was seen to be done. Pure.

What each step of theirs is called, and its values, come from `wizard.handoff`, as in the bundle that they get.
A step is done only when something was seen that could not be otherwise. What nobody can see from this account stays
"not observable", however long ago it was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from generators.handoff.commands import by_hand, to_fill
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, PeeringOutput, PrivateOutputs, ShardOutputs
from wizard.handoff.model import Peering, Step
from wizard.handoff.steps import handoff
from wizard.verify.customer.model import EPHEMERAL
from wizard.verify.hops import Hop, HopState
from wizard.walk.finished import Seeded


class Party(StrEnum):
    """Whose turn a step is."""

    CUSTOMER = "customer"
    US = "us"


class State(StrEnum):
    """How a step was seen. Shown as symbol, word and colour."""

    FAILED = "failed"
    WAITING = "waiting"
    UNKNOWN = "not observable"
    NOT_LOOKED = "not looked at"
    DONE = "done"

    @property
    def symbol(self) -> str:
        """One character, never alone."""
        return {"failed": "✗", "waiting": "…", "not observable": "?", "not looked at": "·", "done": "✓"}[self.value]


@dataclass(frozen=True, slots=True)
class Task:
    """One step of the handoff. `values` are what has to be typed, each with its name; `command` does it, where one can.

    `state` with `seen` (lines of evidence), `why` and `at` is what was seen of it; `until` is when it can be done no more.
    """

    key: str
    who: Party
    what: str
    values: tuple[tuple[str, str], ...] = ()
    command: str = ""
    state: State = State.NOT_LOOKED
    seen: tuple[str, ...] = ()
    why: str = ""
    at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger is made of. `hops` by key: of the look just made, and of the newest verification where that saw more.

    `expires` and `accepter_dns` are by peering (`wizard.deploy.customer_side`).
    """

    deployment: DeploymentAnswers
    shard: ShardAnswers
    outputs: InstanceOutputs
    shard_outputs: ShardOutputs
    hops: Mapping[str, Hop]
    seeded: Seeded = Seeded.UNKNOWN
    expires: Mapping[str, datetime] | None = None
    accepter_dns: frozenset[str] = frozenset()


def newest(*looks: Sequence[Hop]) -> Mapping[str, Hop]:
    """Give each hop as it was seen last."""
    found: dict[str, Hop] = {}
    for hop in (hop for look in looks for hop in look):
        if hop.key not in found or hop.observed_at >= found[hop.key].observed_at:
            found[hop.key] = hop
    return found


def ledger(known: Known) -> tuple[Task, ...]:
    """Give all steps, the customer's in the order in which they do them, then ours."""
    path = known.outputs.private
    if known.outputs.service is not None:
        theirs = _service(known)
    else:
        theirs = _private(known, path) if path is not None else _public(known)
    return (*theirs, *_database(known), *_certificate(known), *_ours(known))


def waits_on_customer(tasks: Sequence[Task]) -> bool:
    """Whether a step of the customer's was seen to be open."""
    return any(task.who is Party.CUSTOMER and task.state in {State.WAITING, State.FAILED} for task in tasks)


# -- the private topology


def _private(known: Known, path: PrivateOutputs) -> Iterator[Task]:
    steps = _steps(known)
    yield _acceptance(known, steps["database.accept"], "peering.database")
    # Routes and rules lie in their account: a role of theirs shows them. That the load balancer reaches the database proves
    # both at once.
    yield _theirs(_task(steps["database.routes"], "route.database"), known, "customer.routes")
    rule = _task(steps["database.rule"], "rule.database")
    # Which database is told by the steps around it.
    yield _theirs(replace(rule, values=rule.values[:2]), known, "customer.rules")
    yield from _acls(known, path)
    yield _names(known, _task(steps["database.dns"], "dns.database"), path.database_peering)
    for name in sorted(path.application_peerings):
        # One that lives in the database's VPC comes through the database's peering: there is nothing more to accept.
        if accept := steps.get(f"application.{name}.accept"):
            yield _acceptance(known, accept, f"peering.application.{name}")
        routes = _task(steps[f"application.{name}.routes"], f"route.application.{name}")
        why = "their route tables cannot be read from this account"
        yield _by_role(routes, known, f"customer.routes.{name}", why)
        if zone := steps.get(f"application.{name}.zone"):
            host = known.deployment.proxy.host
            why = f"it shows only where they ask for {host} themselves"
            yield _by_role(_task(zone, f"zone.application.{name}"), known, f"customer.zone.{name}", why)


def _acceptance(known: Known, step: Step, key: str) -> Task:
    until = (known.expires or {}).get(step.target.id) if isinstance(step.target, Peering) else None
    return _seen(replace(_task(step, key), until=until), known, key)


def _theirs(task: Task, known: Known, key: str) -> Task:
    """Give a task of the database's side as a look into it shows, or else as the load balancer reaches the database.

    An answer that was pasted is of its time: what is seen to work since then is done.
    """
    hop, health = known.hops.get(key), known.hops.get("inbound.health")
    peering = known.outputs.private.database_peering if known.outputs.private is not None else None
    role = peering is not None and known.deployment.way_into(peering.peer_account_id) is not None
    works = health is not None and health.state is HopState.PASSED
    if hop is None or (works and not role) or (hop.state is HopState.NOT_OBSERVABLE and health is not None):
        return _seen(task, known, "inbound.health")
    return _seen(task, known, key)


def _by_role(task: Task, known: Known, key: str, why: str) -> Task:
    """Give a task as the customer's role shows it; without a role nobody sees it."""
    return _seen(task, known, key) if key in known.hops else _unseen(task, why)


def _acls(known: Known, path: PrivateOutputs) -> Iterator[Task]:
    """Network ACLs let everything through unless somebody changed them: a task only where one was seen that does not."""
    hop = known.hops.get("customer.acls")
    if hop is None or hop.state not in {HopState.FAILED, HopState.WAITING}:
        return
    port = f"TCP {known.deployment.database.port} in, TCP {EPHEMERAL[0]}-{EPHEMERAL[1]} out"
    values = (("VPC", path.database_peering.peer_vpc_id), ("ports", port), ("from and to", path.transit_vpc_cidr))
    what = "Let the transit VPC through the network ACLs of the database's subnets, both ways"
    yield _theirs(Task("acl.database", Party.CUSTOMER, what, values), known, "customer.acls")


def _names(known: Known, named: Task, peering: PeeringOutput) -> Task:
    why = "wanted where the database has a public name, as RDS has; it shows only once the watcher finds the address"
    if peering.id not in known.accepter_dns:
        return _by_role(named, known, "customer.dns", why)
    task = _unseen(named, why)
    hop = known.hops.get("peering.database")
    return _as(task, State.DONE, ("the option is on on their side",), at=hop.observed_at if hop else None)


# -- the private topology without a peering


def _service(known: Known) -> Iterator[Task]:
    steps = _steps(known)
    allow = _task(steps["database.allow"], "allow.service")
    # An endpoint that stands proves that its service admits us, or did when it was made: that alone is no proof of today.
    yield _seen(allow, known, "service.seen")
    yield _seen(_task(steps["database.endpoint"], "accept.endpoint"), known, "service.endpoint")
    rule = _task(steps["database.rule"], "rule.database")
    # What lies behind their service cannot be seen: that the database answers proves rule, target and listener at once.
    yield _seen(replace(rule, values=rule.values[:2]), known, "database.tcp")
    for application in sorted(known.deployment.applications, key=lambda it: it.name):
        name = application.name
        made = _task(steps[f"application.{name}.endpoint"], f"endpoint.application.{name}")
        yield _seen(made, known, f"service.application.{name}")
        if named := steps.get(f"application.{name}.name"):
            host = known.deployment.proxy.host
            yield _unseen(
                _task(named, f"name.application.{name}"), f"it shows only where they ask for {host} themselves"
            )


# -- the public topology


def _public(known: Known) -> Iterator[Task]:
    steps = _steps(known)
    yield _seen(_task(steps["database.allow"], "allow.nat"), known, "database.tcp")
    if name := steps.get("proxy.name"):
        yield _unseen(_task(name, "name.proxy"), "it shows only where they ask for the name themselves")
    yield _unseen(
        _task(steps["proxy.clients"], "clients"), "only an application's network can tell whether the proxy answers it"
    )


# -- both


def _database(known: Known) -> Iterator[Task]:
    database = known.deployment.database
    yield _seen(
        Task(
            "database.tls",
            Party.CUSTOMER,
            "Serve TLS, and let the replication user log in",
            (
                ("database", f"{database.host}:{database.port}/{database.name}"),
                ("user", database.user),
                ("certificate authority", database.certificate_authority.value),
            ),
        ),
        known,
        "database.psql",
    )
    if "customer.parameters" in known.hops and (step := _steps(known).get("database.parameters")):
        yield _seen(_task(step, "database.parameters"), known, "customer.parameters")
    yield _seen(
        Task(
            "database.replication",
            Party.CUSTOMER,
            "Switch logical replication on, which takes a restart, and let the user replicate",
            (("parameter", "rds.logical_replication = 1, elsewhere wal_level = logical"), ("user", database.user)),
        ),
        known,
        "database.replication",
    )


def _certificate(known: Known) -> Iterator[Task]:
    step = _steps(known).get("proxy.certificate")
    if step is None:
        return
    task = _task(step, "certificate")
    done = known.seeded is Seeded.COMPLETE
    yield _as(task, State.DONE, ("the secret was given its value",)) if done else _as(task, State.WAITING, ())


def _ours(known: Known) -> Iterator[Task]:
    secrets = Task("secrets", Party.US, "Put passwords and certificates where the nodes fetch them")
    states = {Seeded.COMPLETE: State.DONE, Seeded.MISSING: State.WAITING, Seeded.UNKNOWN: State.UNKNOWN}
    yield _as(secrets, states[known.seeded], (), why="" if known.seeded is not Seeded.UNKNOWN else "not done from here")
    if known.outputs.service is not None:
        named = ("database's name", known.deployment.database.host)
        linked = Task("link", Party.US, "Apply stack link once our endpoint is accepted", (named,))
        yield _seen(linked, known, "service.name")
        return
    if known.outputs.private is not None:
        option = ("peering", known.outputs.private.database_peering.id)
        linked = Task("link", Party.US, "Apply stack link once every peering is active", (option,))
        yield _seen(linked, known, "peering.database.dns")
        watcher = Task("watcher", Party.US, "The watcher registers the database's address, each minute")
        yield _seen(watcher, known, "inbound.target")
        return
    clients = ", ".join(map(str, known.deployment.proxy.client_cidrs))
    admits = Task("admit", Party.US, "Admit the listed clients and nobody else", (("clients", clients),))
    yield _seen(admits, known, "proxy.clients")


_OF_HOP = {
    HopState.PASSED: State.DONE,
    HopState.FAILED: State.FAILED,
    HopState.WAITING: State.WAITING,
    HopState.NOT_OBSERVABLE: State.UNKNOWN,
    HopState.NOT_PROVABLE: State.UNKNOWN,
}


def _steps(known: Known) -> dict[str, Step]:
    found = handoff(known.deployment, known.shard, known.outputs, known.shard_outputs)
    return {step.key: step for step in found}


def _task(step: Step, key: str) -> Task:
    """Give a step as the ledger has it: with the command where one line alone does it, and nothing in it is to be filled in."""
    lines = () if to_fill(step) else by_hand(step)
    return Task(key, Party.CUSTOMER, step.title, step.values, lines[0] if len(lines) == 1 else "")


def _unseen(task: Task, why: str) -> Task:
    return replace(task, state=State.UNKNOWN, why=why)


def _seen(task: Task, known: Known, key: str) -> Task:
    """Give a task as the hop that shows it was seen."""
    hop = known.hops.get(key)
    if hop is None:
        return task
    if hop.key.startswith("customer.") and len(hop.commands) == 1:
        task = replace(task, command=hop.commands[0])  # the line that mends what was seen
    return _as(task, _OF_HOP[hop.state], hop.evidence, why=hop.reason, at=hop.observed_at)


def _as(task: Task, state: State, seen: tuple[str, ...], *, why: str = "", at: datetime | None = None) -> Task:
    return Task(task.key, task.who, task.what, task.values, task.command, state, seen, why, at, task.until)
