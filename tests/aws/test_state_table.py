"""The table that locks states: made, completed, or refused; and what is written into it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, WaiterError

from tests.aws.conftest import ACCOUNT_ID, shard
from wizard.aws import state_table
from wizard.aws.session import AwsSession
from wizard.aws.state_bucket import ensure_state
from wizard.aws.state_objects import StateObjects
from wizard.aws.state_table import ensure_table
from wizard.blueprints.springtail.facts import StateLocation
from wizard.errors import AwsError, InputError

DEFAULT = "planewright-state-lock"
OURS = {"planewright:component": "state"}
KEY = "shard/use1-a/shard.tfstate"


def dynamodb() -> Any:
    return boto3.client("dynamodb", region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="B")


def locked_by(lock: str = "dynamodb", table: str = "", **more: Any) -> Any:
    return shard(state={"lock": lock, "lock_table": table}, **more)


def make(name: str = "acme-locks", *, key: str = "LockID", type_: str = "S", **tags: str) -> None:
    dynamodb().create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": type_}],
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )


def table(name: str = DEFAULT) -> dict[str, Any]:
    found: dict[str, Any] = dynamodb().describe_table(TableName=name)["Table"]
    return found


def tags(name: str = DEFAULT) -> dict[str, str]:
    listed = dynamodb().list_tags_of_resource(ResourceArn=table(name)["TableArn"])["Tags"]
    return {tag["Key"]: tag["Value"] for tag in listed}


def recoverable(name: str = DEFAULT) -> bool:
    said = dynamodb().describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    return bool(said["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED")


def test_from_nothing_it_makes_a_protected_table_that_is_paid_by_request(session: AwsSession) -> None:
    ensured = ensure_state(session, locked_by(governance={"tags": {"cost-center": "data"}}))

    assert (ensured.location.lock, ensured.location.lock_table) == ("dynamodb", DEFAULT)
    made = table()
    assert made["KeySchema"] == [{"AttributeName": "LockID", "KeyType": "HASH"}]
    assert made["AttributeDefinitions"] == [{"AttributeName": "LockID", "AttributeType": "S"}]
    assert made["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert made["SSEDescription"]["Status"] == "ENABLED"
    assert made["DeletionProtectionEnabled"]
    assert recoverable()
    assert tags() == OURS | {"cost-center": "data"}
    assert f"lock table {DEFAULT}" in ensured.made
    assert f"deletion protection of lock table {DEFAULT}" not in ensured.made, "there is no moment without"


def test_the_second_time_it_changes_nothing(session: AwsSession) -> None:
    ensure_table(session, locked_by())
    assert ensure_table(session, locked_by()) == ()


def test_where_a_file_locks_no_table_is_made(session: AwsSession) -> None:
    assert ensure_table(session, shard()) == ()
    assert dynamodb().list_tables()["TableNames"] == []


@pytest.mark.parametrize("named", [False, True])
def test_what_an_earlier_attempt_left_of_ours_is_completed(session: AwsSession, named: bool) -> None:
    name = "acme-locks" if named else DEFAULT
    make(name, **(OURS if named else {}))

    made = ensure_table(session, locked_by(table=name if named else ""))

    assert f"deletion protection of lock table {name}" in made
    assert f"lock table {name}" not in made
    assert table(name)["DeletionProtectionEnabled"]
    assert recoverable(name)
    assert tags(name) == OURS


def test_a_table_of_somebody_elses_is_used_as_it_is(session: AwsSession) -> None:
    make(owner="platform")

    assert ensure_table(session, locked_by(table="acme-locks")) == ()
    assert tags("acme-locks") == {"owner": "platform"}
    assert not table("acme-locks").get("DeletionProtectionEnabled")


@pytest.mark.parametrize(("key", "type_"), [("lockid", "S"), ("LockID", "N")])
def test_a_table_of_another_key_is_refused(session: AwsSession, key: str, type_: str) -> None:
    make(key=key, type_=type_)

    with pytest.raises(InputError, match="cannot lock states") as caught:
        ensure_table(session, locked_by(table="acme-locks"))

    problem = caught.value.problems[0]
    assert problem.path == "state.lock_table"
    assert f"its key is {key} ({type_}); the engine needs LockID (S) alone" in problem.what


def test_a_table_that_has_many_tags_is_known_for_ours_all_the_same(session: AwsSession) -> None:
    many = {f"a-{number:02}": "x" for number in range(14)}  # more than AWS tells at a time
    ours = locked_by(table="acme-locks", governance={"tags": many})

    assert ensure_table(session, ours) == ("lock table acme-locks", "point-in-time recovery of lock table acme-locks")
    assert recoverable("acme-locks")
    assert ensure_table(session, ours) == ()


def test_a_table_made_just_now_is_ours_though_its_tags_are_told_later(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_table._Table, "_tags", lambda *_: {})

    ensure_table(session, locked_by(table="acme-locks"))

    assert recoverable("acme-locks")


def test_a_table_that_is_being_deleted_is_waited_for_not_replaced_by_another(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    make()
    client = session.client("dynamodb")
    deleting = {"Table": table("acme-locks") | {"TableStatus": "DELETING"}}
    monkeypatch.setattr(client, "describe_table", lambda **_: deleting)

    with pytest.raises(InputError, match="cannot lock states") as caught:
        ensure_table(session, locked_by(table="acme-locks"))

    (problem,) = caught.value.problems
    assert problem.what == "it is DELETING"
    assert "wait until it is gone" in problem.remedy


def test_backups_of_a_new_table_are_switched_on_once_it_has_any(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, refused, slept = session.client("dynamodb"), [], []
    switch_on = client.update_continuous_backups

    def later(**request: Any) -> Any:
        if not refused:
            refused.append(request)
            raise ClientError({"Error": {"Code": "ContinuousBackupsUnavailableException"}}, "UpdateContinuousBackups")
        return switch_on(**request)

    monkeypatch.setattr(client, "update_continuous_backups", later)
    monkeypatch.setattr(state_table.time, "sleep", slept.append)

    ensure_table(session, locked_by())

    assert len(slept) == 1
    assert recoverable()


def test_a_table_that_stays_unusable_is_not_waited_for_without_end(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_table, "PATIENCE_S", 2)
    client = session.client("dynamodb")
    make(DEFAULT)
    table_of = client.describe_table(TableName=DEFAULT)["Table"]

    def creating(**request: Any) -> Any:
        del request
        return {"Table": table_of | {"TableStatus": "CREATING"}}

    class Never:
        def wait(self, *, WaiterConfig: dict[str, int], **request: str) -> None:  # noqa: N803 - boto3's name
            raise WaiterError("table_exists", f"{WaiterConfig['Delay'] * WaiterConfig['MaxAttempts']} s", {})

    monkeypatch.setattr(client, "describe_table", creating)
    monkeypatch.setattr(client, "get_waiter", lambda _: Never())

    with pytest.raises(AwsError, match="cannot be used yet") as caught:
        ensure_table(session, locked_by())
    assert "2 s" in str(caught.value.cause)


BUCKET = f"planewright-state-{ACCOUNT_ID}-us-east-1"


def states(session: AwsSession, lock: Any) -> StateObjects:
    if DEFAULT not in dynamodb().list_tables()["TableNames"]:
        make(DEFAULT)
    session.client("s3").create_bucket(Bucket=BUCKET)
    location = StateLocation(bucket=BUCKET, region="us-east-1", lock=lock, lock_table=DEFAULT)
    return StateObjects(session, location, KEY, owner=ACCOUNT_ID)


def item(suffix: str = "") -> dict[str, str]:
    key = {"LockID": {"S": f"{BUCKET}/{KEY}{suffix}"}}
    found = dynamodb().get_item(TableName=DEFAULT, Key=key).get("Item", {})
    return {name: value["S"] for name, value in found.items() if name != "LockID"}


def files(session: AwsSession) -> list[str]:
    return [item["Key"] for item in session.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])]


MINE, OTHER = json.dumps({"ID": "mine"}), json.dumps({"ID": "other"})


@pytest.mark.parametrize(("lock", "by_file"), [("dynamodb", []), ("both", [f"{KEY}.tflock"])])
def test_a_state_is_locked_where_its_answers_say_and_nobody_else_gets_it(
    session: AwsSession, lock: str, by_file: list[str]
) -> None:
    state = states(session, lock)

    assert state.lock(MINE)
    assert (item(), files(session)) == ({"Info": MINE}, by_file)
    assert state.read_lock() == MINE.encode()
    assert not state.lock(OTHER)
    assert state.lock(MINE), "a try whose answer was lost is made again"

    state.unlock("other")
    assert state.read_lock() == MINE.encode()
    state.unlock("mine")
    assert (state.read_lock(), item(), files(session)) == (None, {}, [])


def test_where_only_the_table_is_held_the_file_is_given_back(session: AwsSession) -> None:
    both, table_alone = states(session, "both"), states(session, "dynamodb")
    assert table_alone.lock(OTHER)

    assert not both.lock(MINE)

    assert files(session) == []
    assert both.read_lock() == OTHER.encode()
    both.unlock("other")
    assert both.read_lock() is None


def test_a_lock_that_could_be_taken_only_by_half_is_given_back_at_once(session: AwsSession) -> None:
    """Named by a process that lives, it would keep everybody off for a command that does nothing."""
    both = states(session, "both")
    dynamodb().delete_table(TableName=DEFAULT)

    with pytest.raises(AwsError, match="could not lock the state"):
        both.lock(MINE)

    assert files(session) == []


def test_a_lock_that_changed_hands_since_it_was_read_is_left(session: AwsSession) -> None:
    state = states(session, "dynamodb")
    state.lock(MINE)
    table_lock: Any = state._locks[0]
    table_lock.free(OTHER.encode())
    assert item() == {"Info": MINE}


def test_what_is_written_gets_its_digest_and_a_write_cut_off_leaves_none(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = states(session, "both")
    assert state.expected() == ""
    state.overwrite(b"one")
    assert item("-md5") == {"Digest": hashlib.md5(b"one").hexdigest()}
    assert state.expected() == hashlib.md5(b"one").hexdigest()

    monkeypatch.setattr(state, "_write", lambda *_: pytest.fail("cut off"))
    with pytest.raises(pytest.fail.Exception):
        state.overwrite(b"two")
    assert state.expected() == "", "to the engine any state is then the right one"

    assert state.settle() == state.expected() == hashlib.md5(b"one").hexdigest()


def test_of_a_state_that_is_gone_or_empty_the_table_has_no_digest(session: AwsSession) -> None:
    state = states(session, "dynamodb")
    state.overwrite(b"one")
    session.client("s3").delete_object(Bucket=BUCKET, Key=KEY)
    assert state.settle() == state.expected() == ""
    state.overwrite(b"")
    assert state.expected() == ""
