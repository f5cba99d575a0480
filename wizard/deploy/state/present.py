"""Before anything is planned: a stack that was applied has a state. Without one the engine would make everything a second time."""

from __future__ import annotations

from typing import Final

from wizard.aws.session import AwsSession
from wizard.deploy import store
from wizard.deploy.state.document import StateDocument, Unreadable, read_state
from wizard.deploy.state.shelf import Shelf, shelf_of
from wizard.deploy.target import Target
from wizard.engine import runs
from wizard.errors import BlockedError

#: In bytes: a state of so many may be one of no resource, and is read.
_SMALL: Final = 64 * 1024


def require_present(target: Target, stack: str, session: AwsSession) -> None:
    """Raise BlockedError where this workspace has a stack's contract and its state is gone, empty, or knows nothing."""
    if not target.place.contract(stack).exists() or store.load_state_location(target.workspace, target.shard) is None:
        return
    shelf = shelf_of(target, stack, session)
    lack = _lack(target, stack, shelf)
    if lack is None:
        return
    is_, has = lack
    raise BlockedError(
        f"{stack} of {target.name} is not planned: its state is {is_}",
        cause=f"it was applied, and {shelf.where} {has}: the engine would make everything a second time",
        action=f"planewright state recover {target.name} {stack} finds it again; where {stack} is to begin anew on purpose, "
        f"remove {target.place.within(target.place.contract(stack))} first",
    )


def emptied(target: Target, stack: str, known: StateDocument | Unreadable) -> bool:
    """Whether a state that can be read is as good as none: it knows nothing of a stack that was applied, and not torn down since."""
    return (
        isinstance(known, StateDocument)
        and known.knows_nothing
        and target.place.contract(stack).exists()
        and not torn_down(target, stack)
    )


def torn_down(target: Target, stack: str) -> bool:
    """Whether what was applied last is the stack's end. Its contract stays until somebody has followed that."""
    known = tuple(runs.listed(target.place.past_runs))
    by_id = {run.id: run for run in known}
    for run in known:
        if run.request.stack != stack or run.request.action != "apply":
            continue
        result, action = run.recorded(), runs.carried_out(run, by_id)
        if action != "refresh-plan" and (result is None or result.outcome != "not started"):
            return action == "destroy-plan"
    return False


def _lack(target: Target, stack: str, shelf: Shelf) -> tuple[str, str] | None:
    """Say what a state lacks: what it is, and what its place has. None where there is one; what cannot be read the engine refuses."""
    size = shelf.size()
    if size is None:
        return "gone", "is not there"
    if not size:  # to the engine it is none
        return "empty", "holds nothing"
    stored = shelf.read() if size <= _SMALL else None
    if stored is not None and emptied(target, stack, read_state(stored.content)):
        return "without any resource", "knows none"
    return None
