"""What can happen to a state, done for real to one in the embedded AWS, and the way back that `planewright state` leads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.objects import a_run
from tests.live import stated
from tests.live.server import Server
from tests.live.stated import KEY, MORE, NAME, STACK, Stated, command
from wizard.blueprints.springtail.contracts import ShardOutputs
from wizard.deploy import answered, flow, store
from wizard.deploy.record.traces import events as events_of
from wizard.deploy.state.accidents import Doing, Trouble
from wizard.deploy.state.present import require_present
from wizard.engine.runs import Run
from wizard.errors import BlockedError
from wizard.rehearsal.embedded import VENDOR
from wizard.walk import recovery

pytestmark = pytest.mark.engine

EXTRA = """
resource "terraform_data" "extra" {
}
"""
#: What a stack of a shard hands over.
HANDED_OVER = ShardOutputs(
    account_id=VENDOR,
    region="us-east-1",
    zone_id="use1-az1",
    availability_zone="us-east-1b",
    vpc_id="vpc-0123456789abcdef0",
    vpc_cidr="10.16.0.0/16",
    private_subnet_id="subnet-0123456789abcdef0",
    private_subnet_cidr="10.16.0.0/20",
    public_subnet_id="subnet-1123456789abcdef0",
    public_subnet_cidr="10.16.16.0/28",
    nat_public_ip="198.51.100.7",
    redis_replication_group_id="use1-a-redis",
    redis_user_group_id="use1-a-users",
    redis_host="master.use1-a-redis.example.cache.amazonaws.com",
    redis_port=6379,
    redis_security_group_id="sg-0123456789abcdef0",
    sns_topic_arn=f"arn:aws:sns:us-east-1:{VENDOR}:use1-a-events",
)
DENIED = {"code": "AccessDenied", "message": "no", "status": 403}


@pytest.fixture(scope="module")
def made(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stated]:
    server.tell(reset=True)
    with pytest.MonkeyPatch.context() as patch:
        yield stated.make(tmp_path_factory.mktemp("stated"), server, patch.setenv)


@pytest.fixture
def world(made: Stated, server: Server) -> Iterator[Stated]:
    """The stack, with its state as it should be: a version of serial 7, and before it two that knew nothing."""
    before = server.tell()
    made.heal()
    yield made
    made.gate.touch()
    assert server.tell() == before, "the embedded AWS lacks something, or broke on a request"


@pytest.fixture
def say(world: Stated, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command of `planewright state`; gives its exit code and all that it said."""

    def run(*arguments: str) -> tuple[int, str]:
        code = command("state", *arguments, "--workspace", str(world.root))
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def resources(content: bytes | None) -> list[str]:
    return [item["name"] for item in json.loads(content or b"{}")["resources"]]


def recovered(world: Stated) -> None:
    """The state knows all that there is, its lineage is the one it had, and nobody holds it."""
    content = world.state()
    assert resources(content) == ["network", "redis"]
    after, good = json.loads(content or b""), json.loads(world.good)
    assert after["lineage"] == good["lineage"]
    assert after["serial"] >= good["serial"]
    assert not world.locked()
    assert not world.errored.exists()


def killed(run: Run) -> None:
    """Kill a run's engine, and wait until its runner has written that down."""
    processes = run.processes()
    assert processes is not None
    assert processes.engine is not None
    os.kill(processes.engine.pid, signal.SIGKILL)


def test_a_state_that_breaks_off_is_restored_from_the_version_before(world: Stated, say: Any) -> None:
    world.put(world.good[:300])

    code, said = say("recover", NAME, STACK, "--confirm", NAME)

    assert code == 0, said
    assert "the state is corrupted" in said
    assert "breaks off after 300 bytes" in said
    assert "the plan is clean" in said
    recovered(world)
    assert json.loads(world.state() or b"")["serial"] == 8, "above every serial that is known"
    kept = world.s3.list_objects_v2(Bucket=world.bucket, Prefix=f"{KEY}.backups/")["Contents"]
    assert [item["Size"] for item in kept] == [300], "what was there is kept"
    assert world.engine.plan(world.target.place.runs).view.empty, "and a second plan is clean"


