"""The path is pure: which hops there are, in which order, and what each stands on."""

from __future__ import annotations

import pytest

from tests.generators.samples import deployment_answers
from tests.verify.test_service import BUILT as THROUGH_SERVICE
from tests.verify.world import deployment, outputs, shard_outputs, with_package
from wizard.verify.customer.path import DATABASE, with_customer
from wizard.verify.customer.reads import Look
from wizard.verify.path import PlannedHop, deployment_path, shard_path
from wizard.verify.probes.table import DEPLOYMENT, SHARD


def path(topology: str) -> tuple[PlannedHop, ...]:
    return deployment_path(deployment(topology), outputs(topology))


def test_the_private_path_runs_from_the_nodes_over_the_peering_to_the_database_and_back_out_to_the_proxies() -> None:
    assert [hop.key for hop in path("private")] == [
        "node.ingestion-0.running",
        "node.ingestion-0.ssm",
        "node.ingestion-0.boot",
        "node.proxy-0.running",
        "node.proxy-0.ssm",
        "node.proxy-0.boot",
        "node.fdw-0.running",
        "node.fdw-0.ssm",
        "node.fdw-0.boot",
        "volumes",
        "redis.user",
        "peering.database",
        "peering.database.dns",
        "inbound.nlb",
        "inbound.zone",
        "inbound.target",
        "inbound.health",
        "inbound.endpoint",
        "inbound.dns",
        "database.tcp",
        "database.psql",
        "database.replication",
        "outbound.nlb",
        "outbound.targets",
        "outbound.health",
        "outbound.endpoint",
        "outbound.name",
        "peering.application.web",
        "outbound.answers",
    ]


def test_a_node_with_disks_of_its_own_has_no_volumes_to_look_at() -> None:
    without = outputs("private").model_copy(update={"data_volume_ids": [], "slog_volume_id": None})

    assert [hop.key for hop in path("private") if hop not in deployment_path(deployment("private"), without)] == [
        "volumes"
    ]


def test_the_public_path_has_no_peering_and_no_endpoint() -> None:
    keys = [hop.key for hop in path("public")]

    assert keys[11:] == [
        "database.name",
        "database.tcp",
        "database.psql",
        "database.replication",
        "egress.address",
        "proxy.nlb",
        "proxy.listener",
        "proxy.clients",
        "proxy.targets",
        "proxy.health",
        "proxy.answers",
    ]


@pytest.mark.parametrize("topology", ["private", "public"])
def test_every_hop_stands_on_hops_of_the_same_path_and_never_on_itself(topology: str) -> None:
    hops = {hop.key: hop for hop in path(topology)}
    assert len(hops) == len(path(topology)), "keys are unique"

    settled: set[str] = set()
    while len(settled) < len(hops):
        ready = {key for key, hop in hops.items() if key not in settled and set(hop.after) <= settled}
        assert ready, f"these stand on each other: {sorted(set(hops) - settled)}"
        settled |= ready


def test_every_hop_has_somebody_who_looks_at_it_and_everybody_who_looks_has_a_hop() -> None:
    planned = {hop.probe for topology in ("private", "public") for hop in path(topology)}
    planned |= {hop.probe for hop in deployment_path(with_package(deployment()), outputs())}
    planned |= {hop.probe for hop in deployment_path(deployment_answers("service"), THROUGH_SERVICE)}
    looks = {name: frozenset(Look) for name in (DATABASE, "web")}
    planned |= {hop.probe for hop in with_customer(path("private"), deployment(), outputs(), looks)}

    assert planned == set(DEPLOYMENT)
    assert {hop.probe for hop in shard_path(shard_outputs())} == set(SHARD)


def test_logging_in_needs_a_node_that_is_online_and_a_port_that_answers() -> None:
    login = next(hop for hop in path("private") if hop.key == "database.psql")

    assert login.needs == ("node.ingestion-0.ssm", "database.tcp")


def test_a_deployment_without_a_proxy_name_has_no_hop_for_it() -> None:
    answers = deployment()
    nameless = answers.model_copy(update={"proxy": answers.proxy.model_copy(update={"host": ""})})

    assert "outbound.name" not in [hop.key for hop in deployment_path(nameless, outputs())]


def test_what_can_be_seen_of_the_customer_lies_between_the_peering_and_the_database_and_carries_what_comes_after() -> (
    None
):
    looks = {DATABASE: frozenset(Look), "web": frozenset(Look)}
    hops = with_customer(path("private"), deployment(), outputs(), looks)
    keys = [hop.key for hop in hops]

    at = keys.index("peering.database.dns")
    assert keys[at + 1 : at + 5] == ["customer.dns", "customer.routes", "customer.rules", "customer.acls"]
    assert keys[keys.index("database.replication") - 1] == "customer.parameters"
    assert keys[-3:] == ["customer.routes.web", "customer.zone.web", "outbound.answers"]
    health = next(hop for hop in hops if hop.key == "inbound.health")
    assert {"customer.routes", "customer.rules", "customer.acls"} <= set(health.stands_on)


def test_where_nobody_can_look_the_customer_has_no_hop() -> None:
    assert with_customer(path("private"), deployment(), outputs(), {}) == path("private")
    assert with_customer(path("public"), deployment("public"), outputs("public"), {}) == path("public")
    pasted = with_customer(path("private"), deployment(), outputs(), {DATABASE: frozenset({Look.ROUTES})})
    assert [hop.key for hop in pasted if hop.key.startswith("customer.")] == ["customer.routes"]
