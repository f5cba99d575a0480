"""The rehearsed world: an embedded AWS with two accounts, the customer and their PostgreSQL, agents, watcher, network.

Everything is in this process or its child, on the loopback interface, and gone when the world stops. A front end holds
it in a process of its own (`wizard.rehearsal.handle`), so that it ends whatever happens to the front end.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from types import MappingProxyType, TracebackType
from typing import Any, Literal, Self

from wizard.errors import RehearsalError
from wizard.rehearsal import scratch, watcher
from wizard.rehearsal.agent import Agents, Tools
from wizard.rehearsal.answers import AnswerTexts, answers, database_of, example
from wizard.rehearsal.children import Children
from wizard.rehearsal.clients import client
from wizard.rehearsal.customer import DATABASE_ADDRESS, DATABASE_PORT, Customer, Topology
from wizard.rehearsal.dialing import Dial, verdicts
from wizard.rehearsal.embedded import (
    CUSTOMER,
    VENDOR,
    ApiCall,
    Command,
    CommandResult,
    EmbeddedAws,
    Hooks,
    Refusal,
    Target,
    TargetHealth,
)
from wizard.rehearsal.faults import Fault, Step, fault
from wizard.rehearsal.health import target_health
from wizard.rehearsal.loopback import Loopback, Outcome
from wizard.rehearsal.model import Network, Service
from wizard.rehearsal.model import Target as ModelTarget
from wizard.rehearsal.operator import CUSTOMERS, Operator
from wizard.rehearsal.picture import Pictures
from wizard.rehearsal.postgres import Postgres
from wizard.rehearsal.reachability import Verdict
from wizard.rehearsal.refusals import Refusals
from wizard.rehearsal.roles import Roles
from wizard.rehearsal.snapshot import Reader

Account = Literal["vendor", "customer"]
_ACCOUNTS: dict[Account, str] = {"vendor": VENDOR, "customer": CUSTOMER}
_DATABASE = "customer database"


class World:
    """One rehearsal's world, for one topology. Start it from a thread that outlives it: its children are on a leash.

    `watch_seconds` is the watcher's period (AWS: 60); None runs it only when it is asked to.
    """

    def __init__(
        self,
        topology: Topology,
        *,
        region: str = "us-east-1",
        watch_seconds: float | None = 5.0,
        publicly_accessible: bool = False,
    ) -> None:
        database = database_of(topology)
        self.topology: Topology = topology
        self.region = region
        self.refusals = Refusals()
        self._faults: dict[str, Fault] = {}
        self.operator = Operator(VENDOR)
        self.customers_hands = Operator(CUSTOMER, CUSTOMERS)
        self.database_user: str = database["user"]
        self._password = secrets.token_urlsafe(18)
        self._publicly_accessible = publicly_accessible
        self._watch_seconds = watch_seconds
        self._host: str = database["host"]
        self._proxy_host: str = example(topology)["proxy"]["host"]
        self._database: str = database.get("name", "postgres")
        self._stack = ExitStack()
        self._hooks = _WorldHooks(self)
        self.aws = EmbeddedAws(self._hooks)
        self.postgres = Postgres(
            (self._host,),
            role=self.database_user,
            password=self._password,
            databases=(self._database,),
        )
        self.children = Children()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start all parts. RehearsalError when one cannot; what was started is stopped again."""
        with ExitStack() as undo:
            self._assemble(undo)
            self._stack = undo.pop_all()
        return self

    def _assemble(self, undo: ExitStack) -> None:
        self.folder = scratch.make("world")
        undo.callback(shutil.rmtree, self.folder, ignore_errors=True)
        # First, while this process has a single thread: its leash is tied to it.
        undo.enter_context(self.postgres)
        undo.enter_context(self.aws)
        self.loopback = undo.enter_context(Loopback())
        own = {account: self._own(account) for account in (VENDOR, CUSTOMER)}
        self._vendor = own[VENDOR]
        self.customer = Customer(self.environ("customer"), CUSTOMER, VENDOR)
        self.customer.build(
            self.topology, self._host, example("shard")["zone_id"], publicly_accessible=self._publicly_accessible
        )
        self.pictures = Pictures(
            Reader({VENDOR: ("vendor", own[VENDOR]), CUSTOMER: ("customer", own[CUSTOMER])}), self._services
        )
        undo.callback(self.children.end)
        self.agents = Agents(
            self.folder / "nodes",
            VENDOR,
            own[VENDOR],
            tools=Tools(self.postgres.binaries.psql),
            loopback=self.loopback,
            children=self.children,
        )
        self.watchers = watcher.Watchers(
            VENDOR,
            own[VENDOR],
            synced=self.sync,
            loopback=self.loopback,
            children=self.children,
            seconds=self._watch_seconds or 5.0,
        )
        undo.callback(self.watchers.stop)
        undo.callback(self.children.end)  # before the watchers: what they wait for must end
        if self._watch_seconds is not None:
            self.watchers.start()

    def stop(self) -> None:
        """Stop everything and remove what was on disk. Stopping twice does no harm."""
        self._stack.close()

    # What a front end needs

    def environ(self, account: Account = "vendor") -> dict[str, str]:
        """Give the variables with which a process acts in an account of the embedded AWS."""
        return self.aws.environment(_ACCOUNTS[account], self.region)

    def answers(self) -> AnswerTexts:
        """Give answers that fit this world: the shipped examples with its ids and its certificate authority."""
        return answers(self.customer.premises, account=VENDOR, authority=self.postgres.certificates.authority)

    @property
    def database_password(self) -> str:
        """The replication user's password now."""
        return self._password

    def set_database_password(self, password: str) -> None:
        """Change the replication user's password in PostgreSQL, as the customer might."""
        self.postgres.set_password(password)
        self._password = password

    def stop_database(self) -> None:
        """Stop PostgreSQL: the address is still there, and refuses."""
        self.postgres.stop()
        self.pictures.spoil()

    def start_database(self) -> None:
        """Start PostgreSQL again."""
        self.postgres.start()
        self.pictures.spoil()

    def database_readiness(self, databases: tuple[str, ...] = ()) -> str:
        """Have the customer's DBA run the readiness script on the real PostgreSQL, and give what they send back."""
        from wizard.deploy.readiness import script

        names = databases or (self._database,)
        asked = f"SET planewright.role = '{self.database_user}';\n"
        return "\n".join(self.postgres.sql(asked + script(), name) for name in names)

    def comply(self) -> None:
        """Have the customer do everything that is asked of them, but for what the faults that are on have them leave out."""
        left = self._left_out()
        if self.topology == "private":
            if "accept" not in left:
                self.customer.accept_peerings()
            if "routes" not in left:
                self.customer.add_routes()
            if "dns" not in left:
                self.customer.set_peering_dns()
            for zone in self.authorized_zones():
                self.customer.associate_zone(zone)
        if self.topology == "service":
            if "accept" not in left:
                self.customer.service.accept()
            vpc = self.customer.premises.application
            self.customer.service.connect(vpc.id, vpc.cidr, vpc.subnet_id, self._proxy_host)
        if "port" not in left:
            self.allow_database_port()

    def take_endpoints_away(self) -> None:
        """Have the customer take the endpoints in their application's VPC away: nothing of ours that they hold can go."""
        self.customer.service.disconnect(self.customer.premises.application.id)

    # Faults

    def put_fault(self, name: str) -> None:
        """Have a fault on."""
        chosen = fault(name)
        chosen.on(self)
        self._faults[name] = chosen

    def mend_fault(self, name: str) -> None:
        """Take a fault back. RehearsalError for one that AWS knows no way back from."""
        chosen = fault(name)
        if chosen.off is None:
            raise RehearsalError(f"{name} cannot be taken back", cause=f"mended {chosen.mended}")
        chosen.off(self)
        self._faults.pop(name, None)

    def faults_on(self) -> list[str]:
        """Give the faults that are on, in the order in which they came."""
        return list(self._faults)

    def pass_time(self, span: timedelta) -> None:
        """Let time pass on AWS's calendar: what expires by itself expires. This machine's clock stays."""
        self._hooks.ahead += span
        self.pictures.spoil()

    def refuse_operator(self, permission: str, refusal: Refusal, *, times: int | None = None) -> None:
        """Have AWS refuse the operator's calls, and nobody else's."""
        key = self.environ()["AWS_ACCESS_KEY_ID"]
        self.refusals.refuse(permission, refusal, account=VENDOR, times=times, access_key=key)

    def own(self) -> dict[str, str]:
        """Give the variables with which the rehearsal itself acts in the vendor's account; nothing is refused to it."""
        return dict(self._vendor)

    def _left_out(self) -> set[Step]:
        return {step for one in self._faults.values() for step in one.leaves}

    def asked(self) -> list[str]:
        """Say what the customer is asked for and has not done yet; `comply` does it."""
        if self.topology == "public":
            return [f"allow {block}" for block in self.customer.not_allowed(self._nat_addresses())]
        if self.topology == "service":
            service, vpc = self.customer.service, self.customer.premises.application.id
            accept = [f"accept {endpoint}" for endpoint in service.awaiting()]
            return accept + [f"connect {vpc} with {name}" for name in service.unconnected(vpc)]
        peerings = [f"accept {peering}" for peering in self.customer.awaited_peerings()]
        return peerings + [f"associate {zone}" for zone in self.customer.unassociated(self.authorized_zones())]

    def allow_database_port(self) -> None:
        """Have the customer let our transit VPC, or our NAT gateways' addresses, reach the database's port."""
        own = {"private": None, "service": [self.customer.premises.database.cidr]}
        self.customer.allow_database_port(own[self.topology] if self.topology in own else self._nat_addresses())

    def authorized_zones(self) -> list[str]:
        """Give the vendor's private zones that the application's VPC may be associated with."""
        dns = client(self._vendor, "route53")
        wanted = self.customer.premises.application.id
        return [
            zone["Id"]
            for zone in dns.list_hosted_zones()["HostedZones"]
            if zone.get("Config", {}).get("PrivateZone")
            for vpc in dns.list_vpc_association_authorizations(HostedZoneId=zone["Id"])["VPCs"]
            if vpc["VPCId"] == wanted
        ]

    # The network

    def network(self) -> Network:
        """Give what both accounts hold now."""
        return self.pictures.fresh()

    def verdicts(self) -> dict[Dial, Verdict]:
        """Say how everything that a node may dial ends now, and by what."""
        return verdicts(self.network(), VENDOR)

    def sync(self) -> Network:
        """Make the sockets follow what both accounts hold now, and give that."""
        network = self.pictures.current()
        wanted = {dial: self._outcome(verdict) for dial, verdict in verdicts(network, VENDOR).items()}
        self.loopback.sync(wanted | watcher.outcomes(network, VENDOR))
        return network

    def _outcome(self, verdict: Verdict) -> Outcome:
        real = verdict.final is not None and verdict.final.name == _DATABASE
        return Outcome(verdict.state, ("127.0.0.1", self.postgres.port) if real else None)

    def _services(self) -> tuple[Service, ...]:
        if not self.postgres.running:
            return ()
        return (Service(self.customer.premises.database.id, DATABASE_ADDRESS, DATABASE_PORT, _DATABASE),)

    def _nat_addresses(self) -> list[str]:
        found = client(self._vendor, "ec2").describe_nat_gateways()["NatGateways"]
        live = [nat for nat in found if nat["State"] == "available"]
        return [f"{address['PublicIp']}/32" for nat in live for address in nat["NatGatewayAddresses"]]

    def _own(self, account: str) -> dict[str, str]:
        """Make credentials of the rehearsal's own, which no fault refuses."""
        base = self.aws.environment(account, self.region)
        issued = Roles(base).assume(f"arn:aws:iam::{account}:role/rehearsal", "rehearsal")
        self.refusals.spare(issued["AWS_ACCESS_KEY_ID"])
        return issued