def test_a_deleted_state_is_not_planned_and_is_restored_from_the_version_before_it(world: Stated, say: Any) -> None:
    world.delete()

    contract = world.target.place.contract(STACK)
    contract.parent.mkdir(exist_ok=True)
    contract.touch()
    with pytest.raises(BlockedError, match="not planned: its state is gone"):
        flow.prepare(world.target, STACK, world.site)
    world.put(b"")
    with pytest.raises(BlockedError, match="not planned: its state is empty"):
        flow.prepare(world.target, STACK, world.site)
    world.put(json.dumps({**json.loads(world.good), "serial": 1, "resources": []}).encode())
    with pytest.raises(BlockedError, match="not planned: its state is without any resource"):
        flow.prepare(world.target, STACK, world.site)
    world.delete()
    contract.unlink()

    code, said = say("recover", NAME, STACK, "--confirm", NAME)

    assert code == 0, said
    assert "the state is deleted" in said
    assert "the plan is clean" in said
    recovered(world)
    contract.touch()
    require_present(world.target, STACK, world.site.session)
    contract.unlink()


def test_without_the_typed_name_nothing_is_written_over(world: Stated, say: Any) -> None:
    world.delete()

    code, said = say("recover", NAME, STACK, "--yes")

    assert code == 1
    assert "its name was not typed" in said
    assert world.state() is None


def lose(world: Stated, left: bytes = b"") -> None:
    """Delete every version and backup of the state; of the state itself leave this."""
    versions = world.s3.list_object_versions(Bucket=world.bucket, Prefix=KEY)
    for item in (*versions.get("Versions", []), *versions.get("DeleteMarkers", [])):
        world.s3.delete_object(Bucket=world.bucket, Key=item["Key"], VersionId=item["VersionId"])
    if left:
        world.put(left)


def test_a_state_of_which_nothing_is_left_is_called_lost_and_nothing_is_made_up(world: Stated, say: Any) -> None:
    lose(world, b"{")

    code, said = say("recover", NAME, STACK, "--look", "--json")
    (found,) = json.loads(said)["stacks"].values()
    assert (code, found["troubles"]) == (1, ["corrupted", "lost"])
    assert [step["doing"] for step in found["steps"]] == ["clear", "rebuild", "plan"]
    assert "Do not apply" in " ".join(found["said"])
    assert world.state() == b"{"

    code, said = say("recover", NAME, STACK, "--confirm", NAME, "--yes")

    assert code == 1
    assert "AWS has nothing of it" in said, "what nobody can find is not made anew in silence"
    assert world.state() is None
    backup, *_ = world.s3.list_objects_v2(Bucket=world.bucket, Prefix=f"{KEY}.backups/")["Contents"]
    assert world.s3.get_object(Bucket=world.bucket, Key=backup["Key"])["Body"].read() == b"{", "what was left is kept"
    assert not world.locked()


def test_a_lost_state_is_rebuilt_of_what_there_is_with_the_typed_name_and_its_plan_is_clean(
    world: Stated, say: Any
) -> None:
    outputs = "".join(
        f'output "{name}" {{\n  value = {json.dumps(value)}\n}}\n' for name, value in HANDED_OVER.model_dump().items()
    )
    world.write(MORE + outputs)
    lose(world)
    store.save_contract(world.target.place, STACK, HANDED_OVER)
    plan = a_run(world.target.place, datetime.now(UTC), stack=STACK, action="plan")
    answered.keep(plan, world.target.answers)
    a_run(world.target.place, datetime.now(UTC), stack=STACK, of=plan)
    known = ("--import", "terraform_data.network=one", "--import", "terraform_data.redis=two")

    code, said = say("recover", NAME, STACK, *known, "--yes")
    assert code == 1, said
    assert "its name was not typed" in said
    assert world.state() is None
    code, said = say("recover", NAME, STACK, *known, "--confirm", NAME, "--json")

    assert code == 0, said
    (found,) = json.loads(said)["stacks"].values()
    assert found["clean"]
    places = {place["address"]: (place["standing"], place["id"]) for place in found["rebuild"]["addresses"]}
    assert places == {"terraform_data.network": ("found", "one"), "terraform_data.redis": ("found", "two")}
    after = json.loads(world.state() or b"")
    ids = {item["name"]: item["instances"][0]["attributes"]["id"] for item in after["resources"]}
    assert ids == {"network": "one", "redis": "two"}, "imported, not made anew"
    assert not world.locked()
    assert not (world.folder / "planewright-import.tf").exists()
    assert store.load_contract(world.target.place, STACK) == HANDED_OVER
    assert "rebuilt from what is in AWS, done: 2 imported, 0 made anew" in history(world)
    since = answered.last_applied(world.target.place, STACK)
    assert since is not None
    assert answered.changed_since(since, world.target.answers) == (), "the answers that the files were emitted from"
    world.target.place.contract(STACK).unlink()


