"""The customer's steps, out of the answers and of what was built: in the order in which they are done. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from wizard.blueprints.springtail.answers import (
    Application,
    CertificateAuthority,
    DatabaseVpc,
    DeploymentAnswers,
    ShardAnswers,
    TlsHolder,
)
from wizard.blueprints.springtail.contracts import (
    InstanceOutputs,
    PeeringOutput,
    PrivateOutputs,
    ServiceOutputs,
    ShardOutputs,
)
from wizard.handoff import database
from wizard.handoff.model import (
    Act,
    Address,
    Admit,
    Clients,
    Connection,
    Database,
    Name,
    Outlet,
    Parameters,
    Peering,
    Routes,
    Service,
    Site,
    Step,
    Zone,
)
from wizard.readiness.model import Readiness

_AUTHORITIES = {
    CertificateAuthority.RDS: "Amazon's, of RDS",
    CertificateAuthority.SYSTEM: "a public one",
    CertificateAuthority.PEM: "your own, which you gave to the operator",
}


@dataclass(frozen=True, slots=True)
class _Given:
    """What the steps are made of."""

    deployment: DeploymentAnswers
    shard: ShardAnswers
    outputs: InstanceOutputs | None
    shard_outputs: ShardOutputs | None
    readiness: Readiness | None

    @property
    def partition(self) -> str:
        return self.shard.account.partition.value

    @property
    def principal(self) -> str:
        return f"arn:{self.partition}:iam::{self.shard.account.id}:root"

    def at(self, vpc: DatabaseVpc | Application) -> Site:
        return Site(vpc.account_id, vpc.region, self.partition)

    @property
    def database_place(self) -> tuple[Site | None, str]:
        """Where the database is, and in which VPC: nowhere that anybody told in the public topology."""
        path = self.outputs.private if self.outputs else None
        if path is not None:
            return self.site(path.database_peering), path.database_peering.peer_vpc_id
        vpc = self.deployment.database.vpc if self.deployment.through_service else None
        return (self.at(vpc), vpc.vpc_id) if vpc is not None else (None, "")

    def site(self, peering: PeeringOutput) -> Site:
        return Site(peering.peer_account_id, peering.peer_region, self.partition)

    def peering(self, path: PrivateOutputs, peering: PeeringOutput) -> Peering:
        return Peering(
            id=peering.id,
            vpc_id=peering.peer_vpc_id,
            vpc_cidr=peering.peer_cidr,
            our_account_id=self.shard.account.id,
            our_region=self.shard.account.region,
            our_vpc_id=path.transit_vpc_id,
            our_cidr=path.transit_vpc_cidr,
        )


def handoff(
    deployment: DeploymentAnswers,
    shard: ShardAnswers,
    outputs: InstanceOutputs,
    shard_outputs: ShardOutputs,
    readiness: Readiness | None = None,
) -> tuple[Step, ...]:
    """Give the customer's steps. What the database already said of itself (`readiness`) needs no step any more."""
    given = _Given(deployment, shard, outputs, shard_outputs, readiness)
    if outputs.service is not None:
        theirs = _service(given, outputs.service)
    elif outputs.private is not None:
        theirs = _private(given, outputs.private)
    else:
        theirs = _public(given)
    return (*theirs, *_database(given), *_certificate(given))


def beforehand(
    deployment: DeploymentAnswers, shard: ShardAnswers, readiness: Readiness | None = None
) -> tuple[Step, ...]:
    """Give the steps of a customer who has no endpoint service yet: nothing of ours can be built before it has a name.

    None where nothing is asked of them beforehand.
    """
    vpc = deployment.database.vpc
    if not deployment.through_service or vpc is None:
        return ()
    given = _Given(deployment, shard, None, None, readiness)
    return (_serve(given, vpc), _admit_own(given, vpc, after=("database.service",)), *_database(given))


# -- the private topology


