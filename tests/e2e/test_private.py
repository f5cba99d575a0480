"""The private topology, once the whole way: proven, broken in one place at a time, and torn down."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
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
def with_faults(world: Rehearsed, *names: str) -> Iterator[None]:
    for name in names:
        world.world.call("put_fault", name=name)
    try:
        yield
    finally:
        for name in names:
            world.world.call("mend_fault", name=name)


def test_faults_that_do_not_hide_each_other_are_each_named_and_nothing_else_is(private: Rehearsed) -> None:
    """Every fault of the register is tested on a world that was built by hand: here is what the stacks themselves make."""
    with with_faults(private, "ssm-agent-offline", "route-missing"):
        bad = private.bad()

    assert list(bad) == ["node.ingestion-0.ssm", "inbound.health"], bad


def test_the_command_ends_with_1_and_names_the_hop_of_a_wrong_password_alone(private: Rehearsed) -> None:
    with with_faults(private, "wrong-password"):
        process = private.planewright("verify", private.outcome.deployment, "--json")

    assert process.returncode == 1, process.stderr
    hops = json.loads(process.stdout)["hops"]
    [bad] = [hop for hop in hops if hop["state"] in ("failed", "waiting")]
    assert bad["key"] == "database.psql"
    assert "password" in bad["reason"]
    assert f"planewright seed-secrets {private.outcome.deployment}" in bad["remedy"]


def test_expired_credentials_stop_the_command_and_after_a_login_all_passes_again(private: Rehearsed) -> None:
    with with_faults(private, "credentials-expiring"):
        refused = private.planewright("verify", private.outcome.deployment)
    passed = private.planewright("verify", private.outcome.deployment)

    assert refused.returncode == 1
    assert "the credentials have expired (GetCallerIdentity: ExpiredToken" in refused.stderr
    assert "aws sso login" in refused.stderr
    assert refused.stdout == "", "no hop was looked at"
    assert passed.returncode == 0, f"what was put back passes again: {passed.stdout}"


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
