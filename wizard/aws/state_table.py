"""The table that locks the engine's states, made and protected idempotently: what is right stays, what is missing is added.

Like the bucket it outlives every destroy: what other pipelines lock by it, nobody here can know.
"""

from __future__ import annotations

import time
from typing import Any, Final

from botocore.exceptions import ClientError, WaiterError

from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.aws.state_key import OURS
from wizard.aws.state_locks import KEY
from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.names import lock_table
from wizard.errors import AwsError, InputError, Problem
from wizard.facts.state import LOOK, UNUSABLE

#: A table is there within seconds. Whoever waits this long is told.
PATIENCE_S: Final = 120
_POLL_S: Final = 2
_SCHEMA: Final = [{"AttributeName": KEY, "KeyType": "HASH"}]
_PATH: Final = "state.lock_table"
_USABLE: Final = frozenset({"ACTIVE", "UPDATING"})


def ensure_table(session: AwsSession, shard: ShardAnswers) -> tuple[str, ...]:
    """Make the lock table, or complete what is there; gives what was made or changed, in words.

    Raises InputError for a table that the engine cannot lock by. One that is not ours is otherwise left as it is.
    """
    table = _Table(session, shard)
    if not table.name:
        return ()
    found = table.read()
    made: list[str] = []
    new = found is None
    if found is None:
        table.create()
        made.append(f"lock table {table.name}")
        found = table.there()
    elif found["TableStatus"] == "CREATING":
        found = table.there()
    table.require_fit(found)
    # AWS tells a new table's tags late: that we made it, we know without them.
    if new or not shard.state.lock_table or table.is_ours(found):
        made += table.complete(found)
    return tuple(made)


class _Table:
    """One table, in the account and region of the state."""

    def __init__(self, session: AwsSession, shard: ShardAnswers) -> None:
        self._session = session
        self._shard = shard
        self._dynamodb: Any = session.client("dynamodb")
        self.name = lock_table(shard)

    def read(self) -> dict[str, Any] | None:
        """Describe it; None when it does not exist."""
        with self._session.call(f"look for the lock table {self.name}"):
            try:
                return dict(self._dynamodb.describe_table(TableName=self.name)["Table"])
            except ClientError as error:
                if error_code(error) == "ResourceNotFoundException":
                    return None
                raise

    def create(self) -> None:
        tags = {**self._shard.governance.tags, OURS[0]: OURS[1]}
        with self._session.call(f"make the lock table {self.name}"):
            try:
                self._dynamodb.create_table(
                    TableName=self.name,
                    AttributeDefinitions=[{"AttributeName": KEY, "AttributeType": "S"}],
                    KeySchema=_SCHEMA,
                    BillingMode="PAY_PER_REQUEST",
                    # AWS's own key: who holds a lock is no secret, and nobody needs a permission more to lock.
                    SSESpecification={"Enabled": True, "SSEType": "KMS"},
                    DeletionProtectionEnabled=True,
                    Tags=[{"Key": key, "Value": value} for key, value in sorted(tags.items())],
                )
            except ClientError as error:
                # Somebody of this account was faster: the same table, and it is completed below.
                if error_code(error) != "ResourceInUseException":
                    raise

    def there(self) -> dict[str, Any]:
        """Wait until it can be used."""
        waiting = {"Delay": _POLL_S, "MaxAttempts": PATIENCE_S // _POLL_S}
        with self._session.call(f"wait for the lock table {self.name}"):
            try:
                self._dynamodb.get_waiter("table_exists").wait(TableName=self.name, WaiterConfig=waiting)
            except WaiterError as error:
                raise self._not_there(str(error)) from None
        found = self.read()
        if found is None:
            raise self._not_there("it is gone again")
        return found

    def _not_there(self, cause: str) -> AwsError:
        return AwsError(
            f"the lock table {self.name} cannot be used yet",
            cause=f"waited {PATIENCE_S} seconds for it: {cause}",
            action=f"look at it (aws dynamodb describe-table --table-name {self.name}), then run the command again",
        )

    def require_fit(self, found: dict[str, Any]) -> None:
        """Raise InputError unless the engine can lock by it."""
        types = {item["AttributeName"]: item["AttributeType"] for item in found["AttributeDefinitions"]}
        lacking = []
        another = "name another table; a key cannot be changed"
        if found["KeySchema"] != _SCHEMA or types.get(KEY) != "S":
            keys = ", ".join(
                f"{key['AttributeName']} ({types.get(key['AttributeName'])})" for key in found["KeySchema"]
            )
            lacking.append(Problem(_PATH, f"its key is {keys}; the engine needs {KEY} (S) alone", another))
        status = found["TableStatus"]
        if status not in _USABLE:
            lacking.append(Problem(_PATH, f"it is {status}", UNUSABLE.get(status, LOOK)))
        if lacking:
            raise InputError(f"table {self.name} cannot lock states", tuple(lacking))

    def is_ours(self, found: dict[str, Any]) -> bool:
        return self._tags(found).get(OURS[0]) == OURS[1]

    def complete(self, found: dict[str, Any]) -> list[str]:
        """Bring tags and protections up; name what was changed."""
        done = []
        arn, tags = found["TableArn"], self._tags(found)
        wanted = {**tags, **self._shard.governance.tags, OURS[0]: OURS[1]}
        with self._session.call(f"protect the lock table {self.name}"):
            if tags != wanted:
                tag_set = [{"Key": key, "Value": value} for key, value in sorted(wanted.items())]
                self._dynamodb.tag_resource(ResourceArn=arn, Tags=tag_set)
                done.append("tags")
            if not found.get("DeletionProtectionEnabled"):
                self._dynamodb.update_table(TableName=self.name, DeletionProtectionEnabled=True)
                done.append("deletion protection")
            if not self._recoverable():
                self._recover_to_any_point()
                done.append("point-in-time recovery")
        return [f"{what} of lock table {self.name}" for what in done]

    def _tags(self, found: dict[str, Any]) -> dict[str, str]:
        with self._session.call(f"read the tags of the lock table {self.name}"):
            pages = self._dynamodb.get_paginator("list_tags_of_resource").paginate(ResourceArn=found["TableArn"])
            return {tag["Key"]: tag["Value"] for page in pages for tag in page.get("Tags", [])}

    def _recoverable(self) -> bool:
        answer = self._dynamodb.describe_continuous_backups(TableName=self.name)["ContinuousBackupsDescription"]
        status = answer.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
        return bool(status == "ENABLED")

    def _recover_to_any_point(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._dynamodb.update_continuous_backups(
                    TableName=self.name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
                )
            except ClientError as error:
                # A new table takes a moment until its backups can be switched on.
                if error_code(error) != "ContinuousBackupsUnavailableException" or time.monotonic() > until:
                    raise
                time.sleep(_POLL_S)
            else:
                return