def history(world: Stated) -> str:
    """What is told of the object's past."""
    return " ".join(event.what for event in events_of(world.target.place))


def test_the_lock_of_a_run_that_was_killed_is_removed_and_what_is_half_made_is_told(world: Stated, say: Any) -> None:
    run = world.held()
    killed(run)
    world.ended(run)
    assert world.locked()
    world.write()  # without what the run was about to make, so that nothing is left to be made

    code, said = say("recover", NAME, STACK, "--yes")

    assert code == 0, said
    assert "locked by somebody who is dead" in said
    assert f"run {run.id} of this workspace, and it is dead" in said
    assert "terraform_data.slow: create was under way" in said
    recovered(world)


def test_a_plan_that_is_not_clean_is_told_line_by_line_and_fails(world: Stated, say: Any) -> None:
    world.write(MORE + EXTRA)

    code, said = say("recover", NAME, STACK)

    assert code == 1
    assert "the plan is not clean: it wants to\n    create terraform_data.extra\n" in said


def test_the_lock_of_a_run_that_lives_is_never_removed(world: Stated, say: Any) -> None:
    run = world.held()

    for arguments in (
        ("recover", NAME, STACK, "--yes", "--sure", "--confirm", NAME),
        ("unlock", NAME, "--sure"),
        ("restore", NAME, STACK, "--version", _version(world, 1), "--confirm", NAME),
    ):
        code, said = say(*arguments)
        assert code == 1
        assert "alive" in said, said
        assert world.locked()
    code, said = say("lock", NAME, "--json")
    lock = json.loads(said)["locks"][STACK]
    assert (code, lock["alive"], lock["run"], lock["operation"]) == (1, True, run.id, "apply")

    world.gate.touch()
    world.ended(run)
    assert say("lock", NAME) == (0, f"✓ {STACK}: not locked\n")


def test_a_lock_of_somebody_of_whom_nothing_is_known_takes_an_operator_who_is_sure(world: Stated, say: Any) -> None:
    lock = {
        "ID": "ab-12",
        "Who": "op@elsewhere",
        "Operation": "OperationTypeApply",
        "Created": "2026-11-21T03:55:01.5Z",
    }
    world.put(json.dumps(lock).encode(), f"{KEY}.tflock")

    for arguments in (
        ("recover", NAME, STACK, "--yes"),
        ("unlock", NAME),
        ("restore", NAME, STACK, "--version", _version(world, 1), "--confirm", NAME),
    ):
        code, said = say(*arguments)
        assert code == 1
        assert "locked by op@elsewhere since 2026-11-21 03:55:01 UTC, for apply" in said
        assert world.locked()
    assert json.loads(say("lock", NAME, "--json")[1])["locks"][STACK]["alive"] is None

    assert say("unlock", NAME, "--sure")[0] == 0
    assert not world.locked()


