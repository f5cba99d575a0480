"""One state in its bucket: the object, its versions, copies that were made of it, and what locks it.

    KEY                         the state; the bucket keeps every version of it
    KEY.tflock                  the lock: there while somebody holds it (`wizard.aws.state_locks`, also of lock tables)
    KEY.backups/ID.tfstate      copies that were asked for, or made before a state is written over

Copies lie under the state's own key: the same KMS key encrypts them, and the policies that let somebody at the state let
them at these.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.aws.state_locks import FileLock, Lock, TableLock, is_lock, md5_of
from wizard.blueprints.springtail.facts import StateLocation
from wizard.errors import AwsError
from wizard.files import digest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

_ABSENT = {"NoSuchKey", "NoSuchVersion", "NoSuchBucket", "404"}
#: Enough for what a state says of itself before its resources.
_HEAD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version of an object. `marker`: it says that the object was deleted then. `size` is in bytes.

    `latest`: it is what the object is now.
    """

    id: str
    at: datetime
    size: int
    marker: bool = False
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as it was read."""

    version: StoredVersion
    content: bytes = field(repr=False)


class StateObjects:
    """What can be done with one state's objects. `owner` is the account that the bucket has to belong to."""

    def __init__(self, session: AwsSession, location: StateLocation, key: str, *, owner: str) -> None:
        self._session = session
        self._location = location
        self._key = key
        self._at: dict[str, Any] = {"Bucket": location.bucket, "ExpectedBucketOwner": owner}
        self._s3: S3Client = session.client("s3", location.region)
        self._table = TableLock(session, location, key) if location.by_table else None
        # In this order the engine takes them.
        by_file: tuple[Lock, ...] = (FileLock(self._s3, self._at, key, self._encryption),) if location.by_file else ()
        self._locks: tuple[Lock, ...] = (*by_file, self._table) if self._table else by_file

    @property
    def url(self) -> str:
        """The state, as the AWS CLI names it."""
        return f"s3://{self._location.bucket}/{self._key}"

    @property
    def by_table(self) -> bool:
        """Whether a lock table keeps the lock, and a digest of the state."""
        return self._table is not None

    @property
    def undeletable(self) -> bool:
        """Whether the bucket may forbid deletes: no object of it is the lock."""
        return not self._location.by_file

    def read(self, version: str = "") -> Stored | None:
        """Read the state, or a version of it; None when it is not there."""
        with self._session.call(f"read the state {self.url}"):
            found = self._get(self._key, **({"VersionId": version} if version else {}))
            return None if found is None else _stored(found)

    def size(self) -> int | None:
        """Say how many bytes the state has, without reading them; None when it is not there."""
        with self._session.call(f"look for the state {self.url}"):
            try:
                return self._s3.head_object(**self._at, Key=self._key)["ContentLength"]
            except ClientError as error:
                if error_code(error) in _ABSENT:
                    return None
                raise

    def head(self, version: str) -> bytes:
        """Read the beginning of a version."""
        with self._session.call(f"read the state {self.url}"):
            found = self._get(self._key, VersionId=version, Range=f"bytes=0-{_HEAD_BYTES - 1}")
            return b"" if found is None else found["Body"].read()

    def versions(self) -> tuple[StoredVersion, ...]:
        """Give the versions that the bucket keeps of the state, the newest first."""
        with self._session.call(f"list the versions of {self.url}"):
            try:
                found = list(self._versions())
            except ClientError as error:
                if error_code(error) in _ABSENT:
                    return ()
                raise
        # Times are whole seconds, so that a deletion and what it deleted may have the same.
        return tuple(sorted(found, key=lambda version: (version.latest, version.at), reverse=True))

    def backups(self) -> tuple[StoredVersion, ...]:
        """Give the copies that were made of the state, the newest first; their ids are names."""
        prefix, end = f"{self._key}.backups/", ".tfstate"
        with self._session.call(f"list the copies of {self.url}"):
            try:
                pages = self._s3.get_paginator("list_objects_v2").paginate(**self._at, Prefix=prefix)
                found = [
                    StoredVersion(
                        item["Key"].removeprefix(prefix).removesuffix(end), item["LastModified"], item["Size"]
                    )
                    for page in pages
                    for item in page.get("Contents", [])
                ]
            except ClientError as error:
                if error_code(error) in _ABSENT:
                    return ()
                raise
        return tuple(sorted(found, key=lambda copy: copy.id, reverse=True))

    def read_backup(self, name: str) -> Stored | None:
        """Read a copy; None when there is none of this name."""
        with self._session.call(f"read the copy {name} of {self.url}"):
            found = self._get(self._backup(name))
            return None if found is None else _stored(found)

    def keep(self, name: str, content: bytes) -> str:
        """Make a copy, and see that it is whole; gives where it lies."""
        self._write(self._backup(name), content, f"copy the state {self.url}")
        return f"s3://{self._location.bucket}/{self._backup(name)}"

    def overwrite(self, content: bytes) -> None:
        """Write the state. Only for who holds the lock.

        Cut off anywhere, the table has no digest that would keep the engine from what is there.
        """
        if self._table is not None:
            self._say_digest("")
        self._write(self._key, content, f"write the state {self.url}")
        if self._table is not None:
            self._say_digest(md5_of(content))

    def expected(self) -> str:
        """Say which MD5 the lock table has of the state: the engine refuses any other. Empty for any."""
        if self._table is None:
            return ""
        with self._session.call(f"read the digest of {self.url} in the table {self._location.lock_table}"):
            return self._table.digest()

    def settle(self) -> str:
        """Make the lock table's digest that of the state as it is; none where there is none. Only for who holds the lock."""
        found = self.read()
        now = md5_of(found.content) if found else ""
        if self._table is not None:
            self._say_digest(now)
        return now

    def _say_digest(self, digest: str) -> None:
        if self._table is not None:
            with self._session.call(f"write the digest of {self.url} into the table {self._location.lock_table}"):
                self._table.write_digest(digest)

    def lock(self, content: str) -> bool:
        """Take the lock as the engine does; False when somebody holds it."""
        with self._session.call(f"lock the state {self.url}"):
            try:
                # A try whose answer was lost is made again, and then finds its own.
                had = all(lock.take(content) or lock.read() == content.encode() for lock in self._locks)
            except BaseException:
                # Held by half it would keep everybody off, for a command that is not going to do anything.
                with suppress(ClientError, BotoCoreError):
                    self._free(content.encode())
                raise
            if not had:
                self._free(content.encode())
        return had

    def _free(self, content: bytes) -> None:
        """Give back what is ours of the locks, and what is somebody else's not."""
        for lock in self._locks:
            if lock.read() == content:
                lock.free(content)

    def read_lock(self) -> bytes | None:
        """Read the lock; None when nobody holds it."""
        with self._session.call(f"read the lock of {self.url}"):
            return next((found for lock in self._locks if (found := lock.read()) is not None), None)

    def unlock(self, lock_id: str) -> None:
        """Remove a lock wherever it is written down. Another one that somebody has taken since stays."""
        with self._session.call(f"give back the lock of {self.url}"):
            for lock in self._locks:
                found = lock.read()
                if found is not None and is_lock(found, lock_id):
                    lock.free(found)

    def _backup(self, name: str) -> str:
        return f"{self._key}.backups/{name}.tfstate"

    def _get(self, key: str, **more: Any) -> GetObjectOutputTypeDef | None:
        try:
            return self._s3.get_object(**self._at, Key=key, **more)
        except ClientError as error:
            # A version that is a deletion has no content; an empty object has no range.
            if error_code(error) in _ABSENT | {"MethodNotAllowed", "405", "InvalidRange", "416"}:
                return None
            raise

    def _put(self, key: str, content: bytes) -> None:
        at = {**self._at, **self._encryption, "Key": key, "ContentType": "application/json"}
        self._s3.put_object(**at, Body=content)

    @property
    def _encryption(self) -> dict[str, Any]:
        key = self._location.kms_key_arn
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}

    def _write(self, key: str, content: bytes, doing: str) -> None:
        with self._session.call(doing):
            self._put(key, content)
            found = self._get(key)
        if found is None or digest(found["Body"].read()) != digest(content):
            raise AwsError(
                f"could not {doing}",
                cause=f"{key} is not what was written to it a moment ago",
                action="somebody else writes there: find out who before anything else",
            )

    def _versions(self) -> Iterator[StoredVersion]:
        for page in self._s3.get_paginator("list_object_versions").paginate(**self._at, Prefix=self._key):
            for item in page.get("Versions", []):
                if item["Key"] == self._key:
                    yield StoredVersion(item["VersionId"], item["LastModified"], item["Size"], latest=item["IsLatest"])
            for gone in page.get("DeleteMarkers", []):
                if gone["Key"] == self._key:
                    yield StoredVersion(
                        gone["VersionId"], gone["LastModified"], 0, marker=True, latest=gone["IsLatest"]
                    )
            keys = [item["Key"] for item in (*page.get("Versions", []), *page.get("DeleteMarkers", []))]
            # Keys come in order: after the state's own come its copies', and two for each time it was locked.
            if any(key != self._key for key in keys):
                return


def _stored(found: GetObjectOutputTypeDef) -> Stored:
    content = found["Body"].read()
    return Stored(StoredVersion(found.get("VersionId", ""), found["LastModified"], len(content)), content)
