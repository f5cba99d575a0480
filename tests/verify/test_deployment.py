"""Deployments, broken one thing at a time: the hop that says so, its state, who is waited for, what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.verify.world import (
    ANSWER,
    NOW,
    FakeReads,
    a_balancer,
    a_peering,
    a_target,
    a_volume,
    an_endpoint,
    an_instance,
    deployment,
    hop,
    look,
    states,
    with_package,
)
from wizard.aws.commands import NodePing
from wizard.aws.reads import TargetFact
from wizard.errors import AwsError
from wizard.verify.hops import HopState
from wizard.verify.reads import IngressRule, Listener, Ran, Record, RedisUser

PASSED, FAILED, WAITING = HopState.PASSED, HopState.FAILED, HopState.WAITING
UNSEEN, UNPROVABLE = HopState.NOT_OBSERVABLE, HopState.NOT_PROVABLE
JUST_NOW = NOW - timedelta(minutes=2)


@dataclass(frozen=True)
class Broken:
    """What is broken, by FakeReads' field, and what has to be said of it. Every other hop that can fail must not."""

    name: str
    key: str
    state: HopState
    says: str
    remedy: str
    reads: dict[str, Any]
    topology: str = "private"
    on: str = ""

    def __str__(self) -> str:
        return self.name


def node(**other: Any) -> dict[str, Any]:
    fake = FakeReads()
    return {**fake.known_instances, "i-ingestion": an_instance("i-ingestion", **other)}


def without(field: str, key: str) -> dict[str, Any]:
    return {name: value for name, value in getattr(FakeReads(), field).items() if name != key}


def swapped(field: str, key: str, value: Any) -> dict[str, Any]:
    return {**getattr(FakeReads(), field), key: value}


def marker(**content: Any) -> dict[str, Any]:
    """Every node's marker alike; the ingestion node's is the one that is looked at."""
    return {"found": True, "problem": "", "marker": content}


def on_node(script: str, answer: Any) -> dict[str, Any]:
    return {"said": {**FakeReads().said, script: answer}}


def psql(**other: Any) -> dict[str, Any]:
    return on_node("psql", {"step": "done", "answer": {**ANSWER, **other}, "address": "10.64.0.20", "psql": "psql 16"})


def peering(status: str, **other: Any) -> dict[str, Any]:
    return {"peerings": swapped("peerings", "pcx-db", a_peering("pcx-db", status, **other))}


def target(*targets: TargetFact, group: str = "tg-in") -> dict[str, Any]:
    return {"known_targets": swapped("known_targets", group, targets)}


