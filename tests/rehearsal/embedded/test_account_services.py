"""Quotas, secrets, and what the state bucket needs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.rehearsal.embedded.hooks import Hooks
from wizard.rehearsal.embedded.services.quotas import DEFAULTS
from wizard.rehearsal.embedded.world import connect


@pytest.mark.parametrize(
    ("service", "code"), [(service, code) for service, codes in DEFAULTS.items() for code in codes]
)
def test_every_quota_that_is_checked_has_its_default(client: Clients, service: str, code: str) -> None:
    quota = client("service-quotas").get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]
    assert quota["Value"] == DEFAULTS[service][code][1]
    assert quota["QuotaCode"] == code


def test_a_raised_quota_is_told_from_its_default(client: Clients) -> None:
    class Raised(Hooks):
        quotas = {"L-1216C47A": 256.0}  # noqa: RUF012 - a constant of a test

    connect(Raised())
    quotas = client("service-quotas")
    which = {"ServiceCode": "ec2", "QuotaCode": "L-1216C47A"}
    assert quotas.get_service_quota(**which)["Quota"]["Value"] == 256
    assert quotas.get_aws_default_service_quota(**which)["Quota"]["Value"] == 5
    assert len(quotas.list_service_quotas(ServiceCode="ec2")["Quotas"]) == 2


def test_an_unknown_quota_is_not_found(client: Clients) -> None:
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        client("service-quotas").get_service_quota(ServiceCode="ec2", QuotaCode="L-00000000")


def test_a_secret_without_a_value_has_none(client: Clients) -> None:
    secrets = client("secretsmanager")
    secrets.create_secret(Name="sk/acme/password")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        secrets.get_secret_value(SecretId="sk/acme/password")
    assert not secrets.describe_secret(SecretId="sk/acme/password").get("VersionIdsToStages")
    secrets.put_secret_value(SecretId="sk/acme/password", SecretString="s3cret")
    assert secrets.get_secret_value(SecretId="sk/acme/password")["SecretString"] == "s3cret"


def test_a_secret_scheduled_for_deletion_holds_its_name_until_it_is_restored(client: Clients) -> None:
    secrets = client("secretsmanager")
    secrets.create_secret(Name="password", SecretString="one")
    secrets.delete_secret(SecretId="password", RecoveryWindowInDays=7)
    for attempt in (
        lambda: secrets.create_secret(Name="password"),
        lambda: secrets.get_secret_value(SecretId="password"),
        lambda: secrets.put_secret_value(SecretId="password", SecretString="two"),
    ):
        with pytest.raises(ClientError, match="InvalidRequestException"):
            attempt()
    assert secrets.list_secrets()["SecretList"] == []
    secrets.restore_secret(SecretId="password")
    assert secrets.get_secret_value(SecretId="password")["SecretString"] == "one"


def test_a_secret_deleted_without_recovery_frees_its_name(client: Clients) -> None:
    secrets = client("secretsmanager")
    secrets.create_secret(Name="password", SecretString="one")
    secrets.delete_secret(SecretId="password", ForceDeleteWithoutRecovery=True)
    secrets.create_secret(Name="password", SecretString="two")


@pytest.fixture
def bucket(client: Clients) -> Any:
    client("s3").create_bucket(Bucket="state")
    return client("s3")


def test_what_makes_a_state_bucket_safe_is_read_back(client: Clients, bucket: Any) -> None:
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        "BucketKeyEnabled": True,
    }
    blocked = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}],
    }
    bucket.put_bucket_versioning(Bucket="state", VersioningConfiguration={"Status": "Enabled"})
    bucket.put_bucket_encryption(Bucket="state", ServerSideEncryptionConfiguration={"Rules": [rule]})
    bucket.put_public_access_block(Bucket="state", PublicAccessBlockConfiguration=blocked)
    bucket.put_bucket_policy(Bucket="state", Policy=json.dumps(policy))
    assert bucket.get_bucket_versioning(Bucket="state")["Status"] == "Enabled"
    assert bucket.get_bucket_encryption(Bucket="state")["ServerSideEncryptionConfiguration"]["Rules"] == [rule]
    assert bucket.get_public_access_block(Bucket="state")["PublicAccessBlockConfiguration"] == blocked
    assert json.loads(bucket.get_bucket_policy(Bucket="state")["Policy"]) == policy


TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::state", "arn:aws:s3:::state/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
KMS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::state/*",
    "Condition": {
        "Null": {"s3:x-amz-server-side-encryption": "false"},
        "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
    },
}


def test_a_policy_that_denies_plain_http_lets_a_rehearsal_through(bucket: Any) -> None:
    policy = {"Version": "2012-10-17", "Statement": [TLS_ONLY, KMS_ONLY]}
    bucket.put_object(Bucket="state", Key="before", Body=b"1")
    bucket.put_bucket_policy(Bucket="state", Policy=json.dumps(policy))
    bucket.put_object(Bucket="state", Key="one.tfstate", Body=b"{}")
    bucket.head_object(Bucket="state", Key="one.tfstate")
    assert bucket.get_object(Bucket="state", Key="one.tfstate")["Body"].read() == b"{}"
    bucket.delete_object(Bucket="state", Key="one.tfstate")


def test_a_policy_that_denies_another_encryption_denies_it(bucket: Any) -> None:
    bucket.put_object(Bucket="state", Key="one", Body=b"1")
    bucket.put_bucket_policy(Bucket="state", Policy=json.dumps({"Version": "2012-10-17", "Statement": [KMS_ONLY]}))
    bucket.put_object(Bucket="state", Key="one", Body=b"2", ServerSideEncryption="aws:kms")
    with pytest.raises(ClientError, match="403"):
        bucket.put_object(Bucket="state", Key="one", Body=b"3", ServerSideEncryption="AES256")
    assert bucket.get_object(Bucket="state", Key="one")["Body"].read() == b"2"


def test_a_bucket_of_another_owner_than_the_expected_is_denied(client: Clients, bucket: Any) -> None:
    bucket.head_bucket(Bucket="state", ExpectedBucketOwner="111111111111")
    with pytest.raises(ClientError, match="403"):
        bucket.head_bucket(Bucket="state", ExpectedBucketOwner="222222222222")
    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.put_object(Bucket="state", Key="one", Body=b"1", ExpectedBucketOwner="222222222222")


def test_a_key_is_found_by_its_alias(client: Clients) -> None:
    kms = client("kms")
    key = kms.create_key(Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/planewright-state", TargetKeyId=key)
    assert kms.describe_key(KeyId="alias/planewright-state")["KeyMetadata"]["KeyId"] == key


def test_the_lock_file_is_written_only_when_nobody_holds_it(bucket: Any) -> None:
    bucket.put_object(Bucket="state", Key="one.tflock", Body=b"me", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        bucket.put_object(Bucket="state", Key="one.tflock", Body=b"you", IfNoneMatch="*")
