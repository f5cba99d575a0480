"""The ledger of the handoff: who does what with which values, and what was seen of it. Unseen is never done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.deploy.objects import built_private
from tests.verify import world
from wizard.aws.reads import PeeringFact, TargetFact
from wizard.blueprints.springtail.contracts import LinkOutputs
from wizard.deploy import store
from wizard.deploy.customer_side import Seen, look_with, readable, reported
from wizard.deploy.target import Target, open_target
from wizard.verify.hops import HopState
from wizard.verify.path import deployment_path
from wizard.walk.finished import Seeded
from wizard.walk.handoff import Known, Party, State, Task, ledger, newest, waits_on_customer
from wizard.walk.handoff_text import left, text

NOW = world.NOW


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return built_private(tmp_path)


def pending(reads: world.FakeReads) -> world.FakeReads:
    """Nobody has accepted anything: the watcher finds no address behind the peering."""
    reads.known_targets = {**reads.known_targets, "tg-in": ()}
    soon = datetime.now(UTC) + timedelta(days=6, hours=3, minutes=1)
    for name in ("pcx-db", "pcx-web"):
        reads.peerings[name] = replace(world.a_peering(name, "pending-acceptance"), expires_at=soon)
    return reads


def known(target: Target, seen: Seen, *, seeded: Seeded = Seeded.UNKNOWN) -> Known:
    outputs = store.load_contract(target.place, "instance")
    return Known(
        target.deployment,
        target.shard,
        outputs,  # type: ignore[arg-type]
        world.shard_outputs(),
        newest(seen.hops),
        seeded,
        seen.expires,
        seen.accepter_dns,
    )


def tasks(target: Target, seen: Seen, *, seeded: Seeded = Seeded.UNKNOWN) -> dict[str, Task]:
    return {task.key: task for task in ledger(known(target, seen, seeded=seeded))}


def test_a_look_reads_and_runs_nothing_on_a_node(target: Target) -> None:
    class Reads(world.FakeReads):
        def run(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise AssertionError("a look at the customer's side has run something on a node")

    keys = {hop.key for hop in look_with(target, Reads()).hops}
    assert {"peering.database", "peering.application.web", "inbound.target", "inbound.health"} <= keys
    assert not {key for key in keys if key.startswith(("node.", "database."))}


def test_hops_of_a_look_stand_on_hops_of_the_look(target: Target) -> None:
    for topology in ("private", "public"):
        answers = world.deployment(topology)
        path = readable(deployment_path(answers, world.outputs(topology)))
        keys = {hop.key for hop in path}
        assert path
        assert all(set(hop.after) <= keys for hop in path)


def test_each_peering_is_read_once_a_look(target: Target) -> None:
    asked: list[str] = []

    class Reads(world.FakeReads):
        def peering(self, peering_id: str) -> PeeringFact | None:
            asked.append(peering_id)
            return super().peering(peering_id)

    look_with(target, Reads())
    assert sorted(asked) == ["pcx-db", "pcx-web"]


def test_what_nobody_accepted_waits_with_its_values_and_the_days_that_are_left(target: Target) -> None:
    seen = look_with(target, pending(world.FakeReads()))
    assert not seen.accepted
    task = tasks(target, seen)["peering.database"]
    assert (task.who, task.state) == (Party.CUSTOMER, State.WAITING)
    values = dict(task.values)
    assert values["peering"] == "pcx-db"
    assert "222222222222" in values["to"]
    assert "100.64.0.0/24" in values["from"]
    assert task.command.endswith("--vpc-peering-connection-id pcx-db")
    assert task.until is not None
    assert left(task.until, datetime.now(UTC)) == "6 d 3 h left"
    assert waits_on_customer(tuple(tasks(target, seen).values()))


def test_routes_and_rules_are_not_observable_before_the_peering_is_active(target: Target) -> None:
    found = tasks(target, look_with(target, pending(world.FakeReads())))
    assert found["route.database"].state is State.UNKNOWN
    assert found["rule.database"].state is State.UNKNOWN


def test_once_the_database_is_reached_its_route_and_rule_are_proven(target: Target) -> None:
    seen = look_with(target, world.FakeReads())
    found = tasks(target, seen)
    assert seen.accepted
    assert {found[key].state for key in ("peering.database", "route.database", "rule.database")} == {State.DONE}
    assert found["route.database"].seen
    assert dict(found["rule.database"].values)["source"] == "100.64.0.0/24"


def test_a_database_that_is_not_reached_is_a_failure_of_route_or_rule(target: Target) -> None:
    reads = world.FakeReads()
    reads.known_targets = {
        arn: tuple(TargetFact(t.address, t.port, "unhealthy", "Target.Timeout", "timed out") for t in those)
        for arn, those in reads.known_targets.items()
    }
    found = tasks(target, look_with(target, reads))
    assert found["route.database"].state is State.FAILED
    assert "cannot reach" in found["rule.database"].why


def test_what_this_account_cannot_see_is_never_done(target: Target) -> None:
    found = tasks(target, look_with(target, world.FakeReads()), seeded=Seeded.COMPLETE)
    unseen = ("dns.database", "route.application.web", "zone.application.web")
    assert {found[key].state for key in unseen} == {State.UNKNOWN}
    assert all(found[key].why for key in unseen)
    assert found["database.tls"].state is State.NOT_LOOKED  # only a verification looks from a node


def test_an_option_that_is_seen_to_be_on_is_done(target: Target) -> None:
    reads = world.FakeReads()
    reads.peerings["pcx-db"] = replace(world.a_peering("pcx-db"), accepter_dns=True)
    assert tasks(target, look_with(target, reads))["dns.database"].state is State.DONE


def test_the_private_zone_is_named_with_each_application_s_vpc(target: Target) -> None:
    task = tasks(target, look_with(target, world.FakeReads()))["zone.application.web"]
    assert dict(task.values) == {"hosted zone": "Z1", "VPC": "vpc-web", "region": "us-east-1"}


def test_ours_are_the_secrets_the_link_and_the_watcher(target: Target) -> None:
    seen = look_with(target, world.FakeReads())
    ours = [task for task in tasks(target, seen, seeded=Seeded.MISSING).values() if task.who is Party.US]
    assert [(task.key, task.state) for task in ours] == [
        ("secrets", State.WAITING),
        ("link", State.DONE),
        ("watcher", State.DONE),
    ]


def test_a_customer_of_the_public_topology_allows_our_address(target: Target) -> None:
    globex = open_target(target.workspace, "globex-prod")
    found = tasks(globex, look_with(globex, world.FakeReads("public")))
    assert dict(found["allow.nat"].values)["source"] == f"{world.NAT}/32"
    assert found["allow.nat"].state is State.NOT_LOOKED
    assert dict(found["name.proxy"].values)["CNAME"] == "px.elb.example"
    assert "203.0.113.0/24" in dict(found["clients"].values)["clients"]
    assert found["admit"].who is Party.US


def test_a_certificate_is_the_customers_until_it_is_in_its_secret(target: Target) -> None:
    seen = look_with(target, world.FakeReads())
    assert tasks(target, seen)["certificate"].state is State.WAITING
    assert tasks(target, seen, seeded=Seeded.COMPLETE)["certificate"].state is State.DONE


def test_the_newest_look_at_a_hop_counts(target: Target) -> None:
    old = look_with(target, pending(world.FakeReads())).hops
    now = tuple(
        replace(hop, observed_at=hop.observed_at + timedelta(minutes=1))
        for hop in look_with(target, world.FakeReads()).hops
    )
    assert newest(now, old)["peering.database"].state is HopState.PASSED
    assert newest(old, now)["peering.database"].state is HopState.PASSED


def test_hops_of_a_verification_count_unless_something_was_applied_since(target: Target) -> None:
    from wizard.verify.report import to_json

    verification = world.look(world.FakeReads())
    target.place.reports.mkdir()
    path = target.place.reports / "verification-20260301T120000Z.json"
    path.write_text(to_json(verification))
    path.with_suffix(".md").write_text("")
    hops = {hop.key: hop for hop in reported(target.place, since=None)}
    assert hops["database.psql"].state is HopState.PASSED
    assert hops["database.psql"].observed_at == NOW
    assert hops["database.psql"].evidence
    assert reported(target.place, since=NOW + timedelta(minutes=1)) == ()
    path.write_text("{")
    assert reported(target.place, since=None) == ()


def test_nothing_is_seen_of_what_was_never_applied(target: Target) -> None:
    store.remove_contract(target.place, "instance")
    assert look_with(target, world.FakeReads()).hops == ()


def test_what_is_pasted_into_the_call_has_every_value_and_no_secret(target: Target) -> None:
    store.save_contract(target.place, "link", LinkOutputs(dns_resolution_peering_ids=["pcx-db"]))
    seen = look_with(target, pending(world.FakeReads()))
    said = text("acme-prod", ledger(known(target, seen)), datetime.now(UTC))
    for value in (
        "pcx-db",
        "pcx-web",
        "100.64.0.0/24",
        "TCP 5432",
        "Z1",
        "associate-vpc-with-hosted-zone",
        "6 d 3 h left",
    ):
        assert value in said
    assert said.index("1. Accept the peering") < said.index("On our side:")
    assert "password=" not in said


def test_time_that_is_left_is_told_in_what_counts() -> None:
    assert left(NOW + timedelta(days=6, hours=23), NOW) == "6 d 23 h left"
    assert left(NOW + timedelta(hours=5, minutes=9), NOW) == "5 h 9 min left"
    assert left(NOW + timedelta(minutes=3), NOW) == "3 min left"
    assert left(NOW, NOW) == "expired"
