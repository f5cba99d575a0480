"""The end of the private world: no secret was left anywhere on the whole way, and nothing of ours stays when it is torn down."""

from __future__ import annotations

import json
import os
import pty
import secrets
import shutil
import string
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.canaries import fresh
from tests.e2e.conftest import Rehearsed
from tests.e2e.secrets import found_in, spellings
from tests.e2e.test_permissions import allowed

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("private")]


@pytest.fixture
def said(private: Rehearsed, tmp_path: Path) -> Path:
    """Have everything write that can: seeding by hand, the handoff, the record, the bundle, a refusal, a crash.

    Gives the folder of what these said and of what they packed, unpacked.
    """
    name, planted = private.outcome.deployment, private.canaries

    def run(*arguments: str, stdin: str = "", ends: int = 0) -> None:
        done = private.planewright(*arguments, stdin=stdin)
        (tmp_path / f"{len(list(tmp_path.iterdir()))}-{arguments[0]}").write_text(done.stdout + done.stderr)
        assert done.returncode == ends, f"{arguments}: {done.stdout[-2000:]}{done.stderr}"

    run("seed-secrets", name, "--password-env", "PGPASSWORD", "--rotate", "database", "--rotate", "redis")
    tls = ("--tls-cert", str(planted.tls_cert), "--tls-key", str(planted.tls_key), "--rotate", "proxy_tls")
    run("seed-secrets", name, "--password-stdin", "--rotate", "database", *tls, stdin=private.world.database_password)
    run("profiles")
    run("session", name, "ingestion", "--print")
    run("handoff", name, "--expires")
    for answers in planted.refused:
        run("new", "wrong", "--from", str(answers), ends=2)
    run("report", name, "--offline", "--note", "the end of the call")
    run("diff", name, "--json")
    run("history", name, "--json")
    # What a crash leaves goes into the bundle, too.
    crash = "import os; from wizard.cli import guarded; guarded(lambda: {}[' '.join(os.environ.values())])"
    environ = private.environ | {"TMPDIR": str(private.temporary)}
    crashed = subprocess.run([sys.executable, "-c", crash], env=environ, capture_output=True, text=True)
    (tmp_path / "crash").write_text(crashed.stdout + crashed.stderr)
    (left,) = private.temporary.glob("planewright-crash-*/report.txt")
    assert "KeyError" in left.read_text()
    run("bundle", name, "--out", str(tmp_path / "support.tar.gz"), "--add", str(left), "--add", str(planted.pasted))
    with tarfile.open(tmp_path / "support.tar.gz") as packed:
        packed.extractall(tmp_path / "support", filter="data")
    return tmp_path


def test_what_was_applied_is_on_record_with_its_plan_and_its_answers(private: Rehearsed) -> None:
    def told(command: str) -> dict[str, Any]:
        done = private.planewright(command, private.outcome.deployment, "--json")
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    stacks = told("diff")["stacks"]
    assert {name: stack["engine"] is not None for name, stack in stacks.items()} == {"instance": True, "link": True}
    assert all(stack["answers"]["changed"] is not None for stack in stacks.values())
    events = told("history")["events"]
    plans = {event["digest"] for event in events if event["kind"] == "plan"}
    applied = [event for event in events if event["kind"] == "apply"]
    assert {event["stack"] for event in applied} >= {"shard", "instance", "link"}
    assert all(event["digest"] in plans and event["who"] and event["engine"] for event in applied)
    assert {event["kind"] for event in events} >= {"secret", "verification"}


def test_no_secret_is_anywhere(private: Rehearsed, said: Path) -> None:
    manager, s3 = private.client("secretsmanager"), private.client("s3")
    planted = private.canaries.secrets
    values = [*planted]
    for listed in manager.list_secrets()["SecretList"]:
        value = manager.get_secret_value(SecretId=listed["Name"])["SecretString"]
        values += _leaves(value)
    assert len(values) > 4 + len(planted)
    wanted = [value for value in values if len(value) >= 12]
    spelled = [spelling for secret in wanted for spelling in spellings(secret)]

    # The workspace with every run in it, what is temporary, the world's log. Beside them lies what was planted.
    written = private.workspace.root.parent
    assert [path for path in found_in(written, wanted) if not path.startswith("beside/")] == []
    assert found_in(said, wanted) == []
    bucket = f"planewright-state-{private.shard_outputs.account_id}-us-east-1"
    for version in s3.list_object_versions(Bucket=bucket)["Versions"]:
        state = s3.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])["Body"].read()
        assert not any(spelling in state for spelling in spelled), version["Key"]
    told = "\n".join([*private.arguments.seen, *private.told]).encode()
    assert len(private.arguments.seen) > 10
    assert not any(spelling in told for spelling in spelled)


ROLE = """  id: "111111111111"
  role_arn: arn:aws:iam::111111111111:role/deployer
  external_id: {external_id}
  mfa_serial: arn:aws:iam::111111111111:mfa/operator
"""


def test_a_code_that_was_typed_is_nowhere_and_an_external_id_is_an_answer_and_nothing_else(
    private: Rehearsed, tmp_path: Path
) -> None:
    """With the same answers, but for a role that asks for a code; what the operator types goes to AWS alone."""
    # As long as AWS takes one, and of letters: digits are found anywhere.
    code = "".join(secrets.choice(string.ascii_letters) for _ in range(6))
    external_id, copy = fresh(), tmp_path / "workspace"
    shutil.copytree(private.workspace.root, copy, ignore=shutil.ignore_patterns(".planewright", "handoff", "reports"))
    answers = copy / "shards" / private.outcome.shard / "answers.yaml"
    text = answers.read_text().replace('  id: "111111111111"\n', ROLE.format(external_id=external_id))
    answers.write_text(text)

    command = [
        sys.executable,
        "-m",
        "wizard",
        "handoff",
        private.outcome.deployment,
        "--expires",
        "--workspace",
        str(copy),
    ]
    # Who deploys by a role of theirs is allowed to assume it.
    private.world.call("hold_operator", actions=sorted({*allowed(private), "sts:AssumeRole"}))
    try:
        said, ended = _typed(command, private.environ, asked="MFA code of", answer=code)
    finally:
        private.world.call("hold_operator", actions=sorted(allowed(private)))

    assert ended == 0, said
    assert code not in said
    assert external_id not in said
    assert found_in(copy, [code]) == []
    assert found_in(copy, [external_id]) == [str(answers.relative_to(copy))]
    assert not any(secret in arguments for secret in (code, external_id) for arguments in private.arguments.seen)


def _typed(command: list[str], environ: dict[str, str], *, asked: str, answer: str) -> tuple[str, int]:
    """Run a command in a terminal, and type an answer when it asks."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, close_fds=True
    )
    os.close(theirs)
    said = b""
    while asked.encode() not in said and (data := _read(ours)):
        said += data
    os.write(ours, f"{answer}\n".encode())
    while data := _read(ours):
        said += data
    os.close(ours)
    return said.decode(), process.wait(60)


def _read(terminal: int) -> bytes:
    """Read what there is; nothing when the other end is closed."""
    try:
        return os.read(terminal, 4096)
    except OSError:  # EIO: Linux's end of a terminal
        return b""


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
