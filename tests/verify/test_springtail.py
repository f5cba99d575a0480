"""Springtail's own hops: what runs, the proxy's mode, and whether a read came to an FDW, on a real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.verify.node import LocalNode, closed_port
from tests.verify.world import FakeReads, a_target, deployment, hop, look, outputs, scene, states, with_package
from wizard.blueprints.springtail import services
from wizard.rehearsal.postgres import Postgres
from wizard.verify.hops import HopState
from wizard.verify.outcome import Outcome
from wizard.verify.path import PlannedHop, deployment_path
from wizard.verify.probes import springtail
from wizard.verify.probes.springtail import judge_answer, judge_mode, judge_read, judge_running
from wizard.verify.scene import Scene

PASSED, FAILED, UNSEEN, WAITING = HopState.PASSED, HopState.FAILED, HopState.NOT_OBSERVABLE, HopState.WAITING
PASSWORD = "correct horse 'battery' \\staple"
LAST = ("springtail.services", "springtail.mode", "springtail.proxy", "springtail.read", "outbound.answers")


def with_status(**status: Any) -> FakeReads:
    reads = FakeReads()
    reads.said["status"]["status"].update(status)
    return reads


def test_the_last_hops_are_springtails_own_and_then_an_applications() -> None:
    keys = [planned.key for planned in deployment_path(with_package(deployment()), outputs())]
    assert tuple(keys[-5:]) == LAST
    seen = states(look(FakeReads(), answers=with_package(deployment())))
    assert [seen[key] for key in LAST] == [PASSED, PASSED, PASSED, PASSED, UNSEEN]


def test_without_a_package_there_is_nothing_to_look_at() -> None:
    assert not [p for p in deployment_path(deployment(), outputs()) if p.key.startswith("springtail.")]


@pytest.mark.parametrize(
    ("status", "todo"),
    [({"prepared": False, "coordinators": {}}, "prepare"), ({"coordinators": {}}, "start")],
)
def test_where_nothing_was_started_nothing_passes_and_nothing_fails(status: dict[str, Any], todo: str) -> None:
    verification = look(with_status(**status), answers=with_package(deployment()))
    found = hop(verification, "springtail.services")
    assert found.state is UNSEEN
    assert found.reason == "not reached: services not started"
    assert found.remedy == f"planewright {todo} acme-prod"
    seen = states(verification)
    assert {seen[key] for key in LAST} == {UNSEEN}


def test_proxies_that_were_never_started_are_not_sick() -> None:
    reads = with_status(coordinators={})
    reads.known_targets["tg-out"] = (a_target("i-proxy", "unhealthy", "Target.FailedHealthChecks"),)
    verification = look(reads, answers=with_package(deployment()))
    found = hop(verification, "outbound.health")
    assert (found.state, found.reason) == (UNSEEN, "not reached: services not started")
    assert verification.verified, "what is not started yet breaks nothing that is proven"


def test_services_that_were_stopped_are_not_reached_either() -> None:
    stopped = {"ingestion:ingestion-0": "dead", "proxy:proxy-0": "dead", "fdw:fdw-0": "dead"}
    found = hop(look(with_status(coordinators=stopped), answers=with_package(deployment())), "springtail.services")
    assert (found.state, found.reason) == (UNSEEN, "not reached: services not started")


def test_one_node_that_does_not_run_among_those_that_do_has_failed() -> None:
    found = hop(
        look(
            with_status(coordinators={"ingestion:ingestion-0": "running", "proxy:proxy-0": "running"}),
            answers=with_package(deployment()),
        ),
        "springtail.services",
    )
    assert found.state is FAILED
    assert found.reason == "fdw-0: no coordinator runs"
    assert "planewright start acme-prod --role fdw" in found.remedy


def test_one_that_still_starts_is_waited_for() -> None:
    status = {
        "prepared": True,
        "coordinators": {"ingestion:ingestion-0": "running", "proxy:proxy-0": "reloading", "fdw:fdw-0": "running"},
    }
    assert judge_running({"status": status}, outputs().nodes, "acme-prod").state is WAITING


def test_a_redis_that_refuses_is_no_service_that_runs() -> None:
    answer = {"failed": {"reason": "Redis refused AUTH: WRONGPASS"}, "status": None}
    told = judge_running(answer, outputs().nodes, "acme-prod")
    assert told.state is FAILED
    assert "seed-secrets" in told.remedy


@pytest.mark.parametrize(
    ("mode", "state", "word"),
    [
        ("normal", PASSED, ""),
        ("primary", FAILED, "serve nothing"),
        ("shadow", FAILED, "primary's"),
        (None, FAILED, "None"),
    ],
)
def test_only_mode_normal_lets_a_replica_answer(mode: str | None, state: HopState, word: str) -> None:
    told = judge_mode(mode, "acme-prod")
    assert told.state is state
    assert word in told.reason


def test_mode_primary_is_the_hop_to_repair_when_no_fdw_has_seen_the_read() -> None:
    reads = with_status(mode="primary")
    reads.said["read"]["asked"] = {"fdw-0": "not seen"}
    verification = look(reads, answers=with_package(deployment()))
    assert verification.first_failure is not None
    assert verification.first_failure.key == "springtail.mode"
    assert "mode lets replicas answer" in hop(verification, "springtail.read").reason


def test_an_fdw_that_does_not_say_is_neither_proof_nor_failure() -> None:
    assert judge_read({"fdw-0": "connection refused"}, "acme-prod").state is UNSEEN
    assert judge_read({}, "acme-prod").state is UNSEEN
    assert judge_read({"fdw-0": "not seen", "fdw-1": "connection refused"}, "acme-prod").state is UNSEEN
    assert judge_read({"fdw-0": "not seen", "fdw-1": "seen"}, "acme-prod").state is PASSED


def test_a_secret_without_the_users_leads_to_seeding() -> None:
    told = judge_answer(
        {"step": "read_secret", "answered": False}, outputs().nodes["proxy-0"], "springtail", "acme-prod"
    )
    assert (told.state, told.remedy) == (FAILED, "planewright seed-secrets acme-prod")


# --- on a real PostgreSQL -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def replica() -> Iterator[Postgres]:
    with Postgres(("fdw.example",), role="springtail", password=PASSWORD) as running:
        yield running


@pytest.fixture
def node(tmp_path: Path, replica: Postgres, monkeypatch: pytest.MonkeyPatch) -> LocalNode:
    monkeypatch.setattr(springtail, "_ANSWERS_WITHIN", 2)
    monkeypatch.setitem(services.PORTS, "proxy", replica.port)
    monkeypatch.setitem(services.PORTS, "fdw", replica.port)
    node = LocalNode(root=tmp_path / "the node", psql=replica.binaries.psql)
    node.furnish()
    users(node, "springtail")
    return node


def users(node: LocalNode, looker: str, password: str = PASSWORD) -> None:
    held = [
        {"username": "springtail", "password": password, "role": "replication"},
        {"username": looker, "password": PASSWORD, "role": "fdw_superuser"},
    ]
    node.secret.write_text(json.dumps(held) + "\n")


def here(node: LocalNode) -> Scene:
    """acme-prod with its FDW on this machine."""
    made = scene(node, answers=with_package(deployment()))
    nodes = {
        key: found.model_copy(update={"private_ip": "127.0.0.1"}) if found.role == "fdw" else found
        for key, found in made.outputs.nodes.items()
    }
    return replace(made, outputs=made.outputs.model_copy(update={"nodes": nodes}))


def planned(key: str) -> PlannedHop:
    return next(p for p in deployment_path(with_package(deployment()), outputs()) if p.key == key)


def both(scene: Scene) -> tuple[Outcome, Outcome]:
    answered = springtail.answer(scene, planned("springtail.proxy"), {})
    return answered, springtail.read(scene, planned("springtail.read"), {"springtail.proxy": answered})


def test_a_read_that_an_fdw_runs_is_found_among_its_own_sessions(node: LocalNode) -> None:
    answered, read = both(here(node))
    assert answered.state is PASSED, (answered, node.last)
    assert read.state is PASSED, (read, node.last)
    assert read.evidence == ("fdw-0: our statement ran here",)
    assert PASSWORD not in node.last + node.calls.read_text()


def test_a_proxy_that_leads_to_the_primary_alone_leaves_no_trace_on_the_fdw(
    node: LocalNode, replica: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica.sql("grant pg_read_all_stats to springtail")
    with Postgres(("db.example",), role="springtail", password=PASSWORD) as primary:
        monkeypatch.setitem(services.PORTS, "proxy", primary.port)
        answered, read = both(here(node))
    assert answered.state is PASSED, (answered, node.last)
    assert read.state is FAILED, (read, node.last)
    assert "the primary answered it" in read.reason


def test_a_user_whom_the_proxy_does_not_let_in_is_no_broken_proxy(node: LocalNode) -> None:
    users(node, "springtail", password="not this one")
    answered, read = both(here(node))
    assert answered.state is UNSEEN, (answered, node.last)
    assert "lets springtail not in" in answered.reason
    assert read.state is UNSEEN
    assert "not this one" not in node.last


def test_a_proxy_that_nobody_listens_for_has_failed(node: LocalNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(services.PORTS, "proxy", closed_port())
    answered, _ = both(here(node))
    assert answered.state is FAILED, (answered, node.last)
    assert "nothing answers" in answered.reason
