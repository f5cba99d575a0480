"""The words of the handoff: where a step is done, what it does to what, and how it is taken back.

The one source of the page, the script, the customer's OpenTofu and CloudFormation, the policies and the ledger. No value is a
secret: a password goes from person to person, or by `planewright seed-secrets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What a step does. Those after REBOOT are done by people, outside what a script could do for them."""

    ACCEPT_PEERING = "accept_peering"
    ALLOW_DNS = "allow_dns"
    ADD_ROUTES = "add_routes"
    ADMIT_PORT = "admit_port"
    ASSOCIATE_ZONE = "associate_zone"
    ALLOW_PRINCIPAL = "allow_principal"
    ACCEPT_ENDPOINT = "accept_endpoint"
    CONNECT_PROXY = "connect_proxy"
    NAME_PROXY = "name_proxy"
    SERVE_DATABASE = "serve_database"
    SET_PARAMETERS = "set_parameters"
    REBOOT = "reboot"
    SERVE_TLS = "serve_tls"
    LET_REPLICATE = "let_replicate"
    ALLOW_ADDRESS = "allow_address"
    POINT_NAME = "point_name"
    LIST_CLIENTS = "list_clients"
    GIVE_CERTIFICATE = "give_certificate"


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """An account and region of the customer's: one folder of the bundle. The page is one for all."""

    account_id: str
    region: str
    partition: str = "aws"

    @property
    def name(self) -> str:
        """The folder's name."""
        return f"{self.account_id}-{self.region}"


@dataclass(frozen=True, slots=True)
class Peering:
    """ACCEPT_PEERING, ALLOW_DNS: a request of ours. `vpc_*` is the accepter's side, the customer's; `our_*` the requester's."""

    id: str
    vpc_id: str
    vpc_cidr: str
    our_account_id: str
    our_region: str
    our_vpc_id: str
    our_cidr: str


@dataclass(frozen=True, slots=True)
class Routes:
    """ADD_ROUTES: every route table that matters sends `destination` to the peering.

    Those of the subnets that the database can be in, where `host` names an RDS database; else every one of the VPC.
    """

    vpc_id: str
    destination: str
    peering_id: str
    host: str = ""


@dataclass(frozen=True, slots=True)
class Admit:
    """ADMIT_PORT: a rule of a security group of the database at `host` that lets `source_cidr` in to a TCP port."""

    vpc_id: str
    port: int
    source_cidr: str
    host: str


@dataclass(frozen=True, slots=True)
class Zone:
    """ASSOCIATE_ZONE: the customer's VPC with our private zone. `host` is the name that it makes resolve there."""

    zone_id: str
    vpc_id: str
    region: str
    host: str


@dataclass(frozen=True, slots=True)
class Service:
    """SERVE_DATABASE: a network load balancer and an endpoint service in front of the database at `host`.

    In the zone of that ID at least, since our endpoint is there; `principal` is our account's, which may connect.
    """

    vpc_id: str
    vpc_cidr: str
    host: str
    port: int
    zone_id: str
    principal: str


@dataclass(frozen=True, slots=True)
class Connection:
    """ALLOW_PRINCIPAL, ACCEPT_ENDPOINT: our endpoint to the customer's service. `principal` is our account's."""

    service_id: str
    endpoint_id: str
    principal: str


@dataclass(frozen=True, slots=True)
class Outlet:
    """CONNECT_PROXY, NAME_PROXY: an endpoint of the customer's to our service, and the name that leads to it in their VPC.

    In the zone of that ID, where our service is. `name` is the application's; `host` is empty where the proxy has no name.
    """

    name: str
    vpc_id: str
    vpc_cidr: str
    zone_id: str
    service_name: str
    port: int
    host: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """SET_PARAMETERS, REBOOT: settings of the database at `host`, each with its name in RDS or in PostgreSQL.

    `managed` says whether RDS runs it. `sql` does the same elsewhere, line by line. `vpc_id` is empty outside AWS.
    """

    host: str
    port: int
    vpc_id: str
    managed: bool
    wanted: tuple[tuple[str, str], ...]
    sql: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Database:
    """SERVE_TLS, LET_REPLICATE: the database and the user that logs in. `sql` holds no password: psql's `\\password` asks."""

    host: str
    port: int
    name: str
    user: str
    sql: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """ALLOW_ADDRESS: our fixed address, let in to the database's host and port."""

    source_cidr: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Name:
    """POINT_NAME: a name of the customer's that leads to our load balancer, by CNAME, or by A records at a zone's top."""

    host: str
    cname: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clients:
    """LIST_CLIENTS, GIVE_CERTIFICATE: who connects to the proxy, under which name and on which port."""

    host: str
    port: int
    cidrs: tuple[str, ...] = ()


Target = (
    Peering | Routes | Admit | Zone | Service | Connection | Outlet | Parameters | Database | Address | Name | Clients
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the customer does.

    `key` names it ("database.accept", "application.web.zone"). `site` is None where a person does it by other means than a
    script in an account of theirs. `why` and `undo` are plain sentences for the customer; `values` are label and exact value;
    `after` are the keys that come first. `reversible` is False where `undo` says what is lost or cannot be had back.
    """

    key: str
    act: Act
    site: Site | None
    title: str
    why: str
    values: tuple[tuple[str, str], ...]
    target: Target
    after: tuple[str, ...] = ()
    undo: str = ""
    reversible: bool = True


def sites(steps: tuple[Step, ...]) -> tuple[Site, ...]:
    """Give each account and region once, in order."""
    return tuple(sorted({step.site for step in steps if step.site is not None}))


def accounts(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Give each account once, in the order in which the steps come to it."""
    return tuple(dict.fromkeys(step.site.account_id for step in steps if step.site is not None))


def at(steps: tuple[Step, ...], site: Site) -> tuple[Step, ...]:
    """Give the steps of one account and region, in the order in which they are done."""
    return tuple(step for step in steps if step.site == site)


def by_people(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Give the steps that no script does."""
    return tuple(step for step in steps if step.site is None)
