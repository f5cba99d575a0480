"""The state's bucket and key: made, completed, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import ACCOUNT_ID, ENVIRON, account, shard
from wizard.aws.session import AwsSession, open_session
from wizard.aws.state_bucket import ensure_state, policy_statements
from wizard.aws.state_key import ALIAS
from wizard.errors import AccountError, AwsError, InputError

DEFAULT = f"planewright-state-{ACCOUNT_ID}-us-east-1"
OURS = {"planewright:component": "state"}


def s3(region: str = "us-east-1") -> Any:
    return boto3.client("s3", region_name=region, aws_access_key_id="A", aws_secret_access_key="B")


def kms() -> Any:
    return boto3.client("kms", region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="B")


def named(bucket: str = "acme-state", **state: str) -> Any:
    return shard(state={"bucket": bucket} | state)


def test_from_nothing_it_makes_a_protected_bucket_and_a_rotating_key(session: AwsSession) -> None:
    ensured = ensure_state(session, shard(governance={"tags": {"cost-center": "data"}}))
    location = ensured.location
    assert (location.backend, location.bucket, location.region) == ("s3", DEFAULT, "us-east-1")
    key = kms().describe_key(KeyId=ALIAS)["KeyMetadata"]
    assert location.kms_key_arn == key["Arn"]
    assert kms().get_key_rotation_status(KeyId=key["Arn"])["KeyRotationEnabled"]
    assert s3().get_bucket_versioning(Bucket=DEFAULT)["Status"] == "Enabled"
    rule = s3().get_bucket_encryption(Bucket=DEFAULT)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["BucketKeyEnabled"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["Arn"]}
    assert all(s3().get_public_access_block(Bucket=DEFAULT)["PublicAccessBlockConfiguration"].values())
    owners = s3().get_bucket_ownership_controls(Bucket=DEFAULT)["OwnershipControls"]["Rules"]
    assert owners == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    tags = {t["Key"]: t["Value"] for t in s3().get_bucket_tagging(Bucket=DEFAULT)["TagSet"]}
    assert tags == OURS | {"cost-center": "data"}
    statements = json.loads(s3().get_bucket_policy(Bucket=DEFAULT)["Policy"])["Statement"]
    assert {s["Sid"] for s in statements} == {"PlanewrightTlsOnly", "PlanewrightKmsOnly", "PlanewrightKeyOnly"}
    assert any(DEFAULT in what for what in ensured.made)


def test_the_second_time_it_changes_nothing(session: AwsSession) -> None:
    first = ensure_state(session, shard())
    second = ensure_state(session, shard())
    assert second.location == first.location
    assert second.made == ()


def test_in_another_region_than_us_east_1_the_region_is_named_as_s3_demands(aws: None) -> None:
    session = open_session(account(region="eu-west-1"), environ=ENVIRON)
    ensured = ensure_state(session, shard(account=account(region="eu-west-1"), zone_id="euw1-az1"))
    assert s3("eu-west-1").get_bucket_location(Bucket=ensured.location.bucket)["LocationConstraint"] == "eu-west-1"


def test_a_local_backend_touches_no_aws(session: AwsSession) -> None:
    ensured = ensure_state(session, shard(state={"backend": "local"}))
    assert (ensured.location.backend, ensured.location.bucket, ensured.made) == ("local", "", ())
    assert s3().list_buckets()["Buckets"] == []


_PROTECTIONS = {
    "tags": lambda: s3().delete_bucket_tagging(Bucket=DEFAULT),
    "public access block": lambda: s3().delete_public_access_block(Bucket=DEFAULT),
    "ownership": lambda: s3().delete_bucket_ownership_controls(Bucket=DEFAULT),
    "versioning": lambda: s3().put_bucket_versioning(Bucket=DEFAULT, VersioningConfiguration={"Status": "Suspended"}),
    "default encryption": lambda: s3().delete_bucket_encryption(Bucket=DEFAULT),
    "policy": lambda: s3().delete_bucket_policy(Bucket=DEFAULT),
}


@pytest.mark.parametrize("what", _PROTECTIONS)
def test_whichever_protection_is_gone_is_put_back_and_nothing_else_is_touched(session: AwsSession, what: str) -> None:
    ensure_state(session, shard())
    take_away: Callable[[], object] = _PROTECTIONS[what]
    take_away()
    made = ensure_state(session, shard()).made
    assert len(made) == 1
    assert made[0].startswith(what)
    assert ensure_state(session, shard()).made == ()


@pytest.mark.parametrize("calls_that_work", range(10))
def test_an_attempt_that_broke_off_anywhere_is_completed_by_the_next(
    session: AwsSession, calls_that_work: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is lost after so many calls that change something."""
    from botocore.client import BaseClient

    original = BaseClient._make_api_call  # type: ignore[attr-defined]
    left = [calls_that_work]

    def flaky(self: BaseClient, operation: str, request: dict[str, object]) -> object:
        if operation.startswith(("Create", "Put", "Enable")):
            left[0] -= 1
            if left[0] < 0:
                raise ClientError({"Error": {"Code": "InternalError", "Message": "lost"}}, operation)
        return original(self, operation, request)

    with monkeypatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", flaky)
        # Three calls make the key, six the bucket.
        with pytest.raises(AwsError, match="lost") if calls_that_work < 9 else nullcontext():
            ensure_state(session, shard())
    ensured = ensure_state(session, shard())
    assert ensure_state(session, shard()).made == ()
    assert len(kms().list_keys()["Keys"]) == 1, "a key that was made is found again, not made twice"
    assert ensured.location.kms_key_arn == kms().describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"]


