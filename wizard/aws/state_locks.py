"""What locks a state, as the engine's S3 backend does it: an object beside the state, an item of a DynamoDB table, or both.

The table's items are keyed by `LockID`:

    BUCKET/KEY        `Info`: the lock, as JSON; there while somebody holds the state
    BUCKET/KEY-md5    `Digest`: MD5 of the state that the engine wrote last, in hexadecimal digits

The engine refuses a state of another digest than the table has, and takes any state where the table has none.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, Protocol

from botocore.exceptions import ClientError

from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.blueprints.springtail.facts import StateLocation

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

#: The table's key, and all of it.
KEY: Final = "LockID"
_ABSENT: Final = {"NoSuchKey", "NoSuchBucket", "404"}
_TAKEN: Final = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_CONDITION: Final = "ConditionalCheckFailedException"
_NO_TABLE: Final = "ResourceNotFoundException"


class Lock(Protocol):
    """One of the places in which a lock is written down."""

    def take(self, content: str) -> bool:
        """Write the lock; False when one is there."""

    def read(self) -> bytes | None:
        """Read the lock; None when there is none."""

    def free(self, content: bytes) -> None:
        """Remove the lock that was read."""


class FileLock:
    """The object `KEY.tflock`. `at` names bucket and owner, `encryption` the key, as S3's calls take them."""

    def __init__(self, s3: S3Client, at: dict[str, Any], key: str, encryption: dict[str, Any]) -> None:
        self._s3, self._at, self._key, self._encryption = s3, at, f"{key}.tflock", encryption

    def take(self, content: str) -> bool:
        """Put the object, if there is none."""
        put = {**self._at, **self._encryption, "Key": self._key, "ContentType": "application/json"}
        try:
            self._s3.put_object(**put, Body=content.encode(), IfNoneMatch="*")
        except ClientError as error:
            if error_code(error) in _TAKEN:
                return False
            raise
        return True

    def read(self) -> bytes | None:
        """Get the object."""
        try:
            return self._s3.get_object(**self._at, Key=self._key)["Body"].read()
        except ClientError as error:
            if error_code(error) in _ABSENT:
                return None
            raise

    def free(self, content: bytes) -> None:
        """Delete the object."""
        del content
        self._s3.delete_object(**self._at, Key=self._key)


class TableLock:
    """Items of the lock table: the lock, and the digest of the state."""

    def __init__(self, session: AwsSession, location: StateLocation, key: str) -> None:
        self._dynamodb: Any = session.client("dynamodb", location.region)
        self._table = location.lock_table
        self._id = f"{location.bucket}/{key}"

    def take(self, content: str) -> bool:
        """Put the item, if there is none."""
        item = {KEY: {"S": self._id}, "Info": {"S": content}}
        try:
            self._dynamodb.put_item(
                TableName=self._table, Item=item, ConditionExpression=f"attribute_not_exists({KEY})"
            )
        except ClientError as error:
            if error_code(error) == _CONDITION:
                return False
            raise
        return True

    def read(self) -> bytes | None:
        """Get the item; a table that is not there holds nothing."""
        info = self._get(self._id).get("Info")
        return None if info is None else str(info["S"]).encode()

    def free(self, content: bytes) -> None:
        """Delete the item, if it is still the one that was read."""
        try:
            self._dynamodb.delete_item(
                TableName=self._table,
                Key={KEY: {"S": self._id}},
                ConditionExpression="Info = :info",
                ExpressionAttributeValues={":info": {"S": content.decode()}},
            )
        except ClientError as error:
            if error_code(error) != _CONDITION:
                raise

    def digest(self) -> str:
        """Say which MD5 the engine expects the state to have; empty for any."""
        found = self._get(self._digest_id).get("Digest")
        return "" if found is None else str(found["S"])

    def write_digest(self, digest: str) -> None:
        """Say which MD5 the state has; an empty one takes that word back."""
        key = {KEY: {"S": self._digest_id}}
        if digest:
            self._dynamodb.put_item(TableName=self._table, Item={**key, "Digest": {"S": digest}})
        else:
            self._dynamodb.delete_item(TableName=self._table, Key=key)

    @property
    def _digest_id(self) -> str:
        return f"{self._id}-md5"

    def _get(self, lock_id: str) -> dict[str, Any]:
        key = {KEY: {"S": lock_id}}
        try:
            answer = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        except ClientError as error:
            if error_code(error) == _NO_TABLE:
                return {}
            raise
        return dict(answer.get("Item") or {})


def md5_of(content: bytes) -> str:
    """Give the digest that the engine writes into the table. To it an empty state is none."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest() if content else ""


def is_lock(content: bytes | None, lock_id: str) -> bool:
    """Whether what was read is the lock of this id."""
    try:
        value = json.loads(content or b"{}")
    except ValueError:
        return False
    return isinstance(value, dict) and bool(lock_id) and value.get("ID") == lock_id
