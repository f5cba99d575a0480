"""A state that a DynamoDB table locks, on the real engine: held, given back, restored, and mended where its digest is stale."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live import stated
from tests.live.server import Server
from tests.live.stated import KEY, MORE, NAME, STACK, Stated, command
from wizard.deploy import facts, store
from wizard.deploy.state.clearing import clear
from wizard.engine.locks import LockInfo, from_json, to_json
from wizard.engine.processes import me
from wizard.engine.runs import Run
from wizard.errors import BlockedError, EngineError, StateLockedError
from wizard.rehearsal.clients import client

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def made(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stated]:
    server.tell(reset=True)
    with pytest.MonkeyPatch.context() as patch:
        yield stated.make(tmp_path_factory.mktemp("locked-by-table"), server, patch.setenv, lock="dynamodb")


@pytest.fixture
def world(made: Stated, server: Server) -> Iterator[Stated]:
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


def digest_of(content: bytes | None) -> str:
    return hashlib.md5(content or b"").hexdigest()


def undated(lock: str) -> str:
    """A lock's text without its time, of which the engine knows the nanoseconds."""
    return re.sub(r'"Created":"[^"]*"', "", lock)


def recovered(world: Stated) -> None:
    """Nobody holds the state, the table has its digest, and the engine plans no change."""
    assert not world.locked()
    assert world.item("-md5") == {"Digest": digest_of(world.state())}
    assert world.engine.plan(world.target.place.runs).view.empty


def killed(world: Stated, run: Run) -> None:
    processes = run.processes()
    assert processes is not None
    assert processes.engine is not None
    os.kill(processes.engine.pid, signal.SIGKILL)
    world.ended(run)


def test_what_a_live_run_holds_in_the_table_is_seen_refused_and_known_for_dead_once_it_is(
    world: Stated, say: Any
) -> None:
    run = world.held()
    try:
        text = world.item()["Info"]
        lock = from_json(text)
        assert lock is not None
        assert undated(to_json(lock)) == undated(text), "ours has the engine's own form"
        assert (lock.who, lock.doing) == (me(), "apply")
        assert not world.locked_by_file()

        with pytest.raises(StateLockedError, match=r"somebody holds the state's lock") as caught:
            world.engine.plan(world.target.place.runs, lock_timeout_s=0)
        assert lock.id in str(caught.value.cause)
        code, said = say("lock", NAME, "--json")
        assert json.loads(said)["locks"][STACK]["alive"] is True, said
        code, said = say("unlock", NAME, "--sure")
        assert (code, "its run is alive" in said) == (1, True)
        assert world.item(), "a live run's lock is never removed"
    finally:
        killed(world, run)

    world.gate.touch()
    world.write()
    code, said = say("recover", NAME, STACK, "--yes", "--confirm", NAME)

    assert "locked by somebody who is dead" in said
    assert lock.id in said
    assert not world.locked()
    world.heal()
    recovered(world)


def test_a_restored_state_has_its_digest_in_the_table_and_the_engine_plans_with_it(world: Stated, say: Any) -> None:
    world.put(world.good[:300])

    code, said = say("recover", NAME, STACK, "--confirm", NAME)

    assert (code, "the plan is clean" in said) == (0, True), said
    assert json.loads(world.state() or b"")["serial"] == 8
    recovered(world)


def test_a_state_that_something_else_wrote_is_refused_by_the_engine_for_its_digest_and_mended(
    world: Stated, say: Any
) -> None:
    world.put(json.dumps({**json.loads(world.good), "serial": 9}).encode())

    with pytest.raises(EngineError, match="not the one whose digest the lock table has") as caught:
        world.engine.init()
    assert f"planewright state recover {NAME}" in str(caught.value.action)
    code, said = say("list", NAME)
    assert "the lock table has the digest of another state" in said
    code, said = say("recover", NAME, STACK)
    assert (code, world.item("-md5")) == (1, {"Digest": digest_of(world.good)}), "it was not agreed to"

    code, said = say("recover", NAME, STACK, "--yes")

    assert (code, "the plan is clean" in said) == (0, True), said
    assert "serial 7, 2 resources" in said, "whose digest it was is told"
    recovered(world)


def test_with_no_digest_the_engine_takes_the_state_and_a_digest_of_none_is_taken_out(world: Stated, say: Any) -> None:
    world.put_item("-md5")
    world.engine.init()

    versions = world.s3.list_object_versions(Bucket=world.bucket, Prefix=KEY)
    for item in (*versions.get("Versions", []), *versions.get("DeleteMarkers", [])):
        world.s3.delete_object(Bucket=world.bucket, Key=item["Key"], VersionId=item["VersionId"])
    world.put_item("-md5", Digest=digest_of(world.good))
    code, said = say("recover", NAME, STACK, "--yes")

    assert "no state" in said
    assert world.item("-md5") == {}
    assert code == 1, "what it may begin anew with is the operator's to say"