def test_statements_of_others_in_our_buckets_policy_stay(session: AwsSession) -> None:
    ensure_state(session, shard())
    theirs = {
        "Sid": "Audit",
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT_ID},
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{DEFAULT}",
    }
    s3().put_bucket_policy(Bucket=DEFAULT, Policy=json.dumps({"Version": "2012-10-17", "Statement": theirs}))
    ensure_state(session, shard())
    statements = json.loads(s3().get_bucket_policy(Bucket=DEFAULT)["Policy"])["Statement"]
    assert theirs in statements
    assert len(statements) == 4


def test_a_bucket_that_is_not_ours_is_refused_with_all_that_it_lacks_and_left_alone(session: AwsSession) -> None:
    s3().create_bucket(Bucket="acme-state")
    with pytest.raises(InputError) as caught:
        ensure_state(session, named())
    text = str(caught.value)
    for lacking in ("versioning", "public access block", "ownership", "unencrypted connections"):
        assert lacking in text
    assert all(problem.path == "state.bucket" for problem in caught.value.problems)
    assert "planewright:component=state" in text
    assert "Status" not in s3().get_bucket_versioning(Bucket="acme-state")
    assert kms().list_keys()["Keys"] == []


def test_a_bucket_tagged_as_ours_is_brought_up(session: AwsSession) -> None:
    s3().create_bucket(Bucket="acme-state")
    s3().put_bucket_tagging(
        Bucket="acme-state",
        Tagging={"TagSet": [{"Key": "planewright:component", "Value": "state"}, {"Key": "team", "Value": "x"}]},
    )
    made = ensure_state(session, named()).made
    assert any(what.startswith("versioning") for what in made)
    tags = {t["Key"]: t["Value"] for t in s3().get_bucket_tagging(Bucket="acme-state")["TagSet"]}
    assert tags == OURS | {"team": "x"}


def test_an_enterprises_own_bucket_and_key_are_used_as_they_are_when_fit(session: AwsSession) -> None:
    arn = kms().create_key()["KeyMetadata"]["Arn"]
    ours = ensure_state(session, named("made-once", kms_key_arn=arn))
    s3().put_bucket_tagging(Bucket="made-once", Tagging={"TagSet": [{"Key": "owner", "Value": "platform"}]})
    ensured = ensure_state(session, named("made-once", kms_key_arn=arn))
    assert ensured.made == ()
    assert ensured.location == ours.location
    assert not kms().get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"], "a named key is nobody's to change"


