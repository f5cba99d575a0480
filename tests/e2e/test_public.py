"""The public topology, once the whole way."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Rehearsed
from tests.e2e.secrets import found_in
from wizard.engine import runs
from wizard.engine.runs import Run
from wizard.verify.hops import HopState

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("public")]


def test_every_hop_that_can_be_seen_has_passed(public: Rehearsed) -> None:
    seen = public.outcome.report.verification

    assert {hop.key: hop.reason for hop in seen.in_state(HopState.FAILED, HopState.WAITING)} == {}
    passed = {hop.key for hop in seen.proven}
    assert {"database.tcp", "database.psql", "proxy.nlb", "proxy.listener", "proxy.clients"} <= passed


def test_psqls_own_answer_stands_in_the_report(public: Rehearsed) -> None:
    assert re.search(r"PostgreSQL \d+", public.outcome.report.markdown.read_text())


def test_a_second_plan_of_every_stack_changes_nothing(public: Rehearsed) -> None:
    assert public.outcome.repeated == {"use1-a/shard": "no changes", "globex-prod/instance": "no changes"}


def test_what_our_own_run_made_is_not_reported_as_drift(public: Rehearsed) -> None:
    assert [line for line in public.told if "drift" in line] == []


def test_there_is_no_transit_vpc_and_the_balancer_admits_the_listed_clients_alone(public: Rehearsed) -> None:
    ec2 = public.client("ec2")
    ours = [{"Name": "tag-key", "Values": ["planewright:shard"]}]

    assert len(ec2.describe_vpcs(Filters=ours)["Vpcs"]) == 1
    outputs = public.outputs.public
    assert outputs is not None
    balancer = public.client("elbv2").describe_load_balancers(LoadBalancerArns=[outputs.proxy_nlb_arn])
    groups = balancer["LoadBalancers"][0]["SecurityGroups"]
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": groups}])["SecurityGroupRules"]
    admitted = {rule["CidrIpv4"] for rule in rules if not rule["IsEgress"] and "CidrIpv4" in rule}
    assert admitted == {"203.0.113.0/24", "198.51.100.17/32"}
    assert all(rule.get("Description") for rule in rules)


def test_without_our_address_on_the_customers_list_the_database_cannot_be_reached(public: Rehearsed) -> None:
    public.world.call("close_security_group")
    bad = public.bad()
    public.world.call("allow_database_port")

    assert next(iter(bad)) == "database.tcp", bad
    assert public.bad() == {}


def test_a_wrong_password_is_told_apart_from_a_closed_door(public: Rehearsed) -> None:
    public.world.call("set_database_password", password="something-else-entirely")
    bad = public.bad()
    public.world.call("set_database_password", password=public.world.database_password)

    assert list(bad) == ["database.psql"], bad
    assert "password" in bad["database.psql"].lower()


def test_the_password_is_nowhere_on_disk(public: Rehearsed) -> None:
    assert found_in(public.workspace.root, [public.world.database_password]) == []
    assert not any(public.world.database_password in arguments for arguments in public.arguments.seen)


def test_an_apply_outlives_the_command_that_started_it(public: Rehearsed) -> None:
    place, name = public.target.shard_place, public.outcome.shard
    place.answers.write_text(place.answers.read_text().replace("cost-center: data-platform", "cost-center: other"))
    command = [sys.executable, "-m", "wizard", "apply", name, "--yes", "--workspace", str(public.workspace.root)]
    front = subprocess.Popen(command, env=public.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    before = {run.id for run in runs.listed(place.runs)}
    while not (started := _alive_apply(place.runs, before)):
        assert front.poll() is None, "it ended before it applied anything"
    front.kill()
    front.wait()

    watched = public.planewright("watch", name, started.id)
    assert watched.returncode == 0, watched.stdout + watched.stderr
    assert "✓ apply succeeded" in watched.stdout
    assert "did not live to take its outputs over" in watched.stdout
    again = public.planewright("apply", name, "--yes")
    assert "no changes" in again.stdout, again.stdout + again.stderr


def _alive_apply(folder: Path, before: set[str]) -> Run | None:
    fresh = (run for run in runs.listed(folder) if run.id not in before and run.request.action == "apply")
    return next((run for run in fresh if run.engine_alive()), None)


def test_destroy_leaves_nothing_of_ours_but_the_state_bucket(public: Rehearsed) -> None:
    for name in (public.outcome.deployment, public.outcome.shard):
        process = public.planewright("destroy", name, "--yes", "--confirm", name)
        assert process.returncode == 0, process.stdout[-3000:] + process.stderr

    ec2 = public.client("ec2")
    ours = [{"Name": "tag-key", "Values": ["planewright:shard"]}]
    assert ec2.describe_vpcs(Filters=ours)["Vpcs"] == []
    assert ec2.describe_addresses(Filters=ours)["Addresses"] == []
    assert [bucket["Name"] for bucket in public.client("s3").list_buckets()["Buckets"]] == [
        "planewright-state-111111111111-us-east-1"
    ]