def test_what_is_left_of_a_state_is_emptied_where_nothing_may_be_deleted_and_the_engine_begins_anew(
    world: Stated,
) -> None:
    world.put(world.good[:300])

    said = clear(world.target, STACK, world.site.session)

    assert said.endswith("and emptied")
    assert (world.state(), world.item("-md5")) == (b"", {})
    world.engine.init()
    assert world.engine.state_list() == ()


def test_a_lock_of_ours_is_to_the_engine_its_own(world: Stated) -> None:
    path = f"{world.bucket}/{KEY}"
    lock = LockInfo(
        "0f-1", path, "state restore", "dana@<desk>", "planewright 0.1.0", None, "planewright process 1 started a"
    )
    text = to_json(lock).replace('"Created":""', '"Created":"2026-11-21T03:55:01.5Z"')
    world.put_item(Info=text)

    with pytest.raises(StateLockedError, match="somebody holds") as caught:
        world.engine.plan(world.target.place.runs, lock_timeout_s=0)
    assert "dana@<desk> has held it" in str(caught.value.cause)
    world.engine.force_unlock("0f-1")
    assert world.item() == {}


def test_a_state_changes_over_by_way_of_both_locks_without_being_moved(world: Stated, say: Any) -> None:
    world.lock_by("both")
    try:
        world.engine.init()
        run = world.held()
        lock = from_json(world.item()["Info"])
        assert lock is not None
        assert world.locked_by_file(), "whoever still locks by one of them is held off"
        killed(world, run)
        # Died between the two: the engine's own unlock removes neither.
        world.put_item()
        world.gate.touch()
        world.write()

        code, said = say("unlock", NAME)

        assert (code, f"removed lock {lock.id}" in said) == (0, True), said
        assert not world.locked()
    finally:
        world.lock_by("dynamodb")
        world.heal()
    world.engine.init()
    recovered(world)


def test_what_locks_a_state_is_not_changed_while_somebody_holds_it_by_the_lock_of_before(world: Stated) -> None:
    world.put_item(Info=json.dumps({"ID": "ab-12", "Who": "dana@desk", "Operation": "OperationTypeApply"}))
    world.answer_lock("file")
    home = store.load_state_location(world.target.workspace, world.target.shard)
    assert home is not None
    # As another shard of the account leaves it, that locks by the object: of this stack its own files tell.
    other = home.model_copy(update={"lock": "file", "lock_table": ""})
    store.save_state_location(world.target.workspace, world.target.shard, other)
    try:
        with pytest.raises(BlockedError, match="cannot be changed now") as caught:
            facts.gather(world.target, STACK, world.site)
        assert "dana@desk" in str(caught.value.cause)
        world.put_item()
        facts.gather(world.target, STACK, world.site)
    finally:
        world.lock_by("dynamodb")


def test_a_plan_is_not_applied_under_a_lock_that_nobody_looks_at_any_more(world: Stated) -> None:
    world.write(MORE + MORE.replace("redis", "more"))
    made = world.engine.plan(world.target.place.runs)
    table = world.table
    world.lock_by("file")
    try:
        with pytest.raises(EngineError, match="made under another lock") as caught:
            world.engine.start_apply(world.target.place.runs, made)
    finally:
        world.lock_by("dynamodb")
    assert f"it locks the state by table {table}; everybody else does by file" in str(caught.value.cause)


def test_a_digest_of_when_the_table_locked_it_before_keeps_nobody_out(world: Stated) -> None:
    """It left the table, was written meanwhile, and comes back to it."""
    world.put_item("-md5", Digest="0" * 32)
    world.lock_by("file")
    world.answer_lock("dynamodb")

    facts.gather(world.target, STACK, world.site)

    world.lock_by("dynamodb")
    recovered(world)


@pytest.mark.parametrize(
    ("table", "said"),
    [("no-such-locks", "the table that locks the state does not exist"), ("of-others", "another key than LockID")],
)
def test_a_table_that_cannot_lock_is_told_in_words(world: Stated, table: str, said: str) -> None:
    dynamodb = client(world.environ, "dynamodb")
    if table not in dynamodb.list_tables()["TableNames"] and table == "of-others":
        key = [{"AttributeName": "Name", "KeyType": "HASH"}]
        types = [{"AttributeName": "Name", "AttributeType": "S"}]
        dynamodb.create_table(TableName=table, KeySchema=key, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST")
    path = world.folder / "backend.tf.json"
    right = path.read_text()
    path.write_text(right.replace(world.table, table))
    try:
        world.engine.init()
        with pytest.raises(EngineError, match=said):
            world.engine.plan(world.target.place.runs)
    finally:
        path.write_text(right)
    world.engine.init()
