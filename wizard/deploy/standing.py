"""Where a stack stands: the engine's own aftermath, with the lock as the state's bucket has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.blueprints.springtail.names import state_key
from wizard.deploy import store
from wizard.deploy.target import Target
from wizard.engine import aftermath
from wizard.engine.aftermath import Aftermath
from wizard.engine.locks import LockInfo, from_json

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef


def standing(target: Target, stack: str, session: AwsSession) -> Aftermath:
    """Say what is true of a stack: its last run, what that left half made, who holds the lock."""
    return aftermath.diagnose(target.place, stack, lock=held_lock(target, stack, session))


def held_lock(target: Target, stack: str, session: AwsSession) -> LockInfo | None:
    """Read the lock of a state in the bucket, or None when nobody holds it. A local state's lock is a file of its own."""
    from wizard.aws.state_objects import StateObjects

    location = store.load_state_location(target.workspace, target.shard)
    if location is None or location.backend != "s3":
        return None
    key = state_key(target.place.kind, target.name, stack)
    location = store.locked_location(target.place, stack, location)
    found = StateObjects(session, location, key, owner=target.shard.account.id).read_lock()
    return from_json(found) if found is not None else None


def state_version(target: Target, stack: str, session: AwsSession) -> str:
    """Say which state a stack has now: another one after every change to it, empty for none. Its content is not read."""
    found = _state(target, session, state_key(target.place.kind, target.name, stack))
    if found is None:
        return ""
    found["Body"].close()
    return f"{found.get('VersionId', '')} {found['ETag']}"


def _state(target: Target, session: AwsSession, key: str) -> GetObjectOutputTypeDef | None:
    """Get the state's object; None where there is none, or the state is local."""
    from botocore.exceptions import ClientError

    location = store.load_state_location(target.workspace, target.shard)
    if location is None or location.backend != "s3":
        return None
    with session.call(f"read the state version s3://{location.bucket}/{key}"):
        try:
            return session.client("s3", location.region).get_object(
                Bucket=location.bucket, Key=key, ExpectedBucketOwner=target.shard.account.id
            )
        except ClientError as error:
            if error_code(error) in {"NoSuchKey", "NoSuchBucket", "404"}:
                return None
            raise