BREAKAGES = [
    Broken("a node that somebody stopped", "node.ingestion-0.running", FAILED, "i-ingestion is stopped",
           "start-instances", {"known_instances": node(state="stopped")}),
    Broken("a node that is starting", "node.ingestion-0.running", WAITING, "starting", "again",
           {"known_instances": node(state="pending")}, on="AWS"),
    Broken("a node that is gone", "node.ingestion-0.running", FAILED, "not there", "planewright apply acme-prod",
           {"known_instances": without("known_instances", "i-ingestion")}),
    Broken("a young node that has not registered", "node.ingestion-0.ssm", WAITING, "launched 2 min ago", "again",
           {"known_managed": without("known_managed", "i-ingestion"), "known_instances": node(launched_at=JUST_NOW)},
           on="AWS"),
    Broken("an old node that has never registered", "node.ingestion-0.ssm", FAILED, "never registered",
           "AmazonSSMManagedInstanceCore", {"known_managed": without("known_managed", "i-ingestion")}),
    Broken("a node that SSM lost", "node.ingestion-0.ssm", FAILED, "ConnectionLost", "get-console-output",
           {"known_managed": swapped("known_managed", "i-ingestion", NodePing("ConnectionLost", "3.3", NOW))}),
    Broken("a volume that is not encrypted", "volumes", FAILED, "vol-2 is not encrypted", "planewright plan",
           {"known_volumes": (a_volume("vol-1"), a_volume("vol-2", encrypted=False), a_volume("vol-slog"))}),
    Broken("a volume on another instance", "volumes", FAILED, "vol-2 is attached to i-other", "never made anew",
           {"known_volumes": (a_volume("vol-1"), a_volume("vol-2", attached_to="i-other"), a_volume("vol-slog"))}),
    Broken("a volume on no instance", "volumes", FAILED, "vol-2 is attached to nothing", "never made anew",
           {"known_volumes": (a_volume("vol-1"), a_volume("vol-2", attached_to="", attachment=""),
                              a_volume("vol-slog"))}),
    Broken("a volume that is gone", "volumes", FAILED, "vol-slog is not there", "planewright plan",
           {"known_volumes": (a_volume("vol-1"), a_volume("vol-2"))}),
    Broken("a volume on its way", "volumes", WAITING, "attaching vol-2", "again",
           {"known_volumes": (a_volume("vol-1"), a_volume("vol-2", attachment="attaching"), a_volume("vol-slog"))},
           on="AWS"),
    Broken("a Redis user that has no password yet", "redis.user", WAITING, "not been seeded",
           "planewright seed-secrets acme-prod",
           {"users": swapped("users", "acme-prod-redis",
                             RedisUser("acme-prod-redis", "acme-prod-redis", "active", "off ~1001:* +@all"))},
           on="the operator"),
    Broken("a Redis user that is gone", "redis.user", FAILED, "no Redis user", "planewright apply",
           {"users": without("users", "acme-prod-redis")}),
    Broken("a peering that nobody has accepted yet", "peering.database", WAITING,
           "account 222222222222 has not accepted the peering; it can until 2026-03-08 12:00 UTC",
           "aws ec2 accept-vpc-peering-connection --region us-east-1 --vpc-peering-connection-id pcx-db",
           peering("pending-acceptance", expires_at=NOW + timedelta(days=7)), on="the customer"),
    Broken("a peering that nobody accepted in time", "peering.database", FAILED, "it has expired", "requests it anew",
           peering("expired")),
    Broken("a peering whose time has passed, though AWS has not said so yet", "peering.database", FAILED,
           "it has expired", "requests it anew", peering("pending-acceptance", expires_at=NOW - timedelta(minutes=1))),
    Broken("a peering that was rejected", "peering.database", FAILED, "has rejected the peering", "requests it anew",
           peering("rejected")),
    Broken("a peering that AWS refused", "peering.database", FAILED, "overlapping CIDRs",
           "compare transit.vpc_cidr with 10.20.0.0/16", peering("failed")),
    Broken("a peering that somebody deleted", "peering.database", FAILED, "deleted the peering", "requests it anew",
           peering("deleted")),
    Broken("a peering that AWS has forgotten", "peering.database", FAILED, "not there any more", "requests it anew",
           {"peerings": without("peerings", "pcx-db")}),
    Broken("a peering in the making", "peering.database", WAITING, "provisioning", "again", peering("provisioning"),
           on="AWS"),
    Broken("an application's peering that its owner has not accepted", "peering.application.web", WAITING,
           "has not accepted", "the owner of vpc-web runs",
           {"peerings": swapped("peerings", "pcx-web", a_peering("pcx-web", "pending-acceptance"))},
           on="the customer"),
    Broken("a DNS option that somebody switched off", "peering.database.dns", FAILED, "off on our side",
           "applies stack link", peering("active", requester_dns=False)),
    Broken("a load balancer in the making", "inbound.nlb", WAITING, "being provisioned", "again",
           {"balancers": swapped("balancers", "nlb-in", a_balancer("nlb-in", state="provisioning"))}, on="AWS"),
    Broken("a load balancer that failed", "inbound.nlb", FAILED, "failed: no address left", "replaced",
           {"balancers": swapped("balancers", "nlb-in",
                                 a_balancer("nlb-in", state="failed", reason="no address left"))}),
    Broken("a load balancer that is gone", "outbound.nlb", FAILED, "not there", "planewright apply",
           {"balancers": without("balancers", "nlb-out")}),
    Broken("a load balancer in another zone", "inbound.zone", FAILED, "not in us-east-1a", "planewright plan",
           {"balancers": swapped("balancers", "nlb-in", a_balancer("nlb-in", zones=("us-east-1b",)))}),
    Broken("an endpoint in another zone", "inbound.zone", FAILED, "not in use1-az1", "planewright plan",
           {"endpoints": swapped("endpoints", "vpce-in", an_endpoint("in", "subnet-x", zone_ids=("use1-az2",)))}),
    Broken("an address that was never registered", "inbound.target", FAILED,
           "no address of db.acme.example.com is registered", "aws logs tail /aws/lambda/acme-prod-watcher", target()),
    Broken("an address on its way out", "inbound.target", FAILED, "no address", "watcher",
           target(a_target("10.20.1.5", "draining"))),
    Broken("a database that the load balancer cannot reach", "inbound.health", FAILED, "cannot reach",
           "a route to 100.64.0.0/24 over pcx-db",
           target(a_target("10.20.1.5", "unhealthy", "Target.Timeout", "timed out"))),
    Broken("a database that refuses health checks", "inbound.health", FAILED, "refuses the connection",
           "is PostgreSQL running",
           target(a_target("10.20.1.5", "unhealthy", "Target.FailedHealthChecks"))),
    Broken("a target that is new", "inbound.health", WAITING, "just begun", "again",
           target(a_target("10.20.1.5", "initial", "Elb.InitialHealthChecking")), on="AWS"),
    Broken("an endpoint in the making", "inbound.endpoint", WAITING, "pending", "again",
           {"endpoints": swapped("endpoints", "vpce-in", an_endpoint("in", "s", state="pending"))}, on="AWS"),
    Broken("an endpoint that its service has not accepted", "inbound.endpoint", WAITING, "has not accepted",
           "accept-vpc-endpoint-connections --vpc-endpoint-ids vpce-in --service-id vpce-svc-in",
           {"endpoints": swapped("endpoints", "vpce-in", an_endpoint("in", "s", state="pendingacceptance"))},
           on="the operator"),
    Broken("an endpoint that was rejected", "outbound.endpoint", FAILED, "rejected", "delete it",
           {"endpoints": swapped("endpoints", "vpce-out", an_endpoint("out", "s", state="rejected"))}),
    Broken("an endpoint that is gone", "inbound.endpoint", FAILED, "not there", "planewright apply",
           {"endpoints": without("endpoints", "vpce-in")}),
    Broken("an endpoint whose name does not resolve", "inbound.dns", FAILED, "does not resolve on the node", "DNS",
           on_node("resolve", {"addresses": []})),
    Broken("a port that drops packets", "database.tcp", FAILED, "drops the packets", "endpoint's security group",
           on_node("tcp", {"outcome": "timed_out", "address": "10.64.0.20"})),
    Broken("a node without a route", "database.tcp", FAILED, "no route", "route tables",
           on_node("tcp", {"outcome": "unreachable", "address": "10.64.0.20"})),
    Broken("a script that could not run", "database.tcp", FAILED, "exit code 127", "python3",
           on_node("tcp", Ran("failed", 127, "", "sh: 1: python3: not found"))),
    Broken("a script that nobody ran in time", "database.tcp", FAILED, "did not run the probe in time", "SSM agent",
           on_node("tcp", Ran("deliverytimedout", -1, "", ""))),
    Broken("a script that said nothing", "database.tcp", FAILED, "did not end well", "python3",
           on_node("tcp", Ran("success", 0, "Killed\n", ""))),
    Broken("a database that sees no encryption", "database.psql", FAILED, "not encrypted", "pooler",
           psql(tls={"on": False})),
    Broken("a secret without a value", "database.psql", WAITING, "has no value yet", "seed-secrets acme-prod",
           on_node("psql", {"step": "secret", "exit": 254, "problem": "secret value for staging label: AWSCURRENT"}),
           on="the operator"),
    Broken("a replica instead of the writer", "database.replication", FAILED, "a replica, not the writer",
           "writer's own name", psql(in_recovery=True)),
    Broken("a database that does not log logically", "database.replication", FAILED, "wal_level is replica",
           "rds.logical_replication", psql(wal_level="replica")),
    Broken("a role on RDS that may not replicate", "database.replication", FAILED, "may not replicate",
           "GRANT rds_replication TO springtail", psql(rds_replication=False)),
    Broken("a proxy that is not registered", "outbound.targets", FAILED, "acme-prod-proxy-0 is not registered",
           "planewright apply", target(group="tg-out")),
    Broken("a name that points elsewhere", "outbound.name", FAILED, "points elsewhere", "planewright apply",
           {"zone": (Record("springtail.acme.example.com", "CNAME", ("old.example.",)),)}),
    Broken("a zone without the name", "outbound.name", FAILED, "no record of springtail.acme.example.com",
           "planewright apply", {"zone": ()}),
    Broken("a database name that does not resolve in public", "database.name", FAILED, "does not resolve", "public name",
           on_node("resolve", {"addresses": []}), "public"),
    Broken("a database that sees another address than the NAT's", "egress.address", FAILED,
           "sees 54.99.99.99, not the shard's fixed address 54.12.0.9", "default route",
           psql(client_address="54.99.99.99"), "public"),
    Broken("a public load balancer that faces inside", "proxy.nlb", FAILED, "is internal", "planewright plan",
           {"balancers": swapped("balancers", "nlb-px", a_balancer("nlb-px", security_group_ids=("sg-px",)))},
           "public"),
    Broken("a public load balancer with another address", "proxy.nlb", FAILED, "has lost 54.1.1.1", "planewright plan",
           {"balancers": swapped("balancers", "nlb-px",
                                 a_balancer("nlb-px", scheme="internet-facing", public_ips=("54.2.2.2",),
                                            security_group_ids=("sg-px",)))}, "public"),
    Broken("a public load balancer without a fixed address", "proxy.nlb", FAILED, "has lost 54.1.1.1", "planewright",
           {"balancers": swapped("balancers", "nlb-px",
                                 a_balancer("nlb-px", scheme="internet-facing", security_group_ids=("sg-px",)))},
           "public"),
    Broken("a listener that is gone", "proxy.listener", FAILED, "nothing listens on 5432", "planewright apply",
           {"known_listeners": ()}, "public"),
    Broken("a listener that opens TLS", "proxy.listener", FAILED, "speaks TLS", "planewright apply",
           {"known_listeners": (Listener(5432, "TLS", ("tg-px",)),)}, "public"),
    Broken("a listener that forwards elsewhere", "proxy.listener", FAILED, "forwards elsewhere", "planewright apply",
           {"known_listeners": (Listener(5432, "TCP", ("tg-other",)),)}, "public"),
    Broken("a client that nobody listed", "proxy.clients", FAILED, "0.0.0.0/0 may connect, but is not listed",
           "proxy.client_cidrs",
           {"rules": (IngressRule("203.0.113.0/24", "tcp", 5432, 5432), IngressRule("0.0.0.0/0", "tcp", 22, 22))},
           "public"),
    Broken("a client that is listed and not admitted", "proxy.clients", FAILED, "203.0.113.0/24 is listed",
           "proxy.client_cidrs", {"rules": (IngressRule("203.0.113.0/24", "tcp", 80, 80),)}, "public"),
    Broken("a public load balancer without a security group", "proxy.clients", FAILED, "admit everybody", "new load",
           {"balancers": swapped("balancers", "nlb-px",
                                 a_balancer("nlb-px", scheme="internet-facing", public_ips=("54.1.1.1",)))}, "public"),
]  # fmt: skip