class _WorldHooks(Hooks):
    """Answers the embedded AWS out of the world."""

    #: A new account runs five vCPUs at most; the rehearsed one has asked for what a deployment needs.
    quotas: Mapping[str, float] = MappingProxyType({"L-1216C47A": 256.0})

    def __init__(self, world: World) -> None:
        self._world = world

    def refuse(self, call: ApiCall) -> Refusal | None:
        return self._world.refusals.judge(call)

    def settled(self, call: ApiCall) -> None:
        if hasattr(self._world, "pictures"):
            self._world.pictures.saw(call)

    def allows(self, call: ApiCall) -> bool:
        return self._world.operator.may(call) and self._world.customers_hands.may(call)

    def ping_status(self, instance_id: str) -> Literal["Online", "ConnectionLost"] | None:
        return self._world.agents.ping(self._world.pictures.current(), instance_id)

    def run_command(self, command: Command) -> CommandResult:
        return self._world.agents.run(self._world.sync(), command)

    def target_health(self, account: str, region: str, target_group_arn: str, target: Target) -> TargetHealth:
        del account, region
        health = target_health(self._world.pictures.current(), target_group_arn, ModelTarget(target.id, target.port))
        return TargetHealth(health.state, health.reason, health.description)


def actions(world: World) -> dict[str, Callable[..., Any]]:
    """Give what a front end may ask of the world by name, with plain values in and out."""
    customer = world.customer
    return {
        "comply": world.comply,
        "take_endpoints_away": world.take_endpoints_away,
        "asked": world.asked,
        "database_readiness": lambda databases=(): world.database_readiness(tuple(databases)),
        "put_fault": world.put_fault,
        "mend_fault": world.mend_fault,
        "faults_on": world.faults_on,
        "allow_database_port": world.allow_database_port,
        "authorized_zones": world.authorized_zones,
        "set_database_password": world.set_database_password,
        "stop_database": world.stop_database,
        "start_database": world.start_database,
        "run_watchers": lambda: [vars_of(invocation) for invocation in world.watchers.call_all()],
        "watchers": lambda: {name: vars_of(invocation) for name, invocation in world.watchers.last.items()},
        "verdicts": lambda: [
            {"node": dial.node, "address": dial.address, "port": dial.port, "state": verdict.state, "by": verdict.by}
            for dial, verdict in world.verdicts().items()
        ],
        "refuse": lambda permission, code, message, status=400, times=None: world.refusals.refuse(
            permission, Refusal(code, message, status), account=VENDOR, times=times
        ),
        "clear_refusals": world.refusals.clear,
        "operator_actions": lambda: sorted(world.operator.used),
        "hold_operator": world.operator.hold,
        "customer_actions": lambda: sorted(world.customers_hands.used),
        "hold_customer": world.customers_hands.hold,
        "unimplemented": lambda: list(world.aws.unimplemented),
        "failures": lambda: list(world.aws.failures),
        **{
            name: getattr(customer, name)
            for name in (
                "accept_peerings",
                "add_routes",
                "set_peering_dns",
                "associate_zone",
                "remove_route",
                "restore_route",
                "close_security_group",
                "delete_peerings",
                "reject_peerings",
                "disassociate_zone",
            )
        },
    }


def vars_of(invocation: watcher.Invocation) -> dict[str, Any]:
    """Give an invocation as plain values."""
    return {
        "function": invocation.function,
        "at": invocation.at,
        "result": invocation.result,
        "error": invocation.error,
    }


def call(world: World, action: str, arguments: dict[str, Any]) -> Any:
    """Do one action by its name. RehearsalError when there is no such action."""
    known = actions(world)
    if action not in known:
        raise RehearsalError(f"The rehearsed world knows no action {action}", action=f"one of: {', '.join(known)}")
    return known[action](**arguments)
