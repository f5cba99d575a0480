"""What emitting needs from AWS, resolved once and kept beside the answers: the state's home and the images."""

from __future__ import annotations

from wizard.answers.account import StateBackend
from wizard.blueprints.springtail.facts import StateLocation
from wizard.blueprints.springtail.names import state_key
from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.deploy import store
from wizard.deploy.site import Site
from wizard.deploy.standing import standing
from wizard.deploy.target import Target
from wizard.errors import BlockedError


def gather(target: Target, stack: str, site: Site) -> tuple[str, ...]:
    """Make sure of the state's home and, for nodes, of their images. Gives what was made in AWS on the way."""
    made: tuple[str, ...] = ()
    if target.shard.state.backend is StateBackend.LOCAL:
        store.save_state_location(target.workspace, target.shard, StateLocation(backend="local"))
    else:
        from wizard.aws.state_bucket import ensure_state

        ensured = ensure_state(site.session, target.shard)
        before = store.load_lock(target.place, stack)
        if before not in (None, (ensured.location.lock, ensured.location.lock_table)):
            _require_free(target, stack, site)
            _settle_digest(target, stack, site, ensured.location)
        store.save_state_location(target.workspace, target.shard, ensured.location)
        made = ensured.made
    if stack == INSTANCE:
        from wizard.aws.pins import resolve_pins

        store.save_pins(target.place, resolve_pins(site.session, target.deployment, store.load_pins(target.place)))
    return made


def _require_free(target: Target, stack: str, site: Site) -> None:
    """Raise BlockedError while somebody holds the state by the lock that is to be changed."""
    held = standing(target, stack, site.session).held
    if held is not None:
        raise BlockedError(
            f"what locks {stack} of {target.name} cannot be changed now: somebody holds it",
            cause=held.text,
            action=f"wait until it is given back; planewright state lock {target.name} says who holds it, and whether alive",
        )


def _settle_digest(target: Target, stack: str, site: Site, location: StateLocation) -> None:
    """Make the digest right that a table may have of a time when it locked this state before: nobody has kept it since."""
    from wizard.aws.state_locks import md5_of
    from wizard.deploy.state.shelf import BucketShelf

    key = state_key(target.place.kind, target.name, stack)
    shelf = BucketShelf(site.session, location, key, owner=target.shard.account.id, name=target.name)
    known = shelf.expected()
    if known and known != md5_of(found.content if (found := shelf.read()) else b""):
        with shelf.held("plan"):
            shelf.settle()
