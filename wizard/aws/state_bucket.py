"""The bucket of the engine's state, made and protected idempotently: what is right stays, what is missing is added.

Every call carries the expected owner, so that a bucket of somebody else's under the same name is never written to.
The bucket and its key outlive every destroy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from wizard.answers.account import StateBackend
from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.aws.state_key import OURS, ensure_key, find_key
from wizard.aws.state_table import ensure_table
from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.facts import StateLocation
from wizard.blueprints.springtail.names import lock_table, state_bucket
from wizard.errors import AccountError, InputError, Problem

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
_ABSENT = {
    "NoSuchBucketPolicy",
    "NoSuchTagSet",
    "NoSuchPublicAccessBlockConfiguration",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}


@dataclass(frozen=True, slots=True)
class Ensured:
    """Where state lives, and what had to be made or changed for it, in words; empty when all was right."""

    location: StateLocation
    made: tuple[str, ...]


def ensure_state(session: AwsSession, shard: ShardAnswers) -> Ensured:
    """Make the state's bucket, key and lock table, or complete what is there. Running it again changes nothing.

    Raises AccountError for a bucket of another account, InputError for one of another region, for one that is not
    ours and lacks a protection, naming every one that is missing, and for a table that cannot lock.
    """
    if shard.state.backend is StateBackend.LOCAL:
        return Ensured(StateLocation(backend="local"), ())
    found = _ensure_bucket(session, shard)
    return Ensured(found.location, (*found.made, *ensure_table(session, shard)))


def _ensure_bucket(session: AwsSession, shard: ShardAnswers) -> Ensured:
    bucket = _Bucket(session, shard)
    exists = bucket.exists()
    if exists and not bucket.is_ours():
        return _use_foreign(session, shard, bucket)
    key = ensure_key(session, shard)
    made = list(key.made)
    if not exists:
        bucket.create()
        made.append(f"bucket {bucket.name}")
    made += bucket.complete(key.arn)
    return Ensured(bucket.location(key.arn), tuple(made))


def _use_foreign(session: AwsSession, shard: ShardAnswers, bucket: _Bucket) -> Ensured:
    key = find_key(session, shard)
    missing = bucket.missing(key)
    if key is None or missing:
        lacking = missing or ("a KMS key: name the bucket's own in state.kms_key_arn",)
        raise InputError(
            f"bucket {bucket.name} is not Planewright's and is not fit for state",
            tuple(
                Problem(
                    "state.bucket",
                    f"{bucket.name} lacks {what}",
                    f"add it, or tag the bucket {OURS[0]}={OURS[1]} to have Planewright do it, or name another bucket",
                )
                for what in lacking
            ),
        )
    return Ensured(bucket.location(key), ())


class _Bucket:
    """One bucket, seen with the eyes of the account that has to own it."""

    def __init__(self, session: AwsSession, shard: ShardAnswers) -> None:
        self._session = session
        self._shard = shard
        self._s3: S3Client = session.client("s3")
        self._owner = session.account.id
        self.name = state_bucket(shard)

    def location(self, key: str) -> StateLocation:
        return StateLocation(
            backend="s3",
            bucket=self.name,
            region=self._session.region,
            kms_key_arn=key,
            lock=self._shard.state.lock.value,
            lock_table=lock_table(self._shard),
        )

    def exists(self) -> bool:
        with self._session.call(f"look for the state bucket {self.name}"):
            try:
                answer = self._s3.head_bucket(Bucket=self.name, ExpectedBucketOwner=self._owner)
            except ClientError as error:
                return self._absent(error)
        self._require_region(answer.get("BucketRegion") or self._session.region)
        return True

    def _absent(self, error: ClientError) -> bool:
        """Say False for a bucket that does not exist; raise for one that cannot be used."""
        code = error_code(error)
        if code in {"404", "NoSuchBucket"}:
            return False
        headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        if (
            code in {"301", "PermanentRedirect", "400", "AuthorizationHeaderMalformed"}
            and "x-amz-bucket-region" in headers
        ):
            self._require_region(headers["x-amz-bucket-region"])
        if code in {"403", "AccessDenied"}:
            raise self._not_for_us() from None
        raise error

    def _not_for_us(self) -> AccountError:
        return AccountError(
            f"the state bucket {self.name} cannot be used",
            cause=f"it belongs to another account than {self._owner}, or this identity lacks s3:ListBucket on it",
            action="name another bucket in state.bucket (bucket names are unique over all of AWS), or have "
            f"s3:ListBucket on arn:{self._session.partition}:s3:::{self.name} allowed",
        )

    def _require_region(self, region: str) -> None:
        if region != self._session.region:
            raise InputError(
                "the state bucket is in another region",
                (
                    Problem(
                        "state.bucket",
                        f"{self.name} is in {region}, the shard in {self._session.region}",
                        f"name a bucket of {self._session.region}; state stays beside what it describes",
                    ),
                ),
            )

    def is_ours(self) -> bool:
        # The default name carries account and region, and an attempt may have broken off before the tags were on.
        return not self._shard.state.bucket or self._tags().get(OURS[0]) == OURS[1]

    def create(self) -> None:
        request: dict[str, Any] = {"Bucket": self.name, "ObjectOwnership": "BucketOwnerEnforced"}
        # us-east-1 is the one region that must not be named.
        if self._session.region != "us-east-1":
            request["CreateBucketConfiguration"] = {"LocationConstraint": self._session.region}
        with self._session.call(f"make the state bucket {self.name}"):
            try:
                self._s3.create_bucket(**request)
            except ClientError as error:
                if error_code(error) == "BucketAlreadyExists":
                    raise self._not_for_us() from None
                # Somebody of this account was faster: the same bucket, and it is completed below.
                if error_code(error) != "BucketAlreadyOwnedByYou":
                    raise
            self._s3.get_waiter("bucket_exists").wait(
                Bucket=self.name, ExpectedBucketOwner=self._owner, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
            )

    def missing(self, key: str | None) -> tuple[str, ...]:
        """Name each protection that the bucket lacks. Its tags are its owner's affair."""
        lacks = {
            "a public access block of all four kinds": self._public_access() != _ALL_BLOCKED,
            "object ownership enforced by the bucket's owner": self._ownership() != "BucketOwnerEnforced",
            "versioning": self._versioning() != "Enabled",
            "default encryption with the state's KMS key": key is not None and self._encryption() != (key, True),
            "a policy that refuses unencrypted connections": not _denies_plain_http(self._statements()),
        }
        return tuple(what for what, is_missing in lacks.items() if is_missing)

    def complete(self, key: str) -> tuple[str, ...]:
        """Bring every tag and protection up; name what was changed."""
        done: list[str] = []
        tags = self._tags()
        wanted = {**tags, **self._shard.governance.tags, OURS[0]: OURS[1]}
        # First of all, so that the next attempt knows the bucket for ours wherever this one breaks off.
        if tags != wanted:
            tag_set = [{"Key": name, "Value": value} for name, value in sorted(wanted.items())]
            self._write("put_bucket_tagging", Tagging={"TagSet": tag_set})
            done.append("tags")
        if self._public_access() != _ALL_BLOCKED:
            self._write("put_public_access_block", PublicAccessBlockConfiguration=_ALL_BLOCKED)
            done.append("public access block")
        if self._ownership() != "BucketOwnerEnforced":
            rules = [{"ObjectOwnership": "BucketOwnerEnforced"}]
            self._write("put_bucket_ownership_controls", OwnershipControls={"Rules": rules})
            done.append("ownership by the bucket's owner")
        if self._versioning() != "Enabled":
            self._write("put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})
            done.append("versioning")
        if self._encryption() != (key, True):
            default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
            rules_kms = [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
            self._write("put_bucket_encryption", ServerSideEncryptionConfiguration={"Rules": rules_kms})
            done.append("default encryption")
        if self._complete_policy(key):
            done.append("policy")
        return tuple(f"{what} of bucket {self.name}" for what in done)

    def _complete_policy(self, key: str) -> bool:
        """Put our statements beside those that are there; say whether that changed anything."""
        ours = policy_statements(self.name, self._session.partition, key)
        statements = self._statements()
        merged = [s for s in statements if s.get("Sid") not in {own["Sid"] for own in ours}] + ours
        if statements == merged:
            return False
        self._write("put_bucket_policy", Policy=json.dumps({"Version": "2012-10-17", "Statement": merged}))
        return True

    def _write(self, operation: str, **request: Any) -> None:
        with self._session.call(f"protect the state bucket {self.name}"):
            getattr(self._s3, operation)(Bucket=self.name, ExpectedBucketOwner=self._owner, **request)

    def _read(self, operation: str) -> dict[str, Any]:
        """Read one property; an empty answer when it is not set."""
        with self._session.call(f"read the state bucket {self.name}"):
            try:
                answer: dict[str, Any] = getattr(self._s3, operation)(Bucket=self.name, ExpectedBucketOwner=self._owner)
            except ClientError as error:
                if error_code(error) in _ABSENT:
                    return {}
                raise
        return answer

    def _tags(self) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self._read("get_bucket_tagging").get("TagSet", [])}

    def _public_access(self) -> dict[str, bool]:
        block: dict[str, bool] = self._read("get_public_access_block").get("PublicAccessBlockConfiguration", {})
        return block

    def _ownership(self) -> str:
        rules = self._read("get_bucket_ownership_controls").get("OwnershipControls", {}).get("Rules", [])
        return str(rules[0]["ObjectOwnership"]) if rules else ""

    def _versioning(self) -> str:
        return str(self._read("get_bucket_versioning").get("Status", ""))

    def _encryption(self) -> tuple[str, bool]:
        rules = self._read("get_bucket_encryption").get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
        rule = rules[0] if rules else {}
        default = rule.get("ApplyServerSideEncryptionByDefault", {})
        is_kms = default.get("SSEAlgorithm") == "aws:kms"
        return (str(default.get("KMSMasterKeyID", "")) if is_kms else "", bool(rule.get("BucketKeyEnabled")))

    def _statements(self) -> list[dict[str, Any]]:
        text = self._read("get_bucket_policy").get("Policy")
        statements = json.loads(text).get("Statement", []) if text else []
        # IAM allows a single statement without a list around it.
        return [statements] if isinstance(statements, dict) else list(statements)


def policy_statements(bucket: str, partition: str, key: str) -> list[dict[str, Any]]:
    """Give the statements that refuse plain HTTP, another algorithm than KMS, and another key than the state's.

    A request that names no encryption is let through: the bucket's default gives it the right one. `Null` keeps the
    denials from matching it, because a negated condition holds for a key that is absent.
    """
    arn = f"arn:{partition}:s3:::{bucket}"
    algorithm = "s3:x-amz-server-side-encryption"
    key_id = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    return [
        {
            "Sid": "PlanewrightTlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "PlanewrightKmsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"{arn}/*",
            "Condition": {"Null": {algorithm: "false"}, "StringNotEquals": {algorithm: "aws:kms"}},
        },
        {
            "Sid": "PlanewrightKeyOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"{arn}/*",
            "Condition": {"Null": {key_id: "false"}, "StringNotEquals": {key_id: key}},
        },
    ]


def _denies_plain_http(statements: list[dict[str, Any]]) -> bool:
    for statement in statements:
        condition = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
        everyone = statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        if statement.get("Effect") == "Deny" and everyone and str(condition).lower() == "false":
            return True
    return False