@pytest.mark.parametrize("broken", BREAKAGES, ids=str)
def test_one_broken_thing_is_one_hop_that_says_so_who_is_waited_for_and_what_to_do(broken: Broken) -> None:
    verification = look(FakeReads(**broken.reads), broken.topology)

    told = hop(verification, broken.key)
    assert told.state is broken.state, told
    assert broken.says in told.reason
    assert broken.remedy in told.remedy
    assert told.waiting_on == broken.on
    others = [one.key for one in verification.in_state(FAILED, WAITING) if one.key != broken.key]
    assert others == [], "one broken link is one failure"
    assert not verification.verified
    assert verification.exit_code == 1


@pytest.mark.parametrize("topology", ["private", "public"])
def test_where_all_is_well_every_hop_that_can_be_seen_has_passed(topology: str) -> None:
    reads = FakeReads(**psql(client_address="54.12.0.9")) if topology == "public" else FakeReads()

    verification = look(reads, topology)

    left = {one.key: one.state for one in verification.hops if one.state is not PASSED}
    side = "outbound" if topology == "private" else "proxy"
    assert left == {f"{side}.answers": UNSEEN}
    assert verification.verified
    assert verification.exit_code == 0
    assert verification.versions["postgresql"] == "15.18"


def test_all_hops_are_announced_once_each() -> None:
    heard: list[str] = []

    verification = look(FakeReads(), on_hop=lambda one: heard.append(one.key))

    assert sorted(heard) == sorted(one.key for one in verification.hops)


