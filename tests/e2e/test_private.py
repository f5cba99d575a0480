"""The private topology, once the whole way: proven, and broken in one place at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from assets.boot.boot import parse_config
from tests.e2e.conftest import Rehearsed
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
