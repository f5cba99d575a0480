"""The handoff as a ledger: who has to do what, with the exact values, and whether it was seen to be done. Pure.

A step is done only when something was seen that could not be otherwise. What nobody can see from this account stays
"not observable", however long ago it was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers, TlsHolder
from wizard.blueprints.springtail.contracts import InstanceOutputs, PeeringOutput, PrivateOutputs, ShardOutputs
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
    theirs = _private(known, path) if path is not None else _public(known)
    return (*theirs, *_database(known), *_certificate(known), *_ours(known))


def waits_on_customer(tasks: Sequence[Task]) -> bool:
    """Whether a step of the customer's was seen to be open."""
    return any(task.who is Party.CUSTOMER and task.state in {State.WAITING, State.FAILED} for task in tasks)


# -- the private topology


def _private(known: Known, path: PrivateOutputs) -> Iterator[Task]:
    database, port = path.database_peering, str(known.deployment.database.port)
    yield _acceptance(known, "peering.database", "the database's VPC", database, path)
    # Routes and rules lie in their account. That the load balancer reaches the database proves both at once.
    yield _reaching(
        known,
        "route.database",
        "Route every subnet of the database to the transit VPC, over the peering",
        (("VPC", database.peer_vpc_id), ("destination", path.transit_vpc_cidr), ("target", database.id)),
    )
    yield _reaching(
        known,
        "rule.database",
        "Let the transit VPC reach the database: a rule of its security group",
        (("protocol and port", f"TCP {port}"), ("source", path.transit_vpc_cidr)),
    )
    yield _names(known, database)
    for name, peering in sorted(path.application_peerings.items()):
        yield _acceptance(known, f"peering.application.{name}", f"application {name}", peering, path)
        yield Task(
            f"route.application.{name}",
            Party.CUSTOMER,
            f"Route the subnets of application {name} to the transit VPC, over the peering",
            (("VPC", peering.peer_vpc_id), ("destination", path.transit_vpc_cidr), ("target", peering.id)),
            state=State.UNKNOWN,
            why="their route tables cannot be read from this account",
        )
        if path.private_zone_id:
            yield _zone(known, name, peering, path)


def _acceptance(known: Known, key: str, whose: str, peering: PeeringOutput, path: PrivateOutputs) -> Task:
    values = (
        ("peering", peering.id),
        ("from", f"account {known.shard.account.id}, {path.transit_vpc_id}, {path.transit_vpc_cidr}"),
        ("to", f"account {peering.peer_account_id}, {peering.peer_vpc_id}, {peering.peer_cidr}"),
        ("region", peering.peer_region),
    )
    command = (
        f"aws ec2 accept-vpc-peering-connection --region {peering.peer_region} --vpc-peering-connection-id {peering.id}"
    )
    until = (known.expires or {}).get(peering.id)
    return _seen(Task(key, Party.CUSTOMER, f"Accept the peering to {whose}", values, command, until=until), known, key)


def _reaching(known: Known, key: str, what: str, values: tuple[tuple[str, str], ...]) -> Task:
    """A step that shows only in that the load balancer reaches the database."""
    return _seen(Task(key, Party.CUSTOMER, what, values), known, "inbound.health")


def _names(known: Known, peering: PeeringOutput) -> Task:
    task = Task(
        "dns.database",
        Party.CUSTOMER,
        "Let this side resolve the database's public name to its private address",
        (("peering", peering.id), ("accepter option", "AllowDnsResolutionFromRemoteVpc = true")),
        f"aws ec2 modify-vpc-peering-connection-options --region {peering.peer_region} --vpc-peering-connection-id "
        f"{peering.id} --accepter-peering-connection-options AllowDnsResolutionFromRemoteVpc=true",
        state=State.UNKNOWN,
        why="wanted where the database has a public name, as RDS has; it shows only once the watcher finds the address",
    )
    if peering.id not in known.accepter_dns:
        return task
    hop = known.hops.get("peering.database")
    return _as(task, State.DONE, ("the option is on on their side",), at=hop.observed_at if hop else None)


def _zone(known: Known, name: str, peering: PeeringOutput, path: PrivateOutputs) -> Task:
    host = known.deployment.proxy.host
    return Task(
        f"zone.application.{name}",
        Party.CUSTOMER,
        f"Associate the VPC of application {name} with the private zone, so that {host} resolves there",
        (("hosted zone", path.private_zone_id), ("VPC", peering.peer_vpc_id), ("region", peering.peer_region)),
        f"aws route53 associate-vpc-with-hosted-zone --hosted-zone-id {path.private_zone_id} "
        f"--vpc VPCRegion={peering.peer_region},VPCId={peering.peer_vpc_id}",
        state=State.UNKNOWN,
        why=f"it shows only where they ask for {host} themselves",
    )


# -- the public topology


def _public(known: Known) -> Iterator[Task]:
    database, proxy = known.deployment.database, known.deployment.proxy
    yield _seen(
        Task(
            "allow.nat",
            Party.CUSTOMER,
            "Allow our fixed address at the database's firewall",
            (
                ("source", f"{known.shard_outputs.nat_public_ip}/32"),
                ("to", f"{database.host}, TCP {database.port}"),
            ),
        ),
        known,
        "database.tcp",
    )
    public = known.outputs.public
    if public is not None and proxy.host:
        addresses = ", ".join(public.proxy_public_ips)
        yield Task(
            "name.proxy",
            Party.CUSTOMER,
            f"Point {proxy.host} at the proxy's load balancer",
            (("CNAME", public.proxy_nlb_dns), *((("or A", addresses),) if addresses else ())),
            state=State.UNKNOWN,
            why="it shows only where they ask for the name themselves",
        )
    clients = ", ".join(map(str, proxy.client_cidrs))
    yield Task(
        "clients",
        Party.CUSTOMER,
        "Connect from these blocks alone, and let them out to the proxy",
        (("clients", clients), ("to", f"{proxy.host or 'the proxy'}, TCP {proxy.port}")),
        state=State.UNKNOWN,
        why="only an application's network can tell whether the proxy answers it",
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
    if known.deployment.proxy.tls is not TlsHolder.CUSTOMER:
        return
    host = known.deployment.proxy.host or "the proxy"
    task = Task(
        "certificate", Party.CUSTOMER, f"Give the certificate and key of {host} to the operator", (("name", host),)
    )
    done = known.seeded is Seeded.COMPLETE
    yield _as(task, State.DONE, ("the secret was given its value",)) if done else _as(task, State.WAITING, ())


def _ours(known: Known) -> Iterator[Task]:
    secrets = Task("secrets", Party.US, "Put passwords and certificates where the nodes fetch them")
    states = {Seeded.COMPLETE: State.DONE, Seeded.MISSING: State.WAITING, Seeded.UNKNOWN: State.UNKNOWN}
    yield _as(secrets, states[known.seeded], (), why="" if known.seeded is not Seeded.UNKNOWN else "not done from here")
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


def _seen(task: Task, known: Known, key: str) -> Task:
    """Give a task as the hop that shows it was seen."""
    hop = known.hops.get(key)
    return task if hop is None else _as(task, _OF_HOP[hop.state], hop.evidence, why=hop.reason, at=hop.observed_at)


def _as(task: Task, state: State, seen: tuple[str, ...], *, why: str = "", at: datetime | None = None) -> Task:
    return Task(task.key, task.who, task.what, task.values, task.command, state, seen, why, at, task.until)