def _private(given: _Given, path: PrivateOutputs) -> Iterator[Step]:
    peering, answers = path.database_peering, given.deployment.database
    site, ours = given.site(peering), given.peering(path, peering)
    accept = "database.accept"
    yield _accept(accept, "the database's VPC", site, ours)
    yield _names(accept, site, ours)
    yield Step(
        "database.routes",
        Act.ADD_ROUTES,
        site,
        "Route every subnet of the database to the transit VPC, over the peering",
        "An answer of the database finds its way back only where its subnet's route table knows the way.",
        (("VPC", peering.peer_vpc_id), ("destination", path.transit_vpc_cidr), ("target", peering.id)),
        Routes(peering.peer_vpc_id, path.transit_vpc_cidr, peering.id, answers.host),
        after=(accept,),
        undo="The routes to this peering are deleted; no other route is touched.",
    )
    port = str(answers.port)
    yield Step(
        "database.rule",
        Act.ADMIT_PORT,
        site,
        "Let the transit VPC reach the database: a rule of its security group",
        "The security group of the database refuses everybody whom no rule names.",
        (("protocol and port", f"TCP {port}"), ("source", path.transit_vpc_cidr), ("database", answers.host)),
        Admit(peering.peer_vpc_id, answers.port, path.transit_vpc_cidr, answers.host),
        undo="The rule that was added is revoked; a rule that was there before stays.",
    )
    for name, other in sorted(path.application_peerings.items()):
        yield from _application(given, path, name, other)


def _application(given: _Given, path: PrivateOutputs, name: str, peering: PeeringOutput) -> Iterator[Step]:
    site, ours = given.site(peering), given.peering(path, peering)
    # Two VPCs are peered once only: an application in the database's VPC comes through the database's peering.
    shared = peering.id == path.database_peering.id
    accept = "database.accept" if shared else f"application.{name}.accept"
    if not shared:
        yield _accept(accept, f"application {name}", site, ours)
    yield Step(
        f"application.{name}.routes",
        Act.ADD_ROUTES,
        site,
        f"Route the subnets of application {name} to the transit VPC, over the peering",
        "The application's connection to the proxy finds its way only where its subnet's route table knows the way.",
        (("VPC", peering.peer_vpc_id), ("destination", path.transit_vpc_cidr), ("target", peering.id)),
        Routes(peering.peer_vpc_id, path.transit_vpc_cidr, peering.id),
        after=(accept,),
        undo="The routes to this peering are deleted; no other route is touched.",
    )
    if path.private_zone_id:
        yield _zone(given, path, name, peering, site)


def _accept(key: str, whose: str, site: Site, peering: Peering) -> Step:
    return Step(
        key,
        Act.ACCEPT_PEERING,
        site,
        f"Accept the peering to {whose}",
        "Until it is accepted no packet passes; a request that nobody accepts expires after seven days.",
        (
            ("peering", peering.id),
            ("from", f"account {peering.our_account_id}, {peering.our_vpc_id}, {peering.our_cidr}"),
            ("to", f"account {site.account_id}, {peering.vpc_id}, {peering.vpc_cidr}"),
            ("region", site.region),
        ),
        peering,
        undo="An accepted peering cannot be un-accepted: it is deleted, and has to be requested anew by the operator.",
        reversible=False,
    )


def _names(accept: str, site: Site, peering: Peering) -> Step:
    return Step(
        "database.dns",
        Act.ALLOW_DNS,
        site,
        "Let this side resolve the database's public name to its private address",
        "RDS gives a database with public access a public name: with this option it leads to the private address.",
        (("peering", peering.id), ("accepter option", "AllowDnsResolutionFromRemoteVpc = true")),
        peering,
        after=(accept,),
        undo="The option is switched off again.",
    )


def _zone(given: _Given, path: PrivateOutputs, name: str, peering: PeeringOutput, site: Site) -> Step:
    host = given.deployment.proxy.host
    return Step(
        f"application.{name}.zone",
        Act.ASSOCIATE_ZONE,
        site,
        f"Associate the VPC of application {name} with the private zone, so that {host} resolves there",
        f"The zone holds the one name {host}; only VPCs that are associated with it know that name.",
        (("hosted zone", path.private_zone_id), ("VPC", peering.peer_vpc_id), ("region", peering.peer_region)),
        Zone(path.private_zone_id, peering.peer_vpc_id, peering.peer_region, host),
        undo="The association is removed: the name no longer resolves in that VPC, until the operator authorizes it anew.",
    )


# -- the private topology without a peering


