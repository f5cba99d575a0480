"""Take what is left of a state out of the engine's way: kept as a backup, then deleted. The bucket keeps it as a version as well.

Where a table alone locks, the bucket may forbid deletes: there it is emptied.
"""

from __future__ import annotations

from pathlib import Path

from wizard.aws.session import AwsSession
from wizard.blueprints.springtail.names import state_key
from wizard.deploy import store
from wizard.deploy.exclusive import require_idle
from wizard.deploy.state.backing_up import keep, written_down
from wizard.deploy.state.document import StateDocument, read_state
from wizard.deploy.state.present import emptied
from wizard.deploy.state.shelf import shelf_of
from wizard.deploy.target import Target
from wizard.errors import BlockedError


def clear(target: Target, stack: str, session: AwsSession) -> str:
    """Keep what is left and delete it, under the state's lock. BlockedError where it is a state that knows something."""
    require_idle(target, stack)
    shelf = shelf_of(target, stack, session)
    with shelf.held("clear"):
        left = shelf.read()
        if left is None:
            return f"there is nothing in {shelf.where} any more"
        known = read_state(left.content)
        if isinstance(known, StateDocument) and not emptied(target, stack, known):
            raise BlockedError(
                f"the state of {stack} was not cleared away",
                cause=f"{shelf.where} can be read now: somebody has restored it",
                action=f"planewright state recover {target.name} {stack} says what is true now",
            )
        backup = keep(target, stack, shelf, left)
        if shelf.undeletable:
            shelf.overwrite(b"")  # to the engine it is the same as none
        else:
            _delete(target, stack, session, shelf.where)
            shelf.settle()
    written_down(target, stack, "clear", kept=backup.where)
    return f"kept as {backup.where}, and {'emptied' if shelf.undeletable else 'deleted'}"


def _delete(target: Target, stack: str, session: AwsSession, where: str) -> None:
    location = store.load_state_location(target.workspace, target.shard)
    if location is None or location.backend == "local":
        Path(where).unlink(missing_ok=True)
        return
    key = state_key(target.place.kind, target.name, stack)
    with session.call(f"delete what is left of {where}"):
        session.client("s3", location.region).delete_object(
            Bucket=location.bucket, Key=key, ExpectedBucketOwner=target.shard.account.id
        )
