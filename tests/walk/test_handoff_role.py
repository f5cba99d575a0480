"""The ledger with a role of the customer's: what nobody could see before is seen, and unseen is still never done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from tests.verify import world
from tests.workspaces import with_examples
from wizard.answers.account import Account
from wizard.blueprints.springtail.answers import CustomerAccess
from wizard.deploy import store
from wizard.deploy.customer_access import account_of, customers_of
from wizard.deploy.customer_side import look_with
from wizard.deploy.target import Target, open_target
from wizard.facts.database import RdsFact
from wizard.verify.customer.model import Acl, AclEntry, Interface, Route, RouteTable, Rule
from wizard.verify.customer.reads import CustomerReads, Look
from wizard.verify.hops import Hop, HopState
from wizard.walk.handoff import Known, State, Task, ledger, newest
from wizard.workspace import Workspace

OURS = IPv4Network("100.64.0.0/24")
ANY = IPv4Network("0.0.0.0/0")


class Theirs:
    """A customer's account in which everything was done."""

    tells = frozenset(Look)

    def __init__(self, **broken: Any) -> None:
        self.broken = broken

    def peering(self, peering_id: str) -> Any:
        return replace(world.a_peering(peering_id), accepter_dns=True)

    def rds(self, host: str) -> RdsFact:
        found = RdsFact("222222222222", "instance", instance="primary", group="own", apply_status="in-sync")
        return replace(found, parameters=(("rds.logical_replication", "1"),), **self.broken.get("rds", {}))

    def interfaces(self, vpc_id: str, addresses: Any) -> tuple[Interface, ...]:
        return (Interface("eni-1", vpc_id, "subnet-a", tuple(addresses), ("sg-db",)),)

    def route_tables(self, vpc_id: str) -> tuple[RouteTable, ...]:
        peering = "pcx-web" if vpc_id == "vpc-web" else "pcx-db"
        routes = self.broken.get("routes", (Route(str(OURS), peering, False, (OURS,)),))
        return (RouteTable("rtb-1", vpc_id, True, (), routes),)

    def rules(self, group_ids: Any) -> tuple[Rule, ...]:
        return self.broken.get("rules", (Rule("sgr-1", "sg-db", "6", 5432, 5432, OURS),))

    def prefix_lists(self, ids: Any) -> dict[str, Any]:
        return {}

    def acls(self, vpc_id: str) -> tuple[Acl, ...]:
        entries = tuple(AclEntry(100, egress, True, "-1", ANY) for egress in (False, True))
        return (Acl("acl-1", vpc_id, ("subnet-a",), self.broken.get("acls", entries)),)

    def zones(self, vpc_id: str) -> tuple[str, ...]:
        return self.broken.get("zones", ("Z1",))


@pytest.fixture
def target(tmp_path: Path) -> Target:
    workspace = Workspace(with_examples(tmp_path))
    store.save_contract(workspace.place("shard", "use1-a"), "shard", world.shard_outputs())
    store.save_contract(workspace.place("deployment", "acme-prod"), "instance", world.outputs("private"))
    found = open_target(workspace, "acme-prod")
    access = (CustomerAccess(account_id="222222222222", role_arn="arn:aws:iam::222222222222:role/read"),)
    return replace(found, answers=found.deployment.model_copy(update={"customer_access": access}))


def tasks(target: Target, theirs: CustomerReads, *, health: str = "healthy") -> dict[str, Task]:
    reads = world.FakeReads()
    reason = "" if health == "healthy" else "Target.Timeout"
    reads.known_targets = {**reads.known_targets, "tg-in": (world.a_target("10.20.1.10", health, reason),)}
    seen = look_with(target, reads, customers={"": theirs, "web": theirs})
    return of(target, newest(seen.hops))


def of(target: Target, hops: Any) -> dict[str, Task]:
    known = Known(target.deployment, target.shard, world.outputs("private"), world.shard_outputs(), hops)
    return {task.key: task for task in ledger(known)}


