"""What the customer does, each thing idempotent, and undoes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from wizard.rehearsal.clients import client
from wizard.rehearsal.customer import Customer
from wizard.rehearsal.embedded import CUSTOMER, VENDOR, EmbeddedAws
from wizard.rehearsal.model import Network, Peering
from wizard.rehearsal.snapshot import Reader

HOST = "db.acme.example.com"


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as started:
        yield started


@pytest.fixture
def customer(aws: EmbeddedAws) -> Customer:
    made = Customer(aws.environment(CUSTOMER), CUSTOMER)
    made.build("private", HOST, "use1-az1", publicly_accessible=True)
    return made


@pytest.fixture
def vendor(aws: EmbeddedAws, customer: Customer) -> Any:
    """A transit VPC that has asked both of the customer's VPCs for a peering."""
    ec2 = client(aws.environment(), "ec2")
    transit = ec2.create_vpc(CidrBlock="100.64.0.0/24")["Vpc"]["VpcId"]
    for vpc in (customer.premises.database, customer.premises.application):
        ec2.create_vpc_peering_connection(VpcId=transit, PeerOwnerId=CUSTOMER, PeerVpcId=vpc.id)
    return ec2


def seen(aws: EmbeddedAws) -> Network:
    return Reader(
        {account: (word, aws.environment(account)) for account, word in ((VENDOR, "vendor"), (CUSTOMER, "customer"))}
    ).read()


def of_database(network: Network, customer: Customer) -> Peering:
    return next(p for p in network.peerings if p.accepter.vpc == customer.premises.database.id)


def test_accepting_twice_is_accepting_once(aws: EmbeddedAws, customer: Customer, vendor: Any) -> None:
    assert {p.status for p in seen(aws).peerings} == {"pending-acceptance"}

    assert customer.accept_peerings() == customer.accept_peerings()

    assert {p.status for p in seen(aws).peerings} == {"active"}


def test_a_route_back_is_laid_in_each_peered_vpc_and_taken_away_again(
    aws: EmbeddedAws, customer: Customer, vendor: Any
) -> None:
    customer.accept_peerings()
    for _ in range(2):
        customer.add_routes()
    tables = (customer.premises.database.route_table_id, customer.premises.application.route_table_id)

    def routed() -> list[bool]:
        return [any(r.cidr == "100.64.0.0/24" for r in t.routes) for i in tables for t in seen(aws).tables if t.id == i]

    assert routed() == [True, True]
    customer.remove_route()
    assert routed() == [False, True]
    customer.restore_route()
    assert routed() == [True, True]


def test_the_databases_port_is_opened_to_its_own_peer_alone_and_closed_again(
    aws: EmbeddedAws, customer: Customer, vendor: Any
) -> None:
    customer.accept_peerings()
    for _ in range(2):
        customer.allow_database_port()

    def allowed() -> list[tuple[int, str]]:
        group = seen(aws).group(customer.premises.security_group_id)
        assert group is not None
        return [(rule.from_port, rule.cidr) for rule in group.ingress]

    assert allowed() == [(5432, "100.64.0.0/24")]
    customer.close_security_group()
    customer.close_security_group()
    assert allowed() == []


def test_the_peerings_dns_option_is_the_customers_own_side(aws: EmbeddedAws, customer: Customer, vendor: Any) -> None:
    customer.accept_peerings()
    customer.set_peering_dns()
    peering = of_database(seen(aws), customer)
    assert (peering.accepter.dns, peering.requester.dns) == (True, False)

    customer.set_peering_dns(allow=False)
    assert not of_database(seen(aws), customer).accepter.dns


def test_a_request_can_be_rejected_and_a_peering_deleted(aws: EmbeddedAws, customer: Customer, vendor: Any) -> None:
    customer.reject_peerings()
    assert {p.status for p in seen(aws).peerings} == {"rejected"}

    transit = next(p.requester.vpc for p in seen(aws).peerings)
    vendor.create_vpc_peering_connection(VpcId=transit, PeerOwnerId=CUSTOMER, PeerVpcId=customer.premises.database.id)
    customer.accept_peerings()
    customer.delete_peerings()
    assert "active" not in {p.status for p in seen(aws).peerings}


def test_the_applications_vpc_joins_the_vendors_zone_and_leaves_it(
    aws: EmbeddedAws, customer: Customer, vendor: Any
) -> None:
    dns = client(aws.environment(), "route53")
    transit = seen(aws).peerings[0].requester.vpc
    zone = dns.create_hosted_zone(
        Name="springtail.acme.example.com", CallerReference="1", VPC={"VPCRegion": "us-east-1", "VPCId": transit}
    )["HostedZone"]["Id"]
    application = {"VPCRegion": "us-east-1", "VPCId": customer.premises.application.id}
    dns.create_vpc_association_authorization(HostedZoneId=zone, VPC=application)

    def members() -> set[str]:
        return {vpc for found in seen(aws).zones if found.private for vpc in found.vpcs}

    for _ in range(2):
        customer.associate_zone(zone)
    assert members() == {transit, customer.premises.application.id}
    customer.disassociate_zone(zone)
    assert members() == {transit}
