"""Before anything is planned: a stack that was applied has a state. Without one the engine would make everything a second time."""

from __future__ import annotations

from wizard.aws.session import AwsSession
from wizard.deploy import store
from wizard.deploy.state.shelf import shelf_of
from wizard.deploy.target import Target
from wizard.errors import BlockedError


def require_present(target: Target, stack: str, session: AwsSession) -> None:
    """Raise BlockedError where this workspace has a stack's contract and its state is gone, or empty."""
    if not target.place.contract(stack).exists() or store.load_state_location(target.workspace, target.shard) is None:
        return
    shelf = shelf_of(target, stack, session)
    size = shelf.size()
    # To the engine an empty state is none; one that it cannot read it refuses by itself.
    if size:
        return
    raise BlockedError(
        f"{stack} of {target.name} is not planned: its state is {'gone' if size is None else 'empty'}",
        cause=f"it was applied, and {shelf.where} {'is not there' if size is None else 'holds nothing'}: the engine would make "
        "everything a second time",
        action=f"planewright state recover {target.name} {stack} finds it again; where {stack} is to begin anew on purpose, "
        f"remove {target.place.within(target.place.contract(stack))} first",
    )
