"""Secret containers in Secrets Manager: what they hold is handled as little as possible, and never shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.errors import AwsError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.type_defs import DescribeSecretResponseTypeDef


@dataclass(frozen=True, slots=True)
class SecretStatus:
    """A container, without its value. `deleted_at` is set while it waits for its recovery window to end."""

    name: str
    exists: bool
    has_value: bool
    changed_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ScheduledSecret:
    """A secret that was deleted and still blocks its name until AWS forgets it."""

    name: str
    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """A secret's current value."""

    value: str = field(repr=False)
    version_id: str


def secret_status(session: AwsSession, names: Iterable[str]) -> tuple[SecretStatus, ...]:
    """Tell of each secret whether it has a value and since when. Values are not read."""
    return tuple(_status(session, name) for name in names)


def scheduled_for_deletion(session: AwsSession, names: Iterable[str]) -> tuple[ScheduledSecret, ...]:
    """Give those that were deleted and still block their names: a new install cannot make them."""
    return tuple(ScheduledSecret(s.name, s.deleted_at) for s in secret_status(session, names) if s.deleted_at)


def restore(session: AwsSession, name: str) -> None:
    """Bring a deleted secret back with its value. The engine then has to import it: it no longer is in its state."""
    with session.call(f"restore secret {name}"):
        session.client("secretsmanager").restore_secret(SecretId=name)


def purge(session: AwsSession, name: str) -> None:
    """Delete a secret that is already scheduled for deletion, for good and now, so that its name is free.

    Raises AwsError for one that is in use: this must never be the first delete.
    """
    if not _status(session, name).deleted_at:
        raise AwsError(
            f"secret {name} was not deleted for good",
            cause="it is not scheduled for deletion: something may use it",
            action="destroy the deployment it belongs to, then run this again",
        )
    with session.call(f"delete secret {name} for good"):
        session.client("secretsmanager").delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def current_value(session: AwsSession, name: str) -> Stored | None:
    """Give the current value, or None for a container without one. Raises AwsError when there is no usable container."""
    status = _status(session, name)
    if not status.exists:
        raise AwsError(
            f"there is no secret {name}",
            cause="the instance stack makes it, without a value",
            action="apply the instance stack, then run this again",
        )
    if status.deleted_at:
        raise AwsError(
            f"secret {name} is scheduled for deletion",
            cause=f"it was deleted on {status.deleted_at:%Y-%m-%d} and keeps its name until its recovery window ends",
            action=f"aws secretsmanager restore-secret --secret-id {name}, or apply the instance stack, which tells more",
        )
    if not status.has_value:
        return None
    with session.call(f"read secret {name}"):
        answer = session.client("secretsmanager").get_secret_value(SecretId=name)
    return Stored(answer.get("SecretString", ""), answer["VersionId"])


def put_value(session: AwsSession, name: str, value: str) -> str:
    """Store a value as the current one and give its version id."""
    with session.call(f"store a value in secret {name}"):
        return session.client("secretsmanager").put_secret_value(SecretId=name, SecretString=value)["VersionId"]


def _status(session: AwsSession, name: str) -> SecretStatus:
    with session.call(f"look at secret {name}"):
        try:
            answer = session.client("secretsmanager").describe_secret(SecretId=name)
        except ClientError as error:
            if error_code(error) == "ResourceNotFoundException":
                return SecretStatus(name, exists=False, has_value=False, changed_at=None, deleted_at=None)
            raise
    return SecretStatus(
        name,
        exists=True,
        has_value=_has_value(answer),
        changed_at=answer.get("LastChangedDate"),
        deleted_at=answer.get("DeletedDate"),
    )


def _has_value(answer: DescribeSecretResponseTypeDef) -> bool:
    return any("AWSCURRENT" in stages for stages in answer.get("VersionIdsToStages", {}).values())
