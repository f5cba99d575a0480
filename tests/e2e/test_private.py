"""The private topology, once the whole way: proven, broken in one place at a time, and torn down."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from assets.boot.boot import parse_config
from tests.e2e.conftest import Rehearsed
from tests.e2e.secrets import found_in, spellings
from wizard.verify.hops import HopState

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("private")]


def test_every_hop_that_can_be_seen_has_passed(private: Rehearsed) -> None:
    seen = private.outcome.report.verification

    assert {hop.key: hop.reason for hop in seen.in_state(HopState.FAILED, HopState.WAITING)} == {}
    passed = {hop.key for hop in seen.proven}
    assert {
        "node.ingestion-0.ssm",
        "volumes",
        "redis.user",
        "peering.database",
        "inbound.endpoint",
        "inbound.target",
        "inbound.health",
        "database.tcp",
        "database.psql",
        "database.replication",
    } <= passed


def test_psqls_own_answer_stands_in_the_report(private: Rehearsed) -> None:
    report = private.outcome.report.markdown.read_text()

    assert re.search(r"PostgreSQL \d+", report)
    assert "TLSv1." in report
    assert "springtail" in report


def test_the_report_tells_proven_from_not_proven(private: Rehearsed) -> None:
    report = private.outcome.report.markdown.read_text()
    not_proven, proven = report.index("## Not proven"), report.index("## Proven")

    assert not_proven < proven
    assert "rehearsal: nothing here is proof about a real AWS account" in report
    # Boot scripts never run in a rehearsal, and nothing claims that they did.
    assert "not provable in rehearsal" in report[not_proven:proven]
    document = json.loads(private.outcome.report.json.read_text())
    assert document["rehearsal"] is True
    assert document["verified"] is True


def test_a_second_plan_of_every_stack_changes_nothing(private: Rehearsed) -> None:
    assert private.outcome.repeated == {
        "use1-a/shard": "no changes",
        "acme-prod/instance": "no changes",
        "acme-prod/link": "no changes",
    }


def test_what_our_own_run_made_is_not_reported_as_drift(private: Rehearsed) -> None:
    assert [line for line in private.told if "drift" in line] == []


def test_nodes_are_configured_in_the_form_that_the_boot_program_reads(private: Rehearsed) -> None:
    ssm = private.client("ssm")
    names = [item["Name"] for item in ssm.describe_parameters()["Parameters"] if "node-config" in item["Name"]]

    assert len(names) == 3
    for name in names:
        parse_config(ssm.get_parameter(Name=name)["Parameter"]["Value"])


@contextmanager
def without_route(world: Rehearsed) -> Iterator[None]:
    world.world.call("remove_route")
    try:
        yield
    finally:
        world.world.call("restore_route")


@contextmanager
def without_rule(world: Rehearsed) -> Iterator[None]:
    world.world.call("close_security_group")
    try:
        yield
    finally:
        world.world.call("allow_database_port")


@contextmanager
def without_target(world: Rehearsed) -> Iterator[None]:
    private = world.outputs.private
    assert private is not None
    elbv2, events, arn = world.client("elbv2"), world.client("events"), private.inbound_target_group_arn
    rules = [rule["Name"] for rule in events.list_rules()["Rules"]]
    for rule in rules:
        events.disable_rule(Name=rule)
    # A call that was under way would bring the target back: this one comes after it, and calls nothing itself.
    assert world.world.call("run_watchers") == []
    targets = [
        entry["Target"] for entry in elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    ]
    elbv2.deregister_targets(TargetGroupArn=arn, Targets=targets)
    try:
        yield
    finally:
        for rule in rules:
            events.enable_rule(Name=rule)
        # The watcher's own code brings the target back, as it would within a minute.
        assert [ran["error"] for ran in world.world.call("run_watchers")] == [""]


@contextmanager
def with_another_password(world: Rehearsed) -> Iterator[None]:
    world.world.call("set_database_password", password="something-else-entirely")
    try:
        yield
    finally:
        world.world.call("set_database_password", password=world.world.database_password)


@contextmanager
def without_database(world: Rehearsed) -> Iterator[None]:
    world.world.call("stop_database")
    try:
        yield
    finally:
        world.world.call("start_database")


@pytest.mark.parametrize(
    ("taken_away", "first", "word"),
    [
        pytest.param(without_route, "inbound.health", "", id="the customer's route back"),
        pytest.param(without_rule, "inbound.health", "", id="the rule of the database's security group"),
        pytest.param(without_target, "inbound.target", "", id="the registered target"),
        pytest.param(with_another_password, "database.psql", "password", id="the password"),
        pytest.param(without_database, "inbound.health", "", id="the database"),
    ],
)
def test_what_is_taken_away_fails_the_first_hop_that_can_see_it(
    private: Rehearsed, taken_away: Callable[[Rehearsed], Iterator[None]], first: str, word: str
) -> None:
    with taken_away(private):  # type: ignore[attr-defined]
        bad = private.bad()
        process = private.planewright("verify", private.outcome.deployment)

    assert list(bad)[:1] == [first], bad
    assert word in bad[first].lower()
    assert process.returncode == 1
    assert private.bad() == {}, "and what is put back passes again"


def test_the_plain_guide_goes_the_second_run_line_by_line_from_the_list_to_the_report(private: Rehearsed) -> None:
    second_run = ["plan", "", "plan", "", "on", "on", "verify", "on", "done", ":quit"]
    process = private.planewright(
        "--plain", stdin="\n".join([private.outcome.deployment, "resume", *second_run]) + "\n"
    )

    said = process.stdout
    assert process.returncode == 0, said[-3000:] + process.stderr
    assert f"{private.outcome.deployment}, deployment: " in said
    assert "nothing holds it" in said
    for stack in ("instance", "link"):
        assert f"plan of {stack}: no changes. An apply would do nothing." in said, said[-3000:]
        assert f"{stack} is handed over" in said
    assert "done: Accept the peering to the database's VPC" in said
    assert "not provable in rehearsal" in said.partition("not proven, worst first:")[2]
    assert " hops proven: " in said
    reports = sorted(private.target.place.reports.glob("*.md"))
    assert f"report: {reports[-1]}" in said
    assert "\x1b" not in said
    assert "error:" not in said


def test_a_shard_in_use_is_not_destroyed(private: Rehearsed) -> None:
    process = private.planewright("destroy", private.outcome.shard, "--yes", "--confirm", private.outcome.shard)

    assert process.returncode == 1
    assert "in use" in process.stderr
    assert private.outcome.deployment in process.stderr


def test_no_secret_is_anywhere(private: Rehearsed) -> None:
    manager, s3 = private.client("secretsmanager"), private.client("s3")
    values = [private.world.database_password]
    for listed in manager.list_secrets()["SecretList"]:
        value = manager.get_secret_value(SecretId=listed["Name"])["SecretString"]
        values += _leaves(value)
    assert len(values) > 4
    secrets = [value for value in values if len(value) >= 12]

    assert found_in(private.workspace.root, secrets) == []
    wanted = [spelling for secret in secrets for spelling in spellings(secret)]
    bucket = f"planewright-state-{private.shard_outputs.account_id}-us-east-1"
    for version in s3.list_object_versions(Bucket=bucket)["Versions"]:
        state = s3.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])["Body"].read()
        assert not any(spelling in state for spelling in wanted), version["Key"]
    told = "\n".join([*private.arguments.seen, *private.told]).encode()
    assert len(private.arguments.seen) > 10
    assert not any(spelling in told for spelling in wanted)


def _leaves(value: str) -> list[str]:
    """The secret parts of a stored value: passwords, keys; not names or public certificates."""
    try:
        parsed = json.loads(value)
    except ValueError:
        return [value]
    if isinstance(parsed, list):
        return [entry["password"] for entry in parsed]
    key = parsed["private_key"].split("-----")[2]
    return [line for line in key.split() if len(line) > 20]


def test_a_peering_that_is_gone_is_named(private: Rehearsed) -> None:
    """Cannot be undone, so it comes last: an accepted peering can only be deleted and asked for anew."""
    private.world.call("delete_peerings")

    bad = private.bad()

    assert next(iter(bad)) == "peering.database", bad


def test_destroy_leaves_nothing_of_ours_but_the_state_bucket(private: Rehearsed) -> None:
    private.kept["shard contract"] = private.target.shard_place.contract("shard").read_text()
    for name in (private.outcome.deployment, private.outcome.shard):
        process = private.planewright("destroy", name, "--yes", "--confirm", name)
        assert process.returncode == 0, process.stdout[-3000:] + process.stderr

    ec2 = private.client("ec2")
    ours = [{"Name": "tag-key", "Values": ["planewright:shard"]}]
    living = {"pending", "running", "stopping", "stopped"}
    instances = [
        i["InstanceId"]
        for r in ec2.describe_instances(Filters=ours)["Reservations"]
        for i in r["Instances"]
        if i["State"]["Name"] in living
    ]
    assert instances == []
    assert ec2.describe_vpcs(Filters=ours)["Vpcs"] == []
    assert ec2.describe_volumes(Filters=ours)["Volumes"] == []
    assert ec2.describe_addresses(Filters=ours)["Addresses"] == []
    assert private.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert private.client("elasticache").describe_replication_groups()["ReplicationGroups"] == []
    assert private.client("lambda").list_functions()["Functions"] == []
    roles = [role["RoleName"] for role in private.client("iam").list_roles()["Roles"]]
    assert [name for name in roles if name.startswith((private.outcome.deployment, private.outcome.shard))] == []
    buckets = [bucket["Name"] for bucket in private.client("s3").list_buckets()["Buckets"]]
    assert buckets == ["planewright-state-111111111111-us-east-1"]


def test_a_reinstall_within_the_recovery_window_is_told_so_before_anything_is_made(private: Rehearsed) -> None:
    name, shard = private.outcome.deployment, private.outcome.shard
    # The shard's contract is enough to come as far as the deployment's own plan.
    private.target.shard_place.contract("shard").write_text(private.kept["shard contract"])

    refused = private.planewright("plan", name)
    assert refused.returncode == 1
    assert "NAME_TAKEN (critical, identifiers.instance)" in refused.stderr, refused.stderr
    told = private.planewright("check", name).stdout
    assert "recovery window" in told or "waits for its deletion" in told, told
    assert "--purge" in told
    purged = private.planewright("seed-secrets", name, "--purge", "--confirm", name)
    assert purged.returncode == 0, purged.stderr
    assert "its name is free" in purged.stdout
    assert shard in private.planewright("list").stdout