def test_what_a_run_could_not_save_is_pushed(world: Stated, say: Any, server: Server) -> None:
    run = world.held()
    server.tell(refusals={"s3:PutObject": DENIED})
    world.gate.touch()
    world.ended(run)
    server.tell()
    assert world.errored.exists(), run.journal.read_text()
    before = json.loads(world.state() or b"")["serial"]

    code, said = say("recover", NAME, STACK, "--yes")

    assert code == 0, said
    assert "older than what a run could not save" in said
    assert "the plan is clean" in said
    after = json.loads(world.state() or b"")
    assert after["serial"] > before
    assert "slow" in resources(world.state())
    assert not world.errored.exists()


def test_what_was_saved_only_half_is_kept_aside_and_said_to_be_in_no_state(world: Stated, say: Any) -> None:
    world.errored.write_bytes(world.good[:400])

    code, said = say("recover", NAME, STACK, "--yes")

    assert code == 0, said
    assert "what the run did after serial 7 is in no state" in said
    kept = list(world.target.place.engine_data(STACK).glob("set-aside-*.tfstate"))
    assert [path.read_bytes() for path in kept] == [world.good[:400]]
    recovered(world)


def test_a_state_that_somebody_wrote_an_older_one_over_is_out_of_sync_and_brought_up_again(
    world: Stated, say: Any
) -> None:
    old = world.s3.get_object(Bucket=world.bucket, Key=KEY, VersionId=_version(world, 2))["Body"].read()
    world.put(old)

    code, said = say("recover", NAME, STACK, "--confirm", NAME)

    assert code == 0, said
    assert "out of sync: behind a newer one" in said
    assert "+ terraform_data.redis: known again" in said
    recovered(world)


#: A command that is killed at a step of its own: `before` the state is written, or `after`.
DYING = """
import os, signal, sys
from wizard import cli
from wizard.aws.state_objects import StateObjects
write = StateObjects.overwrite
def dying(self, content):
    if sys.argv[1] == "after":
        write(self, content)
    os.kill(os.getpid(), signal.SIGKILL)
StateObjects.overwrite = dying
cli.run(sys.argv[2:])
"""


