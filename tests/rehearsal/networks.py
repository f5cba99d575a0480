"""Hand-written networks of both topologies: whole ones, for tests to take single things away from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wizard.rehearsal.model import (
    ANYWHERE,
    Acl,
    AclEntry,
    Database,
    Endpoint,
    EndpointService,
    Function,
    Instance,
    Interface,
    InternetGateway,
    Kind,
    Listener,
    LoadBalancer,
    NatGateway,
    Network,
    Peering,
    PeeringSide,
    Record,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Service,
    Subnet,
    Target,
    TargetGroup,
    Vpc,
    Zone,
)

VENDOR, CUSTOMER = "111111111111", "222222222222"
OWNERS = {VENDOR: "vendor", CUSTOMER: "customer"}
ALL = Rule("-1", 0, 65535, ANYWHERE)
ENDPOINT_NAME = "vpce-in-abc.vpce-svc-in.us-east-1.vpce.amazonaws.com"


def tcp(port: int, cidr: str = "", group: str = "") -> Rule:
    return Rule("tcp", port, port, cidr, group)


def open_acl(vpc: str, account: str) -> Acl:
    entries = tuple(AclEntry(100, egress, "-1", True, ANYWHERE) for egress in (True, False))
    return Acl(f"acl-{vpc[4:]}", account, vpc, True, (), entries)


def private() -> Network:
    """The private topology after the customer has done everything."""
    return Network(
        vpcs=(
            Vpc("vpc-shard", VENDOR, "us-east-1", ("10.64.0.0/16",)),
            Vpc("vpc-transit", VENDOR, "us-east-1", ("100.64.0.0/24",)),
            Vpc("vpc-db", CUSTOMER, "us-east-1", ("10.20.0.0/16",)),
            Vpc("vpc-app", CUSTOMER, "us-east-1", ("10.30.0.0/16",)),
        ),
        subnets=(
            Subnet("subnet-nodes", VENDOR, "vpc-shard", "10.64.0.0/18"),
            Subnet("subnet-public", VENDOR, "vpc-shard", "10.64.64.0/24"),
            Subnet("subnet-transit", VENDOR, "vpc-transit", "100.64.0.0/25"),
            Subnet("subnet-db", CUSTOMER, "vpc-db", "10.20.1.0/24"),
            Subnet("subnet-app", CUSTOMER, "vpc-app", "10.30.1.0/24"),
        ),
        tables=(
            RouteTable(
                "rtb-nodes",
                VENDOR,
                "vpc-shard",
                False,
                ("subnet-nodes",),
                (Route("10.64.0.0/16", "local"), Route(ANYWHERE, "nat-1")),
            ),
            RouteTable(
                "rtb-public",
                VENDOR,
                "vpc-shard",
                False,
                ("subnet-public",),
                (Route("10.64.0.0/16", "local"), Route(ANYWHERE, "igw-1")),
            ),
            RouteTable(
                "rtb-transit",
                VENDOR,
                "vpc-transit",
                True,
                (),
                (Route("100.64.0.0/24", "local"), Route("10.20.0.0/16", "pcx-db"), Route("10.30.0.0/16", "pcx-app")),
            ),
            RouteTable(
                "rtb-db",
                CUSTOMER,
                "vpc-db",
                True,
                (),
                (Route("10.20.0.0/16", "local"), Route("100.64.0.0/24", "pcx-db")),
            ),
            RouteTable(
                "rtb-app",
                CUSTOMER,
                "vpc-app",
                True,
                (),
                (Route("10.30.0.0/16", "local"), Route("100.64.0.0/24", "pcx-app")),
            ),
        ),
        peerings=(
            Peering(
                "pcx-db",
                "active",
                PeeringSide(VENDOR, "vpc-transit", "us-east-1"),
                PeeringSide(CUSTOMER, "vpc-db", "us-east-1", dns=True),
            ),
            Peering(
                "pcx-app",
                "active",
                PeeringSide(VENDOR, "vpc-transit", "us-east-1"),
                PeeringSide(CUSTOMER, "vpc-app", "us-east-1"),
            ),
        ),
        groups=(
            SecurityGroup("sg-ingestion", VENDOR, "vpc-shard", "ingestion", (), (ALL,)),
            SecurityGroup(
                "sg-proxy",
                VENDOR,
                "vpc-shard",
                "proxy",
                (tcp(5432, group="sg-outnlb"), tcp(5432, "10.64.0.0/18")),
                (ALL,),
            ),
            SecurityGroup("sg-endpoint", VENDOR, "vpc-shard", "endpoint", (tcp(5432, group="sg-ingestion"),), ()),
            SecurityGroup("sg-outendpoint", VENDOR, "vpc-transit", "outbound", (tcp(5432, "10.30.0.0/16"),), ()),
            SecurityGroup("sg-db", CUSTOMER, "vpc-db", "database", (tcp(5432, "100.64.0.0/24"),), (ALL,)),
            SecurityGroup("sg-app", CUSTOMER, "vpc-app", "app", (), (ALL,)),
        ),
        acls=(
            open_acl("vpc-shard", VENDOR),
            open_acl("vpc-transit", VENDOR),
            open_acl("vpc-db", CUSTOMER),
            open_acl("vpc-app", CUSTOMER),
        ),
        interfaces=(
            Interface(
                "eni-ing",
                VENDOR,
                "vpc-shard",
                "subnet-nodes",
                "10.64.0.10",
                ("sg-ingestion",),
                "",
                Kind.INSTANCE,
                "i-ingestion",
            ),
            Interface(
                "eni-px", VENDOR, "vpc-shard", "subnet-nodes", "10.64.0.11", ("sg-proxy",), "", Kind.INSTANCE, "i-proxy"
            ),
            Interface(
                "eni-vpce",
                VENDOR,
                "vpc-shard",
                "subnet-nodes",
                "10.64.0.20",
                ("sg-endpoint",),
                "",
                Kind.ENDPOINT,
                "vpce-in",
            ),
            Interface(
                "eni-nlb", VENDOR, "vpc-transit", "subnet-transit", "100.64.0.5", (), "", Kind.BALANCER, "arn:nlb/in"
            ),
            Interface(
                "eni-outnlb", VENDOR, "vpc-shard", "subnet-nodes", "10.64.0.30", (), "", Kind.BALANCER, "arn:nlb/out"
            ),
            Interface(
                "eni-outvpce",
                VENDOR,
                "vpc-transit",
                "subnet-transit",
                "100.64.0.40",
                ("sg-outendpoint",),
                "",
                Kind.ENDPOINT,
                "vpce-out",
            ),
            Interface("eni-db", CUSTOMER, "vpc-db", "subnet-db", "10.20.1.10", ("sg-db",), "", Kind.DATABASE, "db-1"),
            Interface("eni-app", CUSTOMER, "vpc-app", "subnet-app", "10.30.1.7", ("sg-app",)),
        ),
        instances=(
            Instance("i-ingestion", VENDOR, "acme-ingestion-0", "running", "10.64.0.10", "vpc-shard"),
            Instance("i-proxy", VENDOR, "acme-proxy-0", "running", "10.64.0.11", "vpc-shard"),
        ),
        balancers=(
            LoadBalancer(
                "arn:nlb/in",
                VENDOR,
                "acme-in",
                "vpc-transit",
                "acme-in.elb.us-east-1.amazonaws.com",
                True,
                "active",
                (),
                (Listener(5432, "arn:tg/db"),),
            ),
            LoadBalancer(
                "arn:nlb/out",
                VENDOR,
                "acme-out",
                "vpc-shard",
                "acme-out.elb.us-east-1.amazonaws.com",
                True,
                "active",
                (),
                (Listener(5432, "arn:tg/proxy"),),
            ),
        ),
        target_groups=(
            TargetGroup(
                "arn:tg/db", VENDOR, "acme-in-db", "vpc-transit", False, False, None, (Target("10.20.1.10", 5432),)
            ),
            TargetGroup(
                "arn:tg/proxy", VENDOR, "acme-out-px", "vpc-shard", True, True, None, (Target("i-proxy", 5432),)
            ),
        ),
        endpoint_services=(
            EndpointService("com.amazonaws.vpce.us-east-1.vpce-svc-in", VENDOR, ("arn:nlb/in",)),
            EndpointService("com.amazonaws.vpce.us-east-1.vpce-svc-out", VENDOR, ("arn:nlb/out",)),
        ),
        endpoints=(
            Endpoint(
                "vpce-in",
                VENDOR,
                "vpc-shard",
                "com.amazonaws.vpce.us-east-1.vpce-svc-in",
                "available",
                (ENDPOINT_NAME,),
            ),
            Endpoint(
                "vpce-out",
                VENDOR,
                "vpc-transit",
                "com.amazonaws.vpce.us-east-1.vpce-svc-out",
                "available",
                ("out.vpce.amazonaws.com",),
            ),
        ),
        nats=(NatGateway("nat-1", VENDOR, "vpc-shard", "subnet-public", "available", "52.0.0.1"),),
        gateways=(InternetGateway("igw-1", VENDOR, ("vpc-shard",)),),
        zones=(
            Zone(
                "Z1",
                CUSTOMER,
                "acme.example.com",
                False,
                (),
                (Record("db.acme.example.com", "CNAME", ("acme.x.us-east-1.rds.amazonaws.com",)),),
            ),
            Zone(
                "Z2",
                VENDOR,
                "springtail.acme.example.com",
                True,
                ("vpc-transit", "vpc-app"),
                (Record("springtail.acme.example.com", "ALIAS", ("out.vpce.amazonaws.com",)),),
            ),
        ),
        databases=(Database("db-1", CUSTOMER, "acme.x.us-east-1.rds.amazonaws.com", 5432, "eni-db"),),
        functions=(Function("watcher", VENDOR, "vpc-transit", ("subnet-transit",), ()),),
        services=(
            Service("vpc-db", "10.20.1.10", 5432, "database"),
            Service("vpc-shard", "10.64.0.11", 5432, "proxy"),
        ),
        owners=OWNERS,
    )


def public() -> Network:
    """The public topology: NAT to a public database, and an internet-facing load balancer to the proxy."""
    base = private()
    return replace(
        base,
        vpcs=(base.vpcs[0], base.vpcs[2]),
        subnets=(base.subnets[0], base.subnets[1], base.subnets[3]),
        tables=(
            base.tables[0],
            base.tables[1],
            replace(base.tables[3], routes=(Route("10.20.0.0/16", "local"), Route(ANYWHERE, "igw-db"))),
        ),
        peerings=(),
        groups=(
            base.groups[0],
            SecurityGroup("sg-proxy", VENDOR, "vpc-shard", "proxy", (tcp(5432, group="sg-nlb"),), (ALL,)),
            SecurityGroup(
                "sg-nlb", VENDOR, "vpc-shard", "nlb", (tcp(5432, "203.0.113.0/24"),), (tcp(5432, group="sg-proxy"),)
            ),
            SecurityGroup("sg-db", CUSTOMER, "vpc-db", "database", (tcp(5432, "52.0.0.1/32"),), (ALL,)),
        ),
        interfaces=(
            base.interfaces[0],
            base.interfaces[1],
            Interface(
                "eni-nlb",
                VENDOR,
                "vpc-shard",
                "subnet-public",
                "10.64.64.9",
                ("sg-nlb",),
                "52.0.0.2",
                Kind.BALANCER,
                "arn:nlb/px",
            ),
            replace(base.interfaces[6], public_ip="54.0.0.9"),
        ),
        balancers=(
            replace(
                base.balancers[1],
                arn="arn:nlb/px",
                name="globex-px",
                internal=False,
                groups=("sg-nlb",),
                dns_name="globex-px.elb.us-east-1.amazonaws.com",
            ),
        ),
        target_groups=(base.target_groups[1],),
        endpoint_services=(),
        endpoints=(),
        gateways=(*base.gateways, InternetGateway("igw-db", CUSTOMER, ("vpc-db",))),
        zones=(base.zones[0],),
        functions=(),
    )


def changed(network: Network, kind: str, key: str, **values: Any) -> Network:
    """Change one thing, found by its id, ARN or name."""
    return replace(
        network,
        **{kind: tuple(replace(x, **values) if key in _keys(x) else x for x in getattr(network, kind))},
    )


def without(network: Network, kind: str, key: str) -> Network:
    """Take one thing away."""
    return replace(network, **{kind: tuple(x for x in getattr(network, kind) if key not in _keys(x))})


def without_route(network: Network, table: str, cidr: str) -> Network:
    """Take one route away."""
    routes = next(t for t in network.tables if t.id == table).routes
    return changed(network, "tables", table, routes=tuple(r for r in routes if r.cidr != cidr))


def _keys(thing: Any) -> set[str]:
    return {getattr(thing, name) for name in ("id", "arn", "name") if hasattr(thing, name)}
