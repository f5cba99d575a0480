"""What names resolve to, and from where."""

from __future__ import annotations

from dataclasses import replace

from tests.rehearsal.networks import ENDPOINT_NAME, changed, private, public
from wizard.rehearsal.dns import names, resolve
from wizard.rehearsal.model import Record, Zone


def test_an_endpoints_name_resolves_to_its_private_address_from_anywhere() -> None:
    assert resolve(private(), "vpc-shard", ENDPOINT_NAME) == ("10.64.0.20",)
    assert resolve(private(), None, ENDPOINT_NAME) == ("10.64.0.20",)


def test_a_database_without_a_public_address_resolves_to_its_private_one_through_the_customers_name() -> None:
    for vpc in ("vpc-transit", "vpc-db", None):
        assert resolve(private(), vpc, "db.acme.example.com") == ("10.20.1.10",)


def test_a_public_database_seen_over_a_peering_is_private_only_while_the_customers_side_allows_it() -> None:
    network = changed(private(), "interfaces", "eni-db", public_ip="54.0.0.9")
    name = "db.acme.example.com"
    assert resolve(network, "vpc-transit", name) == ("10.20.1.10",)
    assert resolve(network, "vpc-shard", name) == ("54.0.0.9",)

    peering = network.peerings[0]
    closed = changed(network, "peerings", "pcx-db", accepter=replace(peering.accepter, dns=False))
    ours_only = changed(closed, "peerings", "pcx-db", requester=replace(peering.requester, dns=True))
    for without_it in (closed, ours_only, changed(network, "peerings", "pcx-db", status="deleted")):
        assert resolve(without_it, "vpc-transit", name) == ("54.0.0.9",)


def test_the_public_topologys_database_resolves_to_its_public_address() -> None:
    assert resolve(public(), "vpc-shard", "db.acme.example.com") == ("54.0.0.9",)


def test_a_private_zone_answers_only_the_vpcs_it_is_associated_with() -> None:
    name = "springtail.acme.example.com"
    assert resolve(private(), "vpc-app", name) == ("100.64.0.40",)
    assert resolve(private(), "vpc-db", name) == ()

    unassociated = changed(private(), "zones", "Z2", vpcs=("vpc-transit",))
    assert resolve(unassociated, "vpc-app", name) == ()


def test_a_private_zone_hides_the_public_one_even_where_it_knows_less() -> None:
    network = private()
    hiding = Zone(
        "Z3", "2" * 12, "acme.example.com", True, ("vpc-transit",), (Record("x.acme.example.com", "A", ("10.0.0.1",)),)
    )
    network = replace(network, zones=(*network.zones, hiding))

    assert resolve(network, "vpc-transit", "db.acme.example.com") == ()
    assert resolve(network, "vpc-shard", "db.acme.example.com") == ("10.20.1.10",)


def test_a_load_balancers_name_is_public_when_it_faces_the_internet() -> None:
    assert resolve(public(), "vpc-shard", "globex-px.elb.us-east-1.amazonaws.com") == ("52.0.0.2",)
    assert resolve(private(), "vpc-shard", "acme-in.elb.us-east-1.amazonaws.com") == ("100.64.0.5",)


def test_a_vpc_without_dns_support_resolves_nothing() -> None:
    assert resolve(changed(private(), "vpcs", "vpc-shard", dns_support=False), "vpc-shard", ENDPOINT_NAME) == ()


def test_a_chain_of_names_that_bites_its_tail_ends() -> None:
    loop = Zone("Z9", "2" * 12, "loop.test", False, (), (Record("a.loop.test", "CNAME", ("a.loop.test",)),))

    assert resolve(replace(private(), zones=(loop,)), None, "a.loop.test") == ()


def test_all_names_of_a_vpc_resolve_as_each_does_alone() -> None:
    network = private()
    seen = names(network, "vpc-transit")

    assert seen["springtail.acme.example.com"] == ("100.64.0.40",)
    assert seen["db.acme.example.com"] == ("10.20.1.10",)
    assert all(resolve(network, "vpc-transit", name) == addresses for name, addresses in seen.items())
    assert "springtail.acme.example.com" not in names(network, "vpc-shard")


def test_names_are_the_same_in_capitals_and_with_a_dot_at_the_end() -> None:
    assert resolve(private(), None, "DB.acme.example.com.") == ("10.20.1.10",)