def die(world: Stated, when: str) -> None:
    """Recover a damaged state, and be killed at it."""
    world.put(world.good[:300])
    flags = ("--confirm", NAME, "--workspace", str(world.root))
    died = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(DYING), when, "state", "recover", NAME, STACK, *flags],
        env=dict(os.environ),
        cwd=Path(stated.__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert world.locked()


def test_a_restore_that_is_killed_before_it_wrote_is_gone_on_with(world: Stated, say: Any) -> None:
    die(world, "before")
    assert world.state() == world.good[:300]

    code, said = say("recover", NAME, STACK, "--yes", "--confirm", NAME)

    assert code == 0, said
    assert "a command on this machine, and it is dead" in said
    recovered(world)


def test_a_restore_that_is_killed_after_it_wrote_leaves_nothing_but_a_lock_known_for_dead(
    world: Stated, say: Any
) -> None:
    die(world, "after")
    assert resources(world.state()) == ["network", "redis"]

    _, said = say("recover", NAME, STACK, "--look", "--json")

    found = json.loads(said)["stacks"][STACK]
    assert (found["troubles"], [step["doing"] for step in found["steps"]]) == (["locked_dead"], ["unlock", "plan"]), (
        said
    )


def test_a_state_that_changes_between_the_look_and_the_restore_is_left_alone(
    world: Stated, say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wizard.cli import state_restore

    newer = json.dumps({**json.loads(world.good), "serial": 9}).encode()
    monkeypatch.setattr(state_restore, "require_typed", lambda prepared, confirmed: world.put(newer))

    code, said = say("restore", NAME, STACK, "--version", _version(world, 1))

    assert code == 1
    assert "the state has changed since it was shown" in said
    assert world.state() == newer
    assert not world.locked()


def test_another_lineage_is_never_restored(world: Stated, say: Any, tmp_path: Path) -> None:
    other = tmp_path / "other.tfstate"
    other.write_text(json.dumps({**json.loads(world.good), "lineage": "another"}))

    code, said = say("restore", NAME, STACK, "--file", str(other), "--confirm", NAME)

    assert code == 1
    assert "they never described the same things" in said
    assert world.state() == world.good


def test_a_backup_is_encrypted_beside_the_state_and_brings_it_back_when_no_version_is_left(
    world: Stated, say: Any
) -> None:
    code, said = say("backup", NAME, "--json")
    made = json.loads(said)["backups"][STACK]
    assert (code, made["serial"]) == (0, 7)
    key = made["where"].partition(f"{world.bucket}/")[2]
    head = world.s3.head_object(Bucket=world.bucket, Key=key)
    assert head["ServerSideEncryption"] == "aws:kms"
    for item in world.s3.list_object_versions(Bucket=world.bucket, Prefix=KEY)["Versions"]:
        if item["Key"] == KEY:
            world.s3.delete_object(Bucket=world.bucket, Key=KEY, VersionId=item["VersionId"])

    code, said = say("recover", NAME, STACK, "--confirm", NAME)

    assert code == 0, said
    assert f"restore backup {made['id']}" in said
    recovered(world)


def test_a_backup_to_a_file_is_private_and_refused_where_a_secret_seems_to_be(
    world: Stated, say: Any, tmp_path: Path
) -> None:
    file = tmp_path / "kept.tfstate"
    assert say("backup", NAME, STACK, "--file", str(file))[0] == 0
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (world.good, 0o600)

    document = json.loads(world.good)
    document["resources"][0]["instances"][0]["attributes"]["password"] = "hunter2-hunter2"
    world.put(json.dumps(document).encode())
    code, said = say("backup", NAME, STACK, "--file", str(tmp_path / "leaky.tfstate"))

    assert code == 1
    assert "resources[0].instances[0].attributes.password" in said
    assert "hunter2" not in said
    assert not (tmp_path / "leaky.tfstate").exists()


def test_a_list_tells_place_serial_versions_and_who_holds_it(world: Stated, say: Any) -> None:
    code, said = say("list", NAME, "--json")
    (stack,) = json.loads(said)["stacks"]

    assert (code, stack["well"], stack["lock"]) == (0, True, None)
    assert stack["where"] == f"s3://{world.bucket}/{KEY}"
    assert (stack["state"]["serial"], stack["state"]["resources"]) == (7, 2)
    assert [version["serial"] for version in stack["versions"]] == [7, 2, 1]

    world.delete()
    code, said = say("list", NAME)
    assert code == 1
    assert "there is no state, but there was one" in said
    assert f"next: planewright state recover {NAME}" in said


def _version(world: Stated, serial: int) -> str:
    """The id of the version with this serial."""
    for item in world.s3.list_object_versions(Bucket=world.bucket, Prefix=KEY)["Versions"]:
        body = world.s3.get_object(Bucket=world.bucket, Key=item["Key"], VersionId=item["VersionId"])["Body"].read()
        if item["Key"] == KEY and json.loads(body)["serial"] == serial:
            return str(item["VersionId"])
    raise AssertionError(f"no version of serial {serial}")


def test_a_rebuild_that_was_killed_before_its_state_was_mended_goes_on_there(world: Stated) -> None:
    text = {"name": "/planewright/use1-a/contract", "type": "String", "value": "text", "insecure_value": None}
    parameter = {
        "mode": "managed",
        "type": "aws_ssm_parameter",
        "name": "contract",
        "instances": [{"attributes": text}],
    }
    state = json.loads(world.good)
    world.put(json.dumps({**state, "resources": [*state["resources"], parameter]}).encode())

    looked = recovery.look(world.target, STACK, world.site)
    step = looked.found.steps[0]
    took = recovery.take(step, looked.seen, world.target, world.site)

    assert (looked.found.troubles, step.doing) == ((Trouble.HALF_IMPORTED,), Doing.MEND_IMPORT)
    assert "/planewright/use1-a/contract" in took.said
    mended = json.loads(world.state() or b"")["resources"][-1]["instances"][0]["attributes"]
    assert (mended["insecure_value"], mended["value"]) == ("text", None)
    assert recovery.look(world.target, STACK, world.site).found.troubles == ()
