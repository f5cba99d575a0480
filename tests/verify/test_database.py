"""The probes of the database, for real: the scripts that nodes run, psql, TLS and a PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.verify.node import LocalNode, black_hole, closed_port, listener
from tests.verify.world import deployment, outputs, scene
from wizard.rehearsal import postgres as rehearsal
from wizard.rehearsal.certificates import issue
from wizard.rehearsal.postgres import Postgres
from wizard.verify.hops import HopState
from wizard.verify.outcome import Outcome
from wizard.verify.path import PlannedHop, deployment_path
from wizard.verify.probes import database
from wizard.verify.scene import Scene

HOST = "db.acme.example.com"
PASSWORD = "correct horse 'battery' \\staple"
VIA = "vpce-in.example"
USERS = [
    {"username": "other", "password": "not this one", "type": "text", "role": "admin"},
    {"username": "springtail", "password": PASSWORD, "type": "text", "role": "replication"},
]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with Postgres((HOST,), role="springtail", password=PASSWORD) as running:
        yield running


@pytest.fixture
def node(tmp_path: Path, server: Postgres, monkeypatch: pytest.MonkeyPatch) -> LocalNode:
    # libpq takes at least two seconds for its timeout.
    monkeypatch.setattr(database, "_CONNECTS_WITHIN", 2)
    # A root with a space in it: no path may go unquoted.
    node = LocalNode(root=tmp_path / "the node", psql=server.binaries.psql)
    node.furnish()
    node.secret.write_text(json.dumps(USERS) + "\n")
    node.authority.write_text(server.certificates.authority)
    node.knows(VIA, "127.0.0.1")
    node.knows(HOST, "127.0.0.1")
    return node


def at(node: LocalNode, port: int, topology: str = "private", **answers: Any) -> Scene:
    return scene(node, topology, answers=deployment(topology, port=port, **answers))


def planned(key: str) -> PlannedHop:
    return next(hop for hop in deployment_path(deployment(), outputs()) if hop.key == key)


def login(scene: Scene) -> Outcome:
    return database.login(scene, planned("database.psql"), {})


def tcp(scene: Scene) -> Outcome:
    return database.tcp(scene, planned("database.tcp"), {})


# --- logging in ---------------------------------------------------------------------------------------------------


def test_psql_logs_in_over_the_endpoints_address_with_tls_verified_against_the_databases_own_name(
    node: LocalNode, server: Postgres
) -> None:
    outcome = login(at(node, server.port))

    assert outcome.state is HopState.PASSED, (outcome, node.last)
    told = "\n".join(outcome.evidence)
    assert "psql: PostgreSQL " in told
    assert "TLSv1.3" in told
    assert f"certificate verified against {HOST}" in told
    assert "user springtail, database postgres, seen by the database from 127.0.0.1" in told
    assert f"connected to 127.0.0.1:{server.port}" in told
    assert "sslmode='verify-full'" in node.calls.read_text()
    assert f"host='{HOST}' hostaddr='127.0.0.1'" in node.calls.read_text()


def test_the_database_tells_whether_it_is_ready_for_replication(node: LocalNode, server: Postgres) -> None:
    scene = at(node, server.port)

    outcome = database.replication(scene, planned("database.replication"), {"database.psql": login(scene)})

    assert outcome.state is HopState.PASSED
    assert outcome.evidence == (
        "wal_level logical, the writer",
        "springtail: REPLICATION",
        "replication slots: 0 of 20 used, for 1 databases that need one each",
        "max_wal_senders 20, max_slot_wal_keep_size 1GB",
    )


def test_the_password_is_in_no_argument_no_output_and_no_script(node: LocalNode, server: Postgres) -> None:
    outcome = login(at(node, server.port))

    assert outcome.state is HopState.PASSED
    written = [path.read_bytes() for path in node.root.rglob("*") if path.is_file() and path != node.secret]
    for form in (PASSWORD, json.dumps(PASSWORD)[1:-1], "battery"):
        assert form not in node.last
        assert form not in repr(outcome)
        assert not [text for text in written if form.encode() in text]


def test_a_wrong_password_is_told_as_such_and_not_shown(node: LocalNode, server: Postgres) -> None:
    node.secret.write_text(json.dumps([{**USERS[1], "password": "wrong but long enough"}]))

    outcome = login(at(node, server.port))

    assert outcome.state is HopState.FAILED
    assert outcome.reason == "the database refuses springtail's password"
    assert "planewright seed-secrets acme-prod" in outcome.remedy
    assert "wrong but" not in node.last


def public_authorities() -> str:
    import botocore

    return (Path(botocore.__file__).parent / "cacert.pem").read_text()


@pytest.mark.parametrize("authority", [public_authorities, lambda: issue((HOST,)).authority], ids=["other", "renewed"])
def test_a_certificate_of_another_authority_is_refused(
    node: LocalNode, server: Postgres, authority: Callable[[], str]
) -> None:
    node.authority.write_text(authority())

    outcome = login(at(node, server.port))

    assert outcome.state is HopState.FAILED
    assert outcome.reason.startswith("TLS: the certificate is not signed by the authority"), outcome
    assert "database.ca_pem" in outcome.remedy


def test_a_certificate_for_another_name_is_refused(node: LocalNode, server: Postgres) -> None:
    outcome = login(at(node, server.port, host="alias.acme.example.com"))

    assert (outcome.state, outcome.reason) == (
        HopState.FAILED,
        "TLS: the certificate is not for alias.acme.example.com",
    )
    assert "database.host" in outcome.remedy


def test_a_database_that_does_not_exist_is_told_as_such(node: LocalNode, server: Postgres) -> None:
    outcome = login(at(node, server.port, name="nowhere"))

    assert (outcome.state, outcome.reason) == (HopState.FAILED, "there is no database nowhere")
    assert "database.name" in outcome.remedy


def test_a_role_that_may_not_log_in_is_told_as_such(node: LocalNode, server: Postgres) -> None:
    server.sql("CREATE ROLE walled NOLOGIN PASSWORD 'some password'")
    node.secret.write_text(json.dumps({"username": "walled", "password": "some password"}))

    outcome = login(at(node, server.port, user="walled"))

    assert outcome.state is HopState.FAILED
    assert "may log in" in outcome.reason


def test_a_refused_connection_is_told_as_such(node: LocalNode) -> None:
    outcome = login(at(node, port := closed_port()))

    assert (outcome.state, outcome.reason) == (HopState.FAILED, f"{HOST}:{port} refuses the connection")


@pytest.mark.parametrize("hole", [black_hole, listener])
def test_a_database_that_does_not_answer_is_told_as_such_and_who_has_to_admit_whom(
    node: LocalNode, hole: Callable[[], Any]
) -> None:
    with hole() as port:
        outcome = login(at(node, port))

    assert (outcome.state, outcome.reason) == (HopState.FAILED, f"{HOST}:{port} does not answer in time")
    assert f"admit 100.64.0.0/24 on TCP {port}" in outcome.remedy


def test_in_the_public_topology_the_customer_has_to_admit_the_fixed_address(node: LocalNode) -> None:
    with black_hole() as port:
        outcome = login(at(node, port, "public"))

    assert f"admit 54.12.0.9/32 on TCP {port}" in outcome.remedy


def test_what_is_not_postgresql_is_not_taken_for_it(node: LocalNode) -> None:
    with listener(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        outcome = login(at(node, port))

    assert outcome.state is HopState.FAILED


def test_a_secret_without_a_value_waits_for_the_operator_with_the_command(node: LocalNode, server: Postgres) -> None:
    node.secret.unlink()

    outcome = login(at(node, server.port))

    assert (outcome.state, outcome.waiting_on) == (HopState.WAITING, "the operator")
    assert outcome.remedy == "planewright seed-secrets acme-prod"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("An error occurred (AccessDeniedException): User is not authorized to perform", "role may not read"),
        ("An error occurred (ResourceNotFoundException): can't find the specified secret.", "there is no secret"),
        ("An error occurred (InvalidRequestException): secret was marked for deletion.", "scheduled for deletion"),
        ("Could not connect to the endpoint URL", "cannot fetch"),
    ],
)
def test_a_secret_that_cannot_be_fetched_says_why(node: LocalNode, server: Postgres, said: str, reason: str) -> None:
    node.secret.unlink()
    node.refusal.write_text(said)

    outcome = login(at(node, server.port))

    assert outcome.state is HopState.FAILED
    assert reason in outcome.reason


@pytest.mark.parametrize(
    "value", ["", "None", "plain text", "[]", '[{"username": "somebody", "password": "else"}]', '{"password": "x"}']
)
def test_a_secret_of_another_form_waits_for_the_operator_and_is_not_shown(
    node: LocalNode, server: Postgres, value: str
) -> None:
    node.secret.write_text(value)

    outcome = login(at(node, server.port))

    assert (outcome.state, outcome.waiting_on) == (HopState.WAITING, "the operator")
    assert "plain text" not in node.last
    assert "else" not in node.last


def test_a_missing_certificate_authority_is_told_as_such(node: LocalNode, server: Postgres) -> None:
    node.authority.unlink()

    outcome = login(at(node, server.port))

    assert outcome.state is HopState.FAILED
    assert "/etc/planewright/database-ca.pem is missing" in outcome.reason


def test_a_node_without_psql_is_told_as_such(node: LocalNode, server: Postgres) -> None:
    (node.root / "bin" / "psql").unlink()

    outcome = login(at(node, server.port))

    assert (outcome.state, outcome.reason) == (HopState.FAILED, "psql is not installed on acme-prod-ingestion-0")


# --- other settings of the database -------------------------------------------------------------------------------


@pytest.fixture
def reconfigured(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    settings = rehearsal._SETTINGS

    def change(old: str, new: str) -> None:
        assert old in settings
        monkeypatch.setattr(rehearsal, "_SETTINGS", settings.replace(old, new))
        server.stop()
        server.start()

    yield change
    monkeypatch.setattr(rehearsal, "_SETTINGS", settings)
    server.stop()
    server.start()


def test_a_database_that_does_not_log_logically_is_not_ready(
    node: LocalNode, server: Postgres, reconfigured: Callable[[str, str], None]
) -> None:
    reconfigured("wal_level = logical", "wal_level = replica")
    scene = at(node, server.port)

    outcome = database.replication(scene, planned("database.replication"), {"database.psql": login(scene)})

    assert (outcome.state, outcome.reason) == (
        HopState.FAILED,
        "wal_level is replica, logical replication needs logical",
    )
    assert "restart" in outcome.remedy


def test_a_database_without_tls_is_refused_by_port_and_by_login(
    node: LocalNode, server: Postgres, reconfigured: Callable[[str, str], None]
) -> None:
    reconfigured("ssl = on", "ssl = off")

    assert tcp(at(node, server.port)).reason == f"127.0.0.1:{server.port} is PostgreSQL, but does not offer TLS"
    assert login(at(node, server.port)).reason == "TLS: the database does not offer it"


def test_a_role_that_may_not_replicate_is_told_how_it_may(node: LocalNode, server: Postgres) -> None:
    server.sql("CREATE ROLE reader LOGIN PASSWORD 'some password'")
    node.secret.write_text(json.dumps([{"username": "reader", "password": "some password"}]))
    scene = at(node, server.port, user="reader")

    outcome = database.replication(scene, planned("database.replication"), {"database.psql": login(scene)})

    assert (outcome.state, outcome.reason) == (HopState.FAILED, "reader may not replicate")
    assert "ALTER ROLE reader REPLICATION" in outcome.remedy


# --- the port -----------------------------------------------------------------------------------------------------


def test_postgresql_is_known_by_its_answer_to_the_request_for_tls(node: LocalNode, server: Postgres) -> None:
    outcome = tcp(at(node, server.port))

    assert outcome.state is HopState.PASSED, node.last
    assert outcome.evidence[0].startswith(f"127.0.0.1:{server.port} answered in ")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (None, "takes the connection, and says nothing"),
        (b"", "takes the connection, and closes it"),
        (b"H", "could not be asked"),
    ],
)
def test_an_accepted_connection_alone_is_no_proof(node: LocalNode, reply: bytes | None, reason: str) -> None:
    with listener(reply) as port:
        outcome = tcp(at(node, port))

    assert outcome.state is HopState.FAILED
    assert reason in outcome.reason


def test_a_port_that_refuses_and_one_that_drops_are_told_apart(node: LocalNode) -> None:
    refused = tcp(at(node, closed_port()))
    with black_hole() as port:
        dropped = tcp(at(node, port))

    assert "refuses" in refused.reason
    assert "drops the packets" in dropped.reason
    assert "the endpoint's security group must admit acme-prod-ingestion-0" in dropped.remedy


def test_a_name_that_does_not_resolve_on_the_node_is_told_as_such(node: LocalNode, server: Postgres) -> None:
    node.names.write_text("")
    scene = at(node, server.port, "public")

    assert database.name(scene, planned("inbound.dns"), {}).state is HopState.FAILED
    assert "does not resolve" in tcp(scene).reason
    assert "does not resolve" in login(scene).reason


def test_a_name_that_resolves_is_told_with_its_addresses(node: LocalNode, server: Postgres) -> None:
    outcome = database.name(at(node, server.port, "public"), planned("inbound.dns"), {})

    assert (outcome.state, outcome.evidence) == (HopState.PASSED, (f"{HOST} is 127.0.0.1",))


# --- the marker ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ('{"version": 1, "role": "ingestion"}', HopState.PASSED),
        ('{"version": 1, "role": "ingestion", "simulated": true}', HopState.NOT_PROVABLE),
        ('{"version": 0, "role": "ingestion"}', HopState.FAILED),
        ('{"version": 1, "ro', HopState.FAILED),
        (None, HopState.FAILED),
    ],
)
def test_the_boot_marker_is_read_from_the_node(node: LocalNode, text: str | None, state: HopState) -> None:
    from wizard.verify.probes import nodes

    if text is not None:
        marker = node.root / "var/lib/planewright/boot.json"
        marker.parent.mkdir(parents=True)
        marker.write_text(text)

    outcome = nodes.boot(scene(node), planned("node.ingestion-0.boot"), {})

    assert outcome.state is state, outcome