def _service(given: _Given, path: ServiceOutputs) -> Iterator[Step]:
    vpc = given.deployment.database.vpc
    if vpc is None:
        return
    site, service = given.at(vpc), path.inbound_service_name
    ours = Connection(service.rpartition(".")[2], path.inbound_endpoint_id, given.principal)
    yield Step(
        "database.allow",
        Act.ALLOW_PRINCIPAL,
        site,
        "Allow our account on your endpoint service",
        "AWS shows a service to nobody but those whom its owner allows.",
        (("service", service), ("principal", given.principal)),
        ours,
        undo="Our account is taken off the list. The endpoint that was accepted stays until it is rejected.",
    )
    yield Step(
        "database.endpoint",
        Act.ACCEPT_ENDPOINT,
        site,
        "Accept our endpoint",
        "Until it is accepted no packet passes, where your service asks for acceptance.",
        (
            ("service", service),
            ("endpoint", path.inbound_endpoint_id),
            ("from", f"account {given.shard.account.id}"),
            ("region", site.region),
        ),
        ours,
        after=("database.allow",),
        undo="The endpoint is rejected, which cuts every connection; it can be accepted again.",
    )
    yield _admit_own(given, vpc)
    for application in sorted(given.deployment.applications, key=lambda it: it.name):
        yield from _outlet(given, path, application)


def _serve(given: _Given, vpc: DatabaseVpc) -> Step:
    answers, zone = given.deployment.database, given.shard.zone_id
    return Step(
        "database.service",
        Act.SERVE_DATABASE,
        given.at(vpc),
        "Make a network load balancer and an endpoint service in front of the database",
        "Through it alone the database is reached: no network of yours is connected with any of ours. A failover that "
        "changes the database's address needs the new one registered with the target group. What we need back is the "
        "service's name, com.amazonaws.vpce.….",
        (
            ("VPC", vpc.vpc_id),
            ("zone, by ID", zone),
            ("listener", f"TCP {answers.port}, passed through: no TLS listener"),
            ("target", f"the address of {answers.host}, TCP {answers.port}, client addresses not preserved"),
            ("allowed principal", given.principal),
        ),
        Service(vpc.vpc_id, vpc.cidr, answers.host, answers.port, zone, given.principal),
        undo="Service, load balancer and target group are deleted, once our endpoint is gone.",
    )


def _admit_own(given: _Given, vpc: DatabaseVpc, *, after: tuple[str, ...] = ()) -> Step:
    answers = given.deployment.database
    return Step(
        "database.rule",
        Act.ADMIT_PORT,
        given.at(vpc),
        "Let your load balancer reach the database: a rule of its security group",
        "Through an endpoint the database sees the load balancer's own addresses, which are of the VPC's block, health "
        "checks included; those of ours never arrive, whether client addresses are preserved or not.",
        (("protocol and port", f"TCP {answers.port}"), ("source", vpc.cidr), ("database", answers.host)),
        Admit(vpc.vpc_id, answers.port, vpc.cidr, answers.host),
        after=after,
        undo="The rule that was added is revoked; a rule that was there before stays.",
    )


def _outlet(given: _Given, path: ServiceOutputs, application: Application) -> Iterator[Step]:
    proxy, zone = given.deployment.proxy, given.shard.zone_id
    site, name = given.at(application), application.name
    outlet = Outlet(
        name, application.vpc_id, application.cidr, zone, path.outbound_service_name, proxy.port, proxy.host
    )
    yield Step(
        f"application.{name}.endpoint",
        Act.CONNECT_PROXY,
        site,
        f"Make an interface endpoint to the proxies in the VPC of application {name}",
        "The application reaches the proxies through it; your account is allowed, and nobody has to accept.",
        (
            ("service", path.outbound_service_name),
            ("VPC", application.vpc_id),
            ("subnet", f"one in zone {zone}, by ID"),
            ("its security group", f"TCP {proxy.port} from {application.cidr}"),
        ),
        outlet,
        undo="The endpoint and its security group are deleted.",
    )
    if proxy.host:
        yield Step(
            f"application.{name}.name",
            Act.NAME_PROXY,
            site,
            f"Make {proxy.host} lead to that endpoint: a private zone of yours of exactly this name",
            "The name is on the proxy's certificate: applications connect by it.",
            (("zone", proxy.host), ("VPC", application.vpc_id), ("record", "A, an alias of the endpoint")),
            outlet,
            after=(f"application.{name}.endpoint",),
            undo="Record and zone are deleted.",
        )


# -- the public topology: nobody named an account, and people do it


