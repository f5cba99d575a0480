"""The path without a peering: what is looked at, and what each thing seen means."""

from __future__ import annotations

import pytest

from tests.generators.samples import INSTANCE_OUTPUTS, SERVICE_OUTPUTS, deployment_answers
from wizard.aws.reads import EndpointFact
from wizard.facts.network import ServiceSeen
from wizard.verify.hops import HopState
from wizard.verify.path import deployment_path
from wizard.verify.probes.database import judge_tcp
from wizard.verify.probes.psql import Login
from wizard.verify.probes.service import (
    judge_accepted,
    judge_addresses,
    judge_connected,
    judge_name,
    judge_seen,
    judge_zone,
)
from wizard.verify.reads import Connection, Record

SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"
OURS = "arn:aws:iam::111111111111:root"
SEEN = ServiceSeen(True, "222222222222", ("Interface",), ("use1-az1",), acceptance_required=True)
HIDDEN = ServiceSeen(exists=False)
ANSWERS = deployment_answers("service")
_PROXY = INSTANCE_OUTPUTS.nodes["ingestion-0"].model_copy(update={"role": "proxy", "name": "initech-prod-proxy-0"})
BUILT = SERVICE_OUTPUTS.model_copy(update={"nodes": SERVICE_OUTPUTS.nodes | {"proxy-0": _PROXY}})


def endpoint(state: str = "available", zone: str = "use1-az1") -> EndpointFact:
    return EndpointFact("vpce-1", state, SERVICE, (), ("subnet-1",), (zone,), ("10.64.0.9",))


def test_the_path_has_neither_peering_nor_transit_nor_watcher() -> None:
    keys = [hop.key for hop in deployment_path(ANSWERS, BUILT)]

    assert not [key for key in keys if key.startswith(("peering", "inbound"))]
    assert [key for key in keys if key.startswith(("service", "database"))] == [
        "service.seen",
        "service.endpoint",
        "service.zone",
        "service.name",
        "service.dns",
        "database.tcp",
        "database.psql",
        "database.replication",
        "service.application.web",
    ]
    assert keys[-1] == "outbound.answers"


@pytest.mark.parametrize(
    ("found", "stands", "state"),
    [
        (SEEN, None, HopState.PASSED),
        (HIDDEN, None, HopState.FAILED),
        (HIDDEN, endpoint("pendingacceptance"), HopState.FAILED),
        (HIDDEN, endpoint(), HopState.NOT_OBSERVABLE),
    ],
)
def test_a_service_that_does_not_admit_us_is_told_with_the_call_that_does(
    found: ServiceSeen, stands: EndpointFact | None, state: HopState
) -> None:
    outcome = judge_seen(found, stands, service=SERVICE, principal=OURS, region="us-east-1")

    assert outcome.state is state
    if state is not HopState.PASSED:
        assert f"--service-id vpce-svc-0123456789abcdef0 --add-allowed-principals {OURS}" in outcome.remedy


@pytest.mark.parametrize(
    ("state", "expected", "on"),
    [
        ("available", HopState.PASSED, ""),
        ("pendingacceptance", HopState.WAITING, "the customer"),
        ("pending", HopState.WAITING, "AWS"),
        ("rejected", HopState.FAILED, ""),
        ("expired", HopState.FAILED, ""),
        ("failed", HopState.FAILED, ""),
        ("deleted", HopState.FAILED, ""),
    ],
)
def test_whose_turn_it_is_at_our_endpoint(state: str, expected: HopState, on: str) -> None:
    outcome = judge_accepted(endpoint(state), "initech-prod", "us-east-1")

    assert (outcome.state, outcome.waiting_on) == (expected, on)
    asked = (
        "accept-vpc-endpoint-connections --region us-east-1 --service-id vpce-svc-0123456789abcdef0" in outcome.remedy
    )
    assert asked == (state in {"pendingacceptance", "rejected", "expired"})


def test_an_endpoint_that_is_gone_is_made_again() -> None:
    assert "planewright apply initech-prod" in judge_accepted(None, "initech-prod", "us-east-1").remedy


@pytest.mark.parametrize(
    ("found", "stands", "state"),
    [
        (SEEN, endpoint(), HopState.PASSED),
        (HIDDEN, endpoint(), HopState.PASSED),
        (ServiceSeen(True, zone_ids=("use1-az2",)), endpoint(), HopState.FAILED),
        (SEEN, endpoint(zone="use1-az2"), HopState.FAILED),
        (SEEN, None, HopState.FAILED),
    ],
)
def test_zones_are_compared_by_id(found: ServiceSeen, stands: EndpointFact | None, state: HopState) -> None:
    assert judge_zone(found, stands, zone_id="use1-az1").state is state


@pytest.mark.parametrize(
    ("values", "state"),
    [
        (("vpce-1-abc.vpce-svc-1.us-east-1.vpce.amazonaws.com",), HopState.PASSED),
        (("vpce-12-abc.vpce-svc-1.us-east-1.vpce.amazonaws.com",), HopState.FAILED),
        (("10.20.1.10",), HopState.FAILED),
    ],
)
def test_the_database_s_name_leads_to_our_endpoint_and_no_other(values: tuple[str, ...], state: HopState) -> None:
    records = (Record("db.initech.example.com", "A", values),)

    assert judge_name("db.initech.example.com", records, "vpce-1", "Z1", "initech-prod").state is state


def test_a_zone_without_the_record_is_told() -> None:
    assert judge_name("db.initech.example.com", (), "vpce-1", "Z1", "initech-prod").reason.startswith(
        "Z1 has no record"
    )


@pytest.mark.parametrize(
    ("addresses", "state"),
    [
        (["10.64.0.9"], HopState.PASSED),
        ([], HopState.FAILED),
        (["10.64.0.9", "8.8.8.8"], HopState.FAILED),
        (["10.20.1.10"], HopState.FAILED),
    ],
)
def test_a_name_that_leads_past_the_endpoint_is_told(addresses: list[str], state: HopState) -> None:
    assert judge_addresses("db.initech.example.com", addresses, "10.20.0.0/16").state is state


@pytest.mark.parametrize(
    ("owner", "seen", "state"),
    [
        ("222222222222", "available", HopState.PASSED),
        ("222222222222", "pending", HopState.WAITING),
        ("222222222222", "rejected", HopState.WAITING),
        ("222222222222", "deleted", HopState.WAITING),
        ("333333333333", "available", HopState.WAITING),
    ],
)
def test_an_application_is_connected_by_an_endpoint_of_its_own_account(owner: str, seen: str, state: HopState) -> None:
    outcome = judge_connected(ANSWERS.applications[0], (Connection("vpce-9", owner, seen),), SERVICE)

    assert outcome.state is state
    if state is HopState.WAITING and seen != "pending":
        assert outcome.waiting_on == "the customer"
        assert SERVICE in outcome.remedy


def test_what_lies_behind_their_service_is_told_where_nothing_answers() -> None:
    login = Login(
        "initech-prod", "n", "db", 5432, "d", "u", "s", "a", "10.20.0.0/16", via_endpoint=True, via_service=True
    )

    remedy = judge_tcp({"outcome": "timed_out", "address": "10.64.0.9"}, login).remedy

    assert "their load balancer: it listens on 5432" in remedy
    assert "10.20.0.0/16" in remedy