def test_a_named_key_that_does_not_exist_is_refused_by_its_answer(session: AwsSession) -> None:
    missing = f"arn:aws:kms:us-east-1:{ACCOUNT_ID}:key/00000000-0000-0000-0000-000000000000"
    with pytest.raises(InputError) as caught:
        ensure_state(session, named(kms_key_arn=missing))
    assert caught.value.problems[0].path == "state.kms_key_arn"
    assert s3().list_buckets()["Buckets"] == []


def test_a_key_waiting_to_be_deleted_is_refused_with_the_way_back(session: AwsSession) -> None:
    arn = ensure_state(session, shard()).location.kms_key_arn
    kms().schedule_key_deletion(KeyId=arn.rpartition("/")[2])
    with pytest.raises(InputError, match="cancel-key-deletion"):
        ensure_state(session, shard())


def _answering(monkeypatch: pytest.MonkeyPatch, operation: str, error: ClientError) -> list[dict[str, Any]]:
    from botocore.client import BaseClient

    original = BaseClient._make_api_call  # type: ignore[attr-defined]
    seen: list[dict[str, Any]] = []

    def answer(self: BaseClient, name: str, request: dict[str, Any]) -> object:
        seen.append({"operation": name, **request})
        if name == operation:
            raise error
        return original(self, name, request)

    monkeypatch.setattr(BaseClient, "_make_api_call", answer)
    return seen


def test_a_bucket_of_another_account_is_never_written_to(session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> None:
    # What S3 answers when the owner is not the expected one.
    denied = ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadBucket")
    seen = _answering(monkeypatch, "HeadBucket", denied)
    with pytest.raises(AccountError, match=f"another account than {ACCOUNT_ID}"):
        ensure_state(session, shard())
    assert [call["operation"] for call in seen] == ["HeadBucket"]


def test_a_name_that_somebody_took_before_the_bucket_was_made_is_told_the_same(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = ClientError({"Error": {"Code": "BucketAlreadyExists", "Message": "taken"}}, "CreateBucket")
    _answering(monkeypatch, "CreateBucket", taken)
    with pytest.raises(AccountError, match="another account"):
        ensure_state(session, shard())


def test_a_bucket_of_another_region_is_refused_naming_both(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = ClientError(
        {
            "Error": {"Code": "301", "Message": ""},
            "ResponseMetadata": {"HTTPHeaders": {"x-amz-bucket-region": "eu-west-1"}},
        },  # type: ignore[typeddict-item]
        "HeadBucket",
    )
    _answering(monkeypatch, "HeadBucket", moved)
    with pytest.raises(InputError, match="eu-west-1, the shard in us-east-1"):
        ensure_state(session, named())


def test_every_call_to_an_existing_bucket_carries_the_owner_it_expects(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = _answering(monkeypatch, "None", ClientError({}, "None"))
    ensure_state(session, shard())
    to_bucket = [call for call in seen if call.get("Bucket") and call["operation"] != "CreateBucket"]
    assert len(to_bucket) > 10
    assert all(call.get("ExpectedBucketOwner") == ACCOUNT_ID for call in to_bucket)


def test_the_policy_lets_a_request_without_encryption_headers_through_to_the_buckets_default() -> None:
    key = f"arn:aws-us-gov:kms:us-gov-west-1:{ACCOUNT_ID}:key/k"
    statements = {s["Sid"]: s for s in policy_statements("b", "aws-us-gov", key)}
    assert statements["PlanewrightTlsOnly"]["Resource"] == ["arn:aws-us-gov:s3:::b", "arn:aws-us-gov:s3:::b/*"]
    for sid in ("PlanewrightKmsOnly", "PlanewrightKeyOnly"):
        condition = statements[sid]["Condition"]
        assert set(condition["Null"]) == set(condition["StringNotEquals"])
        assert set(condition["Null"].values()) == {"false"}