def test_a_peering_that_waits_explains_all_that_stands_on_it_and_hides_nothing_that_does_not() -> None:
    verification = look(FakeReads(**peering("pending-acceptance"), **target(), said=on_node(
        "tcp", {"outcome": "connected", "answer": "closed", "address": "10.64.0.20"})["said"]), link=None)  # fmt: skip

    told = states(verification)
    assert told["peering.database"] is WAITING
    assert {told[key] for key in ("inbound.target", "inbound.health", "database.tcp", "database.psql")} == {UNSEEN}
    assert told["peering.database.dns"] is UNSEEN
    assert told["inbound.endpoint"] is told["inbound.dns"] is told["outbound.endpoint"] is PASSED
    for key in ("inbound.target", "inbound.health", "database.tcp", "database.psql", "database.replication"):
        assert "“The customer has accepted the peering”, which is waiting" in hop(verification, key).reason
    assert "as it looks now: no address of db.acme.example.com" in " ".join(
        hop(verification, "inbound.target").evidence
    )


def test_an_accepted_peering_whose_link_is_not_applied_waits_for_the_operator() -> None:
    verification = look(FakeReads(**peering("active", requester_dns=False)), link=None)

    told = hop(verification, "peering.database.dns")
    assert (told.state, told.waiting_on) == (WAITING, "the operator")


