"""What connects and what decides it: a whole network connects, and every single thing taken away is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rehearsal.networks import changed, private, public, tcp, without, without_route
from wizard.rehearsal.model import ANYWHERE, AclEntry, Endpoint, Network, PeeringSide, Route, Service, Target
from wizard.rehearsal.reachability import Source, State, Verdict, reach, reach_aws

TIMED_OUT, REFUSED = State.TIMED_OUT, State.REFUSED


def source(network: Network, interface: str) -> Source:
    return Source.of(next(i for i in network.interfaces if i.id == interface))


def database_through_endpoint(network: Network) -> Verdict:
    return reach(network, source(network, "eni-ing"), "10.64.0.20", 5432)


def database_through_nat(network: Network) -> Verdict:
    return reach(network, source(network, "eni-ing"), "54.0.0.9", 5432)


def acl_denying(network: Network, acl: str, entry: AclEntry) -> Network:
    entries = next(a for a in network.acls if a.id == acl).entries
    return changed(network, "acls", acl, entries=(entry, *entries))


def test_the_ingestion_node_reaches_the_database_through_the_endpoint_and_the_peering() -> None:
    verdict = database_through_endpoint(private())

    assert verdict.state is State.CONNECTED
    assert verdict.final == Service("vpc-db", "10.20.1.10", 5432, "database")
    assert verdict.hops == (
        "instance i-ingestion 10.64.0.10",
        "endpoint vpce-in",
        "endpoint service com.amazonaws.vpce.us-east-1.vpce-svc-in",
        "load balancer acme-in:5432",
        "target group acme-in-db",
        "pcx-db",
        "database db-1 10.20.1.10:5432",
    )


PRIVATE_REMOVALS = {
    "the route to the database": (
        lambda n: without_route(n, "rtb-transit", "10.20.0.0/16"),
        TIMED_OUT,
        "no route to 10.20.0.0/16 in rtb-transit of vpc-transit (vendor 111111111111)",
    ),
    "the customer's route back": (
        lambda n: without_route(n, "rtb-db", "100.64.0.0/24"),
        TIMED_OUT,
        "the answer is lost: no route to 100.64.0.0/24 in rtb-db of vpc-db (customer 222222222222)",
    ),
    "the customer's acceptance": (
        lambda n: changed(n, "peerings", "pcx-db", status="pending-acceptance"),
        TIMED_OUT,
        "peering pcx-db is pending-acceptance (waits for customer 222222222222)",
    ),
    "the peering, deleted": (
        lambda n: changed(n, "peerings", "pcx-db", status="deleted"),
        TIMED_OUT,
        "peering pcx-db is deleted",
    ),
    "the peering, forgotten": (lambda n: without(n, "peerings", "pcx-db"), TIMED_OUT, "peering pcx-db does not exist"),
    "the database's security-group rule": (
        lambda n: changed(n, "groups", "sg-db", ingress=()),
        TIMED_OUT,
        "no ingress rule of security group sg-db (customer 222222222222) lets tcp/5432 from 100.64.0.5 in",
    ),
    "the right port of that rule": (
        lambda n: changed(n, "groups", "sg-db", ingress=(tcp(5433, "100.64.0.0/24"),)),
        TIMED_OUT,
        "no ingress rule of security group sg-db",
    ),
    "the endpoint's security-group rule": (
        lambda n: changed(n, "groups", "sg-endpoint", ingress=()),
        TIMED_OUT,
        "no ingress rule of security group sg-endpoint (vendor 111111111111) lets tcp/5432 from 10.64.0.10 in",
    ),
    "the node's way out": (
        lambda n: changed(n, "groups", "sg-ingestion", egress=()),
        TIMED_OUT,
        "no egress rule of security group sg-ingestion lets tcp/5432 to 10.64.0.20 out",
    ),
    "the customer's ACL entry inwards": (
        lambda n: acl_denying(n, "acl-db", AclEntry(1, False, "6", False, "100.64.0.0/24", 5432, 5432)),
        TIMED_OUT,
        "network ACL acl-db (customer 222222222222) lets no tcp/5432 from 100.64.0.5 in",
    ),
    "the customer's ACL entry for the answer": (
        lambda n: acl_denying(n, "acl-db", AclEntry(1, True, "6", False, "100.64.0.0/24", 1024, 65535)),
        TIMED_OUT,
        "network ACL acl-db (customer 222222222222) lets no tcp/32768 to 100.64.0.5 out",
    ),
    "our own ACL entry outwards": (
        lambda n: acl_denying(n, "acl-transit", AclEntry(1, True, "-1", False, "10.20.0.0/16")),
        TIMED_OUT,
        "network ACL acl-transit (vendor 111111111111) lets no tcp/5432 to 10.20.1.10 out",
    ),
    "every ACL entry": (
        lambda n: changed(n, "acls", "acl-db", entries=()),
        TIMED_OUT,
        "network ACL acl-db",
    ),
    "the endpoint's acceptance": (
        lambda n: changed(n, "endpoints", "vpce-in", state="pendingAcceptance"),
        TIMED_OUT,
        "endpoint vpce-in is pendingAcceptance",
    ),
    "the endpoint's address": (
        lambda n: without(n, "interfaces", "eni-vpce"),
        TIMED_OUT,
        "nothing holds 10.64.0.20 in vpc-shard",
    ),
    "the endpoint service": (
        lambda n: without(n, "endpoint_services", "com.amazonaws.vpce.us-east-1.vpce-svc-in"),
        TIMED_OUT,
        "endpoint service com.amazonaws.vpce.us-east-1.vpce-svc-in does not exist",
    ),
    "the service's load balancer": (
        lambda n: changed(n, "endpoint_services", "com.amazonaws.vpce.us-east-1.vpce-svc-in", balancers=()),
        TIMED_OUT,
        "endpoint service com.amazonaws.vpce.us-east-1.vpce-svc-in has no load balancer",
    ),
    "the load balancer's readiness": (
        lambda n: changed(n, "balancers", "arn:nlb/in", state="provisioning"),
        TIMED_OUT,
        "load balancer acme-in is not active",
    ),
    "the listener": (
        lambda n: changed(n, "balancers", "arn:nlb/in", listeners=()),
        TIMED_OUT,
        "load balancer acme-in has no listener on port 5432",
    ),
    "the target": (
        lambda n: changed(n, "target_groups", "arn:tg/db", targets=()),
        REFUSED,
        "target group acme-in-db has no registered target",
    ),
    "the target's right address": (
        lambda n: changed(n, "target_groups", "arn:tg/db", targets=(Target("10.20.1.99", 5432),)),
        TIMED_OUT,
        "nothing holds 10.20.1.99 in vpc-db",
    ),
    "the running database": (
        lambda n: replace(n, services=()),
        REFUSED,
        "nothing listens on 10.20.1.10:5432 (db-1)",
    ),
}


@pytest.mark.parametrize("taken", PRIVATE_REMOVALS)
def test_taking_away_one_thing_of_the_private_path_names_exactly_that(taken: str) -> None:
    take, state, by = PRIVATE_REMOVALS[taken]

    verdict = database_through_endpoint(take(private()))

    assert (verdict.state, verdict.by[: len(by)]) == (state, by)
    assert verdict.final is None


def test_what_is_not_on_the_path_may_be_missing() -> None:
    network = without_route(without(private(), "nats", "nat-1"), "rtb-app", "100.64.0.0/24")

    assert database_through_endpoint(network).state is State.CONNECTED


def test_a_stale_target_does_no_harm_beside_a_good_one_whatever_their_order() -> None:
    for targets in ((Target("10.20.1.99", 5432), Target("10.20.1.10", 5432)), (Target("10.20.1.10", 5432),) * 2):
        network = changed(private(), "target_groups", "arn:tg/db", targets=targets)
        assert database_through_endpoint(network).state is State.CONNECTED


def test_a_more_specific_route_wins() -> None:
    network = private()
    transit = next(t for t in network.tables if t.id == "rtb-transit")
    routes = (*transit.routes, Route("10.20.1.0/24", "pcx-app"))

    verdict = database_through_endpoint(changed(network, "tables", "rtb-transit", routes=routes))

    assert verdict.by == "10.20.1.10 is not in the VPC at the other side of pcx-app"


def test_peerings_are_not_transitive() -> None:
    network = private()
    app = next(t for t in network.tables if t.id == "rtb-app")
    network = changed(network, "tables", "rtb-app", routes=(*app.routes, Route("10.20.0.0/16", "pcx-app")))

    verdict = reach(network, source(network, "eni-app"), "10.20.1.10", 5432)

    assert (verdict.state, verdict.by) == (TIMED_OUT, "10.20.1.10 is not in the VPC at the other side of pcx-app")


def test_a_group_of_a_peered_vpc_may_be_named_only_inside_one_region() -> None:
    by_group = (tcp(5432, group="sg-nlb-in"),)
    network = changed(private(), "groups", "sg-db", ingress=by_group)
    network = changed(network, "interfaces", "eni-nlb", groups=("sg-nlb-in",))
    rules = replace(network.groups[0], id="sg-nlb-in", vpc="vpc-transit", ingress=(tcp(5432, "10.64.0.0/16"),))
    network = replace(network, groups=(*network.groups, rules))
    assert database_through_endpoint(network).state is State.CONNECTED

    elsewhere = changed(network, "peerings", "pcx-db", requester=PeeringSide("1" * 12, "vpc-transit", "eu-west-1"))

    assert database_through_endpoint(elsewhere).state is TIMED_OUT


def test_a_load_balancers_own_group_filters_what_comes_over_private_link() -> None:
    network = changed(private(), "balancers", "arn:nlb/in", groups=("sg-nlb-in",))
    network = changed(network, "interfaces", "eni-nlb", groups=("sg-nlb-in",))
    group = replace(network.groups[0], id="sg-nlb-in", vpc="vpc-transit")

    assert database_through_endpoint(replace(network, groups=(*network.groups, group))).by.startswith(
        "no ingress rule of security group sg-nlb-in"
    )


def test_an_application_reaches_the_proxy_through_the_outbound_endpoint() -> None:
    network = private()

    verdict = reach(network, source(network, "eni-app"), "100.64.0.40", 5432)

    assert verdict.state is State.CONNECTED
    assert verdict.final is not None
    assert verdict.final.name == "proxy"


def test_over_private_link_a_target_sees_the_load_balancers_address_and_not_the_clients() -> None:
    only_clients = changed(private(), "groups", "sg-proxy", ingress=(tcp(5432, "10.30.0.0/16"),))

    verdict = reach(only_clients, source(only_clients, "eni-app"), "100.64.0.40", 5432)

    assert "lets tcp/5432 from 10.64.0.30 in" in verdict.by


def test_a_node_reaches_the_public_database_as_the_nat_gateways_address() -> None:
    verdict = database_through_nat(public())

    assert verdict.state is State.CONNECTED
    assert verdict.hops == (
        "instance i-ingestion 10.64.0.10",
        "nat-1 as 52.0.0.1",
        "database db-1 10.20.1.10:5432",
    )


PUBLIC_REMOVALS = {
    "the nodes' route out": (
        lambda n: without_route(n, "rtb-nodes", ANYWHERE),
        "no route to 54.0.0.9 in rtb-nodes of vpc-shard (vendor 111111111111)",
    ),
    "the NAT gateway": (lambda n: without(n, "nats", "nat-1"), "NAT gateway nat-1 is gone"),
    "the NAT gateway's health": (
        lambda n: changed(n, "nats", "nat-1", state="failed"),
        "NAT gateway nat-1 is failed",
    ),
    "the NAT gateway's own route out": (
        lambda n: without_route(n, "rtb-public", ANYWHERE),
        "no route to 54.0.0.9 in rtb-public of vpc-shard (vendor 111111111111)",
    ),
    "the internet gateway's attachment": (
        lambda n: changed(n, "gateways", "igw-1", vpcs=()),
        "internet gateway igw-1 is not attached to vpc-shard",
    ),
    "the customer's allow-list": (
        lambda n: changed(n, "groups", "sg-db", ingress=(tcp(5432, "52.0.0.77/32"),)),
        "no ingress rule of security group sg-db (customer 222222222222) lets tcp/5432 from 52.0.0.1 in",
    ),
    "the customer's way back": (
        lambda n: without_route(n, "rtb-db", ANYWHERE),
        "the answer is lost: no route to 52.0.0.1 in rtb-db of vpc-db (customer 222222222222)",
    ),
    "the database's public address": (
        lambda n: changed(n, "interfaces", "eni-db", public_ip=""),
        "nobody on the internet answers at 54.0.0.9",
    ),
}


@pytest.mark.parametrize("taken", PUBLIC_REMOVALS)
def test_taking_away_one_thing_of_the_public_path_names_exactly_that(taken: str) -> None:
    take, by = PUBLIC_REMOVALS[taken]

    verdict = database_through_nat(take(public()))

    assert (verdict.state, verdict.by) == (TIMED_OUT, by)


def test_a_client_on_the_list_reaches_the_proxy_through_the_public_load_balancer() -> None:
    verdict = reach(public(), Source("client", "203.0.113.7"), "52.0.0.2", 5432)

    assert verdict.state is State.CONNECTED
    assert verdict.hops[-1] == "instance i-proxy 10.64.0.11:5432"


def test_a_client_off_the_list_is_dropped() -> None:
    verdict = reach(public(), Source("client", "198.51.100.1"), "52.0.0.2", 5432)

    assert (verdict.state, verdict.by) == (
        TIMED_OUT,
        "no ingress rule of security group sg-nlb (vendor 111111111111) lets tcp/5432 from 198.51.100.1 in",
    )


def test_a_target_without_a_public_address_cannot_leave_by_an_internet_gateway() -> None:
    network = public()
    nodes = next(t for t in network.tables if t.id == "rtb-nodes")
    network = changed(network, "tables", "rtb-nodes", routes=(nodes.routes[0], Route(ANYWHERE, "igw-1")))

    assert "has no public address" in database_through_nat(network).by


def test_aws_is_reached_through_nat_and_no_further_when_nat_is_gone() -> None:
    network = private()
    node = source(network, "eni-ing")
    assert reach_aws(network, node, "ssm").state is State.CONNECTED

    assert reach_aws(without(network, "nats", "nat-1"), node, "ssm").by == "NAT gateway nat-1 is gone"


def test_an_interface_endpoint_with_private_dns_is_the_only_way_to_its_api() -> None:
    network = private()
    endpoint = Endpoint(
        "vpce-ssm", "1" * 12, "vpc-shard", "com.amazonaws.us-east-1.ssm", "available", (), private_dns=True
    )
    address = replace(
        next(i for i in network.interfaces if i.id == "eni-vpce"),
        id="eni-ssm",
        owner="vpce-ssm",
        private_ip="10.64.0.50",
    )
    network = replace(network, endpoints=(*network.endpoints, endpoint), interfaces=(*network.interfaces, address))
    node = source(network, "eni-ing")
    assert "lets tcp/443" in reach_aws(network, node, "ssm").by

    opened = changed(network, "groups", "sg-endpoint", ingress=(tcp(443, "10.64.0.0/16"),))

    assert reach_aws(without(opened, "nats", "nat-1"), node, "ssm").state is State.CONNECTED