def test_what_was_not_observable_is_seen_with_its_evidence(target: Target) -> None:
    found = tasks(target, Theirs())
    keys = ("route.database", "rule.database", "dns.database", "database.parameters")
    for key in (*keys, "route.application.web", "zone.application.web"):
        assert found[key].state is State.DONE, (key, found[key])
        assert found[key].seen
    assert "acl.database" not in found


@pytest.mark.parametrize(
    ("broken", "key", "state", "command"),
    [
        ({"routes": ()}, "route.database", State.FAILED, "create-route"),
        ({"routes": ()}, "route.application.web", State.FAILED, "create-route"),
        ({"rules": ()}, "rule.database", State.FAILED, "authorize-security-group-ingress"),
        ({"acls": ()}, "acl.database", State.FAILED, "describe-network-acls"),
        ({"zones": ()}, "zone.application.web", State.WAITING, "associate-vpc-with-hosted-zone"),
        ({"rds": {"apply_status": "pending-reboot"}}, "database.parameters", State.WAITING, ""),
    ],
)
def test_what_is_not_done_is_theirs_to_do_with_the_line_that_does_it(
    target: Target, broken: dict[str, Any], key: str, state: State, command: str
) -> None:
    found = tasks(target, Theirs(**broken), health="unhealthy")
    assert found[key].state is state
    assert command in found[key].command
    others = {"route.database", "rule.database", "database.parameters", "zone.application.web"} - {key}
    if key != "route.application.web":
        assert {found[other].state for other in others} == {State.DONE}


def test_without_a_role_nothing_of_it_is_seen_still(target: Target) -> None:
    bare = replace(target, answers=target.deployment.model_copy(update={"customer_access": ()}))
    found = of(bare, newest(look_with(bare, world.FakeReads()).hops))
    assert {found[key].state for key in ("route.application.web", "zone.application.web")} == {State.UNKNOWN}
    assert "database.parameters" not in found


def test_an_answer_that_was_pasted_counts_until_the_database_is_reached(target: Target) -> None:
    bare = replace(target, answers=target.deployment.model_copy(update={"customer_access": ()}))
    closed = Hop("customer.rules", "t", "s", HopState.FAILED, world.NOW, reason="no rule of sg-db admits us")
    out = Hop("inbound.health", "t", "s", HopState.FAILED, world.NOW, reason="timeout beyond the peering")
    works = replace(out, state=HopState.PASSED, observed_at=world.NOW + timedelta(minutes=5), reason="")
    assert of(bare, newest((closed, out)))["rule.database"].why == "no rule of sg-db admits us"
    assert of(bare, newest((closed, works)))["rule.database"].state is State.DONE


def test_the_way_into_each_account_is_the_answers(target: Target) -> None:
    read = account_of(target, "222222222222", "eu-west-1")
    assert read is not None
    assert (read.id, read.region, read.role_arn) == ("222222222222", "eu-west-1", "arn:aws:iam::222222222222:role/read")
    assert account_of(target, "333333333333", "eu-west-1") is None

    profile = target.deployment.database.model_copy(update={"profile": "acme"})
    by_profile = target.deployment.model_copy(update={"database": profile, "customer_access": ()})
    found = account_of(replace(target, answers=by_profile), "222222222222", "us-east-1")
    assert found == Account(id="222222222222", region="us-east-1", profile="acme")


def test_a_side_is_looked_at_only_where_a_way_leads_and_nothing_is_opened_before(target: Target) -> None:
    class Closed:
        def beside(self, account: Account) -> None:
            raise AssertionError("nobody has asked anything yet")

    outputs = world.outputs("private")
    assert set(customers_of(target, Closed(), outputs)) == {"", "web"}  # type: ignore[arg-type]
    other = target.deployment.model_copy(
        update={"customer_access": (CustomerAccess(account_id="333333333333", profile="web"),)}
    )
    assert customers_of(replace(target, answers=other), Closed(), outputs) == {}  # type: ignore[arg-type]