@pytest.mark.parametrize(
    ("said", "state", "reason"),
    [
        (marker(version=1, role="ingestion", instance_id="i-ingestion", simulated=True), UNPROVABLE, "simulated"),
        (marker(version=0, role="ingestion", instance_id="i-ingestion"), FAILED, "version 0, not 1"),
        (marker(version=1, role="proxy", instance_id="i-ingestion"), FAILED, "role proxy, not ingestion"),
        (marker(version=1, role="ingestion", instance_id="i-image"), FAILED, "instance_id i-image, not i-ingestion"),
        (marker(boot_version=1, failed={"step": "storage", "reason": "a volume is missing"}), FAILED,
         "failed at storage: a volume is missing"),
        (marker(boot_version=1, running="packages"), FAILED, "has not come to its end, at packages"),
        ({"found": False, "marker": None}, FAILED, "has left no marker yet"),
        ({"found": True, "marker": None, "problem": "JSONDecodeError"}, FAILED, "cannot be read"),
    ],
)  # fmt: skip
def test_a_boot_marker_is_judged(said: dict[str, Any], state: HopState, reason: str) -> None:
    told = hop(look(FakeReads(said={**FakeReads().said, "marker": said})), "node.ingestion-0.boot")

    assert told.state is state
    assert reason in told.reason
    assert told.remedy


@pytest.mark.parametrize(
    "said", [{"found": False}, marker(boot_version=1, running="packages", steps={"aws_cli": "ok"})]
)
def test_a_young_node_without_a_finished_marker_is_still_booting(said: dict[str, Any]) -> None:
    reads = FakeReads(known_instances=node(launched_at=JUST_NOW), said={**FakeReads().said, "marker": said})

    told = hop(look(reads), "node.ingestion-0.boot")

    assert (told.state, told.waiting_on) == (WAITING, "AWS")
    assert "launched 2 min ago, still booting" in told.reason


def test_the_wanted_marker_is_the_one_that_the_boot_script_writes() -> None:
    from assets.boot.boot import BOOT_VERSION
    from wizard.verify.probes.nodes import MARKER_VERSION

    assert MARKER_VERSION == BOOT_VERSION


def test_without_a_package_nothing_listens_on_the_proxies_and_nobody_calls_that_a_failure() -> None:
    verification = look(
        FakeReads(**target(a_target("i-proxy", "unhealthy", "Target.FailedHealthChecks"), group="tg-out"))
    )

    told = hop(verification, "outbound.health")
    assert told.state is UNSEEN
    assert "no package is configured" in told.reason
    assert verification.verified


def test_with_a_package_a_proxy_that_does_not_answer_is_a_failure() -> None:
    reads = FakeReads(**target(a_target("i-proxy", "unhealthy", "Target.FailedHealthChecks"), group="tg-out"))

    verification = look(reads, answers=with_package(deployment()))

    assert states(verification)["outbound.health"] is FAILED


def test_whether_the_proxy_answers_an_application_only_an_application_can_tell() -> None:
    told = hop(look(FakeReads(), answers=with_package(deployment())), "outbound.answers")

    assert told.state is UNSEEN
    assert "psql 'host=springtail.acme.example.com port=5432 dbname=postgres sslmode=verify-full'" in told.remedy