def _public(given: _Given) -> Iterator[Step]:
    answers, proxy = given.deployment.database, given.deployment.proxy
    if given.shard_outputs is None:
        return
    source = f"{given.shard_outputs.nat_public_ip}/32"
    yield Step(
        "database.allow",
        Act.ALLOW_ADDRESS,
        None,
        "Allow our fixed address at the database's firewall",
        "All our connections to the database come from this one address.",
        (("source", source), ("to", f"{answers.host}, TCP {answers.port}")),
        Address(source, answers.host, answers.port),
        undo="Take the address off the list again.",
    )
    public = given.outputs.public if given.outputs else None
    if public is not None and proxy.host:
        addresses = tuple(public.proxy_public_ips)
        told = (("or A", ", ".join(addresses)),) if addresses else ()
        yield Step(
            "proxy.name",
            Act.POINT_NAME,
            None,
            f"Point {proxy.host} at the proxy's load balancer",
            "The name is on the proxy's certificate: applications connect by it.",
            (("CNAME", public.proxy_nlb_dns), *told),
            Name(proxy.host, public.proxy_nlb_dns, addresses),
            undo="Delete the record.",
        )
    clients = tuple(map(str, proxy.client_cidrs))
    yield Step(
        "proxy.clients",
        Act.LIST_CLIENTS,
        None,
        "Connect from these blocks alone, and let them out to the proxy",
        "The proxy's load balancer refuses everybody else.",
        (("clients", ", ".join(clients)), ("to", f"{proxy.host or 'the proxy'}, TCP {proxy.port}")),
        Clients(proxy.host, proxy.port, clients),
        undo="Close what was opened on the way out.",
    )


# -- both


def _database(given: _Given) -> Iterator[Step]:
    answers, (site, vpc) = given.deployment.database, given.database_place
    settings = database.settings(given.deployment, given.readiness)
    if settings.wanted:
        yield Step(
            "database.parameters",
            Act.SET_PARAMETERS,
            site,
            "Switch logical replication on",
            "Only then does the database write down what replication reads. It takes effect with the restart, the next step.",
            settings.values,
            Parameters(answers.host, answers.port, vpc, settings.managed, settings.wanted, settings.sql),
            undo="The earlier values come back with another restart only.",
            reversible=False,
        )
    if settings.restart:
        yield Step(
            "database.reboot",
            Act.REBOOT,
            site,
            "Restart the database, at a time that is agreed upon",
            "The settings count only after a restart, which cuts every connection for about a minute.",
            (("database", answers.host),),
            Parameters(answers.host, answers.port, vpc, settings.managed, settings.wanted, database.RESTART),
            after=("database.parameters",) if settings.wanted else (),
            undo="A restart cannot be taken back.",
            reversible=False,
        )
    endpoint = ("database", f"{answers.host}:{answers.port}/{answers.name}")
    yield Step(
        "database.tls",
        Act.SERVE_TLS,
        None,
        "Serve TLS",
        "The password and every row travel encrypted, and the certificate's name is verified.",
        (endpoint, ("certificate authority", _AUTHORITIES[answers.certificate_authority])),
        Database(answers.host, answers.port, answers.name, answers.user),
        undo="Nothing has to be taken back.",
    )
    if not database.may_replicate(answers.user, given.readiness):
        yield Step(
            "database.user",
            Act.LET_REPLICATE,
            None,
            "Let the replication user log in and replicate",
            "Its password goes to the operator by the way that you agreed upon; it is in no file of this bundle.",
            (endpoint, ("user", answers.user)),
            Database(answers.host, answers.port, answers.name, answers.user, _role(answers.user, settings)),
            undo="Drop the user once the operator has dropped the replication slots.",
        )


def _role(user: str, settings: database.Settings) -> tuple[str, ...]:
    quoted = json.dumps(user)  # a name has letters, digits, _, $ and -: nothing that would need more than the quotes
    on_rds, elsewhere = f"GRANT rds_replication TO {quoted};", f"ALTER ROLE {quoted} REPLICATION;"
    grants = (on_rds,) if settings.managed else (f"{elsewhere}  -- on RDS instead: {on_rds}",)
    # psql asks for the password and sends its hash: it is in no history and in no log.
    return (f"CREATE ROLE {quoted} LOGIN;", f"\\password {quoted}", *grants)


def _certificate(given: _Given) -> Iterator[Step]:
    proxy = given.deployment.proxy
    if proxy.tls is not TlsHolder.CUSTOMER:
        return
    host = proxy.host or "the proxy"
    yield Step(
        "proxy.certificate",
        Act.GIVE_CERTIFICATE,
        None,
        f"Give the certificate and key of {host} to the operator",
        "The proxy proves by it who it is. The operator puts it where only the proxy can fetch it.",
        (("name", host),),
        Clients(proxy.host, proxy.port),
        undo="Revoke the certificate.",
    )