def test_a_simulated_proxy_is_never_taken_for_one_that_answers() -> None:
    simulated = marker(version=1, simulated=True)
    reads = FakeReads(said={**FakeReads().said, "marker": simulated})

    assert states(look(reads))["outbound.health"] is UNSEEN
    assert states(look(reads, answers=with_package(deployment())))["outbound.health"] is UNPROVABLE


def test_a_database_behind_a_forwarder_cannot_tell_which_address_it_sees() -> None:
    told = hop(look(FakeReads(**psql(client_address="127.0.0.5")), "public"), "egress.address")

    assert told.state is UNSEEN
    assert "private address" in told.reason


@pytest.mark.parametrize(
    ("field", "keys"),
    [
        ("known_instances", ["node.ingestion-0.running"]),
        ("known_volumes", ["volumes"]),
        ("peerings", ["peering.database", "peering.database.dns", "peering.application.web"]),
        ("balancers", ["inbound.nlb", "inbound.zone", "outbound.nlb"]),
        ("endpoints", ["inbound.endpoint", "outbound.endpoint"]),
        ("zone", ["outbound.name"]),
        ("users", ["redis.user"]),
    ],
)
def test_a_read_that_is_refused_is_not_observable_and_the_rest_is_still_seen(field: str, keys: list[str]) -> None:
    denied = AwsError("could not read it", cause="access denied: needs ec2:X", action="have ec2:X allowed")

    verification = look(FakeReads(**{field: denied}))

    for key in keys:
        assert hop(verification, key).state is UNSEEN
        assert "needs ec2:X" in hop(verification, key).reason
    assert states(verification)["database.psql"] is PASSED
    assert not verification.in_state(FAILED, WAITING)


def test_a_node_that_may_not_be_sent_commands_hides_the_database_and_fails_nothing() -> None:
    denied = AwsError("could not run a command", cause="access denied: needs ssm:SendCommand", action="have it allowed")

    verification = look(FakeReads(said=dict.fromkeys(("marker", "resolve", "tcp", "psql"), denied)))

    assert {states(verification)[key] for key in ("inbound.dns", "database.tcp", "database.psql")} == {UNSEEN}
    assert not verification.in_state(FAILED, WAITING)


def test_a_verification_that_saw_nothing_has_verified_nothing() -> None:
    nothing = AwsError("could not read it")
    reads = FakeReads(
        **dict.fromkeys(
            ("known_instances", "known_managed", "known_volumes", "peerings", "balancers", "endpoints", "zone",
             "users", "known_targets"), nothing)
    )  # fmt: skip

    verification = look(reads)

    assert {one.state for one in verification.hops} == {UNSEEN}
    assert not verification.verified


def test_one_healthy_target_carries_the_connections_and_a_stale_one_is_named() -> None:
    stale = a_target("10.20.1.4", "unhealthy", "Target.Timeout")

    told = hop(look(FakeReads(**target(a_target("10.20.1.5"), stale))), "inbound.health")

    assert told.state is PASSED
    assert "10.20.1.4:5432 unhealthy (Target.Timeout)" in told.evidence


def test_scripts_are_given_their_inputs_quoted_and_never_a_secret() -> None:
    from wizard.verify.scripts import script

    text = script("tcp", {"HOST": "a'; rm -rf /; '", "PORT": 5432})

    assert text.startswith("""HOST='a'"'"'; rm -rf /; '"'"''\nPORT=5432\n""")


def test_instances_are_read_once_however_many_nodes_ask() -> None:
    asked: list[int] = []

    class Counting(FakeReads):
        def instances(self, ids: Any) -> Any:
            asked.append(len(ids))
            return super().instances(ids)

    look(Counting())

    assert asked == [3]


def test_the_worst_comes_first_and_within_a_state_the_paths_order_holds() -> None:
    reads = FakeReads(
        **peering("pending-acceptance"), known_volumes=(), zone=(), known_managed=replace_ping("Inactive")
    )

    verification = look(reads)

    ranks = [one.state.rank for one in verification.worst_first]
    assert ranks == sorted(ranks)
    assert [one.key for one in verification.worst_first[:2]] == ["node.ingestion-0.ssm", "node.proxy-0.ssm"]
    assert verification.first_failure is not None
    assert verification.first_failure.key == "node.ingestion-0.ssm"
    assert not set(verification.proven) & set(verification.not_proven)
    assert sum(verification.counts().values()) == len(verification.hops)


def replace_ping(status: str) -> dict[str, NodePing]:
    return {name: replace(ping, status=status) for name, ping in FakeReads().known_managed.items()}
